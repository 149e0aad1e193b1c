"""How a body answered: counts that say how far an answer of the network can be expected to be complete."""

from __future__ import annotations

from dataclasses import dataclass

ANSWERING_DAYS = 30
"""Days that are counted together, today's among them."""
RATE_FROM = 20
"""Questions from which on a share in hundredths says something; fewer are told as they are, «3 su 4»."""


@dataclass(frozen=True)
class Answering:
    """Of `asked` questions how many were answered before the first verdict (3 s), by the deadline (5 s), or later.

    Of one check the first question to a body counts, and the first answer to it, also when it was asked again.
    """

    asked: int = 0
    at_once: int = 0
    in_time: int = 0
    later: int = 0

    def __add__(self, other: Answering) -> Answering:
        return Answering(
            self.asked + other.asked,
            self.at_once + other.at_once,
            self.in_time + other.in_time,
            self.later + other.later,
        )

    @property
    def answered(self) -> int:
        """Return how many were answered at all."""
        return self.at_once + self.in_time + self.later

    @property
    def never(self) -> int:
        """Return how many were not answered, or not yet."""
        return self.asked - self.answered

    @property
    def is_sound(self) -> bool:
        """Return whether no number is below zero, and no more was answered than asked."""
        return min(self.asked, self.at_once, self.in_time, self.later, self.never) >= 0


NONE = Answering()
"""Nothing was asked."""
