"""How many elements a body may enrol: some new ones a day, and while keys rotate all it had once more (design 5).

What a body enrols is counted for each epoch, and an element enrolled under one pays for one under its neighbour,
whatever day it is: the other epoch in use, or the one before, for a body that slept through the change. Only what
exceeds that is counted on the day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from maglia.core.epochs import Epochs
from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import PseudonymClass
from registry.domain.budget import Limits, Use
from registry.ports import Counts


@dataclass(frozen=True)
class EnrolmentBudget:
    """Counts durably before anything is evaluated; of several processes none counts what another counted."""

    counts: Counts
    limits: Limits

    def spend(self, member: str, cls: PseudonymClass, epoch: int, elements: int, in_use: Epochs, day: date) -> None:
        """Count elements to be enrolled under an epoch; raise `budget.member` when they are too many."""
        neighbours = {*in_use.all, epoch - 1} - {epoch}
        if any(self._is_paid(member, cls, epoch, elements, other) for other in sorted(neighbours)):
            return
        limit = self.limits.of(Use.ENROLMENT)
        if not self.counts.spend(member, cls, Use.ENROLMENT, day, elements, limit):
            raise MagliaError(Code.BUDGET_MEMBER, limit=limit, cause=f"{Use.ENROLMENT} {cls} by {member}")
        self.counts.enrol(member, cls, epoch, elements)

    def _is_paid(self, member: str, cls: PseudonymClass, epoch: int, elements: int, other: int) -> bool:
        """Count them against the other epoch, whose count only grows: read before, it is never too high."""
        limit = self.counts.enrolled(member, cls, other)
        return self.counts.enrol(member, cls, epoch, elements, limit)
