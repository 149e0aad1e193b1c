"""Recompute a log from its entries and say whether anything stored disagrees."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from maglia.core import merkle
from maglia.core.checkpoint import Checkpoint, NoteKey, open_checkpoint, verify_cosignature
from maglia.core.errors import Code, MagliaError
from maglia.core.log_archives import ArchiveReport, check_archived
from maglia.core.log_port import LogBackend, leaf_hashes

BATCH = 1024
"""Entries read at a time: memory stays flat however long the log is."""


@dataclass(frozen=True)
class LogReport:
    """What a recomputation found.

    `size` and `root` (hex) are of the entries read; the checkpoint's are 0 and empty when there is none or it does not
    open. `cosigned` says whether that very checkpoint is cosigned, `cosigned_size` how many entries the largest one is
    of that truly is (0 without a known witness). `first_bad` is the first entry that is missing, changed, or whose
    stored hashes were; None while `ok` is false means that entries agree with their hashes, and that a checkpoint or a
    cosignature does not, or that `bad_archive` names the archive file that doesn't hold. `first` is the entry from
    which on entries themselves were read: of those before it, whose archive file is not there, the hashes were.
    `holds` is `ok` but for archive files.
    """

    size: int
    root: str
    checkpoint_size: int
    checkpoint_root: str
    cosigned: bool
    cosigned_size: int
    ok: bool
    first_bad: int | None
    first: int = 0
    bad_archive: str = ""
    holds: bool = True


def verify_log(
    backend: LogBackend,
    key: NoteKey,
    witness: NoteKey | None = None,
    kept: bytes | None = None,
    archives: Path | None = None,
) -> LogReport:
    """Recompute every hash of the log from its entries and compare with hashes, tiles and checkpoints stored.

    `kept` is the last cosigned note as remembered outside the backend: without it a log put back to an earlier state,
    checkpoints and all, contradicts nothing. `archives` is the folder with the files of archived entries. Safe beside
    a running writer: entries added meanwhile are left out.
    """
    steps = verify_steps(backend, key, witness, kept, archives)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            report: LogReport = end.value
            return report


def verify_steps(
    backend: LogBackend,
    key: NoteKey,
    witness: NoteKey | None = None,
    kept: bytes | None = None,
    archives: Path | None = None,
) -> Generator[None, None, LogReport]:
    """Do what `verify_log` does, a few thousand entries at each step, and return its report at the end."""
    note = backend.last_checkpoint()
    checkpoint = _opened(note, key)
    notes = [each for each in (backend.last_checkpoint(cosigned=True), kept) if each is not None]
    seen = [_seen(each, key, witness) for each in notes]
    marks = [each for each in (checkpoint, *seen) if each is not None]
    walk = _Walk(backend, backend.size())
    roots: dict[int, bytes] = {}
    for size in sorted({walk.size, *(mark.size for mark in marks)}):
        yield from walk.to(size)
        roots[size] = walk.tree.root()
    holds = walk.first_bad is None and None not in seen and (note is None or checkpoint is not None)
    holds = holds and all(mark.size <= walk.size and mark.root == roots[mark.size] for mark in marks)
    files = check_archived(backend, archives, key) if archives else ArchiveReport(first=backend.first())
    return LogReport(
        size=walk.tree.size,
        root=walk.tree.root().hex(),
        checkpoint_size=checkpoint.size if checkpoint else 0,
        checkpoint_root=checkpoint.root.hex() if checkpoint else "",
        cosigned=witness is not None and checkpoint is not None and checkpoint in seen,
        cosigned_size=max((mark.size for mark in seen if mark), default=0) if witness else 0,
        ok=holds and not files.bad,
        first_bad=walk.first_bad,
        first=files.first,
        bad_archive=files.bad,
        holds=holds,
    )


class _Walk:
    """Reads entries in order, grows a tree from them, and notes the first place where something stored differs.

    Archived entries are taken at the hashes that their tiles hold.
    """

    def __init__(self, backend: LogBackend, size: int) -> None:
        self.size = size
        self.tree = merkle.Tree()
        self.first_bad: int | None = None
        self._backend = backend
        self._gap = False

    def to(self, size: int) -> Iterator[None]:
        """Read on until the tree has `size` leaves, or as many as there are without a gap."""
        while self.tree.size < size and not self._gap:
            wanted = min(BATCH, size - self.tree.size)
            hashes = self._hashes(wanted)
            self._check_tiles(self.tree.append(hashes))
            if not hashes:
                self._gap = True
                self._note(self.tree.size)
            yield

    def _hashes(self, count: int) -> list[bytes]:
        """Return the hashes of the next entries, up to `count`, or of an archived tile's rest; none at a gap."""
        start = self.tree.size
        if start >= self._backend.first():
            found = self._read(start, count)
            if found or start >= self._backend.first():  # else archived since the look before
                return found
        try:
            joined = leaf_hashes(self._backend, start, min(count, merkle.TILE_WIDTH - start % merkle.TILE_WIDTH))
        except MagliaError as error:
            if error.code is not Code.LOG_BROKEN:
                raise
            return []
        return [joined[at : at + merkle.HASH_SIZE] for at in range(0, len(joined), merkle.HASH_SIZE)]

    def _read(self, start: int, count: int) -> list[bytes]:
        """Return the hashes of the entries stored from `start` on without a gap; note the first whose hash differs."""
        entries = self._backend.entries(start, count)
        if entries and entries[-1].index != start + len(entries) - 1:
            entries = [entry for expected, entry in enumerate(entries, start) if entry.index == expected]
        hashes = [merkle.leaf_hash(entry.leaf) for entry in entries]
        for entry, computed in zip(entries, hashes, strict=True):
            if entry.leaf_hash != computed:
                self._note(entry.index)
                break
        return hashes

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


def _seen(note: bytes, key: NoteKey, witness: NoteKey | None) -> Checkpoint | None:
    """Return what the witness cosigned, as far as one is known; None when it or the log itself did not sign this."""
    try:
        if witness is not None:
            verify_cosignature(note, *witness)
        return open_checkpoint(note, *key)
    except MagliaError:
        return None
