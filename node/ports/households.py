"""Who lives together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from node.domain.household_file import HouseholdFile, Place, WhoLives
from node.domain.registry import RegistryRow, StoredPlace


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

    def registry_places(self) -> Mapping[bytes, StoredPlace]:
        """Return every row of the civil registry's last file, by the person's index."""
        ...

    def registry_index(self, row: RegistryRow) -> bytes:
        """Return the index of a row's person."""
        ...

    def is_stored(self, row: RegistryRow, stored: StoredPlace) -> bool:
        """Return whether a row is stored as it is."""
        ...

    def write_registry(
        self, added: Sequence[RegistryRow], changed: Sequence[tuple[int, RegistryRow]], actor: str
    ) -> None:
        """Store rows that are new, and those that changed by their ids, in one transaction."""
        ...

    def places_of_registry(self, ids: Sequence[int]) -> Sequence[Place]:
        """Return what some rows hold."""
        ...

    def remove_registry(self, ids: Sequence[int], actor: str) -> None:
        """Remove the rows of whoever is in the registry no more."""
        ...

    def remove_former_places(self) -> int:
        """Remove the places of whoever left long ago; return how many."""
        ...
