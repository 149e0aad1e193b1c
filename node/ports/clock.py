"""Time as the node reads it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol


class Clock(Protocol):
    """Time as the node reads it. The day decides windows and ages; the instant decides expiries and entries."""

    def now(self) -> float:
        """Return seconds since the epoch."""
        ...

    def today(self) -> date:
        """Return the calendar day by which records are counted."""
        ...


def utc_day(clock: Clock) -> date:
    """Return the day it is now, whatever calendar a demonstration goes by: for what was signed elsewhere."""
    return datetime.fromtimestamp(clock.now(), UTC).date()
