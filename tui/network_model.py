"""What the console knows of how bodies answer: plain values."""

from __future__ import annotations

from dataclasses import dataclass

from maglia.core.answering import Answering


@dataclass(frozen=True)
class NetworkRow:
    """How one other body answered; instants in ms since the epoch, 0 for none.

    `missed_since_ms` is the first question left unanswered after its last answer.
    """

    member: str
    name: str
    kind: str
    counts: Answering
    answered_at_ms: int
    missed_since_ms: int


@dataclass(frozen=True)
class NetworkView:
    """The network as this body saw it over `days` days; `unheard` checks had no answer at all and are in no count."""

    rows: tuple[NetworkRow, ...]
    now_ms: int
    days: int
    unheard: int
