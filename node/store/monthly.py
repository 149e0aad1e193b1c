"""One key for each month's log entries, each in a file of its own, so that destroying a file forgets a month.

The files hold AES-256 keys wrapped under a key of the keystore. They are left out of backups of the log (design 9).
"""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from maglia.core.errors import Code, MagliaError
from maglia.core.keystore import write_private
from maglia.core.secret import Secret

_MONTH = re.compile(r"\d{4}-\d{2}")


class MonthlyKeyFiles(Secret):
    """Keys below `folder`, wrapped under `wrapping_key` (32 bytes, secret)."""

    def __init__(self, folder: Path, wrapping_key: bytes) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._wrapping = AESGCM(wrapping_key)
        self._known: dict[str, bytes] = {}

    def key(self, month: str) -> bytes:
        """Return the key of `YYYY-MM`, made at its first use; raise `storage.keystore` when its file is not ours."""
        if month not in self._known:
            if not _MONTH.fullmatch(month):
                raise MagliaError(Code.INPUT_FIELD, field="month")
            self._known[month] = self._read(month) or self._make(month)
        return self._known[month]

    def destroy(self, month: str) -> None:
        """Forget a month: its sealed pseudonyms can't be read again by anybody."""
        self._known.pop(month, None)
        (self._folder / f"{month}.key").unlink(missing_ok=True)

    def _read(self, month: str) -> bytes | None:
        path = self._folder / f"{month}.key"
        if not path.exists():
            return None
        wrapped = path.read_bytes()
        try:
            return self._wrapping.decrypt(wrapped[:12], wrapped[12:], month.encode())
        except (InvalidTag, ValueError) as error:
            raise MagliaError(Code.STORAGE_KEYSTORE, cause=f"log key of {month}") from error

    def _make(self, month: str) -> bytes:
        key, nonce = secrets.token_bytes(32), secrets.token_bytes(12)
        write_private(self._folder / f"{month}.key", nonce + self._wrapping.encrypt(nonce, key, month.encode()))
        return key
