"""One key for each month's log entries, each in a file of its own, so that destroying a file forgets a month.

The files hold AES-256 keys wrapped under a key of the keystore. They are left out of backups of the log (design 9). Up
to which month they were destroyed is noted beside them: a key that is missing otherwise was lost, and that is told.
"""

from __future__ import annotations

import os
import re
import secrets
import threading
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from maglia.core.errors import Code, MagliaError
from maglia.core.keystore import write_private
from maglia.core.secret import Secret

_MONTH = re.compile(r"\d{4}-\d{2}")
KEPT_FROM = "kept-from"
"""Name of the file that holds the first month whose key was not destroyed."""


class MonthlyKeyFiles(Secret):
    """Keys below `folder`, wrapped under `wrapping_key` (32 bytes, secret).

    One process at a time makes them: whoever holds the node's folder locked.
    """

    def __init__(self, folder: Path, wrapping_key: bytes) -> None:
        self._folder = folder
        self._wrapping = AESGCM(wrapping_key)
        self._known: dict[str, bytes] = {}
        self._making = threading.Lock()
        """An enrolment seals in a thread beside the event loop: of two keys for a month, one would be lost."""

    def key(self, month: str) -> bytes:
        """Return the key of `YYYY-MM` to seal with, made at its first use; raise `storage.keystore` as `find` does."""
        _check_month(month)
        with self._making:
            if month not in self._known:
                self._known[month] = self._read(month) or self._make(month)
            return self._known[month]

    def find(self, month: str) -> bytes | None:
        """Return the key of `YYYY-MM` to read with, None once it was destroyed; never makes one.

        Raises `storage.keystore` when its file is not ours, or is gone though nobody destroyed it.
        """
        if month not in self._known:
            found = self.stored(month)
            if found is None:
                return None
            self._known[month] = found
        return self._known[month]

    def stored(self, month: str) -> bytes | None:
        """Return the key as its file holds it now, whatever was read before; None and raises as `find` does."""
        _check_month(month)
        found = self._read(month)
        if found is None and month >= self._kept_from():
            raise MagliaError(Code.STORAGE_KEYSTORE, cause=f"log key of {month} is missing")
        return found

    def destroy_before(self, month: str) -> list[str]:
        """Forget every month before `YYYY-MM`, durably; return which: nobody reads again what was sealed then."""
        _check_month(month)
        old = [each for each in self.months() if each < month]
        if month > self._kept_from():
            self._make_folder()
            write_private(self._folder / KEPT_FROM, month.encode())
        for each in old:
            self._known.pop(each, None)
            (self._folder / f"{each}.key").unlink(missing_ok=True)
        if old:
            _sync(self._folder)
        return old

    def months(self) -> list[str]:
        """Return the months whose keys are here, in order."""
        return sorted(path.stem for path in self._folder.glob("*.key") if _MONTH.fullmatch(path.stem))

    def check_kept_from(self) -> None:
        """Raise `storage.keystore` when the note of what was destroyed can't be read."""
        self._kept_from()

    def _read(self, month: str) -> bytes | None:
        try:
            wrapped = (self._folder / f"{month}.key").read_bytes()
        except FileNotFoundError:
            return None
        try:
            return self._wrapping.decrypt(wrapped[:12], wrapped[12:], month.encode())
        except (InvalidTag, ValueError) as error:
            raise MagliaError(Code.STORAGE_KEYSTORE, cause=f"log key of {month}") from error

    def _make(self, month: str) -> bytes:
        self._make_folder()
        key, nonce = secrets.token_bytes(32), secrets.token_bytes(12)
        write_private(self._folder / f"{month}.key", nonce + self._wrapping.encrypt(nonce, key, month.encode()))
        _sync(self._folder)  # what is sealed with it is durable: so must be its name
        return key

    def _make_folder(self) -> None:
        """Make the folder at the first write: whoever only looks leaves nothing behind."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _kept_from(self) -> str:
        """Return the first month that was not destroyed, empty when none was."""
        try:
            noted = (self._folder / KEPT_FROM).read_bytes().decode(errors="replace")
        except FileNotFoundError:
            return ""
        if not _MONTH.fullmatch(noted):
            raise MagliaError(Code.STORAGE_KEYSTORE, cause=f"{KEPT_FROM} of the log's keys")
        return noted


def _check_month(month: str) -> None:
    if not _MONTH.fullmatch(month):
        raise MagliaError(Code.INPUT_FIELD, field="month")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
