"""Batches of pseudonyms: blinded ahead, in order, verified when they must be, and left tidily."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from pathlib import Path

import pytest

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import TypedInput
from maglia.core.pseudonym import KeySet, Part
from maglia.core.vocabulary import MAX_EVALUATION_BYTES, PseudonymClass
from maglia.sql.engine import open_sqlite
from node import pseudonyms as module
from node.ports import Evaluating
from node.pseudonyms import Pseudonyms, batch_size
from node.store.migrations import migrate
from node.store.sql import SqlStore
from tests.clerk import FIELD_KEY, StoppedClock
from tests.peer_world import MemoryEvaluator, evaluation_keys, refused

KEY_SET = evaluation_keys(("a", "b", "c"), 1).network_set(PseudonymClass.PERSON)
BATCHES = [(name, [TypedInput(b"cf:%s%d" % (name.encode(), number)) for number in range(4)]) for name in "pqrs"]


class Watched(MemoryEvaluator):
    """Tells when it starts and ends; `fails`, `lies` and `hangs` at the batches of these numbers."""

    def __init__(self, *, fails: int = -1, lies: int = -1, hangs: int = -1) -> None:
        super().__init__()
        self.told: list[str] = []
        self.asked = 0
        self._fails, self._lies, self._hangs = fails, lies, hangs

    async def evaluate(self, key_set: KeySet, elements: Sequence[bytes], wanted: Evaluating) -> list[Part]:
        number, self.asked = self.asked, self.asked + 1
        self.told.append(f"asked {number}")
        try:
            await asyncio.sleep(0)
            if number == self._fails:
                raise MagliaError(Code.BUDGET_MEMBER, limit=1)
            [part] = await super().evaluate(key_set, elements, wanted)
            if number == self._hangs:
                await asyncio.Event().wait()
        finally:
            self.told.append(f"ended {number}")
        return [dataclasses.replace(part, proof=bytes(64)) if number == self._lies else part]


@pytest.fixture(name="store", scope="module")
def open_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    folder: Path = tmp_path_factory.mktemp("pseudonyms")
    database = open_sqlite(folder / "node.db")
    migrate(database)
    store = SqlStore(database, FIELD_KEY, StoppedClock())
    yield store
    store.close()
    database.dispose()


async def _all(pseudonyms: Pseudonyms, *, enrolment: bool = True) -> list[tuple[str, list[list[bytes]]]]:
    async with aclosing(pseudonyms.of_batches(BATCHES, KEY_SET, enrolment=enrolment)) as answered:
        return [each async for each in answered]


@pytest.mark.parametrize("enrolment", [True, False])
async def test_batches_give_what_single_requests_give_in_order(store: SqlStore, enrolment: bool) -> None:
    pseudonyms = Pseudonyms(MemoryEvaluator(), store, StoppedClock())
    expected = [(name, await pseudonyms.of_inputs(inputs, KEY_SET, Evaluating(enrolment))) for name, inputs in BATCHES]
    assert await _all(pseudonyms, enrolment=enrolment) == expected


async def test_nothing_to_ask_is_not_asked(store: SqlStore) -> None:
    evaluator = Watched()
    pseudonyms = Pseudonyms(evaluator, store, StoppedClock())
    nothing: list[tuple[str, list[TypedInput]]] = []
    assert [each async for each in pseudonyms.of_batches(nothing, KEY_SET, enrolment=True)] == []
    assert evaluator.told == []


async def test_the_next_batch_is_asked_before_the_last_is_handed_over(store: SqlStore) -> None:
    evaluator = Watched()
    seen = []
    pseudonyms = Pseudonyms(evaluator, store, StoppedClock())
    async with aclosing(pseudonyms.of_batches(BATCHES, KEY_SET, enrolment=True)) as answered:
        async for name, _ in answered:
            seen.append((name, evaluator.asked))
    assert seen == [("p", 2), ("q", 3), ("r", 4), ("s", 4)]
    # One request at a time: what the registry has counted is never more than one batch ahead.
    assert evaluator.told == [f"{word} {number}" for number in range(4) for word in ("asked", "ended")]


@pytest.mark.parametrize("failing", range(len(BATCHES)))
async def test_all_before_the_batch_that_failed_is_handed_over(store: SqlStore, failing: int) -> None:
    names = []
    pseudonyms = Pseudonyms(Watched(fails=failing), store, StoppedClock())
    with refused(Code.BUDGET_MEMBER):
        async for name, _ in pseudonyms.of_batches(BATCHES, KEY_SET, enrolment=True):
            names.append(name)
    assert names == [name for name, _ in BATCHES[:failing]]


@pytest.mark.parametrize("lying", range(len(BATCHES)))
async def test_every_enrolment_is_verified(store: SqlStore, lying: int) -> None:
    with refused(Code.PSEUDONYM_PROOF):
        await _all(Pseudonyms(Watched(lies=lying), store, StoppedClock()))


async def test_one_question_in_twenty_is_verified(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([0.05, 0.9, 0.0499, 0.5])
    monkeypatch.setattr(module, "_chance", lambda: next(drawn))
    for lying in (0, 1, 3):
        drawn = iter([0.05, 0.9, 0.0499, 0.5])
        assert len(await _all(Pseudonyms(Watched(lies=lying), store, StoppedClock()), enrolment=False)) == len(BATCHES)
    drawn = iter([0.05, 0.9, 0.0499, 0.5])
    with refused(Code.PSEUDONYM_PROOF):
        await _all(Pseudonyms(Watched(lies=2), store, StoppedClock()), enrolment=False)


async def test_who_stops_early_leaves_no_request_under_way(store: SqlStore) -> None:
    evaluator = Watched(hangs=1)
    pseudonyms = Pseudonyms(evaluator, store, StoppedClock())
    async with asyncio.timeout(30), aclosing(pseudonyms.of_batches(BATCHES, KEY_SET, enrolment=True)) as answered:
        async for _ in answered:
            break
    assert evaluator.told == ["asked 0", "ended 0", "asked 1", "ended 1"]


def test_a_batch_fits_an_answer() -> None:
    size = batch_size(KEY_SET)
    assert size * len(KEY_SET.keys) * 32 <= MAX_EVALUATION_BYTES < (size + 1) * len(KEY_SET.keys) * 32
