"""The log beside its raw ceilings: durable appends, proofs, a whole verification; and how much a question leaves."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from hashlib import sha256
from itertools import count, islice
from pathlib import Path

from benchmarks.measure import Plan, Slice, median_rate, median_ratio, seconds_each
from benchmarks.network import ANSWERING, ASKER, BenchNetwork
from benchmarks.table import Table
from maglia.core.checkpoint import open_checkpoint
from maglia.core.entry import Entry, EntryKind
from maglia.core.identity import SigningKey
from maglia.core.log import Log
from maglia.core.merkle import verify_inclusion
from maglia.core.vocabulary import PSEUDONYM_BYTES
from maglia.sql.engine import open_sqlite
from maglia.sql.log import SqlLogBackend
from maglia.wire.entries import decode_entry, encode_entry
from node.grouped import GroupedLog
from node.store.migrations import migrate

_ORIGIN = "maglia/bench/node"
_GROUP = 128
_WANTED = 0.5
_FILL = 8_192
_STRIDE = 7_919
"""A prime: its multiples come everywhere in a log."""
_SEALING = 28
"""Bytes that sealing adds to the pseudonyms of an entry, and to the marks of what was shown."""
_QUESTIONS_OF_A_PARISH = 50 * 12 * 730
"""Fifty checks a day, each a question to twelve bodies, for 24 months."""
_MIB = 1 << 20

_Append = Callable[[Log, bytes, int], None]


def measure_log(network: BenchNetwork, plan: Plan, table: Table) -> None:
    """Measure the log on entries of the size that one answer leaves in the network."""
    left = _entries(network)
    leaf = os.urandom(len(encode_entry(left[EntryKind.ANSWERED])))
    _measure_appends(network.directory, leaf, plan, table)
    _measure_reading(network.directory, leaf, plan, table)
    _measure_growth(network.directory, left, table)


def _measure_appends(folder: Path, leaf: bytes, plan: Plan, table: Table) -> None:
    table.section(f"Log, {len(leaf)} bytes an entry (beside: bare sqlite3 inserts of the same bytes, as durable)")
    ways: tuple[tuple[str, _Append, int], ...] = (
        ("one by one", _append_each, 1),
        (f"in groups of {_GROUP}", _append_many, _GROUP),
        (f"as {_GROUP} callers queue", _append_queued, _GROUP),
    )
    for name, append, group in ways:
        entries = (plan.rows if group > 1 else plan.rows // 4) // plan.slices // group * group
        bare: list[Slice] = []
        mine: list[Slice] = []
        with _log(folder / f"log-{name}.db") as log:
            for turn in range(plan.slices):
                bare.append(Slice(entries, _insert_raw(folder / f"raw-{name}-{turn}.db", leaf, entries, group)))
                start = time.perf_counter()
                append(log, leaf, entries)
                mine.append(Slice(entries, time.perf_counter() - start))
        table.add(
            f"appends {name}",
            median_rate(mine),
            "entries/s",
            median_rate(bare),
            _WANTED,
            ratio=median_ratio(mine, bare),
        )


def _append_each(log: Log, leaf: bytes, count: int) -> None:
    for _ in range(count):
        log.append(leaf).result()


def _append_many(log: Log, leaf: bytes, count: int) -> None:
    for _ in range(0, count, _GROUP):
        log.append_many([leaf] * _GROUP).result()


def _append_queued(log: Log, leaf: bytes, count: int) -> None:
    asyncio.run(queue_up(log, leaf, _GROUP, count // _GROUP))


async def queue_up(log: Log, leaf: bytes, callers: int, times: int) -> None:
    """Let callers append as a node's do, each waiting for its own entry before its next one."""
    grouped = GroupedLog(log)

    async def append() -> None:
        for _ in range(times):
            await grouped.write([leaf])

    await asyncio.gather(*(append() for _ in range(callers)))


def _insert_raw(path: Path, leaf: bytes, count: int, group: int) -> float:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("CREATE TABLE entry (idx INTEGER PRIMARY KEY, leaf BLOB NOT NULL, hash BLOB NOT NULL)")
        start = time.perf_counter()
        for first in range(0, count, group):
            connection.execute("BEGIN")
            rows = [(number, leaf, leaf[:32]) for number in range(first, first + group)]
            connection.executemany("INSERT INTO entry VALUES (?, ?, ?)", rows)
            connection.execute("COMMIT")
        return time.perf_counter() - start


def _measure_reading(folder: Path, leaf: bytes, plan: Plan, table: Table) -> None:
    path = folder / "long.db"
    with _log(path) as log:
        while log.size < plan.audited:
            first, more = log.size, min(_FILL, plan.audited - log.size)
            log.append_many([number.to_bytes(8, "big") + leaf[8:] for number in range(first, first + more)]).result()
        checkpoint = open_checkpoint(log.checkpoint(), *log.key)
        hashes, root = log.leaf_hashes(0, log.size), checkpoint.root
        table.section(f"A log of {log.size:,} entries (beside: bare sqlite3 reads of them, and two SHA-256 for each)")
        scattered = (number * _STRIDE % log.size for number in count(1))
        places = list(islice(scattered, 200))
        proofs = [log.inclusion_proof(place, log.size) for place in places]
        leaf_of = [hashes[place * 32 : place * 32 + 32] for place in places]
        each = seconds_each(lambda: log.inclusion_proof(next(scattered), log.size), plan.seconds)
        table.add("inclusion proofs made", 1 / each, "proofs/s")
        each = seconds_each(lambda: log.consistency_proof(next(scattered) + 1, log.size), plan.seconds)
        table.add("consistency proofs made", 1 / each, "proofs/s")
        start = time.perf_counter()
        held = [verify_inclusion(leaf_of[at], places[at], log.size, proofs[at], root) for at in range(len(places))]
        table.add("inclusion proofs verified", len(held) / (time.perf_counter() - start), "proofs/s")
        assert all(held), "a proof of an entry does not hold"  # noqa: S101 - a figure of what is wrong is none
        _verify_all(log, path, table)


def _verify_all(log: Log, path: Path, table: Table) -> None:
    start = time.perf_counter()
    report = log.verify()
    taken = time.perf_counter() - start
    assert report.ok, "the log does not hold"  # noqa: S101 - as above
    with closing(sqlite3.connect(path)) as connection:
        start = time.perf_counter()
        for _, leaf, stored in connection.execute("SELECT idx, leaf, leaf_hash FROM log_entry ORDER BY idx"):
            sha256(b"\x00" + leaf).digest()
            sha256(b"\x01" + stored + stored).digest()
        bare = time.perf_counter() - start
    table.add("entries verified", report.size / taken, "entries/s", report.size / bare)
    table.add(f"whole log of {report.size:,} verified", taken, "s")


def _measure_growth(folder: Path, left: dict[EntryKind, Entry], table: Table) -> None:
    """Add how many bytes of disk a question leaves on both sides, row, hashes and tiles included."""
    beyond = _beyond_the_leaf(folder, len(encode_entry(left[EntryKind.ANSWERED])))
    table.section("What a question leaves on disk (an entry beyond its leaf: row, hashes, its share of the tiles)")
    table.add("an entry beyond its leaf", beyond, "bytes")
    both = 0.0
    for side, kinds in (("asker", (EntryKind.ASKED, EntryKind.END_STATE)), ("answering body", (EntryKind.ANSWERED,))):
        for pseudonyms in (1, 10, 50):
            total = sum(_length(left[kind], pseudonyms) + beyond for kind in kinds)
            table.add(f"{side}, pseudonyms in a question: {pseudonyms}", total, "bytes")
            both += total if pseudonyms == 1 else 0
    evaluation = len(encode_entry(left[EntryKind.EVALUATION])) + beyond
    table.add("asker, each evaluation asked of the registry", evaluation, "bytes")
    parish = both * _QUESTIONS_OF_A_PARISH / _MIB
    table.add("24 months, 50 checks a day of 12 bodies, and as many answered", parish, "MiB")


def _entries(network: BenchNetwork) -> dict[EntryKind, Entry]:
    """Return the entry of median length of each kind, as checks of one person left them."""
    found: dict[EntryKind, list[Entry]] = {}
    for member in (ASKER, ANSWERING):
        for leaf in network.leaves(member):
            entry = decode_entry(leaf)
            if len(entry.sealed) <= _SEALING + PSEUDONYM_BYTES:
                found.setdefault(entry.kind, []).append(entry)
    return {kind: sorted(of, key=lambda one: len(encode_entry(one)))[len(of) // 2] for kind, of in found.items()}


def _length(entry: Entry, pseudonyms: int) -> int:
    """Return the length of an entry's leaf, had it been about so many persons and needs."""
    sealed = bytes(_SEALING + PSEUDONYM_BYTES * pseudonyms) if entry.sealed else b""
    shown = bytes(_SEALING + pseudonyms) if entry.shown else b""
    return len(encode_entry(replace(entry, sealed=sealed, shown=shown)))


def _beyond_the_leaf(folder: Path, length: int) -> float:
    """Return the bytes of disk that an entry takes beyond its leaf, with its share of the tiles."""
    path = folder / "growth.db"
    with _log(path) as log:
        before = path.stat().st_size
        for _ in range(6):
            log.append_many([os.urandom(length) for _ in range(_FILL)]).result()
        entries = log.size
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return (path.stat().st_size - before) / entries - length


@contextmanager
def _log(path: Path) -> Iterator[Log]:
    engine = open_sqlite(path)
    migrate(engine)
    key = SigningKey.generate()
    log = Log(SqlLogBackend(engine), _ORIGIN, key.private)
    yield log
    log.close()
    engine.dispose()
