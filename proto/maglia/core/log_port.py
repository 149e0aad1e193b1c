"""What a log needs from storage: the port, and tiles read through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from maglia.core import merkle
from maglia.core.errors import Code, MagliaError


class StoredEntry(NamedTuple):
    """An entry as stored, its leaf hash beside it."""

    index: int  # type: ignore[assignment]  # hides a tuple's method that nobody calls
    leaf: bytes
    leaf_hash: bytes


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """Entries `first` to `end` - 1 are in archive file `number` (from 1 on), of SHA-256 `digest`, and not here."""

    number: int
    first: int
    end: int
    digest: bytes


class LogBackend(Protocol):
    """Where a log is kept. Methods may be called from several threads, `commit` and `save_*` only from the writer's.

    A method that fails raises; nothing of a failed `commit` may be visible later in part.
    """

    def size(self) -> int:
        """Return the number of entries logged, archived ones among them."""
        ...

    def first(self) -> int:
        """Return the index of the first entry whose leaf is here; those before it are in archive files."""
        ...

    def archived(self) -> Sequence[ArchivedFile]:
        """Return the archive files that entries were moved to, in order."""
        ...

    def forget(self, archived: ArchivedFile) -> None:
        """Remove the entries of an archive file, in one transaction with its mark; their tiles stay."""
        ...

    def commit(self, entries: Sequence[StoredEntry], tiles: Sequence[merkle.Tile]) -> None:
        """Store new entries and new or longer tiles in one transaction, durable when this returns."""
        ...

    def entries(self, start: int, count: int) -> Sequence[StoredEntry]:
        """Return the entries with start <= index < start + count that are there, in order."""
        ...

    def leaf_hashes(self, start: int, count: int) -> bytes:
        """Return the stored leaf hashes of those of these entries that are here, joined."""
        ...

    def tile(self, level: int, index: int) -> bytes:
        """Return a stored tile's hashes, joined; empty when it is not there."""
        ...

    def save_checkpoint(self, size: int, note: bytes, *, cosigned: bool) -> None:
        """Store the checkpoint of that size, in place of an earlier note of the same size; durable.

        A cosigned one stands for all smaller ones, which are removed.
        """
        ...

    def checkpoint(self, size: int) -> bytes | None:
        """Return the note of the checkpoint of that size."""
        ...

    def last_checkpoint(self, *, cosigned: bool = False) -> bytes | None:
        """Return the note of the largest checkpoint (of the cosigned ones)."""
        ...


def leaf_hashes(backend: LogBackend, start: int, count: int) -> bytes:
    """Return the leaf hashes of entries start to start + count - 1, joined, archived ones too.

    Fewer where the log ends; raises `log.broken` when a tile of archived entries lacks hashes.
    """
    first, end = backend.first(), start + count
    parts = []
    for index in range(start // merkle.TILE_WIDTH, -(-min(end, first) // merkle.TILE_WIDTH)):
        at = index * merkle.TILE_WIDTH
        hashes = backend.tile(0, index)
        if len(hashes) != merkle.TILE_WIDTH * merkle.HASH_SIZE:
            raise MagliaError(Code.LOG_BROKEN, cause=f"tile 0/{index} is not whole", entry=at)
        parts.append(hashes[max(start - at, 0) * merkle.HASH_SIZE : (end - at) * merkle.HASH_SIZE])
    if end > first:
        parts.append(backend.leaf_hashes(max(start, first), end - max(start, first)))
    return b"".join(parts)


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
