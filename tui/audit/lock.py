"""One program at a time adds to an archive."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from maglia.core.errors import Code, MagliaError

LOCK_FILE = "lock"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the archive in `folder` for this process, to add to it; raise `storage.locked` when another one does.

    Two pulls at once would take each other's entries for a broken log.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / LOCK_FILE).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise MagliaError(Code.STORAGE_LOCKED, path=str(folder)) from error
        yield
