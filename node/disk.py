"""Room on the disk: others may not fill it, and some is kept for this body's own last entries.

The database lies in the node's folder. A file beside it takes up as much room as the last entries need (ends of
questions already asked, own refusals), and this much again must be free for whatever others can make the node write:
their questions, summaries of what they were refused. When the disk fills all the same, the file is emptied, so that
what was begun can be ended; nothing new goes out or comes in until there is room for the file again.

With PostgreSQL the database lies elsewhere, and keeping room there is its administrator's work: the size is then 0.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path

from maglia.core.errors import Code, MagliaError

RESERVE_FILE = "disk-reserve"
_LOOK_S = 2.0
_FLOOR = 1024 * 1024
"""Bytes free below which the disk counts as full: SQLite needs some to undo what did not fit."""
_NOT_KEPT = "no room kept in reserve: %s"
_log = logging.getLogger(__name__)


def free_bytes(folder: Path) -> int:
    """Return the bytes that whoever is not root may still write where `folder` lies."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


class DiskReserve:
    """Fulfils `node.ports.Room`. `size` is in bytes; 0 keeps nothing and refuses nothing."""

    def __init__(self, folder: Path, size: int, free: Callable[[Path], int] = free_bytes) -> None:
        self._folder = folder
        self._file = folder / RESERVE_FILE
        self._size = size
        self._free = free
        self._kept = False

    def start(self) -> None:
        """Take up the room, before the database is opened: on a disk that is full that needs some itself."""
        self._kept = bool(self._size) and _held(self._file) == self._size
        try:
            self.look()
            if not self._size:
                self._file.unlink(missing_ok=True)
        except OSError as error:
            self._kept = False
            _log.warning(_NOT_KEPT, type(error).__name__)

    def look(self) -> None:
        """Give the room up when the disk is full; take it again when there is enough for that and for others."""
        if not self._size:
            return
        free = self._free(self._folder)
        if self._kept and free < _FLOOR:
            os.truncate(self._file, 0)
            self._kept = False
            _log.critical("the disk is full: %s bytes kept in reserve are released", self._size)
        elif not self._kept and free + _held(self._file) >= 2 * self._size:
            _take(self._file, self._size)
            self._kept = True

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_S)
            try:
                self.look()
            except OSError as error:
                _log.warning(_NOT_KEPT, type(error).__name__)

    def require_room(self) -> None:
        """Raise `storage.full` while the reserve is given up: nothing is asked, answered or enrolled."""
        if self._size and not self._kept:
            raise MagliaError(Code.STORAGE_FULL)

    def require_room_for_others(self) -> None:
        """Raise `storage.full`, or `storage.low` when the room that is left is for this body's own entries."""
        self.require_room()
        if self._size and self._free(self._folder) < self._size:
            raise MagliaError(Code.STORAGE_LOW)

    def problems(self) -> list[Code]:
        """Return `storage.full` or `storage.low`, while it is so."""
        try:
            self.require_room_for_others()
        except MagliaError as error:
            return [error.code]
        return []


def kept_bytes(folder: Path) -> int:
    """Return the bytes kept in reserve in a node's folder."""
    return _held(folder / RESERVE_FILE)


def _held(file: Path) -> int:
    """Return how many bytes a file takes up on the disk, at most its length: a hole keeps no room."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return 0
    return min(found.st_size, found.st_blocks * 512)


def _take(file: Path, size: int) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, size)
        os.ftruncate(descriptor, size)  # it may have been longer, under another setting
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
