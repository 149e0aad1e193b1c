"""Signals: planted behaviour raises exactly those that it should, once, under the rules in force, and names nobody."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from maglia.core.bundle import build_bundle
from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code
from maglia.core.operator_day import day_document
from maglia.core.vocabulary import EndState, Role
from node.domain.model import Operator
from node.entries import Entries
from node.policy.embedded import EmbeddedPolicy
from node.ports import Policy
from node.signals import Signals
from node.store.sql import SqlStore
from tests.clerk import StoppedClock, open_store, person, record
from tests.peer_world import PARISH, POLICIES, MemoryLog, MemoryTrust, OneKey, enrol, policy, pseudonym, refused

FRIDAY = datetime(2026, 11, 20, 9, tzinfo=UTC)  # 10:00 by the clock on the wall
ANNA, IVO = Operator("anna", "Anna Fo", Role.VOLUNTEER), Operator("ivo", "Ivo De Luca", Role.VOLUNTEER)


UGO = Operator("ugo", "Ugo Bo", Role.OFFICER)


@dataclass
class Counter:
    """A parish whose operators ask: entries as `ask` and `check` write them, at the time that the clock shows."""

    store: SqlStore
    clock: StoppedClock
    log: MemoryLog = field(default_factory=MemoryLog)
    trust: MemoryTrust = field(default_factory=MemoryTrust)
    asked: int = 0

    @property
    def entries(self) -> Entries:
        return Entries(self.log, OneKey(), self.clock)

    def at(self, moment: datetime) -> None:
        self.clock.instant = moment.timestamp()

    async def ask(
        self,
        who: int,
        operator: Operator = ANNA,
        *,
        found: bool = False,
        silent: bool = False,
        procedure: str = "",
        signals: tuple[str, ...] = (),
        epoch: int = 1,
    ) -> None:
        """Ask two bodies about one person; a minute passes."""
        self.asked += 1
        await self.ask_again(f"V-{self.asked}", who, operator, procedure, signals, epoch)
        for peer, holds in (("comune", found), ("caritas", False)):
            month, mark = self.entries.seal_found(holds)
            end = EndState.SILENT if silent else EndState.ANSWERED
            await self._write(EntryKind.END_STATE, peer, outcome=end, key_month=month, shown=mark)
        self.clock.instant += 60

    async def ask_again(
        self,
        check_id: str,
        who: int,
        operator: Operator = ANNA,
        procedure: str = "",
        signals: tuple[str, ...] = (),
        epoch: int = 1,
    ) -> None:
        month, sealed = self.entries.seal([pseudonym(who), pseudonym(9_000)])
        named = {"operator": operator.user, "procedure": procedure, "signals": signals, "epoch": epoch}
        for peer in ("comune", "caritas"):
            await self._write(EntryKind.ASKED, peer, check_id=check_id, key_month=month, sealed=sealed, **named)

    async def report(self, who: int, operator: Operator = ANNA, case: str = "") -> None:
        """Ask two bodies for one person, known under two epochs, who looked them up; a minute passes."""
        self.asked += 1
        month, sealed = self.entries.seal([pseudonym(8_000 + who), pseudonym(who)])
        said = {"check_id": case or f"C-{self.asked:04d}", "operator": operator.user, "outcome": "asked"}
        for peer in ("comune", "caritas"):
            await self._write(EntryKind.ACCESS_REPORT, peer, key_month=month, sealed=sealed, count=2, **said)
        self.clock.instant += 60

    async def refuse(self) -> None:
        await self._write(EntryKind.REFUSED, "", operator="anna", outcome="refused", check_id=f"V-r{self.log.size}")

    async def _write(self, kind: EntryKind, peer: str, **said: Any) -> None:
        said.setdefault("check_id", f"V-{self.asked}")
        await self.entries.write(Entry(kind, self.entries.now_ms(), peer=peer, **said))

    def help(self, *who: int) -> None:
        """Record aid and wait until the persons are enrolled."""
        for number in who:
            self.store.add_record(record(person(number), source_key=f"aid {number}"), "anna")
        enrol(self.store, {person(number).pseudonym_input(): pseudonym(number) for number in who})

    def signals(self, engine: Policy | None = None) -> Signals:
        """Return what looks, as after a restart."""
        read_from = PARISH.id, self.store, self.log, self.entries
        return Signals(*read_from, engine or policy(), self.trust)

    def said(self) -> list[tuple[str, str, str, int, int]]:
        found = self.log.entries(EntryKind.SIGNAL)
        return [(one.operator, one.outcome, one.day, one.count, one.threshold) for one in found]


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    store = open_store(tmp_path / "node.db")
    for operator in (ANNA, IVO):
        store.add_operator(operator, "hash")
    made = Counter(store, StoppedClock())
    made.at(FRIDAY)
    yield made
    store.close()


async def after(counter: Counter, days: int = 1) -> list[tuple[str, str, str, int, int]]:
    """Look so many days later, at noon; return all that is signalled."""
    counter.at(FRIDAY + timedelta(days=days, hours=2))
    await counter.signals().look()
    return counter.said()


def rules(folder: Path, change: Callable[[dict[str, Any]], object]) -> tuple[bytes, str]:
    """Return the bundle of rules whose data on signals were changed."""
    shutil.copytree(POLICIES, folder)
    path = folder / "maglia" / "signals" / "data.json"
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))
    return build_bundle(folder)


async def test_a_normal_day_signals_nothing(counter: Counter) -> None:
    counter.help(*range(8))
    for number in range(10):
        await counter.ask(number, found=number % 4 == 0)
        await counter.ask(100 + number, IVO, found=True)
    await counter.refuse()
    for days in (0, 1, 7, 15, 40):
        assert await after(counter, days) == []


async def test_own_and_colleagues_surnames(counter: Counter) -> None:
    await counter.ask(1, signals=("own_surname",))
    for number in (2, 3, 4):
        await counter.ask(number, IVO, signals=("colleague_surname",))
    assert await after(counter) == [
        ("anna", "own_surname", "2026-11-20", 1, 1),
        ("ivo", "colleague_surname", "2026-11-20", 3, 3),
    ]


async def test_out_of_hours_by_the_clock_on_the_wall(counter: Counter) -> None:
    await counter.ask(2, IVO, found=True)
    counter.at(FRIDAY.replace(hour=21, minute=5))
    await counter.ask_again("V-1", 2, IVO)  # a silent body has returned: nobody is at work
    await counter.ask(1, found=True)
    assert await after(counter) == [("anna", "out_of_hours", "2026-11-20", 1, 1)]


async def test_many_within_an_hour_and_a_day_but_in_a_procedure(counter: Counter) -> None:
    for number in range(26):
        await counter.ask(number, found=True)
        await counter.ask(50 + number, IVO, procedure="bando-1")
    assert await after(counter) == [
        ("anna", "bulk_day", "2026-11-20", 26, 25),
        ("anna", "bulk_hour", "2026-11-20", 26, 20),
    ]


async def test_one_person_again_and_again_over_days(counter: Counter) -> None:
    for day in range(6):
        counter.at(FRIDAY + timedelta(days=day))
        await counter.ask(1, found=True)
        await counter.ask(day, IVO, found=True)
    assert await after(counter, 6) == [
        ("anna", "repeated_person", "2026-11-24", 5, 5),
        ("anna", "repeated_person", "2026-11-25", 6, 5),
    ]


async def test_a_procedure_takes_nobody_out_of_one_person_again_and_again(counter: Counter) -> None:
    for number in range(20):
        await counter.ask(1 if number < 5 else number, procedure="bando-1")
    assert await after(counter) == [("anna", "repeated_person", "2026-11-20", 5, 5)]
    assert (
        len(await after(counter, 15)) == 1
    )  # neither many without a finding, nor without aid: a procedure has its end


async def test_each_person_of_a_call_for_applicants_was_asked_about_once(counter: Counter) -> None:
    for number in range(5):
        for others in ((10 * number + 2, 10 * number + 3), (1, 10 * number + 4)):
            month, sealed = counter.entries.seal([pseudonym(who) for who in others])
            said = {"operator": "anna", "procedure": "bando-1", "check_id": f"B-{number}"}
            for peer in ("comune", "caritas"):
                await counter._write(EntryKind.ASKED, peer, key_month=month, sealed=sealed, epoch=1, **said)
    assert await after(counter) == [("anna", "repeated_person", "2026-11-20", 5, 5)]


async def test_access_requests_are_counted_by_case(counter: Counter) -> None:
    for number in range(4):
        await counter.report(number)
        await counter.report(9, IVO, case="C-0900")  # silent bodies are asked again
    assert await after(counter) == [("anna", "many_reports", "2026-11-20", 4, 4)]
    assert len(await after(counter, 15)) == 1


async def test_access_requests_by_night_and_of_one_person_over_an_epochs_end(counter: Counter) -> None:
    for day in range(2):
        counter.at(FRIDAY + timedelta(days=day))
        await counter.ask(1, found=True)
        await counter.report(1)
    counter.at(FRIDAY + timedelta(days=1, hours=12, minutes=30))
    await counter.report(1)
    await counter.report(2, IVO)
    counter.trust.epoch = 1
    assert await after(counter, 2) == [
        ("anna", "out_of_hours", "2026-11-21", 1, 1),
        ("anna", "repeated_person", "2026-11-21", 5, 5),
        ("ivo", "out_of_hours", "2026-11-21", 1, 1),
    ]


async def test_what_others_ask_here_for_persons_is_no_operators_doing(counter: Counter) -> None:
    for number in range(9):
        said = {"outcome": "answered", "check_id": "", "operator": ""}
        await counter._write(EntryKind.ACCESS_REPORT, f"comune-{number}", **said)
    assert await after(counter) == []


async def test_counting_many_checks_leaves_the_loop_free(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Days are counted in another thread than that in which questions are answered."""
    threads = set()

    def watched(*args: Any) -> dict[str, object]:
        threads.add(threading.current_thread())
        return day_document(*args)

    monkeypatch.setattr("node.signals.day_document", watched)
    await counter.ask(1)
    await counter.signals().look()
    assert threads
    assert threading.current_thread() not in threads


async def test_many_misses_and_those_that_are_none(counter: Counter) -> None:
    counter.help(50)
    for number in range(10):
        await counter.ask(number)
        await counter.ask(50, IVO)  # a client of this body, whom others do not know
        for who in (20 + number, 30 + number):
            await counter.ask(who, UGO, silent=True)
    counter.clock.instant += 3_600
    await counter.signals().look()
    assert counter.said() == [("ivo", "repeated_person", "2026-11-20", 10, 5)]  # misses wait for the day's end
    assert await after(counter) == [
        ("ivo", "repeated_person", "2026-11-20", 10, 5),
        ("anna", "many_misses", "2026-11-20", 10, 10),
    ]


async def test_many_persons_without_aid_once_there_was_time_for_it(counter: Counter) -> None:
    counter.help(1, 2, 3)
    for day in range(3):
        counter.at(FRIDAY + timedelta(days=day))
        for number in range(6):
            await counter.ask(day * 6 + number, found=True)
    assert await after(counter, 16) == []
    assert await after(counter, 17) == [("anna", "without_aid", "2026-12-06", 15, 15)]
    assert await after(counter, 25) == [("anna", "without_aid", "2026-12-06", 15, 15)]


async def test_aid_that_follows_late_is_aid(counter: Counter) -> None:
    for number in range(18):
        await counter.ask(number, found=True)
    counter.help(*range(12))
    assert await after(counter, 15) == []


async def test_a_former_epochs_pseudonyms_tell_nothing_of_aid(counter: Counter) -> None:
    for number in range(18):
        await counter.ask(number, epoch=1)
    counter.trust.epoch = 2
    assert await after(counter, 15) == []


async def test_refusals_again_and_again(counter: Counter) -> None:
    for _ in range(10):
        await counter.refuse()
    assert await after(counter) == [("anna", "refusals", "2026-11-20", 10, 10)]


async def test_each_signal_once_over_restarts_and_again_when_the_day_was_worse(counter: Counter) -> None:
    counter.at(FRIDAY.replace(hour=21, minute=30))
    await counter.ask(1)
    running = counter.signals()
    assert [await running.look(), await running.look(), await counter.signals().look()] == [1, 0, 0]
    await counter.ask(2)
    assert await running.look() == 0
    assert await after(counter) == [
        ("anna", "out_of_hours", "2026-11-20", 1, 1),
        ("anna", "out_of_hours", "2026-11-20", 2, 1),
    ]
    assert [await running.look(), await counter.signals().look()] == [0, 0]


async def test_whoever_answers_for_the_body_reads_what_is_in_the_log(counter: Counter) -> None:
    for day in (0, 1):
        counter.at(FRIDAY + timedelta(days=day))
        await counter.ask(1, signals=("own_surname",))
    await after(counter, 2)
    anew = counter.signals()
    assert anew.signalled() == []  # until it has read the log
    await anew.look()
    found = [(f"{one.day}", one.operator, one.signal.code, one.signal.threshold) for one in anew.signalled()]
    assert found == [("2026-11-21", "anna", "own_surname", 1), ("2026-11-20", "anna", "own_surname", 1)]


async def test_a_node_that_was_down_for_days_signals_them_all(counter: Counter) -> None:
    await counter.ask(1, signals=("own_surname",))
    assert await after(counter, 6) == [("anna", "own_surname", "2026-11-20", 1, 1)]


async def test_other_data_signal_otherwise(counter: Counter, tmp_path: Path) -> None:
    def change(data: dict[str, Any]) -> None:
        data["hours"]["third_sector"]["fri"] = [["11:00", "12:00"]]
        data["rules"]["own_surname"]["from"] = 2
        data["rules"]["on_leave"] = {"it": "IN FERIE", "en": "ON LEAVE", "counts": "checks", "from": 1}

    await counter.ask(1, signals=("own_surname",))
    engine = EmbeddedPolicy(*rules(tmp_path / "rules", change))
    counter.at(FRIDAY + timedelta(days=1))
    await counter.signals(engine).look()
    assert counter.said() == [("anna", "on_leave", "2026-11-20", 1, 1), ("anna", "out_of_hours", "2026-11-20", 1, 1)]
    assert {one.policy_revision for one in counter.log.entries(EntryKind.SIGNAL)} == {engine.revision}


async def test_the_span_of_days_is_in_the_data(counter: Counter, tmp_path: Path) -> None:
    for day in (0, 3):
        counter.at(FRIDAY + timedelta(days=day))
        for _ in range(3):
            await counter.ask(1, found=True)
    engine = EmbeddedPolicy(*rules(tmp_path / "rules", lambda data: data["rules"]["repeated_person"].update(days=3)))
    counter.at(FRIDAY + timedelta(days=4))
    assert await counter.signals(engine).look() == 0
    assert await counter.signals().look() == 1


async def test_a_signal_names_nobody_but_the_operator(counter: Counter) -> None:
    for _ in range(6):
        await counter.ask(1, found=True)
    await after(counter)
    [entry] = counter.log.entries(EntryKind.SIGNAL)
    assert (entry.sealed, entry.shown, entry.check_id, entry.question_id, entry.facet) == (b"", b"", "", b"", "")
    assert (entry.operator, entry.day, date.fromisoformat(entry.day).weekday()) == ("anna", "2026-11-20", 4)


async def test_what_fails_is_made_up_for(counter: Counter) -> None:
    await counter.ask(1, signals=("own_surname",))
    signals = counter.signals()
    counter.trust.expired = True
    with refused(Code.DIRECTORY_EXPIRED):
        await signals.look()
    counter.trust.expired = False
    counter.log.down = True
    with refused(Code.LOG_UNAVAILABLE):
        await signals.look()
    counter.log.down = False
    assert await signals.look() == 1
