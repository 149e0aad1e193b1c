"""Reconciliation: an archive of questions that two logs tell of, three entries each, held against each other."""

from __future__ import annotations

import hashlib
import resource
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.measure import Plan
from benchmarks.table import Table
from maglia.core.entry import EntryKind
from maglia.core.identity import REGISTRY_ID
from maglia.core.vocabulary import EndState
from tui.audit.archive import ARCHIVE_FILE, Archive, LogState
from tui.audit.reconcile import Network, reconcile
from tui.audit.tables import entry
from tui.audit.thresholds import load_thresholds

_BODIES = [f"ente-{number}" for number in range(8)]
_COLUMNS = [column.name for column in entry.columns]
_START_MS = 1_800_000_000_000

_Said = dict[str, str | int | bytes]


@dataclass(frozen=True)
class _Taken:
    """What one reconciliation took: seconds, MiB at its highest, MiB of them before it began; how much it found."""

    indexed_s: float
    seconds: float
    peak_mib: float
    before_mib: float
    findings: int


def measure_reconciliation(plan: Plan, table: Table) -> None:
    """Measure the comparison of every question's two sides, beside a mere reading of the same rows by raw sqlite3."""
    pairs = plan.audited
    table.section(f"An auditor's comparison of {pairs:,} questions (beside: raw sqlite3 reads the same rows)")
    with TemporaryDirectory() as folder:
        _fill(Path(folder), pairs)
        # A process of its own: what is measured is its memory, not that of the bench.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            taken = process.submit(_reconcile, Path(folder)).result()
        raw = _read(Path(folder) / ARCHIVE_FILE)
    table.add("reconciliation", pairs / taken.seconds, "pairs/s", pairs / raw)
    table.add(f"reconciliation of {pairs:,} pairs", taken.seconds, "s", raw)
    table.add("making the indexes for it, once a pull", taken.indexed_s, "s")
    table.add("memory at its highest", taken.peak_mib, "MiB", taken.before_mib)
    table.add("findings in a clean network", taken.findings, "findings")


def _fill(folder: Path, pairs: int) -> None:
    """Write what `Archive.add` would index; leaves are needed only where something differs, and here nothing does."""
    archive = Archive.open(folder)
    placed = ", ".join("?" * len(_COLUMNS))
    sizes = dict.fromkeys(_BODIES, 0)
    with closing(sqlite3.connect(folder / ARCHIVE_FILE)) as connection, connection:
        connection.executemany(f"INSERT INTO entry VALUES ({placed})", _rows(pairs, sizes))  # noqa: S608 - our own
    for member in [*_BODIES, REGISTRY_ID]:
        size = sizes.get(member, 0)
        archive.save_state(LogState(member, first_pass=size, second_pass=size))
    archive.close()


def _rows(pairs: int, sizes: dict[str, int]) -> Iterator[tuple[object, ...]]:
    random = Random(6)  # noqa: S311 - figures, no secrets
    for number in range(pairs):
        asker, answerer = random.sample(_BODIES, 2)
        names = (hashlib.sha256(f"{number}:{part}".encode()).digest() for part in range(5))
        question, answer, asked, answered, ended = names
        time_ms = _START_MS + number * 100
        both: _Said = {"question_id": question[:16], "question_hash": question, "time_ms": time_ms}
        said: _Said = {"purpose": "aid_overlap", "facet": "food_parcel", "basis": "consent", "count": 1}
        own: _Said = {"member": asker, "peer": answerer, "operator": "anna", "check_id": f"V-{number:010x}"}
        outcome: _Said = {"answer_hash": answer, "outcome": EndState.ANSWERED.value, "has_evidence": 1}
        theirs: _Said = {"member": answerer, "peer": asker, "leaf_hash": answered, "peer_entry": asked}
        yield _row(sizes, kind=EntryKind.ASKED.value, leaf_hash=asked, **both, **said, **own)
        yield _row(sizes, kind=EntryKind.ANSWERED.value, **both, **said, **outcome, **theirs)
        yield _row(
            sizes, kind=EntryKind.END_STATE.value, leaf_hash=ended, peer_entry=answered, **both, **own, **outcome
        )


def _row(sizes: dict[str, int], **said: str | int | bytes) -> tuple[object, ...]:
    member = str(said["member"])
    said["idx"] = sizes[member]
    sizes[member] += 1
    return tuple(said[name] if name in said else _EMPTY[name] for name in _COLUMNS)


_EMPTY = {
    column.name: b"" if column.type.python_type is bytes else column.type.python_type() for column in entry.columns
}


def _reconcile(folder: Path) -> _Taken:
    archive, before = Archive.open(folder), _peak_mib()
    start = time.perf_counter()
    archive.prepare_joins()
    indexed = time.perf_counter()
    report = reconcile(archive, Network("bench", _BODIES), load_thresholds())
    done = time.perf_counter()
    archive.close()
    return _Taken(indexed - start, done - indexed, _peak_mib(), before, len(report.findings))


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _read(path: Path) -> float:
    """Return the seconds in which the same rows are read in the same order, and nothing is done with them."""
    with closing(sqlite3.connect(path)) as connection:
        start = time.perf_counter()
        for _ in connection.execute("SELECT * FROM entry ORDER BY question_id"):
            pass
        return time.perf_counter() - start
