"""The database engine: SQLite by default, PostgreSQL by address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url

IMMEDIATE = "maglia_immediate"
"""Execution option of an engine: SQLite takes the write lock when the transaction begins."""

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # in WAL mode NORMAL loses the last commits at a power cut
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=10000",
)


def open_sqlite(path: Path) -> Engine:
    """Return an engine on the file at `path`, made readable by its owner alone when it is new."""
    path.touch(mode=0o600)
    return open_engine(URL.create("sqlite", database=str(path)))


def open_engine(url: str | URL) -> Engine:
    """Return an engine for a SQLite or PostgreSQL address.

    Statements' parameters never appear in errors: they hold codes. A plain `connect()` or `begin()` starts a deferred
    transaction; one that reads before it writes is opened on `writing(engine)`, else SQLite may refuse its write.
    """
    engine = create_engine(make_url(url), hide_parameters=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    return engine


def writing(engine: Engine) -> Engine:
    """Return the same engine (one pool) whose transactions take SQLite's write lock at once."""
    return engine.execution_options(**{IMMEDIATE: True})


def _prepare(connection: Any, _record: object) -> None:
    """Leave transactions to SQLAlchemy (the driver would begin them too late) and set what makes commits durable."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(IMMEDIATE) else "BEGIN")
