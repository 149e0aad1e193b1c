"""A log's storage in its process's database: entries, tiles, checkpoints.

Portable between SQLite and PostgreSQL. The engine is the caller's: for SQLite it sets `journal_mode=WAL` and
`synchronous=FULL` on every connection, without which a commit is not durable when it returns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Dialect,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from maglia.core.errors import Code, MagliaError
from maglia.core.log_port import ArchivedFile, StoredEntry
from maglia.core.merkle import Tile

# In SQLite only an INTEGER key is the row's own number; any other type costs a second index.
_Index = BigInteger().with_variant(Integer, "sqlite")

_LOST = bytes(32)
"""Stands for a hash on a page that was torn, which SQLite reads as nothing: it is no entry's."""
LOG_TABLES = frozenset({"log_entry", "log_tile"})
"""What a log that is recomputed proves by itself, page by page."""


def define(metadata: MetaData) -> tuple[Table, Table, Table]:
    """Define `log_entry`, `log_tile` and `log_checkpoint` on a metadata, and `log_archive` (`define_archive`)."""
    define_archive(metadata)
    entry = Table(
        "log_entry",
        metadata,
        Column("idx", _Index, primary_key=True, autoincrement=False),
        Column("leaf", LargeBinary, nullable=False),
        Column("leaf_hash", LargeBinary(32), nullable=False),
    )
    tile = Table(
        "log_tile",
        metadata,
        Column("level", SmallInteger, primary_key=True, autoincrement=False),
        Column("idx", BigInteger, primary_key=True, autoincrement=False),
        Column("hashes", LargeBinary, nullable=False),
    )
    checkpoint = Table(
        "log_checkpoint",
        metadata,
        Column("size", _Index, primary_key=True, autoincrement=False),
        Column("note", LargeBinary, nullable=False),
        Column("cosigned", Boolean, nullable=False),
    )
    return entry, tile, checkpoint


def define_archive(metadata: MetaData) -> Table:
    """Define `log_archive`: entries `first` to `past` - 1 are in the archive file of that number and digest."""
    return Table(
        "log_archive",
        metadata,
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("first", BigInteger, nullable=False),
        Column("past", BigInteger, nullable=False),
        Column("digest", LargeBinary(32), nullable=False),
    )


_METADATA = MetaData()
_ENTRY, _TILE, _CHECKPOINT = define(_METADATA)
_ARCHIVE = _METADATA.tables["log_archive"]

_LAST = select(func.max(_ENTRY.c.idx))
_FIRST = select(func.max(_ARCHIVE.c.past))
_ARCHIVED = select(_ARCHIVE).order_by(_ARCHIVE.c.number)
_ADD_ARCHIVE = insert(_ARCHIVE)
_DROP_ENTRIES = delete(_ENTRY).where(_ENTRY.c.idx < bindparam("past"))
_RANGE = (_ENTRY.c.idx >= bindparam("first")) & (_ENTRY.c.idx < bindparam("last"))
_ENTRIES = select(_ENTRY.c.idx, _ENTRY.c.leaf, _ENTRY.c.leaf_hash).where(_RANGE).order_by(_ENTRY.c.idx)
_HASHES = select(_ENTRY.c.leaf_hash).where(_RANGE).order_by(_ENTRY.c.idx)
_READ_TILE = select(_TILE.c.hashes).where(_TILE.c.level == bindparam("at_level"), _TILE.c.idx == bindparam("at_idx"))
_READ_CHECKPOINT = select(_CHECKPOINT.c.note).where(_CHECKPOINT.c.size == bindparam("at_size"))
_LAST_CHECKPOINT = select(_CHECKPOINT.c.note).order_by(_CHECKPOINT.c.size.desc()).limit(1)
_LAST_COSIGNED = _LAST_CHECKPOINT.where(_CHECKPOINT.c.cosigned)
_DROP_CHECKPOINT = delete(_CHECKPOINT).where(_CHECKPOINT.c.size == bindparam("at_size"))
_DROP_CHECKPOINTS = delete(_CHECKPOINT).where(_CHECKPOINT.c.size <= bindparam("at_size"))
_ADD_CHECKPOINT = insert(_CHECKPOINT)


_ADD_ENTRY = "INSERT INTO log_entry (idx, leaf, leaf_hash) VALUES (?, ?, ?)"
_DROP_TILE = "DELETE FROM log_tile WHERE level = ? AND idx = ?"
_ADD_TILE = "INSERT INTO log_tile (level, idx, hashes) VALUES (?, ?, ?)"


class Connections(Protocol):
    """Where connections come from: an engine, or the one transaction that an entry must stand or fall with."""

    def connect(self) -> AbstractContextManager[Connection]:
        """Return a connection to read with."""
        ...

    def begin(self) -> AbstractContextManager[Connection]:
        """Return a connection whose work is committed together."""
        ...


class SqlLogBackend:
    """A `LogBackend` over SQLAlchemy Core; every failure of the database raises `log.unavailable`.

    The primary key of `log_entry` is what refuses a second writer: it would number its entries the same.
    """

    def __init__(self, engine: Connections) -> None:
        self._engine = engine

    def size(self) -> int:
        """Return the number of entries logged, archived ones among them."""
        with _as_log_errors(), self._engine.connect() as connection:
            last = connection.execute(_LAST).scalar()
            return int(last) + 1 if last is not None else _first(connection)

    def first(self) -> int:
        """Return the index of the first entry whose leaf is here; those before it are in archive files."""
        with _as_log_errors(), self._engine.connect() as connection:
            return _first(connection)

    def archived(self) -> Sequence[ArchivedFile]:
        """Return the archive files that entries were moved to, in order."""
        with _as_log_errors(), self._engine.connect() as connection:
            return [ArchivedFile(*row) for row in connection.execute(_ARCHIVED)]

    def forget(self, archived: ArchivedFile) -> None:
        """Remove the entries of an archive file, in one transaction with its mark; their tiles stay.

        A second writer's mark of the same number collides, as an entry's number does.
        """
        mark = {"number": archived.number, "first": archived.first, "past": archived.end, "digest": archived.digest}
        with _as_log_errors(), self._engine.begin() as connection:
            connection.execute(_ADD_ARCHIVE, mark)
            connection.execute(_DROP_ENTRIES, {"past": archived.end})

    def commit(self, entries: Sequence[StoredEntry], tiles: Sequence[Tile]) -> None:
        """Store entries and tiles in one transaction, durable when this returns."""
        with _as_log_errors(), self._writing() as (cursor, dialect):
            cursor.executemany(_statement(_ADD_ENTRY, dialect), entries)
            if tiles:
                cursor.executemany(_statement(_DROP_TILE, dialect), [(tile.level, tile.index) for tile in tiles])
                rows = [(tile.level, tile.index, tile.hashes) for tile in tiles]
                cursor.executemany(_statement(_ADD_TILE, dialect), rows)

    @contextmanager
    def _writing(self) -> Iterator[tuple[DBAPICursor, Dialect]]:
        """Yield the driver's own cursor in a transaction.

        Every question waits for this write: with SQLAlchemy's statements and connections it took four times the
        processor time for a lone entry, and three times for each of many.
        """
        if not isinstance(self._engine, Engine):
            with self._engine.begin() as connection, _driver_errors(connection.dialect):
                yield connection.connection.cursor(), connection.dialect
            return
        dialect = self._engine.dialect
        held = self._engine.raw_connection()
        try:
            with _driver_errors(dialect):
                cursor = held.cursor()
                if dialect.name == "sqlite":  # the other driver begins by itself
                    cursor.execute("BEGIN")
                yield cursor, dialect
                held.commit()
        except BaseException:
            held.invalidate()  # closed, so that nothing of it is stored, and not used again
            raise
        finally:
            held.close()

    def entries(self, start: int, count: int) -> Sequence[StoredEntry]:
        """Return the entries with start <= index < start + count that are there, in order."""
        with _as_log_errors(), self._engine.connect() as connection:
            rows = connection.execute(_ENTRIES, {"first": start, "last": start + count}).all()
        return [StoredEntry(index, leaf or b"", hashed or _LOST) for index, leaf, hashed in rows]

    def leaf_hashes(self, start: int, count: int) -> bytes:
        """Return the stored leaf hashes of those of these entries that are here, joined."""
        with _as_log_errors(), self._engine.connect() as connection:
            hashes = connection.execute(_HASHES, {"first": start, "last": start + count}).scalars()
            return b"".join(each or _LOST for each in hashes)

    def tile(self, level: int, index: int) -> bytes:
        """Return a stored tile's hashes, joined; empty when it is not there."""
        with _as_log_errors(), self._engine.connect() as connection:
            return connection.execute(_READ_TILE, {"at_level": level, "at_idx": index}).scalar() or b""

    def save_checkpoint(self, size: int, note: bytes, *, cosigned: bool) -> None:
        """Store the checkpoint of that size, in place of an earlier note of the same size; durable.

        A cosigned one stands for all smaller ones, which are removed.
        """
        with _as_log_errors(), self._engine.begin() as connection:
            connection.execute(_DROP_CHECKPOINTS if cosigned else _DROP_CHECKPOINT, {"at_size": size})
            connection.execute(_ADD_CHECKPOINT, {"size": size, "note": note, "cosigned": cosigned})

    def checkpoint(self, size: int) -> bytes | None:
        """Return the note of the checkpoint of that size."""
        with _as_log_errors(), self._engine.connect() as connection:
            return connection.execute(_READ_CHECKPOINT, {"at_size": size}).scalar()

    def last_checkpoint(self, *, cosigned: bool = False) -> bytes | None:
        """Return the note of the largest checkpoint (of the cosigned ones)."""
        with _as_log_errors(), self._engine.connect() as connection:
            return connection.execute(_LAST_COSIGNED if cosigned else _LAST_CHECKPOINT).scalar()


def _statement(text: str, dialect: Dialect) -> str:
    return text if dialect.name == "sqlite" else text.replace("?", "%s")


@contextmanager
def _driver_errors(dialect: Dialect) -> Iterator[None]:
    """Raise what the driver itself raises as `log.unavailable`; its text does not quote entries."""
    driver: Any = dialect.loaded_dbapi
    try:
        yield
    except driver.Error as failure:
        raise MagliaError(Code.LOG_UNAVAILABLE, cause=str(failure)) from None


def _first(connection: Connection) -> int:
    return int(connection.execute(_FIRST).scalar() or 0)


@contextmanager
def _as_log_errors() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as failure:
        # SQLAlchemy's own text quotes parameters, that is entries; the driver's text does not.
        cause = str(failure.orig) if isinstance(failure, DBAPIError) else type(failure).__name__
        raise MagliaError(Code.LOG_UNAVAILABLE, cause=cause) from None
