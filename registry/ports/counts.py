"""What is counted and remembered about members at work: budgets, checkpoints, when each was heard of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from maglia.core.checkpoint import Checkpoint
from maglia.core.vocabulary import PseudonymClass
from registry.domain.budget import Use
from registry.ports.transactions import Transactions


@dataclass(frozen=True)
class Sighting:
    """When a member was last heard of; times in seconds since 1970, 0 for never.

    `ready_epochs` are the pseudonym epochs under which none of its live records awaited a pseudonym, as it then said.
    """

    member: str
    heard_at: float = 0.0
    timestamp_version: int = 0
    cosigned_at: float = 0.0
    log_size: int = 0
    ready_epochs: tuple[int, ...] = ()


class Sightings(Protocol):
    """When members were last heard of."""

    def heard(self, member: str, at: float, timestamp_version: int, ready_epochs: Sequence[int]) -> None:
        """Keep that a member asked for news, which version it was then given, and for which epochs it was ready."""
        ...

    def cosigned(self, member: str, at: float, log_size: int) -> None:
        """Keep that a member's checkpoint was cosigned."""
        ...

    def sightings(self) -> Mapping[str, Sighting]:
        """Return everything kept, by member."""
        ...


@dataclass(frozen=True)
class Spent:
    """How many elements a member had evaluated of one class, for one use, on a day."""

    member: str
    cls: PseudonymClass
    use: Use
    elements: int


@dataclass(frozen=True)
class WitnessedNote:
    """The last checkpoint cosigned for a log: the note that the log itself signed (C2SP)."""

    origin: str
    note: bytes


class Counts(Transactions, Protocol):
    """Budgets of evaluation and the witness's memory."""

    def spend(self, member: str, cls: PseudonymClass, use: Use, day: date, elements: int, limit: int) -> bool:
        """Count elements, durably, and return True; or return False and count nothing beyond `limit`."""
        ...

    def spent(self, member: str, cls: PseudonymClass, use: Use, day: date) -> int:
        """Return how many elements were counted."""
        ...

    def spent_on(self, day: date) -> Sequence[Spent]:
        """Return everything counted on a day, by member, class and use."""
        ...

    def enrol(self, member: str, cls: PseudonymClass, epoch: int, elements: int, limit: int | None = None) -> bool:
        """Count elements enrolled under an epoch, durably; or return False and count nothing beyond `limit`."""
        ...

    def enrolled(self, member: str, cls: PseudonymClass, epoch: int) -> int:
        """Return how many elements were enrolled under an epoch."""
        ...

    def witnessed(self, origin: str) -> Checkpoint | None:
        """Return the last checkpoint cosigned for a log."""
        ...

    def witnessed_notes(self, after: str, count: int) -> Sequence[WitnessedNote]:
        """Return the last checkpoint cosigned of up to `count` logs whose origin comes after `after`, by origin."""
        ...

    def remember(self, checkpoint: Checkpoint, note: bytes, old_size: int) -> bool:
        """Keep the checkpoint, durably, if the last one is still of `old_size`; else return False."""
        ...
