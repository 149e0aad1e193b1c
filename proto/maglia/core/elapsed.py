"""Time that passes whatever people do to the clock, and whatever the machine does."""

from __future__ import annotations

import time


def seconds_passed() -> float:
    """Return seconds that nobody sets and that go on while the machine sleeps, where the system counts such."""
    asleep_too = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if asleep_too is None else time.clock_gettime(asleep_too)
