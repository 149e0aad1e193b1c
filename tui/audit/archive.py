"""An auditor's archive: every log as it was read, leaf by leaf, with an index of what the entries say.

Logs are personal data, also without names (law rule 11): folder 0700, file 0600. Whatever was added stays as it came;
a log that later tells another past is refused where it is read, and what it said stands beside (`checkpoint`).
Nothing here speaks to the network. Methods may be called from several threads.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.schema import CreateTable

from maglia.core.checkpoint import Checkpoint
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID
from maglia.core.merkle import HASH_SIZE, TILE_WIDTH, Tree, tree_root
from maglia.sql.engine import open_sqlite, storage_errors, writing
from tui.audit import tables
from tui.audit.index import Row, rows_of
from tui.audit.model import Held, LogState
from tui.audit.tiles import ENTRIES, HASHES, LEAVES, hash_list, held_of, places, tile_reader

__all__ = ["ARCHIVE_FILE", "Archive", "Held", "LogState"]

ARCHIVE_FILE = "archive.sqlite"
_LEVELS = 8
"""Of tiles: enough for 2**64 entries."""


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
            return [LogState(**row._mapping, size=held_of(connection, row.member)) for row in rows]

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
            return connection.execute(LEAVES, places(member, start, count)).scalars().all()

    def entries(self, member: str, start: int, count: int) -> Sequence[Held]:
        """Return up to `count` entries from index `start` on, leaf and hash as they were stored."""
        with storage_errors(), self.engine.connect() as connection:
            return [Held(*row) for row in connection.execute(ENTRIES, places(member, start, count))]

    def hashes(self, member: str, start: int, count: int) -> Sequence[bytes]:
        """Return the leaf hashes of up to `count` entries from index `start` on."""
        with storage_errors(), self.engine.connect() as connection:
            return connection.execute(HASHES, places(member, start, count)).scalars().all()

    def add(self, member: str, start: int, leaves: Sequence[bytes]) -> None:
        """Add leaves that follow what is held, indexed; durable when this returns.

        Raises `log.broken` when `start` isn't the index of the next one.
        """
        rows = rows_of(member, start, leaves)
        with self._grown(member, start, [row["leaf_hash"] for row in rows["leaf"]]) as connection:
            for name, added in rows.items():
                _insert(connection, tables.metadata.tables[name], added)

    def add_hashes(self, member: str, start: int, hashes: bytes) -> None:
        """Add the joined hashes of entries that the body archived before this reader came: those before `first`.

        Raises `log.broken` when they don't follow what is held, or follow a leaf: archives begin at the first entry, so
        a body that says so of what comes after an entry it handed out would hide it.
        """
        parts = hash_list(hashes)
        rows = [{"member": member, "idx": idx, "leaf_hash": one, "leaf": None} for idx, one in enumerate(parts, start)]
        with self._grown(member, start, parts) as connection:
            mine = tables.log.c.member == member
            if connection.execute(select(tables.log.c.first).where(mine)).scalar_one() != start:
                raise MagliaError(Code.LOG_BROKEN, cause="hashes after a leaf", entry=start)
            _insert(connection, tables.leaf, rows)
            connection.execute(update(tables.log).where(mine).values(first=start + len(parts)))

    def cut(self, member: str, size: int) -> None:
        """Take away what was added from index `size` on: it did not belong to what was read before."""
        per_log = [tables.leaf, tables.entry]
        with self._writing() as connection:
            self._trees.pop(member, None)
            beyond_all = (tables.log.c.member == member) & (tables.log.c.first > size)
            connection.execute(update(tables.log).where(beyond_all).values(first=size))
            for table in per_log:
                connection.execute(delete(table).where(table.c.member == member, table.c.idx >= size))
            for table in (tables.evaluation, tables.act) if member == REGISTRY_ID else ():
                connection.execute(delete(table).where(table.c.idx >= size))
            heads = tables.checkpoint.c
            undone = (heads.member == member) & (heads.size > size)
            connection.execute(update(tables.checkpoint).where(undone).values(agrees=False))
            for level in range(_LEVELS):
                whole = size // TILE_WIDTH ** (level + 1)
                columns = tables.tile.c
                beyond = (columns.member == member) & (columns.level == level) & (columns.idx >= whole)
                connection.execute(delete(tables.tile).where(beyond))

    def root(self, member: str, size: int) -> bytes:
        """Return the root over the first `size` entries as they were added; raise `log.broken` when there are fewer."""
        with storage_errors(), self.engine.connect() as connection:
            return tree_root(size, tile_reader(connection, member))

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

    def unsettled(self, member: str) -> Sequence[bytes]:
        """Return the notes of the heads that are still to be held against the entries, and the last that agreed.

        What agreed once agrees for ever: entries are only added. A log that was read for years has thousands of heads.
        """
        columns = tables.checkpoint.c
        agreed = select(func.max(columns.size)).where(columns.member == member, columns.agrees).scalar_subquery()
        query = select(columns.note).where(columns.member == member, ~columns.agrees | (columns.size == agreed))
        with storage_errors(), self.engine.connect() as connection:
            return connection.execute(query.order_by(columns.size, columns.root)).scalars().all()

    def settle(self, member: str, heads: Iterable[Checkpoint]) -> None:
        """Keep that these heads are the roots over what is held."""
        columns = tables.checkpoint.c
        with self._writing() as connection:
            for head in heads:
                same = (columns.member == member) & (columns.size == head.size) & (columns.root == head.root)
                connection.execute(update(tables.checkpoint).where(same).values(agrees=True))

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
                    held_of(connection, member), tile_reader(connection, member)
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
