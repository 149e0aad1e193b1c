"""An auditor's archive: every log as it was read, leaf by leaf, with an index of what the entries say.

Logs are personal data, also without names (law rule 11): folder 0700, file 0600. Whatever was added stays as it came;
a log that later tells another past is refused where it is read, and what it said stands beside (`checkpoint`).
Nothing here speaks to the network. Methods may be called from several threads.
"""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.schema import CreateTable

from maglia.core.checkpoint import Checkpoint
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID
from maglia.core.merkle import HASH_SIZE, TILE_WIDTH, TileReader, Tree, root_of, tree_root
from maglia.sql.engine import open_sqlite, storage_errors, writing
from tui.audit import tables
from tui.audit.index import Row, rows_of

ARCHIVE_FILE = "archive.sqlite"
LOCK_FILE = "lock"
_LEVELS = 8
"""Of tiles: enough for 2**64 entries."""


@dataclass(frozen=True)
class LogState:
    """One log as far as it is known here.

    `member` is a body's id or `registry`. Leaves from `first` to `size` - 1 are held, of those before only hashes.
    `checkpoint` is the last head the log signed, `cosigned` the last that carries the witness's signature, `witnessed`
    the registry's own note of the last one it cosigned: C2SP notes, empty when there is none. `first_pass` and
    `second_pass` are how long the log was when it was read the first and the second time of the last pull. `problem`
    is the error code why it could not be read, or does not hold; "" when it is fine; `at_entry` is the first entry
    that differs from what was read before, where that is known.
    """

    member: str
    origin: str = ""
    size: int = 0
    first: int = 0
    checkpoint: bytes = b""
    cosigned: bytes = b""
    witnessed: bytes = b""
    first_pass: int = 0
    second_pass: int = 0
    read_ms: int = 0
    problem: str = ""
    at_entry: int | None = None


_HELD = select(func.max(tables.leaf.c.idx)).where(tables.leaf.c.member == bindparam("whose"))
_RANGE = (
    (tables.leaf.c.member == bindparam("whose"))
    & (tables.leaf.c.idx >= bindparam("start"))
    & (tables.leaf.c.idx < bindparam("end"))
)
_LEAVES = select(tables.leaf.c.leaf).where(_RANGE, tables.leaf.c.leaf.is_not(None)).order_by(tables.leaf.c.idx)
_ENTRIES = (
    select(tables.leaf.c.idx, tables.leaf.c.leaf_hash, tables.leaf.c.leaf).where(_RANGE).order_by(tables.leaf.c.idx)
)
_HASHES = select(tables.leaf.c.leaf_hash).where(_RANGE).order_by(tables.leaf.c.idx)
_TILE = select(tables.tile.c.hashes).where(
    tables.tile.c.member == bindparam("whose"),
    tables.tile.c.level == bindparam("at_level"),
    tables.tile.c.idx == bindparam("at_idx"),
)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the archive in `folder` for this process, to add to it; raise `storage.locked` when another one does.

    Two pulls at once would take each other's entries for a broken log.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / LOCK_FILE).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise MagliaError(Code.STORAGE_LOCKED, path=str(folder)) from error
        yield


@dataclass(frozen=True, slots=True)
class Held:
    """An entry as it was added; `leaf` is None where only its hash is known."""

    index: int
    leaf_hash: bytes
    leaf: bytes | None


_KEPT = ("origin", "checkpoint", "cosigned", "witnessed", "first_pass", "second_pass", "read_ms", "problem", "at_entry")


class Archive:
    """Logs by member; raises `storage.unavailable` when the file fails."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        """For those who join and search: `tui.audit.tables` names the tables."""
        self._lock = threading.Lock()
        self._trees: dict[str, Tree] = {}

    @classmethod
    def open(cls, folder: Path) -> Archive:
        """Return the archive in `folder`, made when there is none."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        engine = open_sqlite(folder / ARCHIVE_FILE)
        with storage_errors(), writing(engine).begin() as connection:
            for table in tables.metadata.sorted_tables:
                connection.execute(CreateTable(table, if_not_exists=True))
        return cls(engine)

    def close(self) -> None:
        """Close the file."""
        self.engine.dispose()

    def logs(self) -> Sequence[LogState]:
        """Return every log known here, by member."""
        with storage_errors(), self.engine.connect() as connection:
            rows = connection.execute(select(tables.log).order_by(tables.log.c.member)).all()
            return [LogState(**row._mapping, size=_held(connection, row.member)) for row in rows]

    def state(self, member: str) -> LogState:
        """Return one log; an empty one when nothing is known of it."""
        return next((log for log in self.logs() if log.member == member), LogState(member))

    def save_state(self, state: LogState) -> None:
        """Keep what is known of a log; `size` and `first` are what is held, whatever the state says."""
        values = {"member": state.member, **{name: getattr(state, name) for name in _KEPT}}
        put = upsert(tables.log).values(values)
        with self._writing() as connection:
            connection.execute(put.on_conflict_do_update(index_elements=["member"], set_=values))

    def note(self, member: str, problem: str, at_entry: int | None = None) -> LogState:
        """Keep why a log could not be read, or does not hold; return its state."""
        state = replace(self.state(member), problem=problem, at_entry=at_entry)
        self.save_state(state)
        return state

    def leaves(self, member: str, start: int, count: int) -> Sequence[bytes]:
        """Return up to `count` leaves from index `start` on; those known by their hash alone are left out."""
        with storage_errors(), self.engine.connect() as connection:
            return connection.execute(_LEAVES, _range(member, start, count)).scalars().all()

    def entries(self, member: str, start: int, count: int) -> Sequence[Held]:
        """Return up to `count` entries from index `start` on, leaf and hash as they were stored."""
        with storage_errors(), self.engine.connect() as connection:
            return [Held(*row) for row in connection.execute(_ENTRIES, _range(member, start, count))]

    def hashes(self, member: str, start: int, count: int) -> Sequence[bytes]:
        """Return the leaf hashes of up to `count` entries from index `start` on."""
        with storage_errors(), self.engine.connect() as connection:
            return connection.execute(_HASHES, _range(member, start, count)).scalars().all()

    def add(self, member: str, start: int, leaves: Sequence[bytes]) -> None:
        """Add leaves that follow what is held, indexed; durable when this returns.

        Raises `log.broken` when `start` isn't the index of the next one.
        """
        rows = rows_of(member, start, leaves)
        with self._grown(member, start, [row["leaf_hash"] for row in rows["leaf"]]) as connection:
            for name, added in rows.items():
                _insert(connection, tables.metadata.tables[name], added)

    def add_hashes(self, member: str, start: int, hashes: bytes) -> None:
        """Add the joined hashes of entries that the body archived before this reader came: those before `first`."""
        parts = _parts(hashes)
        rows = [{"member": member, "idx": idx, "leaf_hash": one, "leaf": None} for idx, one in enumerate(parts, start)]
        with self._grown(member, start, parts) as connection:
            _insert(connection, tables.leaf, rows)
            first = update(tables.log).where(tables.log.c.member == member)
            connection.execute(first.values(first=start + len(parts)))

    def cut(self, member: str, size: int) -> None:
        """Take away what was added from index `size` on: it did not belong to what was read before."""
        per_log = [tables.leaf, tables.entry]
        with self._writing() as connection:
            self._trees.pop(member, None)
            for table in per_log:
                connection.execute(delete(table).where(table.c.member == member, table.c.idx >= size))
            for table in (tables.evaluation, tables.act) if member == REGISTRY_ID else ():
                connection.execute(delete(table).where(table.c.idx >= size))
            for level in range(_LEVELS):
                whole = size // TILE_WIDTH ** (level + 1)
                columns = tables.tile.c
                beyond = (columns.member == member) & (columns.level == level) & (columns.idx >= whole)
                connection.execute(delete(tables.tile).where(beyond))

    def root(self, member: str, size: int) -> bytes:
        """Return the root over the first `size` entries as they were added; raise `log.broken` when there are fewer."""
        with storage_errors(), self.engine.connect() as connection:
            return tree_root(size, _reader(connection, member))

    def keep_checkpoint(self, member: str, checkpoint: Checkpoint, note: bytes) -> None:
        """Keep a head that the log signed, verified by the caller, beside every other one."""
        put = upsert(tables.checkpoint).values(member=member, size=checkpoint.size, root=checkpoint.root, note=note)
        with self._writing() as connection:
            connection.execute(put.on_conflict_do_nothing())

    def checkpoints(self, member: str) -> Sequence[bytes]:
        """Return the notes of all heads that were ever seen of a log, the smallest first."""
        columns = tables.checkpoint.c
        with storage_errors(), self.engine.connect() as connection:
            query = select(columns.note).where(columns.member == member).order_by(columns.size, columns.root)
            return connection.execute(query).scalars().all()

    def prepare_joins(self) -> None:
        """Make the indexes that joining and searching need.

        Not from the start: sorting a million random names once costs less than placing each as it comes.
        """
        with self._writing() as connection:
            for index in tables.JOINS:
                index.create(connection, checkfirst=True)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._lock, storage_errors(), writing(self.engine).begin() as connection:
            yield connection

    @contextmanager
    def _grown(self, member: str, start: int, hashes: Sequence[bytes]) -> Iterator[Connection]:
        """Add hashes to a log's tree, and with them what the caller writes."""
        with self._lock:
            with storage_errors(), writing(self.engine).begin() as connection:
                # Out of the memory until it is stored: what failed must leave no tree that is ahead of the file.
                tree = self._trees.pop(member, None) or Tree.load(
                    _held(connection, member), _reader(connection, member)
                )
                if start != tree.size:
                    raise MagliaError(Code.LOG_BROKEN, cause=f"entry {start} after {tree.size}", entry=tree.size)
                whole = [tile for tile in tree.append(hashes) if len(tile.hashes) == TILE_WIDTH * HASH_SIZE]
                rows = [{"member": member, "level": one.level, "idx": one.index, "hashes": one.hashes} for one in whole]
                _insert(connection, tables.tile, rows)
                connection.execute(upsert(tables.log).values(member=member).on_conflict_do_nothing())
                yield connection
            self._trees[member] = tree


def _insert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add rows that name every column, by the driver's own call: SQLAlchemy's took more than all the rest together."""
    if rows:
        statement = str(insert(table).compile(dialect=connection.dialect))
        names = table.columns.keys()
        connection.exec_driver_sql(statement, [tuple(row[name] for name in names) for row in rows])


def _held(connection: Connection, member: str) -> int:
    last = connection.execute(_HELD, {"whose": member}).scalar()
    return 0 if last is None else int(last) + 1


def _range(member: str, start: int, count: int) -> dict[str, object]:
    return {"whose": member, "start": start, "end": start + count}


def _reader(connection: Connection, member: str) -> TileReader:
    """Return a reader of a log's tiles, for one use. Whole tiles are stored; the others are made from those below."""
    known: dict[tuple[int, int], bytes] = {}

    def read(level: int, index: int) -> bytes:
        place = (level, index)
        if place not in known:
            at = {"whose": member, "at_level": level, "at_idx": index}
            known[place] = connection.execute(_TILE, at).scalar() or unfinished(level, index)
        return known[place]

    def unfinished(level: int, index: int) -> bytes:
        first = index * TILE_WIDTH
        if level == 0:
            return b"".join(connection.execute(_HASHES, _range(member, first, TILE_WIDTH)).scalars())
        below = (
            connection.execute(_TILE, {"whose": member, "at_level": level - 1, "at_idx": first + at}).scalar()
            for at in range(TILE_WIDTH)
        )
        return b"".join(root_of(_parts(one)) for one in takewhile(bool, below) if one)

    return read


def _parts(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]
