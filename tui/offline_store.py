"""The encrypted file in which a counter keeps what it takes while its node is out of reach.

It is a keystore under the operator's password. Each change writes the whole file anew, durably, before the command
says that anything is kept; one program at a time changes it. Without the password nobody reads it: a lost one means
that what was taken has to be typed again from the paper forms.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from maglia.core.errors import Code, MagliaError
from maglia.core.keystore import load_keystore, save_keystore
from tui.offline_model import Taken, read_taken

MOST = 500
"""How much may be kept at once: a counter without a line for longer should say so to whoever runs the node."""


class OfflineStore:
    """One operator's file; `exists` needs no password, everything else does."""

    def __init__(self, path: Path, password: str) -> None:
        self._path = path
        self._password = password

    def is_under(self, password: str) -> bool:
        """Return whether it is under this password, without reading the file."""
        return secrets.compare_digest(self._password.encode(), password.encode())

    def taken(self) -> list[Taken]:
        """Return what is kept, in the order in which it was taken.

        Raises `session.offline_closed` when the file does not open, `storage.offline` when another version wrote it.
        """
        try:
            kept = load_keystore(self._path, self._password)
        except MagliaError as error:
            if error.code is Code.STORAGE_MISSING:
                return []
            raise MagliaError(Code.SESSION_OFFLINE_CLOSED, cause=error.cause) from error
        try:
            return [read_taken(number, kept[str(number)]) for number in sorted(map(int, kept))]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise MagliaError(Code.STORAGE_OFFLINE, cause=type(error).__name__) from error

    def add(self, taken: Taken) -> Taken:
        """Keep one thing more; return it with its number. Raises what `taken` raises, and `storage.offline_full`."""
        with self._alone():
            kept = self.taken()
            if len(kept) >= MOST:
                raise MagliaError(Code.STORAGE_OFFLINE_FULL, limit=MOST)
            numbered = replace(taken, number=max((one.number for one in kept), default=0) + 1)
            self._save([*kept, numbered])
            return numbered

    def same_as(self, taken: Taken) -> int:
        """Return the number of another one that says just the same, 0 for none: perhaps a command given twice."""
        same = (one.number for one in self.taken() if one.key != taken.key and one.what == taken.what)
        return next(same, 0)

    def change(self, taken: Taken) -> None:
        """Keep one thing as it is now, if it is still there."""
        with self._alone():
            self._save([taken if one.key == taken.key else one for one in self.taken()])

    def remove(self, key: str) -> None:
        """Forget one thing; the file goes with the last one."""
        with self._alone():
            self._save([one for one in self.taken() if one.key != key])

    def _save(self, kept: list[Taken]) -> None:
        try:
            if kept:
                save_keystore(self._path, {str(one.number): one.content() for one in kept}, self._password)
            else:
                self._path.unlink(missing_ok=True)
            _make_durable(self._path.parent)
        except OSError as error:
            raise MagliaError(Code.STORAGE_FOLDER, path=str(self._path.parent), cause=type(error).__name__) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait until no other program changes the file."""
        try:
            descriptor = os.open(self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise MagliaError(Code.STORAGE_FOLDER, path=str(self._path.parent), cause=type(error).__name__) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def new_key() -> str:
    """Return a random key for one thing taken: 128 bits in hex."""
    return secrets.token_hex(16)


def _make_durable(folder: Path) -> None:
    """Have the file's name on the disk too: the power may fail at the counter where the line has."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
