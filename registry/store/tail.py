"""The growing end of the registry's log: leaves are added to it inside whatever transaction they belong to.

Several processes add to one log, each alone while its transaction lasts (`registry.store.database`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection

from maglia.core.log_port import LogBackend, StoredEntry, tile_reader
from maglia.core.merkle import HASH_SIZE, TILE_WIDTH, Tree, leaf_hash
from maglia.sql.log import SqlLogBackend
from registry.store.database import Database


class LogTail:
    """Appends to the log of one database, and keeps the tree's edge between two appends.

    What is kept counts only while the log still ends as it did: another process may have gone on, a transaction may
    have failed after it appended, the database may be an earlier one.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.log: LogBackend = SqlLogBackend(_InTransaction(database))
        self._tree = Tree()
        self._last = b""

    def append(self, leaves: Sequence[bytes]) -> int:
        """Add leaves in a row, durable with the transaction around; return the place of the first."""
        with self._database.transaction():
            tree = self._current()
            self._last = b""  # until all is done nothing is known: what fails halfway leaves the tree ahead
            first = tree.size
            entries = [StoredEntry(index, leaf, leaf_hash(leaf)) for index, leaf in enumerate(leaves, first)]
            self.log.commit(entries, tree.append([entry.leaf_hash for entry in entries]))
            self._last = entries[-1].leaf_hash
        return first

    def _current(self) -> Tree:
        size = self.log.size()
        if not self._goes_on(size):
            self._tree = Tree.load(size, tile_reader(self.log))
        return self._tree

    def _goes_on(self, size: int) -> bool:
        """Bring the tree to `size` by what others added since, a few entries; say whether that was possible."""
        known = self._tree.size
        if not self._last or not known <= size <= known + TILE_WIDTH:
            return False
        hashes = self.log.leaf_hashes(known - 1, size - known + 1)
        if hashes[:HASH_SIZE] != self._last or len(hashes) != (size - known + 1) * HASH_SIZE:
            return False
        later = [hashes[at : at + HASH_SIZE] for at in range(HASH_SIZE, len(hashes), HASH_SIZE)]
        self._tree.append(later)  # its tiles were stored by whoever added them
        return True


class _InTransaction:
    """Connections of a log that lives inside the transaction of whoever writes to it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        with self._database.transaction():
            yield self._database.connection

    def begin(self) -> AbstractContextManager[Connection]:
        return self.connect()
