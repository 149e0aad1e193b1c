"""Passwords and keys in tests: what they cost on purpose is tested where they are, and costs nothing elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b

import pytest
from argon2 import PasswordHasher

from maglia.core import keystore, passwords
from tui import drafts

_QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_derived = cache(keystore.derive_key)


@contextmanager
def cheap_secrets() -> Iterator[None]:
    """Hash passwords at the least cost, derive a keystore's key from the same salt once, and a draft's key at once.

    Other processes read the passwords and the keystores; a console's drafts are read by consoles of the same test.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", _QUICK)
        patch.setattr(keystore, "derive_key", _derived)
        patch.setattr(drafts, "derive_key", _draft_key)
        passwords._nobody.cache_clear()
        yield
    passwords._nobody.cache_clear()


def _draft_key(passphrase: str, salt: bytes) -> bytes:
    return blake2b(passphrase.encode(), key=salt, digest_size=32).digest()
