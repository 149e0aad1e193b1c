"""What askers together say of how a body answers, so that no single one of them decides it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from maglia.core.answering import NONE, Answering


@dataclass(frozen=True)
class Standing:
    """A body's counts over all askers, each weighed, and how many askers there are.

    `answered_on` is the last day on which anybody had an answer, `missed_from` the first day after it on which it was
    asked; ISO 8601, empty for none.
    """

    counts: Answering = NONE
    askers: int = 0
    answered_on: str = ""
    missed_from: str = ""


def heaviest(asked: Sequence[int]) -> int:
    """Return how many questions one asker may count for at most, of those that each says it asked (all above 0).

    No more than the middle one of them asked, so that who asks most does not speak for all; and of two askers no more
    than a half, of three or more no more than a third, whatever anybody claims.
    """
    falling = sorted(asked, reverse=True)
    if len(falling) < 3:
        return falling[-1]
    middle = falling[(len(falling) - 1) // 2]
    first, second, *others = falling
    rest = second + sum(others)
    if 2 * first <= rest:
        return middle
    # Whoever is above is cut until a third is left: the greatest one alone, or the two greatest.
    return min(middle, rest // 2 if rest >= 2 * second else sum(others))


def weighed(told: Sequence[Answering]) -> Answering:
    """Return what several askers say as one: each counts for at most as many questions as `heaviest` lets it.

    Rounded down for whatever was answered, so that rounding never makes a body better.
    """
    asking = [one for one in told if one.asked]
    if not asking:
        return NONE
    limit = heaviest([one.asked for one in asking])
    return sum((_cut(one, limit) for one in asking), NONE)


def _cut(one: Answering, limit: int) -> Answering:
    if one.asked <= limit:
        return one
    return Answering(limit, *(part * limit // one.asked for part in (one.at_once, one.in_time, one.later)))
