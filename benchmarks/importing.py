"""The import of a file, beside its raw ceiling."""

from __future__ import annotations

import csv
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

from benchmarks.measure import Plan, Slice, median_rate, median_ratio
from benchmarks.network import ANSWERING, SEED
from benchmarks.table import Table
from demo.district import build_district
from maglia.core.tables import xlsx_bytes
from maglia.core.vocabulary import Kind
from maglia.sql.engine import open_sqlite
from node.folder import SystemClock
from node.importing.aid import CHUNK, import_file
from node.importing.columns import REQUIRED
from node.sheets.read import open_sheet
from node.store.migrations import migrate
from node.store.sql import SqlStore

_TARGET = 0.25
_ITS_SHARE = 8
"""The body whose list is imported has an eighth of its district's records."""


def _bare(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    for setting in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):  # as `maglia.sql.engine` opens one
        connection.execute(f"PRAGMA {setting}")
    return connection


def measure_import(plan: Plan, table: Table) -> None:
    """Measure the import of a body's file in turns with bare inserts of the very rows that it left behind."""
    with tempfile.TemporaryDirectory() as folder:
        lines = _list_of_aid(Path(folder) / "aid.csv", plan.rows)
    pairs = [_import_and_copy(b"".join(lines)) for _ in range(plan.slices)]
    ours, bare = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    table.section("Import (beside: bare executemany of the rows that it left, in as many transactions)")
    rows = f"{ours[0].count:,} rows of CSV imported"
    table.add(rows, median_rate(ours), "rows/s", median_rate(bare), _TARGET, ratio=median_ratio(ours, bare))
    ours, bare = ([Slice(each.count, each.cpu_s) for each in slices] for slices in (ours, bare))
    title = "the same, processor time"
    table.add(title, median_rate(ours), "/s of CPU", median_rate(bare), ratio=median_ratio(ours, bare))
    _measure_reading(lines, table)


def _list_of_aid(path: Path, rows: int) -> Sequence[bytes]:
    """Return the lines of a body's list of aid: its header, and as many rows."""
    district = build_district(SEED, date.today(), total=_ITS_SHARE * rows)
    district.write_csv(path, ANSWERING)
    return path.read_bytes().splitlines(keepends=True)[: rows + 1]


def _import_and_copy(content: bytes) -> tuple[Slice, Slice]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "import.db"
        engine = open_sqlite(path)
        migrate(engine)
        store = SqlStore(engine, os.urandom(32), SystemClock())
        start, before = time.perf_counter(), time.process_time()
        report = import_file(content, "bench.csv", Kind.COMUNE, date.today(), store, "bench")
        ours = Slice(report.added, time.perf_counter() - start, time.process_time() - before)
        store.close()
        engine.dispose()
        return ours, Slice(report.added, *_copy(path))


def _measure_reading(lines: Sequence[bytes], table: Table) -> None:
    """Measure how fast the same rows are read from a spreadsheet, beside reading them as CSV."""
    rows = list(csv.reader((line.decode() for line in lines), delimiter=";"))
    content = b"".join(lines), xlsx_bytes("Aiuti", rows)
    taken = []
    for each in content:
        start = time.perf_counter()
        count = sum(1 for _ in open_sheet(each, "bench", REQUIRED).lines())
        taken.append(time.perf_counter() - start)
    beside = count / taken[0]
    table.add("rows read from XLSX, in a process of its own (beside: from CSV)", count / taken[1], "rows/s", beside)


def _copy(path: Path) -> tuple[float, float]:
    """Return the seconds, and those of processor time, that bare inserts of a database's rows into a copy take."""
    with closing(sqlite3.connect(path)) as source, closing(_bare(path.with_suffix(".copy"))) as target:
        tables = list(_tables(source))
        for _, create, _ in tables:
            target.execute(create)
        for (index,) in source.execute("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"):
            target.execute(index)
        start, before = time.perf_counter(), time.process_time()
        for name, _, rows in tables:
            for first in range(0, len(rows), CHUNK):
                chunk = rows[first : first + CHUNK]
                target.execute("BEGIN")
                marks = ", ".join("?" * len(chunk[0]))
                target.executemany(f"INSERT INTO {name} VALUES ({marks})", chunk)  # noqa: S608 - our own tables
                target.execute("COMMIT")
        return time.perf_counter() - start, time.process_time() - before


def _tables(source: sqlite3.Connection) -> Iterator[tuple[str, str, Sequence[tuple[object, ...]]]]:
    made = source.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL").fetchall()
    for name, create in made:
        if not name.startswith("sqlite_"):
            yield name, create, source.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 - our own tables
