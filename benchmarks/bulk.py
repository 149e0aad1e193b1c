"""All cores at one batch: one person at 50 bodies, and a call for 5,000 applicants, beside as many multiplications.

Asker and evaluator work in this process, through the node's own pipeline, without a network between; what goes over the
wire is small beside it. Slices of 500 persons (200 when quick) take turns with as many multiplications in bare threads.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import aclosing
from functools import partial
from pathlib import Path

from benchmarks.measure import Plan, Slice, median_rate, median_ratio
from benchmarks.pseudonyms import Raw, take_turns
from benchmarks.table import Table
from maglia.core.identifiers import TypedInput
from maglia.core.keyset import ALL_SHARES, SHARES, KeySet
from maglia.core.lanes import Lanes
from maglia.core.pseudonym import Evaluator, Part, blind, blind_all, combine, finalize_all
from maglia.core.vocabulary import BULK_VERIFIED_SHARE, PseudonymClass
from maglia.sql.engine import open_sqlite
from node.folder import SystemClock
from node.ports import Evaluating
from node.pseudonyms import Pseudonyms
from node.store.migrations import migrate
from node.store.sql import SqlStore

_WIDTH, _PERSONS = 50, 5_000
_SLICE, _QUICK_SLICE, _BATCH = 500, 200, 100
_TARGET = 0.7
_INPUT = TypedInput(b"cf:XQZXQW80A01D150O")


def measure_bulk(plan: Plan, table: Table) -> None:
    """Measure one person and 5,000 applicants at 50 bodies, asker and evaluator in this process, on all cores."""
    lanes = Lanes()
    with tempfile.TemporaryDirectory() as folder:
        network = LocalNetwork(Path(folder), lanes)
        table.section(f"One person x {_WIDTH} bodies, {lanes.count} cores (beside: as above, on as many)", "one person")
        for name, raw, step in network.steps():
            mine, bare = take_turns(step, raw.work(lanes), plan.seconds, time.perf_counter)
            title = f"{name}: {raw}"
            table.add(title, median_rate(mine), "/s", median_rate(bare), ratio=median_ratio(mine, bare))
        slices, persons = (_PERSONS // _SLICE, _SLICE) if plan.is_whole else (plan.slices, _QUICK_SLICE)
        about, raw_work = partial(network.ask_about, persons), raw_of_call(persons, _WIDTH).work(lanes)
        pairs = [(_timed(about, persons), _timed(raw_work, persons)) for _ in range(slices)]
        network.close()
    mine, bare = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    table.section(f"{_PERSONS} persons x {_WIDTH} bodies, both sides, {lanes.count} cores (beside: the same)")
    table.add("persons", median_rate(mine), "/s", median_rate(bare), _TARGET, ratio=median_ratio(mine, bare))
    mine, bare = ([Slice(each.count, each.cpu_s) for each in slices] for slices in (mine, bare))
    title = "persons, processor time of all threads"
    table.add(title, median_rate(mine), "/s of CPU", median_rate(bare), _TARGET, ratio=median_ratio(mine, bare))


def raw_of_evaluation(persons: int, width: int) -> Raw:
    """Return what the evaluation of one batch and its proof multiply."""
    return Raw(persons * (width + 1) + 2, 2)


def raw_of_call(persons: int, width: int) -> Raw:
    """Return what blinding, evaluation, proofs, one verification in twenty and finalization of `persons` multiply."""
    batches, elements = persons / _BATCH, persons * width
    verified = BULK_VERIFIED_SHARE * (elements + persons + batches * (width + 3))
    total = persons + elements + persons + 2 * batches + elements + verified
    return Raw(round(total), round(2 * batches), persons)


def _timed(work: Callable[[], object], persons: int) -> Slice:
    start, before = time.perf_counter(), time.process_time()
    work()
    return Slice(persons, time.perf_counter() - start, time.process_time() - before)


class LocalNetwork:
    """An asker, and an evaluator that fulfils `node.ports.Evaluator` without a network between.

    Both sides share the lanes, since here they share the cores: on machines of their own they would not.
    """

    def __init__(self, folder: Path, lanes: Lanes, width: int = _WIDTH) -> None:
        self._lanes = lanes
        self._evaluator = Evaluator({share: os.urandom(32) for share in SHARES})
        members = [f"member-{number}" for number in range(width)]
        self.key_set = self._evaluator.key_set("bench", PseudonymClass.PERSON, 1, members)
        folder.mkdir(exist_ok=True)
        self._engine = open_sqlite(folder / "node.db")
        migrate(self._engine)
        self._store = SqlStore(self._engine, os.urandom(32), SystemClock())
        self._pseudonyms = Pseudonyms(self, self._store, SystemClock(), lanes)

    def close(self) -> None:
        """Close the asker's database."""
        self._store.close()
        self._engine.dispose()

    async def evaluate(self, key_set: KeySet, elements: Sequence[bytes], wanted: Evaluating) -> list[Part]:
        """Evaluate in a thread, as the registry does."""
        del wanted
        return [await asyncio.to_thread(self._evaluator.evaluate, key_set, ALL_SHARES, elements, self._lanes)]

    def steps(self) -> list[tuple[str, Raw, Callable[[], object]]]:
        """Return what each side does for one person."""
        hidden, lanes = blind(_INPUT), self._lanes
        elements = [hidden.element]
        part = self._evaluator.evaluate(self.key_set, ALL_SHARES, elements)

        def finish() -> None:
            rows = combine(self.key_set, elements, [part], lanes)
            finalize_all([_INPUT], [hidden], rows, lanes)

        return [
            (
                "evaluate and prove",
                Raw(_WIDTH + 3, 2),
                lambda: self._evaluator.evaluate(self.key_set, ALL_SHARES, elements, lanes),
            ),
            ("verify and finalize", Raw(3 * _WIDTH + 4, 1), finish),
        ]

    def pseudonyms_of(self, inputs: Sequence[bytes]) -> list[list[bytes]]:
        """Return the pseudonyms of each typed input, in the order of the key set's members."""
        hidden = blind_all(inputs, self._lanes)
        elements = [one.element for one in hidden]
        part = self._evaluator.evaluate(self.key_set, ALL_SHARES, elements, self._lanes)
        return finalize_all(inputs, hidden, combine(self.key_set, elements, [part], self._lanes), self._lanes)

    def ask_about(self, persons: int) -> None:
        """Ask about so many persons."""
        asyncio.run(self._ask_about(persons))

    async def _ask_about(self, persons: int) -> None:
        codes = [TypedInput(b"cf:%016d" % number) for number in range(persons)]
        batches = ((codes[at : at + _BATCH],) * 2 for at in range(0, persons, _BATCH))
        async with aclosing(self._pseudonyms.of_batches(batches, self.key_set, enrolment=False)) as answered:
            async for some, rows in answered:
                assert len(rows) == len(some)  # noqa: S101 - a batch that came short would look fast
