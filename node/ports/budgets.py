"""What was asked and answered, counted by distinct items."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Protocol

from maglia.core.vocabulary import PseudonymClass
from node.domain.budget import SpentInProcedure, SpentToday


class Budgets(Protocol):
    """What was counted by day, and over the life of a procedure."""

    def spend(self, budget: str, holder: str, day: date, items: Sequence[bytes], limit: int) -> bool:
        """Count distinct items of `holder` on `day`; store them and return True only if they stay within `limit`."""
        ...

    def spend_in_procedure(
        self,
        procedure: str,
        holder: str,
        items: Mapping[PseudonymClass, Sequence[bytes]],
        cap: int,
        kept: Collection[str],
    ) -> bool:
        """Count distinct items of `holder`, each class by itself, over the procedure's life; True only within `cap`.

        What was counted under procedures not in `kept` may be forgotten.
        """
        ...

    def fits_in_procedure(
        self, procedure: str, holder: str, items: Mapping[PseudonymClass, Sequence[bytes]], cap: int
    ) -> bool:
        """Return whether `spend_in_procedure` would count them now; nothing is stored."""
        ...

    def spent_today(self, budget: str, day: date) -> list[SpentToday]:
        """Return how many distinct items each holder of a budget spent on a day, the most first."""
        ...

    def spent_in_procedures(self) -> list[SpentInProcedure]:
        """Return what was counted under procedures, by procedure, holder and class."""
        ...
