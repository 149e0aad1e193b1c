"""Encryption of single fields, and the keyed index by which an encrypted value is found.

The key is kept outside the database, so a dump shows neither a code nor a creditor. A plain hash of a code would be no
protection (60 million codes fall in minutes), hence HMAC. Plaintexts are padded: a ciphertext's length is in clear, and
the exact length of a creditor's name, beside the facet, is often the creditor.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from maglia.core.errors import Code, MagliaError
from maglia.core.secret import Secret

KEY_BYTES = 32
PADDED_BYTES = 128
"""Plaintexts are padded to a multiple of this: one more than nearly every value has."""
_NONCE_BYTES = 12
_REMEMBERED = 4_096
_MARK = b"\x80"
_FORM = b"maglia/2 field\0"
"""What a value is bound to beside its place: one sealed in another form, such as without padding, does not open."""


class Fields(Secret):
    """AES-256-GCM (NIST SP 800-38D, random 96-bit nonces) and HMAC-SHA-256 under two keys derived from one."""

    def __init__(self, key: bytes) -> None:
        """`key` is 32 random bytes; raises `ValueError` on another length."""
        if len(key) != KEY_BYTES:
            raise ValueError("the field key has 32 bytes")
        derived = HKDF(hashes.SHA256(), 2 * KEY_BYTES, salt=None, info=b"maglia/1 fields").derive(key)
        self._cipher = AESGCM(derived[:KEY_BYTES])
        self._index = hmac.new(derived[KEY_BYTES:], digestmod=hashlib.sha256)
        self.opens = lru_cache(maxsize=_REMEMBERED)(self._opens)
        """Whether a sealed value opens; that of the same bytes is remembered, and no value is."""
        self.replaced: dict[bytes, bytes] = {}
        """Indexes of former codes, each with that of the code that took its place (`node.store.known_as`)."""
        self.replaced_names: dict[int, bytes] = {}
        """The same of the numbers of persons who had no code."""

    def index(self, column: str, value: bytes) -> bytes:
        """Return the 32 bytes by which `value` is found in `column`; equal values of two columns differ."""
        index = self._index.copy()  # to take the key in anew would be half of the work
        index.update(column.encode() + b"\0" + value)
        return index.digest()

    def seal(self, column: str, row: bytes, value: bytes) -> bytes:
        """Return nonce and ciphertext of `value`, bound to its column and row: moved elsewhere, it does not open.

        The value is padded first (ISO/IEC 7816-4: one byte 0x80, then zeros) to a multiple of `PADDED_BYTES`.
        """
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, _padded(value), _place(column, row))

    def _opens(self, column: str, row: bytes, sealed: bytes) -> bool:
        try:
            self.open(column, row, sealed)
        except MagliaError:
            return False
        return True

    def open(self, column: str, row: bytes, sealed: bytes) -> bytes:
        """Return the value behind `seal`; raise `storage.unavailable` when it was altered or the key is another."""
        try:
            padded = self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _place(column, row))
        except (InvalidTag, ValueError):  # the latter of what is too short to hold a nonce
            raise MagliaError(Code.STORAGE_UNAVAILABLE, cause=f"{column} does not open") from None
        return _unpadded(padded, column)


def _place(column: str, row: bytes) -> bytes:
    return _FORM + column.encode() + b"\0" + row


def _padded(value: bytes) -> bytes:
    marked = value + _MARK
    return marked + bytes(-len(marked) % PADDED_BYTES)


def _unpadded(padded: bytes, column: str) -> bytes:
    value, mark, zeros = padded.rpartition(_MARK)
    if not mark or any(zeros) or _padded(value) != padded:
        raise MagliaError(Code.STORAGE_UNAVAILABLE, cause=f"{column} is not padded")
    return value
