"""Enrolment: a pseudonym is stored only after the entry that says so is durable."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select, text

from maglia.core.entry import EntryKind, open_pseudonyms
from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_need
from maglia.core.log import LogReport
from maglia.core.pseudonym import KeySet, Part
from maglia.core.vocabulary import PseudonymClass
from maglia.sql.engine import open_sqlite
from node.enrol import LATELY_S, Enrolment
from node.entries import Entries
from node.evaluations import LoggedEvaluator
from node.ports import Evaluating
from node.pseudonyms import Pseudonyms
from node.recording import Recording
from node.store import tables
from node.store.events import PseudonymsForgotten
from node.store.migrations import migrate
from node.store.sql import SqlStore
from tests.clerk import FIELD_KEY, StoppedClock, person, record
from tests.peer_world import MONTH_KEY, PARISH, MemoryEvaluator, MemoryLog, MemoryTrust, OneKey, enrol, refused

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


def enrolment(
    store: SqlStore,
    log: MemoryLog,
    state: State | None = None,
    trust: MemoryTrust | None = None,
    evaluator: MemoryEvaluator | None = None,
    tell: Callable[[], None] = lambda: None,
    seconds: Callable[[], float] = time.monotonic,
) -> Enrolment:
    entries = Entries(log, OneKey(), StoppedClock(), state)
    logged = LoggedEvaluator(evaluator or MemoryEvaluator(), entries)
    pseudonyms = Pseudonyms(logged, store, StoppedClock())
    recording = Recording(store, entries)
    return Enrolment(PARISH.id, store, entries, recording, trust or MemoryTrust(), pseudonyms, tell, seconds)


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


@dataclass
class Budgeted(MemoryEvaluator):
    """An evaluator that grants so many elements an epoch, and remembers in which order they were asked."""

    room: dict[int, int] = field(default_factory=dict)
    asked: list[tuple[int, int]] = field(default_factory=list)

    async def evaluate(self, key_set: KeySet, elements: Sequence[bytes], wanted: Evaluating) -> list[Part]:
        self.asked.append((key_set.epoch, len(elements)))
        if len(elements) > self.room.get(key_set.epoch, 10**6):
            raise MagliaError(Code.BUDGET_MEMBER)
        self.room[key_set.epoch] = self.room.get(key_set.epoch, 10**6) - len(elements)
        return await super().evaluate(key_set, elements, wanted)


async def test_while_keys_rotate_everybody_is_enrolled_under_both_the_one_asked_under_first(store: SqlStore) -> None:
    log, evaluator = MemoryLog(), Budgeted()
    await enrolment(store, log, trust=MemoryTrust(epoch=2, also_epoch=1), evaluator=evaluator).enrol_all()
    assert evaluator.asked == [(2, PERSONS), (1, PERSONS)]
    assert [store.enrolled_in(epoch) for epoch in (1, 2, 3)] == [PERSONS, PERSONS, 0]
    pseudonyms = {open_pseudonyms(MONTH_KEY, entry.sealed)[0] for entry in log.entries(EntryKind.ENROLMENT)}
    assert len(pseudonyms) == 2 * PERSONS
    for epoch in (1, 2):
        assert len(store.candidates(PseudonymClass.PERSON, epoch, list(pseudonyms))) == PERSONS


async def test_a_spent_budget_of_one_epoch_holds_the_other_not_up(store: SqlStore) -> None:
    evaluator = Budgeted(room={1: PERSONS - 1})
    work = enrolment(store, MemoryLog(), trust=MemoryTrust(epoch=1, also_epoch=2), evaluator=evaluator)
    with refused(Code.BUDGET_MEMBER):
        await work.enrol_all()
    assert [store.awaiting_count(epoch) for epoch in (1, 2)] == [PERSONS, 0]
    assert work.ready_epochs() == (2,)
    [step] = [step async for step in work.follow(2)]
    assert (step.enrolled, step.awaiting, step.waits) == (PERSONS, 0, None)
    evaluator.room[1] = PERSONS
    await work.enrol_all()
    assert work.ready_epochs() == (1, 2)


@asynccontextmanager
async def running(work: Enrolment) -> AsyncIterator[None]:
    task = asyncio.create_task(work.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_pseudonyms_of_an_epoch_that_ended_are_deleted_and_logged_by_count(store: SqlStore) -> None:
    trust, told = MemoryTrust(epoch=2, also_epoch=1), asyncio.Event()
    await enrolment(store, MemoryLog(), trust=trust).enrol_all()
    trust.also_epoch = 0
    async with running(enrolment(store, MemoryLog(), trust=trust, tell=told.set)), asyncio.timeout(20):
        await told.wait()
    assert [store.enrolled_in(epoch) for epoch in (1, 2)] == [0, PERSONS]
    with store._db._engine.connect() as connection:
        deleted = select(tables.event.c.subject).where(tables.event.c.type == PseudonymsForgotten.type)
        assert connection.execute(deleted).scalars().all() == [str(PERSONS)]


async def test_readiness_is_told_once_it_changes(store: SqlStore) -> None:
    trust, told = MemoryTrust(), asyncio.Event()
    work = enrolment(store, MemoryLog(), trust=trust, tell=told.set)
    assert work.ready_epochs() == ()
    async with running(work), asyncio.timeout(20):
        await told.wait()
        assert work.ready_epochs() == (1,)
        told.clear()
        trust.also_epoch = 2
        work.wake()
        await told.wait()
    assert work.ready_epochs() == (1, 2)
    trust.expired = True
    assert work.ready_epochs() == ()


async def test_whoever_is_new_at_every_moment_does_not_undo_readiness_for_a_minute(store: SqlStore) -> None:
    now = 1_000.0
    work = enrolment(store, MemoryLog(), trust=MemoryTrust(epoch=1, also_epoch=2), seconds=lambda: now)
    assert work.ready_epochs() == (), "nobody was enrolled yet, though the clock began long ago"
    await work.enrol_all()
    assert work.ready_epochs() == (1, 2)
    store.add_record(record(person(PERSONS + 1)), "anna")
    now += LATELY_S - 1
    assert work.ready_epochs() == (1, 2)
    now += 1
    assert work.ready_epochs() == ()


async def test_no_rotation_is_refused_and_one_that_is_announced_is_followed_to_its_end(store: SqlStore) -> None:
    trust = MemoryTrust()
    work = enrolment(store, MemoryLog(), trust=trust)
    for epoch in (0, 2):
        with refused(Code.PSEUDONYM_NO_ROTATION):
            await anext(work.follow(epoch))
    trust.also_epoch = 2
    async with running(work), asyncio.timeout(20):
        steps = [step async for step in work.follow(0)]
    assert (steps[0].epoch, steps[0].enrolled + steps[0].awaiting) == (2, PERSONS)
    assert (steps[-1].enrolled, steps[-1].awaiting) == (PERSONS, 0)


async def test_whoever_is_enrolled_between_two_counts_is_counted(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = store.awaiting_count

    def counted(epoch: int) -> int:
        enrol(store, {}, epoch)  # as another thread may, at the worst moment
        return count(epoch)

    monkeypatch.setattr(store, "awaiting_count", counted)
    steps = [step async for step in enrolment(store, MemoryLog()).follow(1)]
    assert (steps[-1].enrolled, steps[-1].awaiting) == (PERSONS, 0)


async def test_one_damaged_code_keeps_nobody_else_out_and_is_told(store: SqlStore) -> None:
    with store._db._engine.begin() as raw:
        raw.execute(text("UPDATE person SET code = zeroblob(length(code)) WHERE id = 1"))
    work = enrolment(store, MemoryLog())
    await work.enrol_all()
    assert (store.enrolled_count(), store.awaiting_count(1)) == (PERSONS - 1, 1)
    with pytest.raises(MagliaError) as told:
        async with running(work), asyncio.timeout(20):
            _ = [step async for step in work.follow(1)]
    assert (told.value.code, told.value.params) == (Code.STORAGE_CODES, {"count": "1"})
    assert work.ready_epochs() == ()
    store.add_record(record(person(0)), "anna")
    await work.enrol_all()
    assert (store.enrolled_count(), work.ready_epochs()) == (PERSONS, (1,))


async def test_nobody_is_passed_over_when_a_batch_fails(store: SqlStore) -> None:
    evaluator = Budgeted()
    work = enrolment(store, MemoryLog(), evaluator=evaluator)
    keys = MemoryTrust().keys()
    assert await work.enrol_some(keys, 1, 1) == 1
    evaluator.room[1] = 0
    with refused(Code.BUDGET_MEMBER):
        await work.enrol_some(keys, 1, 1)
    evaluator.room[1] = PERSONS
    assert [await work.enrol_some(keys, 1, 1) for _ in range(PERSONS)] == [1, 1, 0]
    assert store.awaiting_count(1) == 0


def test_who_awaits_is_read_on_from_a_place_persons_before_needs(store: SqlStore) -> None:
    store.add_record(record(person(0), need=parse_need("POD:IT999E12345678")), "anna")
    everybody = store.awaiting(1, 10)
    assert [one.cls for one in everybody] == [PseudonymClass.PERSON] * PERSONS + [PseudonymClass.NEED]
    for number, place in enumerate(everybody, 1):
        assert store.awaiting(1, 10, place) == everybody[number:]
        assert store.awaiting(1, 1, place) == everybody[number : number + 1]
