"""The registry's database, and transactions that may be nested."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Executable, Row, Table, inspect
from sqlalchemy.dialects import postgresql, sqlite

from maglia.core.errors import Code, MagliaError
from maglia.sql.engine import open_engine, open_sqlite, storage_errors, writing
from registry.store.migrations import migrate

DATABASE_FILE = "registry.db"
_VERSION_TABLE = "alembic_version"


class Database:
    """SQLite in WAL mode or PostgreSQL, every commit durable; any failure of it raises `storage.unavailable`.

    Used by one thread: its work is inline in the event loop (design 8). Transactions wait for one another, also for
    those of other processes; a statement outside a transaction is one of its own.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = writing(engine)
        self._at_once = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._connection: Connection | None = None

    @classmethod
    def create(cls, folder: Path, url: str = "") -> Database:
        """Return a new database, in `folder` or at the PostgreSQL address; raise `storage.exists` when there is one."""
        path = folder / DATABASE_FILE
        if not url and path.exists():
            raise MagliaError(Code.STORAGE_EXISTS, path=path.name)
        database = cls(open_engine(url) if url else open_sqlite(path))
        if url and database._is_made():
            raise MagliaError(Code.STORAGE_EXISTS, path="database_url")
        database.migrate()
        return database

    @classmethod
    def open(cls, folder: Path, url: str = "") -> Database:
        """Return the database in `folder` or at the address; raise `storage.missing` when there is none."""
        path = folder / DATABASE_FILE
        if not url and not path.is_file():
            raise MagliaError(Code.STORAGE_MISSING, path=str(folder), command="maglia-registry init")
        database = cls(open_engine(url) if url else open_sqlite(path))
        if url and not database._is_made():
            raise MagliaError(Code.STORAGE_MISSING, path="database_url", command="maglia-registry init")
        return database

    def _is_made(self) -> bool:
        with storage_errors():
            return inspect(self.engine).has_table(_VERSION_TABLE)

    @property
    def is_shared(self) -> bool:
        """Return whether other processes may serve from it too."""
        return self.engine.dialect.name == "postgresql"

    def migrate(self) -> None:
        """Bring the tables to the newest revision; of several processes one does it, the others wait for it."""
        with self.transaction():
            migrate(self.connection)

    def close(self) -> None:
        """Close its connections."""
        self.engine.dispose()

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
        with storage_errors(), self._writing.begin() as connection:
            self._connection = connection
            try:
                yield
            finally:
                self._connection = None

    @contextmanager
    def _current(self) -> Iterator[Connection]:
        if self._connection is not None:
            yield self._connection
            return
        with storage_errors(), self._at_once.connect() as connection:
            yield connection

    def rows(self, statement: Executable, parameters: Mapping[str, object] | None = None) -> Sequence[Row[Any]]:
        """Return what a statement finds, or returns of what it wrote."""
        with self._current() as connection:
            return connection.execute(statement, parameters).all()

    def row(self, statement: Executable, parameters: Mapping[str, object] | None = None) -> Row[Any] | None:
        """Return the first row of a statement."""
        found = self.rows(statement, parameters)
        return found[0] if found else None

    def change(self, statement: Executable) -> int:
        """Execute a statement that writes; return how many rows it touched."""
        with self._current() as connection:
            return connection.execute(statement).rowcount

    def put(self, table: Table, values: Mapping[str, object]) -> None:
        """Add a row, or replace the one with its primary key."""
        self.swap(table, values)

    def swap(
        self,
        table: Table,
        values: Mapping[str, object],
        *,
        put: Mapping[str, object] | None = None,
        only_if: ColumnElement[bool] | None = None,
    ) -> bool:
        """Add a row, or change the one with its primary key if `only_if` holds of it; return whether either was done.

        One statement: what another process writes meanwhile is seen by `only_if`, never overwritten. A row that is
        there takes the columns of `put`, or else of `values`.
        """
        keys = sorted(column.name for column in table.primary_key)
        rest = {name: value for name, value in values.items() if name not in keys} if put is None else put
        insert = postgresql.insert if self.is_shared else sqlite.insert
        added = insert(table).values(**values)
        if rest:
            added = added.on_conflict_do_update(index_elements=keys, set_=rest, where=only_if)
        else:
            added = added.on_conflict_do_nothing(index_elements=keys)
        return self.row(added.returning(table.c[keys[0]])) is not None
