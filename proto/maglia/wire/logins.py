"""Guessing a password gets slower with each failure, for every name alike whether it exists or not."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from math import ceil

from maglia.core.errors import Code, MagliaError

FREE = 5
"""Attempts that cost nothing; after them the wait doubles from one second on."""
LONGEST_S = 300.0
KEPT = 10_000
"""Names remembered at once, the newest: invented names can't fill the memory."""


@dataclass
class _Tried:
    attempts: int = 0
    until: float = 0.0


class Logins:
    """Counts attempts by name, in memory. Times are monotonic seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tried: OrderedDict[bytes, _Tried] = OrderedDict()

    @contextmanager
    def attempt(self, user: str) -> Iterator[None]:
        """Let one attempt run; raise `session.throttled` when it comes too early. What ends well is forgotten.

        It counts before its end is known: else a hundred at once would all be the first.
        """
        name = sha256(user.encode()).digest()  # a name may be as long as a message
        self._count(name)
        yield
        self._tried.pop(name, None)

    def _count(self, name: bytes) -> None:
        now, tried = self._clock(), self._tried.setdefault(name, _Tried())
        self._tried.move_to_end(name)
        if now < tried.until:
            raise MagliaError(Code.SESSION_THROTTLED, seconds=ceil(tried.until - now))
        tried.attempts += 1
        if tried.attempts >= FREE:
            tried.until = now + min(LONGEST_S, 2.0 ** min(tried.attempts - FREE, 20))
        if len(self._tried) > KEPT:
            self._tried.popitem(last=False)
