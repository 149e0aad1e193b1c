"""A body's whole folder as one sealed archive, and back: records, log, keys, trust, card.

Taken in whole: a file that a later part of the program keeps in the folder travels too, without being named here. Left
behind is what belongs to the machine: locks, signs of life, the reserve of the disk, the policy engine's folder. What
must be of one moment with the database, itself and the log's last note, is handed in by whoever packs.
"""

from __future__ import annotations

import io
import json
import os
import re
import sqlite3
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, cast

from maglia.core.errors import Code, MagliaError
from node.disk import RESERVE_FILE
from node.folder import ADMIN_FILE, DATABASE_FILE, LOCK_FILE, MOVED_FILE, READY_FILE
from node.hosting.sealed import Opener, Sealer
from node.log.guard import NOTE_FILE

CONTENTS = "contents.json"
_LEFT = frozenset(
    {LOCK_FILE, READY_FILE, ADMIN_FILE, MOVED_FILE, RESERVE_FILE, NOTE_FILE, CONTENTS}
    | {DATABASE_FILE + end for end in ("", "-wal", "-shm", "-journal")}
)
_LEFT_FOLDERS = frozenset({"opa"})
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")
"""One part of a file's name in an archive. Names with a dot before them are of writes that were cut short."""
_MAX_DEPTH = 4
_MAX_CONTENTS = 1024 * 1024


@dataclass(frozen=True)
class Contents:
    """What an archive says it holds: rows by table, the log's entries and their root (hex), when it was made (UTC).

    `moved` tells an archive that is the body's only continuation from a copy of one that serves on.
    """

    member: str
    network: str
    made: str
    moved: bool
    log_size: int
    log_root: str
    rows: Mapping[str, int]


@contextmanager
def copied_database(folder: Path) -> Iterator[Path]:
    """Yield a copy of the node's database as it is at one moment, beside it, for as long as the context lasts."""
    copy = folder / f".{DATABASE_FILE}.copy"
    copy.unlink(missing_ok=True)
    try:
        copy.touch(mode=0o600)
        with (
            closing(sqlite3.connect(folder / DATABASE_FILE)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
        yield copy
    except sqlite3.Error as error:
        raise MagliaError(Code.STORAGE_UNAVAILABLE, cause=str(error)) from error
    finally:
        for end in ("", "-wal", "-shm", "-journal"):
            copy.with_name(copy.name + end).unlink(missing_ok=True)


def check_inert(database: Path) -> None:
    """Raise `storage.archive` unless a foreign database is sound, of plain tables and indexes alone.

    A trigger or a view would do here, at some later write, what its maker wants.
    """
    try:
        with closing(sqlite3.connect(database)) as connection:
            found = connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master").fetchall()
            sound = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.Error as error:
        raise _bad(type(error).__name__) from error
    if not sound or not all(_is_inert(*one) for one in found):
        raise _bad("a database that does more than hold rows")


def _is_inert(kind: str, name: str, definition: str) -> bool:
    is_virtual = definition.upper().split()[:2] == ["CREATE", "VIRTUAL"]
    return kind in {"table", "index"} and _NAME.fullmatch(name) is not None and not is_virtual


def count_rows(database: Path) -> dict[str, int]:
    """Return how many rows each table of a SQLite database has."""
    with closing(sqlite3.connect(database)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        of_ours = sorted(name for name in names if not name.startswith("sqlite_"))
        return {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - its own names
            for name in of_ours
        }


def pack(
    folder: Path, contents: Contents, out: Sealer, instead: Mapping[str, Path], without: frozenset[str] = frozenset()
) -> None:
    """Write the folder into `out`: by name, the files `instead` for the folder's own; not the folders `without`.

    Raises `storage.folder` for a link that leads out of the folder, or a device: it is not a file of the node.
    """
    with tarfile.open(fileobj=cast("IO[bytes]", out), mode="w|", format=tarfile.PAX_FORMAT) as archive:
        _add(archive, CONTENTS, io.BytesIO(json.dumps(asdict(contents)).encode()))
        for name, path in instead.items():
            with path.open("rb") as file:
                _add(archive, name, file)
        for name, path in _files(folder, _LEFT_FOLDERS | without):
            if name not in instead:
                with path.open("rb") as file:
                    _add(archive, name, file)


def unpack(folder: Path, source: Opener) -> Contents:
    """Write an archive's files into an empty folder and return what it says it holds; raise `storage.archive`."""
    contents: Contents | None = None
    try:
        with tarfile.open(fileobj=cast("IO[bytes]", source), mode="r|") as archive:
            for member in archive:
                # A sparse file says how long it is, and holds nothing: read, it is that long, up to the disk's end.
                file = archive.extractfile(member) if member.isreg() and not member.issparse() else None
                if file is None:
                    raise _bad("not a file")
                if contents is None:
                    contents = _read_contents(member, file)
                else:
                    _write(folder, _checked(member.name), file)
        source.finish()
    except (tarfile.TarError, EOFError, FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise _bad(type(error).__name__) from error
    if contents is None:
        raise _bad("empty")
    return contents


def _files(folder: Path, left_folders: frozenset[str]) -> Iterator[tuple[str, Path]]:
    """Yield each file below the folder. A link inside it (the trust's newest root is one) is read as a file."""
    for root, folders, names in os.walk(folder):
        above = Path(root)
        is_top = above == folder
        folders[:] = sorted(one for one in folders if not (is_top and (one in left_folders or one.startswith("."))))
        for name in folders:
            if (above / name).is_symlink():
                raise _foreign(above / name)
        for name in sorted(names):
            if name.startswith(".") or (is_top and name in _LEFT):
                continue
            path = above / name
            if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
                raise _foreign(path)
            yield path.relative_to(folder).as_posix(), path


def _foreign(path: Path) -> MagliaError:
    return MagliaError(Code.STORAGE_FOLDER, path=str(path), cause="not a file of the folder")


def _add(archive: tarfile.TarFile, name: str, file: BinaryIO) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = file.seek(0, os.SEEK_END)
    entry.mode = 0o600
    file.seek(0)
    archive.addfile(entry, file)


def _read_contents(member: tarfile.TarInfo, file: Any) -> Contents:
    if member.name != CONTENTS or member.size > _MAX_CONTENTS:
        raise _bad("no contents first")
    try:
        return Contents(**json.loads(file.read()))
    except (ValueError, TypeError, RecursionError) as error:
        raise _bad("contents") from error


def _checked(name: str) -> PurePosixPath:
    """Return a name that stays inside the folder it is written to."""
    path = PurePosixPath(name)
    inside = not path.is_absolute() and 0 < len(path.parts) <= _MAX_DEPTH
    if not inside or not all(_NAME.fullmatch(part) for part in path.parts):
        raise _bad("a name")
    return path


def _write(folder: Path, name: PurePosixPath, file: Any) -> None:
    target = folder / name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        while piece := file.read(1024 * 1024):
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _bad(cause: str) -> MagliaError:
    return MagliaError(Code.STORAGE_ARCHIVE, cause=cause)
