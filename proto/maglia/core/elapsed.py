"""Time that passes whatever people do to the clock, and whatever the machine does."""

from __future__ import annotations

import time
from collections.abc import Callable


def seconds_passed() -> float:
    """Return seconds that nobody sets and that go on while the machine sleeps, where the system counts such."""
    asleep_too = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if asleep_too is None else time.clock_gettime(asleep_too)


class Due:
    """Whether it is time again for what is done every `every_s` seconds.

    By the seconds passed or by the wall clock, whichever comes first: of a machine that was stopped from outside, as a
    virtual one is, the wall clock alone knows. Whoever asks must look more often than that.
    """

    def __init__(
        self,
        every_s: float,
        seconds: Callable[[], float] = seconds_passed,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._every_s = every_s
        self._clocks = seconds, clock
        self._last = seconds(), clock()

    def is_now(self) -> bool:
        """Return whether it is time, which counts as done."""
        now = self._clocks[0](), self._clocks[1]()
        if all(after - before < self._every_s for before, after in zip(self._last, now, strict=True)):
            return False
        self._last = now
        return True
