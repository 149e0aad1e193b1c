"""The database engine: SQLite by default, PostgreSQL by address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from maglia.core.errors import Code, MagliaError

ALONE = "maglia_alone"
"""Execution option of an engine: its transactions wait for one another from their beginning."""

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # in WAL mode NORMAL loses the last commits at a power cut
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",  # what is deleted is overwritten: a stolen file shows no more than its rows
    "PRAGMA busy_timeout=10000",
)
_POSTGRES = {
    "application_name": "maglia",
    "connect_timeout": "5",
    "tcp_user_timeout": "10000",
    # Work is inline in an event loop: a process that hangs with a lock in its hand must not hold others up for long.
    "options": "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=10s"
    " -c synchronous_commit=on",
}
"""What an address that does not say otherwise gets; the names are libpq's."""

_TAKE_TURNS = "SELECT pg_advisory_xact_lock(7161106105281)"
"""Released by the end of the transaction, and by the death of its process. The number is only ever used here."""


def open_sqlite(path: Path) -> Engine:
    """Return an engine on the file at `path`, made readable by its owner alone when it is new."""
    path.touch(mode=0o600)
    return open_engine(URL.create("sqlite", database=str(path)))


def open_engine(url: str | URL) -> Engine:
    """Return an engine for a SQLite or PostgreSQL address; nothing is opened before its first use.

    Statements' parameters never appear in errors: they hold codes. A plain `connect()` or `begin()` starts a deferred
    transaction; one that reads before it writes is opened on `writing(engine)`: else SQLite may refuse its write, and
    PostgreSQL may let another process write in between.
    """
    url = make_url(url)
    if url.get_backend_name() == "postgresql":
        url = _with_defaults(url)
    # A kept connection is tried before it is used: a server that was down meanwhile costs nobody a refusal afterwards.
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=url.get_backend_name() == "postgresql")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _with_defaults(url: URL) -> URL:
    missing = {name: value for name, value in _POSTGRES.items() if name not in url.query}
    return url.set(drivername="postgresql+psycopg").update_query_dict(missing)


def writing(engine: Engine) -> Engine:
    """Return the same engine (one pool) whose transactions wait for one another, also those of other processes.

    SQLite takes the write lock when such a transaction begins, PostgreSQL an advisory lock that only these take.
    """
    return engine.execution_options(**{ALONE: True})


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turn every database error into `storage.unavailable`, its cause without statement or parameters."""
    try:
        yield
    except SQLAlchemyError as failure:
        original = failure.orig if isinstance(failure, DBAPIError) else failure
        name = getattr(original, "sqlite_errorname", None) or getattr(original, "sqlstate", None)
        raise MagliaError(Code.STORAGE_UNAVAILABLE, cause=str(name or type(original).__name__)) from None


def _prepare(connection: Any, _record: object) -> None:
    """Leave transactions to SQLAlchemy (the driver would begin them too late) and set what makes commits durable."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    alone = bool(options.get(ALONE))
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if alone else "BEGIN")
    elif alone:
        connection.exec_driver_sql(_TAKE_TURNS)
