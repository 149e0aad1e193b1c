"""What integration tests share: what is slow on purpose is quick here."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from argon2 import PasswordHasher

from maglia.core import keystore, passwords

_QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_derived = cache(keystore.derive_key)


@pytest.fixture(scope="module", autouse=True)
def quick_secrets() -> Iterator[None]:
    """Hash passwords at the least cost, and derive a keystore's key from the same salt and passphrase once.

    Both are the libraries' work: what they cost elsewhere is tested where passwords and keystores are.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", _QUICK)
        patch.setattr(keystore, "derive_key", _derived)
        passwords._nobody.cache_clear()
        yield
    passwords._nobody.cache_clear()
