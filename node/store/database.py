"""Reading and writing the node's database: one kept connection for reads, audited transactions for changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine, Executable, Row, Select, insert
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from maglia.sql.bulk import insert_columns
from maglia.sql.engine import storage_errors, writing
from maglia.sql.lookup import Lookup
from node.ports import Clock
from node.store import tables
from node.store.events import Event, columns_of
from node.store.fields import Fields

T = TypeVar("T")
_ADD_EVENT = insert(tables.event)
_EMPTY_JOURNAL = "PRAGMA wal_checkpoint(TRUNCATE)"


@dataclass(frozen=True)
class Audited(Generic[T]):
    """A change's result and the events that tell of it: an unaudited change does not type-check."""

    value: T
    events: Sequence[Event]


class Database:
    """Statements on behalf of the store; every failure of the database raises `storage.unavailable`.

    Reads share one kept connection (a statement costs a third of what a pool's checkout adds); changes take a
    connection from the pool, so that an import in a worker thread does not hold up the event loop's reads.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._writing = writing(engine)
        self._clock = clock
        self._reader: Connection | None = None
        self._lookups: dict[Select[Any], Lookup] = {}
        self._lock = Lock()
        self.version = 0
        """Grows with every change of records through this object; what was derived before it may be out of date."""

    def rows(self, statement: Executable, parameters: Mapping[str, Any]) -> Sequence[Row[*tuple[Any, ...]]]:
        """Return all rows of one statement, outside any transaction."""
        with self._lock, storage_errors():
            try:
                return self._all(statement, parameters)
            except DBAPIError as failure:
                if not failure.connection_invalidated:
                    raise
                # The server may be back, behind a connection that is not; reading twice changes nothing.
                return self._all(statement, parameters)

    def look_up(self, statement: Select[Any], parameters: Mapping[str, Any]) -> Sequence[Any]:
        """Return what `rows` does, in a fourth of its processor time: for what every question asks.

        The statement is one that its module made once; none of its parameters is a list.
        """
        lookup = self._lookups.get(statement)
        if lookup is None:
            lookup = self._lookups[statement] = Lookup(statement, self._engine.dialect)
        driver: Any = self._engine.dialect.loaded_dbapi
        try:
            with self._lock:
                return lookup.rows(self._read(), parameters)
        except (driver.Error, SQLAlchemyError):
            return self.rows(statement, parameters)  # where a lost connection is opened again, or the failure told

    def change(self, work: Callable[[Connection], Audited[T]], *, records: bool = True) -> T:
        """Run `work` and store its events in one transaction; return its value once durable.

        Without `records` it changes nothing that `version` speaks for.
        """

        def audited(connection: Connection) -> T:
            done = work(connection)
            if done.events:
                insert_columns(connection, _ADD_EVENT, columns_of(done.events, self._clock.now()))
            return done.value

        value = self.keep(audited)
        self.version += records
        return value

    def keep(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction without an event: for counters and caches, which are no one's records."""
        with storage_errors(), self._writing.begin() as connection:
            return work(connection)

    def empty_journal(self) -> None:
        """Write SQLite's journal into its file and cut it: until then it holds pages as they were before a deletion."""
        if self._engine.dialect.name == "sqlite":
            with storage_errors(), self._engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(_EMPTY_JOURNAL)

    def close(self) -> None:
        """Give the kept connection back; the engine stays its maker's."""
        with self._lock:
            self._drop_reader()

    def _all(self, statement: Executable, parameters: Mapping[str, Any]) -> Sequence[Row[*tuple[Any, ...]]]:
        try:
            return self._read().execute(statement, parameters).all()
        except SQLAlchemyError:
            self._drop_reader()
            raise

    def _read(self) -> Connection:
        if self._reader is None:
            self._reader = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        return self._reader

    def _drop_reader(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            with storage_errors():
                reader.close()


class Part:
    """One part of the store; all share the database, the fields' key and the clock."""

    def __init__(self, database: Database, fields: Fields, clock: Clock) -> None:
        self._db = database
        self._fields = fields
        self._clock = clock
