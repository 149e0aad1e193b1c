"""A log's archive folder: what is old goes there, file by file, and is checked there beside the tree that stays.

A file is written, read back and compared before its entries are removed, so that whatever stops the process in between
loses nothing: the entries are still in the database, or the file is whole and the database says that it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from maglia.core import merkle
from maglia.core.checkpoint import NoteKey, open_checkpoint, verify_cosignature
from maglia.core.errors import Code, MagliaError
from maglia.core.log_archive import NO_FILE, Header, Proof, file_name, write_archive
from maglia.core.log_archive_read import Checked, check_archive
from maglia.core.log_port import ArchivedFile, LogBackend, tile_reader

FOLDER = "log-archive"
FILE_TILES = 64
"""Tiles of 256 entries in a file at most: the entries of one are removed in one transaction, which others wait for."""


@dataclass(frozen=True)
class ArchiveReport:
    """What a look at archive files found: how many hold, and the name of the first that does not.

    `first` is the entry from which on every archived entry was read: a file that is not there is not held against a
    log, since its tiles stand for the entries.
    """

    held: int = 0
    bad: str = ""
    first: int = 0


class LogArchives:
    """Moves a log's oldest entries into files of `folder`, made at need.

    `forget` removes a file's entries in the log's writer (`Log.forget`).
    """

    def __init__(
        self,
        backend: LogBackend,
        folder: Path,
        origin: str,
        private_key: Ed25519PrivateKey,
        forget: Callable[[ArchivedFile], None],
    ) -> None:
        self._backend = backend
        self._folder = folder
        self._key = NoteKey(origin, private_key.public_key())
        self._private_key = private_key
        self._forget = forget

    def archive(self, end: int, witness: NoteKey) -> list[ArchivedFile]:
        """Move the entries before `end`, as far as whole tiles and the last cosigned checkpoint go; return the files.

        Takes time: call it in a thread. Raises `log.checkpoint` when nothing is cosigned by this witness,
        `log.archive` when a file does not read back as it was meant (also a disk that is full), `log.broken` when the
        entries are not those of the tree.
        """
        note = self._backend.last_checkpoint(cosigned=True)
        if note is None:
            raise MagliaError(Code.LOG_CHECKPOINT, cause="nothing is cosigned yet")
        verify_cosignature(note, *witness)
        size = open_checkpoint(note, *self._key).size
        end = min(end, size) // merkle.TILE_WIDTH * merkle.TILE_WIDTH
        made = list(self._backend.archived())
        before = len(made)
        while (first := made[-1].end if made else 0) < end:
            upto = min(end, first + FILE_TILES * merkle.TILE_WIDTH)
            made.append(self._archive_one(made[-1] if made else None, first, upto, note, size))
        return made[before:]

    def _archive_one(self, last: ArchivedFile | None, first: int, end: int, note: bytes, size: int) -> ArchivedFile:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        number = last.number + 1 if last else 1
        header = Header(self._key.name, number, first, end, last.digest if last else NO_FILE)
        read = tile_reader(self._backend)
        proof = Proof(merkle.complete_roots(first, read), merkle.consistency_proof(end, size, read), note)
        path = self._folder / file_name(number)
        try:
            write_archive(path, header, proof, self._leaves(first, end), self._private_key)
        except OSError as error:
            raise MagliaError(Code.LOG_ARCHIVE, file=path.name, cause=str(error.strerror)) from error
        checked = self._read_back(path)
        archived = ArchivedFile(number, first, end, checked.digest)
        self._forget(archived)
        return archived

    def _read_back(self, path: Path) -> Checked:
        """Return what was written once it is known to hold; what does not is removed, as the log's key signed it."""
        try:
            return check_archive(path, self._key, hashes=_same_as(self._backend))
        except MagliaError:
            path.unlink(missing_ok=True)
            raise

    def _leaves(self, first: int, end: int) -> Iterator[bytes]:
        for start in range(first, end, merkle.TILE_WIDTH):
            entries = self._backend.entries(start, merkle.TILE_WIDTH)
            if [entry.index for entry in entries] != list(range(start, start + merkle.TILE_WIDTH)):
                raise MagliaError(Code.LOG_BROKEN, cause="an entry to be archived is missing", entry=start)
            yield from (entry.leaf for entry in entries)


def check_archived(backend: LogBackend, folder: Path, key: NoteKey) -> ArchiveReport:
    """Read the files that the log's entries were moved to, as far as they are there, and compare them with its tree."""
    held = first = 0
    for archived in backend.archived():
        path = folder / file_name(archived.number)
        if not path.exists():
            first = archived.end
            continue
        if not _holds(path, archived, backend, key):
            return ArchiveReport(held, path.name, archived.end)
        held += 1
    return ArchiveReport(held, "", first)


def _holds(path: Path, archived: ArchivedFile, backend: LogBackend, key: NoteKey) -> bool:
    """Say whether a file is the very one that the log remembers, and its entries those of the tree."""
    try:
        checked = check_archive(path, key, hashes=_same_as(backend))
    except MagliaError as error:
        if error.code is Code.LOG_UNAVAILABLE:
            raise
        return False
    held = checked.header.number, checked.header.first, checked.header.end, checked.digest
    return held == (archived.number, archived.first, archived.end, archived.digest)


def _same_as(backend: LogBackend) -> Callable[[int, Sequence[bytes]], None]:
    """Return what compares a file's leaf hashes with the tiles stored; raises `log.broken`."""

    def compare(first: int, hashes: Sequence[bytes]) -> None:
        if b"".join(hashes) != backend.tile(0, first // merkle.TILE_WIDTH):
            raise MagliaError(Code.LOG_BROKEN, cause="entries to be archived are not those of the tree", entry=first)

    return compare
