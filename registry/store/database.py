"""One connection to the registry's database, and transactions that may be nested."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Executable, Row, Table, create_engine, event
from sqlalchemy.dialects.sqlite import insert

from maglia.core.errors import Code, MagliaError
from registry.store.migrations import migrate

DATABASE_FILE = "registry.db"


class Database:
    """SQLite in WAL mode, every commit durable. Used by one thread: its work is inline in the event loop (design 8)."""

    def __init__(self, path: Path) -> None:
        engine = create_engine(f"sqlite:///{path}", connect_args={"check_same_thread": False})
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        self._engine = engine
        self._connection: Connection | None = None
        self._kept = engine.connect()

    @classmethod
    def create(cls, folder: Path) -> Database:
        """Return a new database in `folder`; raise `storage.exists` when there is one."""
        path = folder / DATABASE_FILE
        if path.exists():
            raise MagliaError(Code.STORAGE_EXISTS, path=path.name)
        path.touch(mode=0o600)
        database = cls(path)
        database.migrate()
        return database

    @classmethod
    def open(cls, folder: Path) -> Database:
        """Return the database in `folder`; raise `storage.missing` when there is none."""
        path = folder / DATABASE_FILE
        if not path.is_file():
            raise MagliaError(Code.STORAGE_MISSING, path=str(folder), command="maglia-registry init")
        return cls(path)

    def migrate(self) -> None:
        """Bring the tables to the newest revision."""
        with self.transaction():
            migrate(self.connection)

    def close(self) -> None:
        """Close the connection."""
        self._kept.close()
        self._engine.dispose()

    @property
    def connection(self) -> Connection:
        """Return the connection inside a transaction."""
        if self._connection is None:
            raise RuntimeError("outside a transaction: wrap the call in `with database.transaction()`")
        return self._connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything done inside together or nothing; an inner one belongs to the outer one."""
        if self._connection is not None:
            yield
            return
        with self._kept.begin():
            self._connection = self._kept
            try:
                yield
            finally:
                self._connection = None

    def rows(self, statement: Executable) -> Sequence[Row[Any]]:
        """Return what a query finds."""
        with self.transaction():
            return self.connection.execute(statement).all()

    def row(self, statement: Executable) -> Row[Any] | None:
        """Return the first row that a query finds."""
        found = self.rows(statement)
        return found[0] if found else None

    def change(self, statement: Executable) -> int:
        """Execute a statement that writes; return how many rows it touched."""
        with self.transaction():
            return self.connection.execute(statement).rowcount

    def put(self, table: Table, values: Mapping[str, object]) -> None:
        """Add a row, or replace the one with its primary key."""
        keys = {column.name for column in table.primary_key}
        rest = {name: value for name, value in values.items() if name not in keys}
        statement = insert(table).values(**values)
        self.change(statement.on_conflict_do_update(index_elements=sorted(keys), set_=rest))


def _prepare(connection: Any, _record: object) -> None:
    # Without this pysqlite opens transactions by itself, late, and two processes can deadlock on upgrading.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
