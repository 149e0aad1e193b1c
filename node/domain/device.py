"""A console that is let in from anywhere, and the invite that it came with."""

from __future__ import annotations

from dataclasses import dataclass, field

from maglia.core.secret import Secret

MAX_WRONG = 10
"""Wrong codes in a row after which a device opens nothing any more: whoever gives them has password and key."""


@dataclass(frozen=True)
class Device(Secret):
    """One enrolled console. Times are seconds since the epoch; `public_key` is Ed25519, 32 bytes.

    `otp_secret` is that of RFC 6238, `last_step` the 30 seconds whose code was taken last.
    """

    id: str
    user: str
    name: str
    public_key: bytes
    otp_secret: bytes = field(repr=False)
    last_step: int
    enrolled_at: float
    used_at: float | None = None
    wrong: int = 0

    @property
    def is_locked(self) -> bool:
        """Return whether it opens nothing any more."""
        return self.wrong >= MAX_WRONG


@dataclass(frozen=True)
class Invite(Secret):
    """A code that enrols one console of a user, known by its digest alone; `expires` in seconds since the epoch."""

    user: str
    digest: bytes = field(repr=False)
    expires: float
