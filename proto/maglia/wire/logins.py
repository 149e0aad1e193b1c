"""Guessing a password gets slower with each failure, while somebody else's failures keep nobody out.

What is counted, for names that exist and invented ones alike:

1. a name from one client address: five attempts are free, then the wait doubles up to five minutes;
2. a client address with any names: so many attempts a minute;
3. a name from all addresses together: 50, then one every five seconds on average, at times nobody can foresee.

From an address where this name has logged in before, 2 and 3 are not asked, and the hashing has a lane of its own.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from math import ceil
from random import SystemRandom
from typing import TypeVar

from maglia.core.errors import Code, MagliaError
from maglia.wire.clients import Quota

FREE = 5
"""Attempts at a name from one client address that cost nothing; after them the wait doubles from one second on."""
LONGEST_S = 300.0
KEPT = 10_000
"""Pairs of name and address, and names, remembered at once, the newest: invented ones can't fill the memory."""
OF_ONE_CLIENT = 60
"""Attempts of one client address in a minute, at whatever names; those that end well don't count."""
OF_ONE_NAME = 50
"""Attempts at one name that addresses new to it may make at once, all together."""
GAP_S = 5.0
"""After them they make one in so many seconds, on average."""
FAMILIAR = 8
"""Addresses that are remembered as one name's own, those used last."""
HASHED_AT_ONCE = 2
"""Passwords hashed at the same time in each lane: each takes 64 MiB and tens of milliseconds of a core."""
WAITING = 32
"""Attempts that wait for their turn in each lane."""
_FULL_S = 2
_MINUTE_S = 60.0
_random = SystemRandom()
T = TypeVar("T")


@dataclass
class _Tried:
    attempts: int = 0
    until: float = 0.0


@dataclass
class _Allowance:
    left: int = OF_ONE_NAME
    more_at: float = 0.0


@dataclass
class _Lane:
    """A few at a time, a few more waiting, the rest sent away."""

    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(HASHED_AT_ONCE))
    inside: int = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        if self.inside >= HASHED_AT_ONCE + WAITING:
            raise _throttled(_FULL_S)
        self.inside += 1
        try:
            async with self.turns:
                yield
        finally:
            self.inside -= 1


class Logins:
    """Counts attempts, in memory. Times are monotonic seconds; `chance` returns a random number between 0 and 1."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, chance: Callable[[], float] = _random.random
    ) -> None:
        self._clock = clock
        self._chance = chance
        self._tried: OrderedDict[bytes, _Tried] = OrderedDict()
        self._names: OrderedDict[bytes, _Allowance] = OrderedDict()
        self._familiar: OrderedDict[bytes, OrderedDict[str, None]] = OrderedDict()
        self._clients = Quota(OF_ONE_CLIENT, _MINUTE_S, clock)
        self._strangers, self._known = _Lane(), _Lane()

    @asynccontextmanager
    async def attempt(self, user: str, client: str) -> AsyncIterator[None]:
        """Let one attempt from a client address run; raise `session.throttled` when it comes too early.

        It counts before its end is known: else a hundred at once would all be the first. What ends well is forgotten.
        """
        name = sha256(user.encode()).digest()  # a name may be as long as a message
        pair = sha256(name + client.encode()).digest()
        is_familiar = client in self._familiar.get(name, ())
        self._count(pair)
        if not is_familiar:
            self._count_stranger(name, client)
        async with (self._known if is_familiar else self._strangers).turn():
            yield
        self._tried.pop(pair, None)
        if not is_familiar:
            self._clients.forgive(client)
        self._remember(name, client)

    def _count(self, pair: bytes) -> None:
        now, tried = self._clock(), self._tried.setdefault(pair, _Tried())
        _keep_newest(self._tried, pair)
        if now < tried.until:
            raise _throttled(tried.until - now)
        tried.attempts += 1
        if tried.attempts >= FREE:
            tried.until = now + min(LONGEST_S, 2.0 ** min(tried.attempts - FREE, 20))

    def _count_stranger(self, name: bytes, client: str) -> None:
        if seconds := self._clients.wait(client):
            raise _throttled(seconds)
        now, allowance = self._clock(), self._names.setdefault(name, _Allowance(more_at=self._clock() + GAP_S))
        _keep_newest(self._names, name)
        while allowance.left < OF_ONE_NAME and allowance.more_at <= now:
            allowance.left += 1
            # Unforeseeable: whoever asks all the time from few addresses must not take each one as it comes.
            allowance.more_at += 2 * GAP_S * self._chance()
        if allowance.left == OF_ONE_NAME:
            allowance.more_at = now + GAP_S
        if not allowance.left:
            raise _throttled(GAP_S)
        allowance.left -= 1

    def _remember(self, name: bytes, client: str) -> None:
        own = self._familiar.setdefault(name, OrderedDict())
        _keep_newest(self._familiar, name)
        own[client] = None
        own.move_to_end(client)
        if len(own) > FAMILIAR:
            own.popitem(last=False)


def _keep_newest(kept: OrderedDict[bytes, T], key: bytes) -> None:
    kept.move_to_end(key)
    if len(kept) > KEPT:
        kept.popitem(last=False)


def _throttled(seconds: float) -> MagliaError:
    return MagliaError(Code.SESSION_THROTTLED, seconds=max(1, ceil(seconds)))
