"""Help promised, what was shown beside it, and how it ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Protocol

from maglia.core.vocabulary import Purpose
from node.domain.model import AidRecord
from node.domain.reservations import Other, Reservation, Sight, Standing, Step


class Reservations(Protocol):
    """The reservations of this body. Each change is one transaction, with its audit event by `actor` (a user)."""

    def reserve(self, record: AidRecord, purpose: Purpose, months: int, actor: str) -> str:
        """Store a promise, and what is asked about it; return its id."""
        ...

    def reservation(self, record_id: str) -> Reservation:
        """Return one, by its id or the beginning of it; raise `input.reservation`."""
        ...

    def reservations(self) -> list[Reservation]:
        """Return those that are open or ended lately, and the confirmed ones beside which something was found late."""
        ...

    def awaits_pseudonym(self, record_id: str, epochs: Collection[int]) -> bool:
        """Return whether the person or the need of a record may be answered about and is not enrolled in each epoch."""
        ...

    def add_sight(self, record_id: str, step: Step, sight: Sight, actor: str) -> int:
        """Store what a check showed; return a number for it."""
        ...

    def confirm(
        self, record_id: str, day: date, amount_cents: int | None, sight: Sight, reason: str, actor: str
    ) -> int:
        """Make the promise help given, with what was shown at that and why; raise `input.reservation_over`."""
        ...

    def renew(self, record_id: str, actor: str) -> float:
        """Promise for the same term once more; return until when.

        Raises `input.reservation_over`, `input.reservation_renewed`.
        """
        ...

    def release(self, record_id: str, actor: str) -> None:
        """Take the promise back; raise `input.reservation_over`."""
        ...

    def add_late(self, sight: int, others: Sequence[Other]) -> Standing | None:
        """Store what came after a check was shown, if its promise is open or is help given now; return that, or None.

        Help given counts in its newest version: corrected it still does, cancelled it does not.
        """
        ...

    def promised_among(self, records: Collection[str]) -> Sequence[Standing]:
        """Return which of some records are promises that are open, or were confirmed in the last month."""
        ...

    def forget_old_findings(self) -> int:
        """Forget what others answered once it may no longer be kept; return of how many checks."""
        ...
