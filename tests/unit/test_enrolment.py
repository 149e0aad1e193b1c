"""Enrolment: a pseudonym is stored only after the entry that says so is durable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from maglia.core.entry import EntryKind, open_pseudonyms
from maglia.core.errors import Code, MagliaError
from maglia.core.log import LogReport
from maglia.core.vocabulary import PseudonymClass
from maglia.sql.engine import open_sqlite
from node.enrol import Enrolment
from node.entries import Entries
from node.pseudonyms import Pseudonyms
from node.store.migrations import migrate
from node.store.sql import SqlStore
from tests.clerk import FIELD_KEY, StoppedClock, person, record
from tests.peer_world import MONTH_KEY, PARISH, MemoryEvaluator, MemoryLog, MemoryTrust, OneKey, refused

PERSONS = 3


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    database = open_sqlite(tmp_path / "node.db")
    migrate(database)
    store = SqlStore(database, FIELD_KEY, StoppedClock())
    for number in range(PERSONS):
        store.add_record(record(person(number)), "anna")
    yield store
    store.close()
    database.dispose()


@dataclass
class State:
    """A `node.ports.LogState` that forked when told so."""

    forked: bool = False
    causes: list[str] = field(default_factory=list)

    def require_sound(self) -> None:
        if self.forked:
            raise MagliaError(Code.LOG_FORK)

    def require_witnessed(self) -> None:
        self.require_sound()

    def cosigned(self) -> None:
        raise AssertionError("enrolment cosigns nothing")

    def found_fork(self, cause: str) -> None:
        self.causes.append(cause)

    def verify(self) -> LogReport:
        raise AssertionError("enrolment verifies nothing")


def enrolment(store: SqlStore, log: MemoryLog, state: State | None = None) -> Enrolment:
    entries = Entries(log, OneKey(), StoppedClock(), state)
    pseudonyms = Pseudonyms(MemoryEvaluator(), store, StoppedClock())
    return Enrolment(PARISH.id, store, entries, MemoryTrust(), pseudonyms)


async def test_each_pseudonym_stored_has_its_entry(store: SqlStore) -> None:
    log = MemoryLog()
    await enrolment(store, log).enrol_all()
    entries = log.entries(EntryKind.ENROLMENT)
    logged = [open_pseudonyms(MONTH_KEY, entry.sealed) for entry in entries]
    assert len(entries) == store.enrolled_count() == PERSONS
    known = store.candidates(PseudonymClass.PERSON, 1, [pseudonym for [pseudonym] in logged])
    assert len(known) == PERSONS
    assert store.awaiting_count(1) == 0


async def test_a_pseudonym_that_may_not_be_logged_is_not_stored(store: SqlStore) -> None:
    log = MemoryLog(down=True)
    with refused(Code.LOG_UNAVAILABLE):
        await enrolment(store, log).enrol_all()
    assert (store.enrolled_count(), store.awaiting_count(1)) == (0, PERSONS)
    log.down = False
    await enrolment(store, log).enrol_all()
    assert (store.enrolled_count(), store.awaiting_count(1)) == (PERSONS, 0)


async def test_nobody_is_enrolled_over_a_forked_log(store: SqlStore) -> None:
    log = MemoryLog()
    with refused(Code.LOG_FORK):
        await enrolment(store, log, State(forked=True)).enrol_all()
    assert (store.enrolled_count(), log.leaves) == (0, [])
