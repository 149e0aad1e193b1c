"""What is said when an auditor's own folder can't be read: the trouble is on this machine, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from maglia.core.errors import Code, MagliaError

_DAMAGED = frozenset(
    {"SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_CORRUPT_INDEX", "SQLITE_CORRUPT_VTAB", "SQLITE_ERROR"}
    | {"SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_MISMATCH", "OperationalError", "DatabaseError"}
)
"""SQLite's own words for a file that is none of its, lacks a table or a column, or holds what is no text."""
_ABOUT_KEPT = frozenset({Code.DIRECTORY_UNTRUSTED, Code.MEMBER_UNKNOWN})
"""What is raised of files that officers had signed, and that the pull had verified: they changed here since."""


def damaged(folder: Path, error: Exception) -> MagliaError:
    """Return `storage.copy` for a file that is gone, or no longer is what a pull left."""
    return MagliaError(Code.STORAGE_COPY, cause=f"{type(error).__name__}: {error}", path=folder.name)


def is_own_disk(error: MagliaError) -> bool:
    """Return whether the archive itself failed: a node whose storage fails sends the same code, but never a cause."""
    return error.code is Code.STORAGE_UNAVAILABLE and bool(error.cause)


@contextmanager
def own_disk(folder: Path) -> Iterator[None]:
    """Tell `storage.copy` of an archive that is damaged, `storage.folder` of one that can't be read or written."""
    try:
        yield
    except MagliaError as error:
        if not is_own_disk(error):
            raise
        if error.cause in _DAMAGED:
            raise damaged(folder, error) from error
        raise MagliaError(Code.STORAGE_FOLDER, cause=error.cause, path=folder.name) from error
    except OSError as error:
        raise MagliaError(Code.STORAGE_FOLDER, cause=str(error), path=folder.name) from error


@contextmanager
def offline(folder: Path) -> Iterator[None]:
    """Likewise, for work that reads nothing but the folder: whatever is not as it was kept is a damaged copy."""
    try:
        with own_disk(folder):
            yield
    except MagliaError as error:
        if error.code in _ABOUT_KEPT:
            raise damaged(folder, error) from error
        raise
    except (TypeError, ValueError) as error:  # a value of another kind than was stored
        raise damaged(folder, error) from error
