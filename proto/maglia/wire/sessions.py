"""Sessions of people at a front port: held by the process, ended by idleness, by a new start, by nothing else."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from maglia.core.errors import Code, MagliaError
from maglia.wire.logins import Logins

P = TypeVar("P")


@dataclass
class _Open(Generic[P]):
    person: P
    last_used: float
    opened_with: str


class Sessions(Generic[P]):
    """Bearer tokens of logged-in people; only a hash of each token is held. Times are monotonic seconds."""

    def __init__(self, idle_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.idle_s = idle_s
        self.logins = Logins(clock)
        self._clock = clock
        self._open: dict[bytes, _Open[P]] = {}

    def open(self, person: P, *, opened_with: str = "") -> str:
        """Return a fresh token for `person`, who came with a device of this id if any."""
        self._forget_idle()
        token = secrets.token_urlsafe(32)
        self._open[_digest(token)] = _Open(person, self._clock(), opened_with)
        return token

    def person(self, token: str) -> P:
        """Return whose token it is and count it as used; raise `session.expired`."""
        session = self._open.get(_digest(token))
        now = self._clock()
        if session is None or now - session.last_used > self.idle_s:
            raise MagliaError(Code.SESSION_EXPIRED)
        session.last_used = now
        return session.person

    def end_of(self, device: str) -> None:
        """End every session that was opened with a device."""
        for token in [token for token, session in self._open.items() if session.opened_with == device]:
            del self._open[token]

    def _forget_idle(self) -> None:
        now = self._clock()
        for token in [token for token, session in self._open.items() if now - session.last_used > self.idle_s]:
            del self._open[token]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
