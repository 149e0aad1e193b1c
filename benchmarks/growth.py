"""What grows with records and with the log: the same figures at ten thousand, a hundred thousand, a million of each.

How a check grows with the bodies asked is in the part `wide check`. Beside each figure stands that of the fewest.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from functools import partial
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.asker import Questions, open_asker
from benchmarks.filling import fill
from benchmarks.measure import Plan, cpu_us_each, memory_mib, until_quiet
from benchmarks.network import ANSWERING, ASKER, BenchNetwork
from benchmarks.table import Table
from maglia.core.identity import SigningKey
from maglia.core.log import Log
from maglia.sql.engine import open_sqlite
from maglia.sql.log import SqlLogBackend
from node.store.migrations import migrate

_MOST = 1.3
_ALONE = 200
_LEAF_BYTES = 480
_FILL, _GROUP = 8_192, 128
_STRIDE = 7_919


async def measure_growth(network: BenchNetwork, plan: Plan, table: Table) -> None:
    """Measure a node as its records grow, and a log as its entries do."""
    await _measure_records(network, plan, table)
    _measure_log(plan, table)


async def _measure_records(network: BenchNetwork, plan: Plan, table: Table) -> None:
    table.section("A node as its records grow (beside: the fewest)", "records")
    first: dict[str, float] = {}
    for records in plan.records:
        fill(network, ANSWERING, records)
        begun = time.perf_counter()
        pid = network.set_up(ANSWERING, engine="embedded", answers_a_day=10_000_000)
        found = {"start, s": time.perf_counter() - begun}
        found |= {"work after the start, s": until_quiet(pid), "memory, MiB": memory_mib(pid)}
        found |= await _questions(network, plan)
        for name, value in found.items():
            what, unit = name.rsplit(", ", 1)
            target = _MOST if "CPU" in name else None
            table.add(f"{records:,}: {what}", value, unit, first.setdefault(name, value), target)


async def _questions(network: BenchNetwork, plan: Plan) -> dict[str, float]:
    """Return what a question costs the node, and how long one alone takes."""
    questions = Questions(network, ASKER, ANSWERING)
    async with open_asker(network, ASKER, ANSWERING) as asker:
        await asker.ask(questions.usual, 16, plan.seconds / 2)
        slices = [await asker.ask(questions.usual, 16, plan.seconds) for _ in range(plan.slices)]
        alone = [await asker.time(questions.usual()) for _ in range(_ALONE)]
    return {
        "a question, CPU, us": median(each.cpu_us for each in slices),
        "a question alone, median, ms": median(alone) * 1e3,
    }


@dataclass(frozen=True)
class _Sized:
    """A log at one size: processor time (us) of an entry and of a proof, seconds to open it, bytes and MiB."""

    entries: int
    append_us: float
    proof_us: float
    open_s: float
    memory_mib: float
    bytes_each: float


def _measure_log(plan: Plan, table: Table) -> None:
    table.section("A log as its entries grow (beside: the fewest)", "log")
    with TemporaryDirectory(prefix="maglia-bench-") as folder:
        path, first = Path(folder) / "log.db", None
        for entries in plan.records:
            # A process of its own: what is measured is its memory, not that of the bench.
            with get_context("spawn").Pool(1) as process:
                process.apply(_fill_log, (path, entries))
            with get_context("spawn").Pool(1) as process:
                found = process.apply(_at_size, (path, plan.seconds / 4))
            first = first or found
            name = f"{entries:,}"
            table.add(f"{name}: an entry appended, in groups of {_GROUP}, CPU", found.append_us, "us", first.append_us)
            table.add(f"{name}: an inclusion proof made, CPU", found.proof_us, "us", first.proof_us)
            table.add(f"{name}: opened", found.open_s, "s", first.open_s)
            table.add(f"{name}: memory", found.memory_mib, "MiB", first.memory_mib)
            table.add(f"{name}: on disk, each entry", found.bytes_each, "bytes", first.bytes_each)


_SEED = bytes(32)


def _open(path: Path) -> Log:
    engine = open_sqlite(path)
    migrate(engine)
    return Log(SqlLogBackend(engine), "maglia/bench/growth", SigningKey(_SEED).private)


def _fill_log(path: Path, entries: int) -> None:
    log = _open(path)
    while (missing := entries - log.size) > 0:
        log.append_many([os.urandom(_LEAF_BYTES) for _ in range(min(missing, _FILL))]).result()
    log.close()


def _at_size(path: Path, seconds: float) -> _Sized:
    bytes_each, start = path.stat().st_size, time.perf_counter()
    log = _open(path)
    opened = time.perf_counter() - start
    size, places = log.size, count(1)
    proof = cpu_us_each(lambda: log.inclusion_proof(next(places) * _STRIDE % size, size), seconds)
    memory, leaves = memory_mib(), [os.urandom(_LEAF_BYTES) for _ in range(_GROUP)]
    append = cpu_us_each(partial(_append, log, leaves), seconds)
    log.close()
    return _Sized(size, append / _GROUP, proof, opened, memory, bytes_each / size)


def _append(log: Log, leaves: list[bytes]) -> None:
    log.append_many(leaves).result()
