"""Enrolled consoles as plain values: what commands show."""

from __future__ import annotations

from dataclasses import dataclass, field

from maglia.core.secret import Secret


@dataclass(frozen=True)
class EnrolledDevice:
    """One enrolled console; instants in milliseconds since the epoch, `used_ms` 0 before any login."""

    id: str
    user: str
    name: str
    enrolled_ms: int
    used_ms: int
    locked: bool


@dataclass(frozen=True)
class Begun(Secret):
    """An enrolment that waits for its first code: what the telephone is to read, and by what it is confirmed."""

    enrolment: bytes = field(repr=False)
    device_id: str
    otp_secret: bytes = field(repr=False)


@dataclass(frozen=True)
class Invite(Secret):
    """A code that enrols one console of a user, until an instant in milliseconds since the epoch."""

    user: str
    code: str = field(repr=False)
    expires_ms: int
