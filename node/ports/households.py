"""Who lives together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from node.domain.household_file import HouseholdFile, Place, WhoLives


class HouseholdFiles(Protocol):
    """The households on file."""

    def household_of(self, who: WhoLives) -> HouseholdFile | None:
        """Return the household where a person lives, as an operator put it on file, else as the civil registry says."""
        ...

    def set_household(self, places: Sequence[Place], day: date, actor: str) -> HouseholdFile:
        """Put on file that exactly these persons live together since a day; return the household."""
        ...

    def leave_household(self, who: WhoLives, day: date, actor: str) -> HouseholdFile:
        """Put on file that a person no longer lives there; raise `input.household_none`, `input.household_registry`."""
        ...

    def remove_former_places(self) -> int:
        """Remove the places of whoever left long ago; return how many."""
        ...
