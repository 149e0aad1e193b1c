"""What a console is to sign next: each worth one attempt for two minutes, and none held before it comes back.

A challenge proves by itself that this process made it and when, so that a flood of requests for them fills no memory.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable

from maglia.core.errors import Code, MagliaError
from maglia.core.secret import Secret

LASTS_S = 120.0
_NONCE, _TIME, _MARK = 12, 4, 16
"""Bytes, together `maglia.core.device.CHALLENGE_BYTES`: random, tenths of a second, the mark of this process."""


class Challenges(Secret):
    """Made and taken back by one process. Times are monotonic seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._started = clock()
        self._spent: dict[bytes, float] = {}

    def fresh(self) -> bytes:
        """Return a challenge of 32 bytes."""
        said = secrets.token_bytes(_NONCE) + self._tenths().to_bytes(_TIME, "big")
        return said + self._mark(said)

    def spend(self, challenge: bytes) -> None:
        """Take a challenge back; raise `session.challenge` for one made elsewhere, too old, or taken back before."""
        said, mark = challenge[: _NONCE + _TIME], challenge[_NONCE + _TIME :]
        now = self._clock()
        self._spent = {one: until for one, until in self._spent.items() if until >= now}
        if not hmac.compare_digest(mark, self._mark(said)) or challenge in self._spent:
            raise MagliaError(Code.SESSION_CHALLENGE)
        if self._tenths() - int.from_bytes(said[_NONCE:], "big") > LASTS_S * 10:
            raise MagliaError(Code.SESSION_CHALLENGE)
        self._spent[challenge] = now + LASTS_S + 1

    def _tenths(self) -> int:
        return int((self._clock() - self._started) * 10)

    def _mark(self, said: bytes) -> bytes:
        return hmac.digest(self._key, said, hashlib.sha256)[:_MARK]
