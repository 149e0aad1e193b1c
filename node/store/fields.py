"""Encryption of single fields, and the keyed index by which an encrypted value is found.

The key is kept outside the database, so a dump shows neither a code nor a creditor. A plain hash of a code would be no
protection (60 million codes fall in minutes), hence HMAC.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from maglia.core.errors import Code, MagliaError
from maglia.core.secret import Secret

KEY_BYTES = 32
_NONCE_BYTES = 12


class Fields(Secret):
    """AES-256-GCM (NIST SP 800-38D, random 96-bit nonces) and HMAC-SHA-256 under two keys derived from one."""

    def __init__(self, key: bytes) -> None:
        """`key` is 32 random bytes; raises `ValueError` on another length."""
        if len(key) != KEY_BYTES:
            raise ValueError("the field key has 32 bytes")
        derived = HKDF(hashes.SHA256(), 2 * KEY_BYTES, salt=None, info=b"maglia/1 fields").derive(key)
        self._cipher = AESGCM(derived[:KEY_BYTES])
        self._index_key = derived[KEY_BYTES:]

    def index(self, column: str, value: bytes) -> bytes:
        """Return the 32 bytes by which `value` is found in `column`; equal values of two columns differ."""
        return hmac.digest(self._index_key, column.encode() + b"\0" + value, hashlib.sha256)

    def seal(self, column: str, row: bytes, value: bytes) -> bytes:
        """Return nonce and ciphertext of `value`, bound to its column and row: moved elsewhere, it does not open."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, value, column.encode() + b"\0" + row)

    def open(self, column: str, row: bytes, sealed: bytes) -> bytes:
        """Return the value behind `seal`; raise `storage.unavailable` when it was altered or the key is another."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], column.encode() + b"\0" + row)
        except (InvalidTag, ValueError):  # too short for a nonce is a `ValueError`
            raise MagliaError(Code.STORAGE_UNAVAILABLE, cause=f"{column} does not open") from None
