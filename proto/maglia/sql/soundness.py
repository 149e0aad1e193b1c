"""Whether a database's file is as it was written: a damaged page must not read as a person who is not there."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError

from maglia.core.errors import Code, MagliaError
from maglia.sql.engine import storage_errors

_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"


def check_sound(engine: Engine, but: Collection[str] = ()) -> None:
    """Raise `storage.damaged` when a table of SQLite, or an index of it, is not whole; tables in `but` are left out.

    SQLite itself reads on over a page that is torn or another's, and finds less than there is. A row takes some 4 µs.
    PostgreSQL looks after its own pages.
    """
    if engine.dialect.name != "sqlite":
        return
    with storage_errors(), engine.connect() as connection:
        for name in connection.exec_driver_sql(_TABLES).scalars().all():
            if name not in but and not _is_sound(connection, name):
                raise MagliaError(Code.STORAGE_DAMAGED, table=name)


def _is_sound(connection: Connection, table: str) -> bool:
    """Return whether SQLite finds nothing wrong; a page that it can't read at all counts as wrong."""
    try:
        return connection.exec_driver_sql(f'PRAGMA integrity_check("{table}")').scalars().first() == "ok"
    except DatabaseError:
        return False
