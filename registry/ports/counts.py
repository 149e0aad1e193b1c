"""What is counted and remembered about members at work: budgets, checkpoints, when each was heard of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from maglia.core.checkpoint import Checkpoint
from maglia.core.vocabulary import PseudonymClass
from registry.domain.budget import Use
from registry.ports.transactions import Transactions


@dataclass(frozen=True)
class Sighting:
    """When a member was last heard of; times in seconds since the epoch, 0 for never."""

    member: str
    heard_at: float = 0.0
    timestamp_version: int = 0
    cosigned_at: float = 0.0
    log_size: int = 0


class Sightings(Protocol):
    """When members were last heard of."""

    def heard(self, member: str, at: float, timestamp_version: int) -> None:
        """Keep that a member asked for news, and which version it then had."""
        ...

    def cosigned(self, member: str, at: float, log_size: int) -> None:
        """Keep that a member's checkpoint was cosigned."""
        ...

    def sightings(self) -> Mapping[str, Sighting]:
        """Return everything kept, by member."""
        ...


class Counts(Transactions, Protocol):
    """Budgets of evaluation and the witness's memory."""

    def spend(self, member: str, cls: PseudonymClass, use: Use, day: date, elements: int, limit: int) -> bool:
        """Count elements, durably, and return True; or return False and count nothing beyond `limit`."""
        ...

    def spent(self, member: str, cls: PseudonymClass, use: Use, day: date) -> int:
        """Return how many elements were counted."""
        ...

    def witnessed(self, origin: str) -> Checkpoint | None:
        """Return the last checkpoint cosigned for a log."""
        ...

    def remember(self, checkpoint: Checkpoint, note: bytes, old_size: int) -> bool:
        """Keep the checkpoint, durably, if the last one is still of `old_size`; else return False."""
        ...
