"""A node's database made large: its own records and persons many times over, each copy with pseudonyms of its own.

An import and an enrolment of a million records would take longer than everything that is measured on them. Copies keep
facet, days, amounts and what persons said; their codes open for nobody, and nobody is named as paid. Each pseudonym has
an entry in the log, as a node demands that starts.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, event, func, select

from benchmarks.network import BenchNetwork
from demo.network import start, stop
from maglia.core.entry import EntryKind
from maglia.core.identity import log_origin
from maglia.core.log import Log
from maglia.sql.engine import open_engine, open_sqlite
from maglia.sql.log import SqlLogBackend
from maglia.wire.entries import decode_entry, encode_entry
from node.store import tables
from node.store.migrations import migrate

_FAR = 1_000_000
"""Between the numbers of a person and of the next copy."""
_AT_ONCE = 100_000
_LOGGED_AT_ONCE = 8_192
_RANDOM = {
    "sqlite": {16: "randomblob(16)", 32: "randomblob(32)"},
    "postgresql": {
        16: "decode(md5(random()::text), 'hex')",
        32: "decode(md5(random()::text) || md5(random()::text), 'hex')",
    },
}


def fill(network: BenchNetwork, member: str, records: int) -> None:
    """Stop a node, fill its SQLite up to so many records, start it anew; one with as many goes on as it is."""
    if network.records(member) >= records:
        return
    stop(network.directory, member)
    with _engine(open_sqlite(network.data_dir(member) / "node.db")) as engine:
        fill_database(network, member, engine, records)
    start(network.directory, member)


def fill_database(network: BenchNetwork, member: str, engine: Engine, records: int) -> None:
    """Fill a database whose node does not run up to so many records, and log what is enrolled by it."""
    with engine.begin() as connection:
        base = connection.execute(select(func.count()).where(tables.person.c.id < _FAR)).scalar_one()
        first = connection.execute(select(func.max(tables.person.c.id))).scalar_one() // _FAR + 1
        there = connection.execute(select(func.count()).select_from(tables.aid_record)).scalar_one()
        each = connection.execute(select(func.count()).where(tables.aid_record.c.person_id < _FAR)).scalar_one()
    _write_fast(engine)
    assert base, "the node knows nobody"  # noqa: S101 - copies of nothing would fill nothing
    copies, at_once = -(-(records - there) // each), max(1, _AT_ONCE // each)
    for number in range(first, first + copies, at_once):
        with engine.begin() as connection:
            _copy(connection, number, min(at_once, first + copies - number))
    _log_enrolments(network, member, engine)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _write_fast(engine: Engine) -> None:
    """Let connections to a SQLite wait for no disk and keep its indexes in memory: new rows come anywhere in them."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        for pragma in ("synchronous=OFF", "cache_size=-600000", "secure_delete=OFF"):
            connection.execute(f"PRAGMA {pragma}")

    engine.dispose()


def _copy(connection: Connection, first: int, count: int) -> None:
    """Add the copies from number `first` on."""
    random = _RANDOM[connection.dialect.name]
    last = first + count - 1
    numbers = f"WITH RECURSIVE copy(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM copy WHERE n < {last})"  # noqa: S608 - our own numbers
    person = f"id + n * {_FAR}"
    _insert(connection, numbers, tables.person, {"id": person, "code_index": random[32]}, f"id < {_FAR}")
    of_person = {"subject_id": f"subject_id + n * {_FAR}", "pseudonym": random[16]}
    _insert(connection, numbers, tables.pseudonym, of_person, f"class = 'person' AND subject_id < {_FAR}")
    nothing = dict.fromkeys(("need_id", "source_key", "source_key_index", "creditor", "protocol", "replaces"), "NULL")
    of_record = {"id": "id || '-' || n", "person_id": f"person_id + n * {_FAR}", **nothing}
    _insert(connection, numbers, tables.aid_record, of_record, f"person_id < {_FAR}")


def _insert(connection: Connection, numbers: str, table: Table, changed: dict[str, str], which: str) -> None:
    """Insert each row of `table` that is of the first ones once for each number, with columns changed."""
    columns = ", ".join(column.name for column in table.columns)
    values = ", ".join(changed.get(column.name, column.name) for column in table.columns)
    what = f"INSERT INTO {table.name} ({columns}) {numbers} SELECT {values} FROM {table.name}, copy WHERE {which}"  # noqa: S608 - our own tables
    connection.exec_driver_sql(what)


def _log_enrolments(network: BenchNetwork, member: str, engine: Engine) -> None:
    """Add an entry for every pseudonym that has none."""
    with engine.connect() as connection:
        enrolled = connection.execute(select(func.count()).select_from(tables.pseudonym)).scalar_one()
    like = next(entry for entry in map(decode_entry, network.leaves(member)) if entry.kind is EntryKind.ENROLMENT)
    keys, name = network.keys(member), network.directory_of(member).network
    log = Log(SqlLogBackend(engine), log_origin(member, name), keys.log.private)
    try:
        while (missing := enrolled - log.size) > 0:
            now = int(time.time() * 1000)
            entries = (replace(like, nonce=number.to_bytes(16), time_ms=now) for number in range(log.size, enrolled))
            some = [encode_entry(next(entries)) for _ in range(min(missing, _LOGGED_AT_ONCE))]
            log.append_many(some).result()
    finally:
        log.close()


@contextmanager
def _engine(engine: Engine) -> Iterator[Engine]:
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def moved_to(network: BenchNetwork, member: str, url: str) -> Iterator[Engine]:
    """Stop a node, copy its SQLite into the empty PostgreSQL at `url`, log and all; yield it to be filled further.

    The copies that `fill` made stay behind.
    """
    stop(network.directory, member)
    with _engine(open_sqlite(network.data_dir(member) / "node.db")) as source, _engine(open_engine(url)) as target:
        migrate(target)
        with source.connect() as there, target.begin() as here:
            for table in tables.metadata.sorted_tables:
                here.execute(table.delete())
                found = there.execute(_first_ones(table))
                while some := found.mappings().fetchmany(_LOGGED_AT_ONCE):
                    here.execute(table.insert(), [dict(row) for row in some])
                _go_on_counting(here, table)
        yield target


def _first_ones(table: Table) -> Select[Any]:
    """Select the rows of a table that are no copies."""
    number = {"person": "id", "pseudonym": "subject_id", "aid_record": "person_id"}.get(table.name)
    return select(table).where(table.c[number] < _FAR) if number else select(table)


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Let new rows have numbers after those that were copied."""
    for column in table.primary_key.columns:
        sequence = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
        if connection.exec_driver_sql(f"SELECT {sequence}").scalar() is not None:
            connection.exec_driver_sql(f"SELECT setval({sequence}, max({column.name})) FROM {table.name}")  # noqa: S608 - our own tables
