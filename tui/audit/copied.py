"""Whether the archive still holds of a log what was added: leaves, their index, and the heads that the log signed.

Those who compare logs believe the index, and no log's signature covers it: it is made again from the leaves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import groupby, zip_longest
from typing import Any

from sqlalchemy import Table, func, select

from maglia.core.checkpoint import Checkpoint, NoteKey, open_checkpoint
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID
from maglia.sql.engine import storage_errors
from tui.audit import tables
from tui.audit.archive import Archive, Held, LogState
from tui.audit.index import rows_of


class Copied:
    """One log as it is stored; everything raises `log.copy`, with the `entry`, where it is not as it was added."""

    def __init__(self, archive: Archive, log: LogState) -> None:
        self._archive = archive
        self._log = log
        registry = log.member == REGISTRY_ID
        self._index: Sequence[Table] = (tables.entry, *((tables.evaluation, tables.act) if registry else ()))

    def hashes(self, start: int, count: int) -> Sequence[bytes]:
        """Return the leaf hashes of `count` entries from index `start` on, computed from the leaves that are held."""
        held = self._archive.entries(self._log.member, start, count)
        for at, one in enumerate(held, start):
            archived = one.leaf is None and at < self._log.first
            if one.index != at or not (archived or isinstance(one.leaf, bytes)):
                raise self._altered(at)
        if len(held) < count:
            raise self._altered(start + len(held))
        self._compare(held, start, start + count)
        return [one.leaf_hash for one in held]

    def _compare(self, held: Sequence[Held], start: int, end: int) -> None:
        """Hold what is stored of entries against what their leaves say."""
        said: dict[str, list[tuple[Any, ...]]] = {table.name: [] for table in self._index}
        for is_known, run in groupby(held, key=lambda one: one.leaf is not None):
            if is_known:
                self._derive(list(run), said)
        with storage_errors(), self._archive.engine.connect() as connection:
            for table in self._index:
                query = select(table).where(*self._own(table), table.c.idx >= start, table.c.idx < end)
                stored = connection.execute(query.order_by(table.c.idx)).all()
                if stored != said[table.name]:
                    raise self._altered(_first_other(table, said[table.name], stored))

    def _derive(self, run: Sequence[Held], said: dict[str, list[tuple[Any, ...]]]) -> None:
        rows = rows_of(self._log.member, run[0].index, [one.leaf or b"" for one in run])
        for one, row in zip(run, rows["leaf"], strict=True):
            if one.leaf_hash != row["leaf_hash"]:
                raise self._altered(one.index)
        for table in self._index:
            names = table.columns.keys()
            said[table.name] += [tuple(row[name] for name in names) for row in rows[table.name]]

    def check_rest(self) -> None:
        """Look for rows of the index beyond the entries that are held."""
        with storage_errors(), self._archive.engine.connect() as connection:
            for table in self._index:
                beyond = ~table.c.idx.between(0, self._log.size - 1)
                if connection.execute(select(func.count()).where(*self._own(table), beyond)).scalar():
                    raise self._altered(self._log.size)

    def heads(self, keys: Sequence[NoteKey]) -> Sequence[Checkpoint]:
        """Return every head kept of the log, and those its state names; each was opened before it was kept."""
        return [*self._kept(keys), *self._named(keys)]

    def _kept(self, keys: Sequence[NoteKey]) -> Iterator[Checkpoint]:
        table = tables.checkpoint
        with storage_errors(), self._archive.engine.connect() as connection:
            rows = connection.execute(select(table).where(table.c.member == self._log.member)).all()
        for row in rows:
            head = opened(row.note, keys)
            if head is None or (head.size, head.root) != (row.size, row.root):
                raise self._altered(row.size)
            if row.agrees and head.size > self._log.size:  # entries were held that are no longer
                raise self._altered(self._log.size)
            yield head

    def _named(self, keys: Sequence[NoteKey]) -> Iterator[Checkpoint]:
        last = opened(self._log.checkpoint, keys)
        if (last is None and self._log.checkpoint) or (last is not None and last.size > self._log.size):
            raise self._altered(self._log.size)
        # What the registry remembers was kept as it came: it may open, or not.
        for head in (last, opened(self._log.witnessed, keys)):
            if head is not None and head.size <= self._log.size:
                yield head

    def _own(self, table: Table) -> list[Any]:
        """What finds a log's rows: the tables of the registry's own log hold no other."""
        return [] if table in (tables.evaluation, tables.act) else [table.c.member == self._log.member]

    def _altered(self, entry: int) -> MagliaError:
        return MagliaError(Code.LOG_COPY, member=self._log.member, entry=entry)


def opened(note: bytes, keys: Sequence[NoteKey]) -> Checkpoint | None:
    """Return the head that one of a log's keys signed, None for another one."""
    for key in keys if note else ():
        with suppress(MagliaError):
            return open_checkpoint(note, *key)
    return None


def _first_other(table: Table, said: Sequence[Any], stored: Sequence[Any]) -> int:
    """Return the index of the first entry of which two lists of rows tell otherwise."""
    at = table.columns.keys().index("idx")
    return min(int(row[at]) for pair in zip_longest(said, stored) if pair[0] != pair[1] for row in pair if row)
