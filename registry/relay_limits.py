"""How much a relay does for one member or one address: connections at once, new ones in a second, bytes in a second."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class TooManyError(Exception):
    """Every place is taken."""


class Places:
    """Connections at once: of all, and of each holder."""

    def __init__(self, all_places: int, of_one: int) -> None:
        self._all = all_places
        self._of_one = of_one
        self._taken: Counter[str] = Counter()

    @property
    def taken(self) -> int:
        """Return how many places are taken now."""
        return self._taken.total()

    def of(self, holder: str) -> int:
        """Return how many places a holder has now."""
        return self._taken[holder]

    @contextmanager
    def one(self, holder: str) -> Iterator[None]:
        """Hold a place for as long as the context lasts; raise `TooManyError` when there is none."""
        if self._taken.total() >= self._all or self._taken[holder] >= self._of_one:
            raise TooManyError
        self._taken[holder] += 1
        try:
            yield
        finally:
            self._taken[holder] -= 1
            if not self._taken[holder]:
                del self._taken[holder]


class Pace:
    """Bytes in a second, with one second's worth at once: whoever is ahead waits. Times are monotonic seconds."""

    def __init__(self, bytes_a_second: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = bytes_a_second
        self._clock = clock
        self._left = float(bytes_a_second)
        self._at = clock()

    def spend(self, count: int) -> float:
        """Count `count` bytes; return how many seconds to wait before more are read."""
        now = self._clock()
        self._left = min(self._rate, self._left + (now - self._at) * self._rate) - count
        self._at = now
        return max(0.0, -self._left / self._rate)
