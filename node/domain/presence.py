"""On which days this node was there itself, and for how long it was not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from node.domain.answering import CountedDay


@dataclass(frozen=True)
class Presence:
    """Days on which the node served, of `known` since it first did; the longest run without ended on `until`."""

    there: int = 0
    known: int = 0
    longest_absence: int = 0
    until: date | None = None


def presence_of(days: Iterable[CountedDay], today: date) -> Presence:
    """Return a node's presence up to today, itself not counted as an absence: it may just have been started."""
    served = sorted(one.day for one in days if one.minutes and one.day <= today)
    if not served:
        return Presence()
    until, longest = max(
        ((after, (after - before).days - 1) for before, after in pairwise([*served, max(today, served[-1])])),
        key=lambda gap: (gap[1], gap[0]),
    )
    known = (today - served[0]).days + 1
    return Presence(len(served), known, max(longest, 0), until - timedelta(1) if longest > 0 else None)
