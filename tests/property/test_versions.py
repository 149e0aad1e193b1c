"""Corrections and undoing in any order, by anybody, at any time: the file is what a simple model says it is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maglia.core.errors import MagliaError
from maglia.core.vocabulary import UNDO_S, PseudonymClass, Role
from node.domain.model import Operator
from node.entries import Entries
from node.record_desk import RecordDesk
from node.recording import Recording
from node.store.sql import SqlStore
from tests.clerk import StoppedClock, fictional_code, open_store, person, record
from tests.peer_world import MemoryLog, OneKey

ANNA, BRUNO = (Operator(name, name.title(), Role.VOLUNTEER) for name in ("anna", "bruno"))
LIVIA = Operator("livia", "Livia", Role.MANAGER)


@dataclass(frozen=True)
class Version:
    """One version of the model: what it says, who recorded it and when."""

    id: str
    amount: int
    by: str
    at: float


@dataclass
class World:
    store: SqlStore
    clock: StoppedClock
    desk: RecordDesk
    people: int = 0


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with TemporaryDirectory() as folder:
        clock = StoppedClock()
        store = open_store(Path(folder) / "node.db", clock)
        entries = Entries(MemoryLog(), OneKey(), clock)
        yield World(store, clock, RecordDesk(store, clock, Recording(store, entries), lambda: None))
        store.close()


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["correct", "undo", "cancel", "wait"]),
        st.sampled_from([ANNA, BRUNO, LIVIA]),
        st.integers(0, 3),
        st.sampled_from([0.0, 1.0, UNDO_S / 2, UNDO_S, UNDO_S + 0.5]),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(ACTS)
def test_the_file_is_a_chain_of_which_the_last_version_alone_answers(
    world: World, acts: list[tuple[str, Operator, int, float]]
) -> None:
    world.people += 1
    who, code = person(world.people), fictional_code(world.people)
    first = world.store.add_record(record(who, amount_cents=1), "anna")
    chain, removed = [Version(first, 1, "anna", world.clock.instant)], list[str]()
    for number, (act, operator, back, seconds) in enumerate(acts, 2):
        if not chain:
            break
        target = chain[max(0, len(chain) - 1 - back)]
        if act == "wait":
            world.clock.instant += seconds
        elif act == "undo":
            _undo(world, chain, removed, target, operator)
        else:
            _correct(world, chain, target, operator, number, act)
        _compare(world, code, chain)
    for gone in removed:
        with pytest.raises(MagliaError):
            world.store.find_record(gone)
    waiting = next((one for one in world.store.awaiting(1, 1_000) if one.typed_input == who.pseudonym_input()), None)
    live = bool(chain) and chain[-1].amount > 0
    assert (waiting is not None) == live
    if waiting is not None:
        pseudonym = world.people.to_bytes(16, "big")
        world.store.enrol(1, [(waiting, pseudonym)])
        [answered] = world.store.candidates(PseudonymClass.PERSON, 1, [pseudonym])[pseudonym]
        assert (answered.record_id, answered.amount_cents) == (chain[-1].id, chain[-1].amount)


def _undo(world: World, chain: list[Version], removed: list[str], target: Version, operator: Operator) -> None:
    in_time = world.clock.instant - target.at <= UNDO_S
    may = target is chain[-1] and in_time and (operator is LIVIA or operator.user == target.by)
    try:
        again = asyncio.run(world.desk.undo(operator, target.id))
    except MagliaError:
        assert not may
        return
    assert may
    removed.append(chain.pop().id)
    assert (again.id if again else None) == (chain[-1].id if chain else None)


def _correct(world: World, chain: list[Version], target: Version, operator: Operator, number: int, act: str) -> None:
    """A negative amount of the model stands for a cancelled version."""
    cancelled = act == "cancel"
    changes = {"status": "cancelled"} if cancelled else {"amount_cents": str(number), "status": "given"}
    may = target is chain[-1] and not (cancelled and target.amount < 0)
    try:
        new = asyncio.run(world.desk.correct(operator, target.id[:12], changes))
    except MagliaError:
        assert not may
        return
    assert may
    amount = -abs(target.amount) if cancelled else number
    chain.append(replace(Version(new.id, amount, operator.user, world.clock.instant)))


def _compare(world: World, code: str, chain: list[Version]) -> None:
    found = sorted(world.desk.show(ANNA, code).records, key=lambda one: one.version)
    assert [one.id for one in found] == [one.id for one in chain]
    assert [one.version for one in found] == list(range(1, len(chain) + 1))
    assert [one.replaces for one in found] == [None, *(one.id for one in chain[:-1])][: len(chain)]
    for one, expected in zip(found, chain, strict=True):
        last = expected is chain[-1]
        assert one.record.amount_cents == abs(expected.amount)
        status = "cancelled" if expected.amount < 0 else "given"
        assert one.record.status.value == (status if last else "corrected")
        assert (one.status_was.value if one.status_was else None) == (None if last else status)
