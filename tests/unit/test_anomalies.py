"""Anomalies: planted behaviour in bodies' logs is found, by the rules and by what nodes signal; a normal day is not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from maglia.core.bundle import build_bundle
from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code
from maglia.policy.rules import Rules, rules_of
from maglia.wire.entries import encode_entry
from tests.peer_world import COMUNE, PARISH, POLICIES, MemoryTrust, refused
from tui.audit.anomalies import Anomalies, find_anomalies
from tui.audit.anomalies_text import document, exit_of, lines
from tui.audit.archive import Archive, LogState
from tui.audit.known import Known
from tui.exits import Exit

FRIDAY = datetime(2026, 11, 20, 9, tzinfo=UTC)  # 10:00 by the clock on the wall
NOVEMBER = date(2026, 11, 1), date(2026, 11, 30)


@cache
def in_force() -> Rules:
    """Return the rules as they are written."""
    return rules_of("in-vigore", *build_bundle(POLICIES))


@dataclass
class Logs:
    """Two bodies' logs, as an auditor read them."""

    archive: Archive
    leaves: dict[str, list[bytes]] = field(default_factory=lambda: {"parrocchia": [], "comune": []})
    asked: int = 0
    cut: tuple[str, ...] = ()
    """Logs whose reading was cut, and has not ended since."""

    def write(self, member: str, kind: EntryKind, at: datetime, **said: Any) -> int:
        self.leaves[member].append(encode_entry(Entry(kind, int(at.timestamp() * 1000), **said)))
        return len(self.leaves[member]) - 1

    def ask(self, at: datetime, member: str = "parrocchia", operator: str = "anna", **said: Any) -> int:
        """Ask two bodies; return the first entry."""
        self.asked += 1
        named = {"operator": operator, "purpose": "aid_overlap", "check_id": f"V-{self.asked}", **said}
        first = self.write(member, EntryKind.ASKED, at, peer="caritas", **named)
        self.write(member, EntryKind.ASKED, at, peer="mensa", **named)
        return first

    def found(
        self, *span: date, rules: Rules | None = None, member: str = "", unread: tuple[str, ...] = ()
    ) -> Anomalies:
        for name, leaves in self.leaves.items():
            held = self.archive.state(name).size
            self.archive.add(name, held, leaves[held:])
            problem = "network.unreachable" if name in unread else ""
            passed = 0 if name in self.cut else len(leaves)
            self.archive.save_state(LogState(name, second_pass=passed, read_ms=1, problem=problem))
        known = Known([MemoryTrust((COMUNE, PARISH)).directory()], {})
        first, last = span or NOVEMBER
        return find_anomalies(self.archive, known, rules or in_force(), first, last, member)


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Logs]:
    with closing(Archive.open(tmp_path)) as archive:
        yield Logs(archive)


def said(found: Anomalies) -> list[tuple[str, str, str, int, int]]:
    return [(one.member, one.operator, one.signal.code, one.signal.count, one.signal.threshold) for one in found.found]


def rules(folder: Path, change: Callable[[dict[str, Any]], object]) -> Rules:
    """Return rules whose data on signals were changed."""
    shutil.copytree(POLICIES, folder)
    path = folder / "maglia" / "signals" / "data.json"
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))
    return rules_of("prova", *build_bundle(folder))


def test_normal_days_signal_nothing(logs: Logs) -> None:
    for day in range(5):
        for number in range(12):
            logs.ask(FRIDAY + timedelta(days=day, minutes=7 * number))
            logs.ask(FRIDAY + timedelta(days=7 * (day % 2), minutes=5 * number), "comune", "ivo")
    found = logs.found()
    assert (said(found), exit_of(found)) == ([], Exit.DONE)
    assert lines(found, "it") == ["Nessun segnale, 01/11/2026 - 30/11/2026."]


def test_each_planted_behaviour_is_found_with_its_entries(logs: Logs) -> None:
    logs.ask(FRIDAY)
    late = logs.ask(FRIDAY.replace(hour=19, minute=10), "comune", "ivo", purpose="rent_subsidy")
    own = logs.ask(FRIDAY + timedelta(minutes=4), signals=("own_surname",))
    for number in range(3):
        logs.ask(FRIDAY + timedelta(minutes=number), "comune", "lia", signals=("colleague_surname",))
    refusals = [
        logs.write("comune", EntryKind.REFUSED, FRIDAY + timedelta(minutes=n), operator="eva", code="policy.role")
        for n in range(10)
    ]
    for number in range(40):
        logs.ask(FRIDAY + timedelta(minutes=number), operator="ugo")
        logs.ask(FRIDAY + timedelta(minutes=number), "comune", "ada", procedure="bando-1")
    found = logs.found()
    assert said(found) == [
        ("comune", "eva", "refusals", 10, 10),
        ("comune", "lia", "colleague_surname", 3, 3),
        ("parrocchia", "ugo", "bulk_hour", 40, 40),
        ("parrocchia", "anna", "own_surname", 1, 1),
        ("comune", "ivo", "out_of_hours", 1, 1),
    ]
    by_code = {one.signal.code: one for one in found.found}
    assert by_code["out_of_hours"].entries == (late,)
    assert (by_code["out_of_hours"].purposes, f"{by_code['out_of_hours'].at:%H:%M}") == (("rent_subsidy",), "20:10")
    assert by_code["own_surname"].entries == (own,)
    assert by_code["refusals"].entries == tuple(refusals)
    assert len(by_code["bulk_hour"].entries) == 40
    assert {one.said_by for one in found.found} == {("auditor",)}
    assert exit_of(found) is Exit.OVERLAP


def test_asking_a_silent_body_again_by_night_is_nobodys_work(logs: Logs) -> None:
    logs.ask(FRIDAY)
    logs.write("parrocchia", EntryKind.ASKED, FRIDAY + timedelta(hours=17), operator="anna", check_id="V-1")
    assert said(logs.found()) == []
    assert said(logs.found(date(2026, 11, 21), date(2026, 11, 21))) == []


def test_access_requests_are_counted_by_case_and_by_the_clock(logs: Logs) -> None:
    night, made = FRIDAY.replace(hour=22), []
    for number, at in enumerate((FRIDAY, FRIDAY + timedelta(hours=1), night, night + timedelta(minutes=9))):
        named = {"operator": "anna", "purpose": "access_report", "check_id": f"C-{number:04d}", "outcome": "asked"}
        made.append(logs.write("parrocchia", EntryKind.ACCESS_REPORT, at, peer="caritas", **named))
        for again in (timedelta(), timedelta(hours=5)):
            logs.write("parrocchia", EntryKind.ACCESS_REPORT, at + again, peer="mensa", **named)
        logs.write("comune", EntryKind.ACCESS_REPORT, at, peer="parrocchia", outcome="answered")
    found = logs.found()
    assert [(one.signal.code, one.signal.count, one.purposes, one.entries) for one in found.found] == [
        ("many_reports", 4, ("access_report",), tuple(made)),
        ("out_of_hours", 2, ("access_report",), tuple(made[2:])),
    ]
    assert "MOLTI RESOCONTI" in "\n".join(lines(found, "it"))


def test_what_a_node_signals_is_shown_and_what_both_find_only_once(logs: Logs) -> None:
    logs.ask(FRIDAY.replace(hour=22))
    night = {"operator": "anna", "day": "2026-11-20", "threshold": 1}
    for code, count in (("out_of_hours", 1), ("without_aid", 18), ("without_aid", 17), ("of_before", 3)):
        logs.write("parrocchia", EntryKind.SIGNAL, FRIDAY + timedelta(days=1), outcome=code, count=count, **night)
    found = logs.found()
    assert [(one.signal.code, one.signal.count, one.said_by, one.entries) for one in found.found] == [
        ("out_of_hours", 1, ("node", "auditor"), (0, 2)),
        ("of_before", 3, ("node",), (5,)),
        ("without_aid", 18, ("node",), (3,)),
    ]
    assert lines(found, "it") == [
        "Segnali: 3, 01/11/2026 - 30/11/2026.",
        "",
        "ORA          OPERATORE  ENTE        SEGNALE",
        "20/11 23:00  anna       parrocchia  FUORI ORARIO",
        "    Aiuti già dati: 1, si segnala da 1; conteggio di qui e del nodo dell'ente.",
        "    Voci 0, 2.",
        "20/11 --:--  anna       parrocchia  OF BEFORE",
        "    3, si segnala da 1; conteggio del nodo dell'ente. Voci 5.",
        "20/11 --:--  anna       parrocchia  SENZA AIUTO DOPO",
        "    18, si segnala da 1; conteggio del nodo dell'ente. Voci 3.",
        "",
        "Un segnale è un motivo per guardare, non un giudizio: prima di tutto si chiede",
        "all'ente.",
    ]


def test_days_are_italian_and_both_ends_belong(logs: Logs) -> None:
    logs.ask(datetime(2026, 11, 20, 22, 30, tzinfo=UTC))  # 23:30 on Friday
    logs.ask(datetime(2026, 11, 20, 23, 30, tzinfo=UTC))  # 00:30 on Saturday
    friday, saturday = date(2026, 11, 20), date(2026, 11, 21)
    assert [one.day for one in logs.found(friday, friday).found] == [friday]
    assert [one.day for one in logs.found(saturday, saturday).found] == [saturday]
    assert [one.day for one in logs.found(friday, saturday).found] == [friday, saturday]


def test_other_data_find_otherwise_without_other_code(logs: Logs, tmp_path: Path) -> None:
    def change(data: dict[str, Any]) -> None:
        data["hours"]["third_sector"]["fri"] = [["14:00", "18:00"]]
        data["rules"]["out_of_hours"]["from"] = 2
        data["rules"]["busy"] = {"it": "GIORNATA PIENA", "en": "BUSY DAY", "counts": "checks", "from": 3}

    entries = [logs.ask(FRIDAY.replace(hour=hour)) for hour in (9, 10, 14)]
    other = rules(tmp_path / "rules", change)
    found = logs.found(rules=other)
    assert said(logs.found()) == []
    assert said(found) == [("parrocchia", "anna", "busy", 3, 3), ("parrocchia", "anna", "out_of_hours", 2, 2)]
    assert [one.entries for one in found.found] == [tuple(entries), tuple(entries[:2])]
    assert "GIORNATA PIENA" in "\n".join(lines(found, "it"))
    assert "BUSY DAY" in "\n".join(lines(found, "en"))


def test_one_bodys_operators_alone(logs: Logs) -> None:
    for member in ("parrocchia", "comune"):
        logs.ask(FRIDAY.replace(hour=23), member)
    assert [one.member for one in logs.found(member="comune").found] == ["comune"]
    with refused(Code.INPUT_LOG_UNKNOWN):
        logs.found(member="nessuno")


def test_logs_that_could_not_be_read_are_named_and_never_hidden(logs: Logs) -> None:
    logs.ask(FRIDAY)
    found = logs.found(unread=("comune",))
    assert (exit_of(found), found.members_read, found.members_total) == (Exit.PARTIAL, 1, 2)
    told = lines(found, "it")
    assert told[-1] == "?? Ricerca PARZIALE: registri degli enti letti 1 su 2, senza comune."
    assert any(line.startswith("!! comune: non risponde") for line in told)
    logs.ask(FRIDAY.replace(hour=23))
    assert exit_of(logs.found(unread=("comune",))) is Exit.OVERLAP


def test_a_log_whose_reading_was_cut_counts_as_not_read(logs: Logs) -> None:
    logs.ask(FRIDAY)
    logs.cut = ("parrocchia",)
    found = logs.found()
    assert (exit_of(found), found.members_read, dict(found.unread)) == (
        Exit.PARTIAL,
        1,
        {"parrocchia": "log.interrupted"},
    )


def test_the_document_for_programs(logs: Logs) -> None:
    logs.ask(FRIDAY.replace(hour=22, minute=12), signals=("own_surname",))
    said = document(logs.found(unread=("comune",)), "it")
    assert said == {
        "schema": "maglia.audit.anomalies/1",
        "from": "2026-11-01",
        "to": "2026-11-30",
        "rules": {"name": "in-vigore", "revision": in_force().revision},
        "members_read": 1,
        "members_total": 2,
        "complete": False,
        "unread": [{"member": "comune", "code": "network.unreachable"}],
        "signals": [
            {
                "day": "2026-11-20",
                "time": "2026-11-20T23:12+01:00",
                "member": "parrocchia",
                "operator": "anna",
                "purposes": ["aid_overlap"],
                "signal": code,
                "title": title,
                "count": 1,
                "threshold": 1,
                "said_by": ["auditor"],
                "entries": [0],
            }
            for code, title in (("out_of_hours", "FUORI ORARIO"), ("own_surname", "PROPRIO COGNOME"))
        ],
    }


def test_every_row_is_whole_on_a_screen_and_a_name_stays_in_its_cell(logs: Logs) -> None:
    for number in range(30):
        logs.ask(FRIDAY.replace(hour=23), operator="a\x1b[31m" + "b" * 60, procedure=f"p-{number}")
    odd = {"operator": "anna", "count": 9, "threshold": 1}
    logs.write("parrocchia", EntryKind.SIGNAL, FRIDAY, outcome="x\x1b[2J" * 30, day="2026-11-20", **odd)
    logs.write("parrocchia", EntryKind.SIGNAL, FRIDAY, outcome="out_of_hours", day="2026-99-99", **odd)
    found = logs.found()
    assert len(found.found) == 2
    for lang in ("it", "en"):
        assert all(len(line) <= 80 and "\x1b" not in line for line in lines(found, lang))
    assert "e altre 24" in "\n".join(lines(found, "it"))
