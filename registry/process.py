"""What the registry and a relay have alike as processes: alone in their folder, and told to stop by a signal."""

from __future__ import annotations

import asyncio
import fcntl
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from maglia.core.errors import Code, MagliaError

_LOCK_FILE = "lock"


async def told_to_stop() -> None:
    """Return once SIGTERM or SIGINT came."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock: what is kept in memory belongs to one process. Raises `storage.locked`."""
    with (folder / _LOCK_FILE).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise MagliaError(Code.STORAGE_LOCKED, path=str(folder)) from error
        yield


def is_alone(folder: Path) -> bool:
    """Return whether no process holds the folder's lock: whoever was killed holds it no longer."""
    try:
        with alone(folder):
            return True
    except MagliaError:
        return False
    except OSError:
        return True  # there is no such folder
