"""What comes on file is counted in the log before it is enrolled, so that an auditor can compare the two."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from maglia.core.entry import EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_need
from maglia.core.vocabulary import Basis, Kind, PseudonymClass, Purpose, Visibility
from node.domain.model import AidRecord, Awaiting
from node.enrol import Enrolment
from node.entries import Entries
from node.evaluations import LoggedEvaluator
from node.importing.aid import import_file
from node.pseudonyms import Pseudonyms
from node.recording import Recording
from tests.clerk import CONSENT, StoppedClock, fictional_code, open_store, person, record
from tests.peer_world import PARISH, MemoryEvaluator, MemoryLog, MemoryTrust, OneKey, refused
from tests.support.counted import first_unexplained

PERSON, NEED = PseudonymClass.PERSON, PseudonymClass.NEED
POD, LEASE = parse_need("POD:IT001E12345678"), parse_need("LEASE:TLX/2024/3/77")


class Body:
    """A body with a real store; `restart` gives it another process over the same store and log."""

    def __init__(self, folder: Path) -> None:
        self.clock = StoppedClock()
        self.store = open_store(folder / "node.db", self.clock)
        self.log, self.trust = MemoryLog(), MemoryTrust()
        self.restart()

    def restart(self) -> None:
        entries = Entries(self.log, OneKey(), self.clock)
        self.recording = Recording(self.store, entries)
        pseudonyms = Pseudonyms(LoggedEvaluator(MemoryEvaluator(), entries), self.store, self.clock)
        self.enrolment = Enrolment(PARISH.id, self.store, entries, self.recording, self.trust, pseudonyms)

    async def add(self, *records: AidRecord) -> None:
        for one in records:
            async with self.recording.of([one]):
                self.store.add_record(one, "anna")

    def recorded(self) -> list[tuple[str, int]]:
        """Return class and count of what came on file."""
        return [(one.outcome, one.count) for one in self.log.entries(EntryKind.RECORDED) if not one.code]

    def unexplained(self) -> int:
        """Return the first entry that an auditor would ask about, -1 for none."""
        return first_unexplained(self.log.entries())


@pytest.fixture
def body(tmp_path: Path) -> Iterator[Body]:
    made = Body(tmp_path)
    yield made
    made.store.close()


async def test_who_comes_on_file_is_counted_once_and_by_class(body: Body) -> None:
    await body.add(record(person(1)), record(person(1)), record(person(2), need=POD), record(person(1), need=POD))
    assert body.recorded() == [("person", 1), ("person", 1), ("need", 1)]
    await body.enrolment.enrol_all()
    await body.add(record(person(3), need=LEASE))
    await body.enrolment.enrol_all()
    assert (body.store.enrolled_count(), body.unexplained()) == (5, -1)


async def test_what_is_never_answered_is_not_counted(body: Body) -> None:
    await body.add(record(person(1), visibility=Visibility.ONLY_US), record(person(2), facet="health_visit"))
    assert body.recorded() == []


async def test_an_act_that_cannot_be_logged_does_not_happen(body: Body) -> None:
    body.log.down = True
    with refused(Code.LOG_UNAVAILABLE):
        await body.add(record(person(1)))
    assert body.store.record_count() == 0
    body.log.down = False
    await body.add(record(person(1)))  # and holds up nobody after it


async def test_a_file_is_counted_before_it_is_stored_and_again_not_at_all(body: Body) -> None:
    header = "chiave;codice;aiuto;data;importo;stato;base"
    rows = [f"k{number};{fictional_code(number % 20)};rent_arrears;01/05/2025;900,00;;" for number in range(30)]
    content = "\n".join([header, *rows]).encode()
    for _ in range(2):
        put = body.recording.in_thread()
        today = body.clock.today()
        await asyncio.to_thread(import_file, content, "a.csv", Kind.COMUNE, today, body.store, "anna", recording=put)
    assert body.recorded() == [("person", 20)]
    await body.enrolment.enrol_all()
    assert (body.store.enrolled_count(), body.unexplained()) == (20, -1)


async def test_whoever_came_on_file_without_a_node_awaits_at_its_start(body: Body) -> None:
    for number in range(3):
        body.store.add_record(record(person(number), need=POD), "anna")
    await body.enrolment.enrol_all()
    stated = [one for one in body.log.entries(EntryKind.RECORDED) if one.code]
    assert {(one.epoch, one.outcome, one.count) for one in stated} == {(1, "person", 3), (1, "need", 1)}
    assert body.unexplained() == -1


async def test_an_enrolment_without_a_record_stands_out(body: Body) -> None:
    await body.add(record(person(1)))
    await body.enrolment.enrol_all()
    keys = body.trust.keys()
    await body.enrolment._enrol(PERSON, keys, [Awaiting(77, PERSON, person(7).pseudonym_input())])
    assert body.unexplained() == len(body.log.leaves) - 1


async def test_what_a_dead_process_logged_and_did_not_store_is_explained(
    body: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        await body.add(record(person(number)))

    def fail(*_: object) -> None:
        raise MagliaError(Code.STORAGE_UNAVAILABLE)

    for anew in (body.restart, lambda: None):  # killed; or the database failed and the process goes on
        with monkeypatch.context() as patch:
            patch.setattr(body.store, "enrol", fail)
            with refused(Code.STORAGE_UNAVAILABLE):
                await body.enrolment.enrol_all()
        anew()
    await body.enrolment.enrol_all()
    assert len(body.log.entries(EntryKind.ENROLMENT)) == 9
    assert (body.store.enrolled_count(), body.unexplained()) == (3, -1)


async def test_each_epoch_begins_with_who_awaits_under_it(body: Body) -> None:
    await body.add(record(person(1)))
    await body.enrolment.enrol_all()
    body.trust.also_epoch = 2
    await body.add(record(person(2)))
    await body.enrolment.enrol_all()
    await body.add(record(person(3)))
    await body.enrolment.enrol_all()
    assert [body.store.enrolled_in(epoch) for epoch in (1, 2)] == [3, 3]
    assert body.unexplained() == -1


async def test_whoever_consents_again_is_counted_again(body: Body) -> None:
    who = person(1)
    await body.add(record(who, basis=Basis.CONSENT, consent=CONSENT, need=POD))
    await body.enrolment.enrol_all()
    day = body.clock.today()
    body.store.withdraw(who, (Purpose.AID_OVERLAP.value,), day, "anna", objecting=False)
    body.store.remove_lapsed(None, 100)
    assert body.store.enrolled_count() == 0
    async with body.recording.of_consent(fictional_code(1)):
        body.store.add_consent(who, replace(CONSENT, day=day), "anna")
    assert body.recorded()[2:] == [("person", 1), ("need", 1)]
    await body.enrolment.enrol_all()
    assert (body.store.enrolled_count(), body.unexplained()) == (2, -1)
    async with body.recording.of_consent("not a code"):
        pass


async def test_whoever_lapsed_and_is_helped_again_is_counted_again(body: Body) -> None:
    await body.add(record(person(1)))
    await body.enrolment.enrol_all()
    body.clock.day += timedelta(days=4 * 365)
    body.store.remove_lapsed(None, 100)
    await body.add(record(person(1), day=body.clock.today() - timedelta(days=1), source_key="again"))
    await body.enrolment.enrol_all()
    assert body.recorded() == [("person", 1), ("person", 1)]
    assert (body.store.enrolled_count(), body.unexplained()) == (1, -1)
