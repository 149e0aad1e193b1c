"""Passwords of operators, officers and auditors: Argon2id, with the parameters of RFC 9106's second choice."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from maglia.core.errors import Code, MagliaError

MIN_LENGTH = 10
_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


@cache
def _nobody() -> str:
    """Return what is verified in place of an unknown user's hash: a missing user takes as long as a wrong password."""
    return _hasher.hash("nobody's password")


def hash_password(password: str) -> str:
    """Return the Argon2id hash; raise `input.password` when the password has under 10 characters."""
    if len(password) < MIN_LENGTH:
        raise MagliaError(Code.INPUT_PASSWORD, minimum=MIN_LENGTH)
    return _hasher.hash(password)


def check_password(stored: str | None, password: str) -> None:
    """Return when the password is the stored one's; else raise `session.credentials`, in the same time."""
    try:
        _hasher.verify(stored or _nobody(), password)
    except (VerificationError, InvalidHashError) as error:
        raise MagliaError(Code.SESSION_CREDENTIALS) from error
    if not stored:
        raise MagliaError(Code.SESSION_CREDENTIALS)
