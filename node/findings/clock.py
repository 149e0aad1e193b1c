"""The computer's clock against the registry's: it decides expiries, and so whether a body answers at all."""

from __future__ import annotations

from maglia.core.findings.model import Finding, Level, Subject, ok, problem, told, warning
from node.findings.remedies import CLOCK

NOTICED_S, WRONG_S = 30.0, 120.0
"""From how many seconds on a clock is said to be off, and from how many it is a problem."""


def clock_found(offset_s: float | None, behind_s: float = 0.0) -> Finding:
    """Return how far the clock is ahead (behind, where negative) in seconds; None where nobody told the time.

    `behind_s` is by how much it is behind something that was certainly before now, such as the registry's certificate:
    with a clock so wrong no connection is made, and nobody can tell the time.
    """
    if offset_s is None and behind_s >= NOTICED_S:
        return problem(Subject.CLOCK, CLOCK, "clock.long_ago", offset_s=int(behind_s))
    if offset_s is None:
        return warning(Subject.CLOCK, "timedatectl status", "clock.unknown")
    off = abs(offset_s)
    if off < NOTICED_S:
        return ok(Subject.CLOCK, "clock.right", least_s=int(NOTICED_S))
    level = Level.PROBLEM if off >= WRONG_S else Level.WARNING
    what = told("clock.ahead" if offset_s > 0 else "clock.behind", offset_s=int(off))
    return Finding(Subject.CLOCK, level, what, CLOCK)
