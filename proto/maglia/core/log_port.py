"""What a log needs from storage: the port, and tiles read through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from maglia.core import merkle


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as stored, its leaf hash beside it."""

    index: int
    leaf: bytes
    leaf_hash: bytes


class LogBackend(Protocol):
    """Where a log is kept. Methods may be called from several threads, `commit` and `save_*` only from the writer's.

    A method that fails raises; nothing of a failed `commit` may be visible later in part.
    """

    def size(self) -> int:
        """Return the number of entries stored."""
        ...

    def commit(self, entries: Sequence[StoredEntry], tiles: Sequence[merkle.Tile]) -> None:
        """Store new entries and new or longer tiles in one transaction, durable when this returns."""
        ...

    def entries(self, start: int, count: int) -> Sequence[StoredEntry]:
        """Return the entries with start <= index < start + count that are there, in order."""
        ...

    def leaf_hashes(self, start: int, count: int) -> bytes:
        """Return the stored leaf hashes of those entries, joined."""
        ...

    def tile(self, level: int, index: int) -> bytes:
        """Return a stored tile's hashes, joined; empty when it is not there."""
        ...

    def save_checkpoint(self, size: int, note: bytes, *, cosigned: bool) -> None:
        """Store the checkpoint of that size, in place of an earlier note of the same size; durable."""
        ...

    def checkpoint(self, size: int) -> bytes | None:
        """Return the note of the checkpoint of that size."""
        ...

    def last_checkpoint(self, *, cosigned: bool = False) -> bytes | None:
        """Return the note of the largest checkpoint (of the cosigned ones)."""
        ...


def tile_reader(backend: LogBackend) -> merkle.TileReader:
    """Return a reader of the log's tiles that remembers them: for one proof or one start, not longer.

    The unfinished tile of level 0 is not stored as a tile: its hashes stand beside its entries.
    """
    known: dict[tuple[int, int], bytes] = {}

    def read(level: int, index: int) -> bytes:
        place = (level, index)
        if place not in known:
            stored = backend.tile(level, index)
            if not stored and level == 0:
                stored = backend.leaf_hashes(index * merkle.TILE_WIDTH, merkle.TILE_WIDTH)
            known[place] = stored
        return known[place]

    return read
