"""What other bodies say of newer metadata: a hint to ask the registry at once, never believed by itself (design 4)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

_FIRST_S = 0.5


class Rumours:
    """Wakes whoever refreshes. A hint that proves empty makes the next one wait longer, so that a liar costs little."""

    def __init__(self, longest_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.wake = asyncio.Event()
        """Set while there is a reason to ask the registry before the next poll."""
        self._longest_s = longest_s
        self._clock = clock
        self._pause_s = _FIRST_S
        self._deaf_until = float("-inf")
        self._claimed = 0

    def heard(self, claimed: int, known: int) -> None:
        """Weigh the timestamp version that another body claims to trust against the one known here."""
        if claimed > known:
            self._claimed = max(claimed, self._claimed)
            self.look()

    def look(self) -> None:
        """Ask for a refresh, unless one was asked for a moment ago."""
        now = self._clock()
        if now >= self._deaf_until:
            self._deaf_until = now + self._pause_s
            self.wake.set()

    def proved(self, known: int) -> None:
        """Note what a refresh brought: claims that hold make the next hint count at once."""
        was_true = self._claimed <= known
        self._pause_s = _FIRST_S if was_true else min(self._pause_s * 2, self._longest_s)
        self._claimed = 0
