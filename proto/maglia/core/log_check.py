"""Recompute a log from its entries and say whether anything stored disagrees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from maglia.core import merkle
from maglia.core.checkpoint import Checkpoint, NoteKey, open_checkpoint, verify_cosignature
from maglia.core.errors import MagliaError
from maglia.core.log_port import LogBackend, StoredEntry

BATCH = 4096
"""Entries read at a time: memory stays flat however long the log is."""


@dataclass(frozen=True)
class LogReport:
    """What a recomputation found.

    `size` and `root` (hex) are of the entries read; the checkpoint's are 0 and empty when there is none or it does not
    open. `first_bad` is the first entry that is missing, changed, or whose stored hashes were; None while `ok` is false
    means that entries agree with their hashes, and that checkpoint or cosignature do not.
    """

    size: int
    root: str
    checkpoint_size: int
    checkpoint_root: str
    cosigned: bool
    ok: bool
    first_bad: int | None


def verify_log(backend: LogBackend, key: NoteKey, witness: NoteKey | None = None) -> LogReport:
    """Recompute every hash of the log from its entries and compare with hashes, tiles and last checkpoint stored.

    Safe beside a running writer: entries added meanwhile are left out. `cosigned` says whether the last checkpoint that
    the witness is said to have signed truly is signed by it; without a known witness it is false.
    """
    note = backend.last_checkpoint()
    checkpoint = _opened(note, key)
    walk = _Walk(backend, backend.size())
    at_checkpoint = walk.to(checkpoint.size) if checkpoint else b""
    root = walk.to(walk.size)
    cosigned, sound = _cosigned(backend, witness)
    agrees = (checkpoint is not None and checkpoint.root == at_checkpoint) if note is not None else True
    return LogReport(
        size=walk.tree.size,
        root=root.hex(),
        checkpoint_size=checkpoint.size if checkpoint else 0,
        checkpoint_root=checkpoint.root.hex() if checkpoint else "",
        cosigned=cosigned,
        ok=agrees and sound and walk.first_bad is None,
        first_bad=walk.first_bad,
    )


class _Walk:
    """Reads entries in order, grows a tree from them, and notes the first place where something stored differs."""

    def __init__(self, backend: LogBackend, size: int) -> None:
        self.size = size
        self.tree = merkle.Tree()
        self.first_bad: int | None = None
        self._backend = backend
        self._gap = False

    def to(self, size: int) -> bytes:
        """Read on until the tree has `size` leaves; return its root then."""
        while self.tree.size < size and not self._gap:
            wanted = min(BATCH, size - self.tree.size)
            entries = self._backend.entries(self.tree.size, wanted)
            whole = list(self._until_gap(entries))
            self._check_tiles(self.tree.append([merkle.leaf_hash(entry.leaf) for entry in whole]))
            if len(whole) < wanted:
                self._gap = True
                self._note(self.tree.size)
        return self.tree.root()

    def _until_gap(self, entries: Sequence[StoredEntry]) -> Iterator[StoredEntry]:
        for expected, entry in enumerate(entries, self.tree.size):
            if entry.index != expected:
                return
            if merkle.leaf_hash(entry.leaf) != entry.leaf_hash:
                self._note(expected)
            yield entry

    def _check_tiles(self, tiles: Sequence[merkle.Tile]) -> None:
        for tile in tiles:
            stored = self._backend.tile(tile.level, tile.index)
            if stored[: len(tile.hashes)] != tile.hashes:
                self._note(_first_difference(tile, stored), 1 << (merkle.TILE_HEIGHT * tile.level))

    def _note(self, first: int, span: int = 1) -> None:
        """Note that one of `span` entries from `first` on is bad; of a span, an entry noted before says more."""
        if self.first_bad is None or self.first_bad >= first + span:
            self.first_bad = first


def _first_difference(tile: merkle.Tile, stored: bytes) -> int:
    """Return the first entry under the first hash of the tile that is stored differently."""
    size = merkle.HASH_SIZE
    same = 0
    while tile.hashes[same * size : (same + 1) * size] == stored[same * size : (same + 1) * size]:
        same += 1
    return (tile.index * merkle.TILE_WIDTH + same) << (merkle.TILE_HEIGHT * tile.level)


def _opened(note: bytes | None, key: NoteKey) -> Checkpoint | None:
    try:
        return open_checkpoint(note, *key) if note is not None else None
    except MagliaError:
        return None


def _cosigned(backend: LogBackend, witness: NoteKey | None) -> tuple[bool, bool]:
    """Return whether there is a cosigned checkpoint, and whether what is stored as one verifies."""
    note = backend.last_checkpoint(cosigned=True)
    if note is None or witness is None:
        return False, True
    try:
        verify_cosignature(note, *witness)
    except MagliaError:
        return False, False
    return True, True
