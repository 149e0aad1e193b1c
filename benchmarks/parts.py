"""The import of a file, beside its raw ceiling."""

from __future__ import annotations

import csv
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

from benchmarks.measure import Plan
from benchmarks.network import ANSWERING, BenchNetwork
from benchmarks.table import Table
from maglia.core.tables import xlsx_bytes
from maglia.core.vocabulary import Kind
from maglia.sql.engine import open_sqlite
from node.folder import SystemClock
from node.import_columns import REQUIRED
from node.importing import import_file
from node.sheets import open_sheet
from node.store.migrations import migrate
from node.store.sql import SqlStore


def _bare(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    for setting in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):  # as `maglia.sql.engine` opens one
        connection.execute(f"PRAGMA {setting}")
    return connection


def measure_import(network: BenchNetwork, plan: Plan, table: Table) -> None:
    """Measure the import of a body's file, beside bare inserts of the very rows that it left behind."""
    content = (network.directory / "csv" / f"{ANSWERING}.csv").read_bytes()
    lines = content.splitlines(keepends=True)[: plan.rows + 1]
    path = network.directory / "import.db"
    engine = open_sqlite(path)
    migrate(engine)
    store = SqlStore(engine, os.urandom(32), SystemClock())
    start = time.perf_counter()
    report = import_file(b"".join(lines), "bench.csv", Kind.COMUNE, date.today(), store, "bench")
    taken = time.perf_counter() - start
    store.close()
    engine.dispose()
    table.section("Import (beside: bare executemany of the rows that it left, in as many transactions)")
    table.add("rows imported", report.added / taken, "rows/s", report.added / _copy(path))
    _measure_reading(lines, table)


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


def _copy(path: Path) -> float:
    """Return the seconds that bare inserts of a database's rows into an empty copy take."""
    with closing(sqlite3.connect(path)) as source, closing(_bare(path.with_suffix(".copy"))) as target:
        tables = list(_tables(source))
        for _, create, _ in tables:
            target.execute(create)
        for (index,) in source.execute("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"):
            target.execute(index)
        start = time.perf_counter()
        for name, _, rows in tables:
            for first in range(0, len(rows), 1_000):
                chunk = rows[first : first + 1_000]
                target.execute("BEGIN")
                marks = ", ".join("?" * len(chunk[0]))
                target.executemany(f"INSERT INTO {name} VALUES ({marks})", chunk)  # noqa: S608 - our own tables
                target.execute("COMMIT")
        return time.perf_counter() - start


def _tables(source: sqlite3.Connection) -> Iterator[tuple[str, str, Sequence[tuple[object, ...]]]]:
    made = source.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL").fetchall()
    for name, create in made:
        if not name.startswith("sqlite_"):
            yield name, create, source.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 - our own tables
