"""What the console knows of how bodies answer: plain values."""

from __future__ import annotations

from dataclasses import dataclass

from maglia.core.answering import NONE, Answering


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
    relay: str = ""
    """The relay through which its node is reached, as its card says."""


@dataclass(frozen=True)
class NetworkView:
    """The network as this body saw it over `days` days; `unheard` checks had no answer at all and are in no count.

    `absence_days` is from how many days of silence on a body is asked to be hosted, 0 where the rules don't say. `own`
    is how `own_askers` others say that this body answers, `own_days` on how many days its node served, and
    `own_absent_days` the longest time that it did not.
    """

    rows: tuple[NetworkRow, ...]
    now_ms: int
    days: int
    unheard: int
    absence_days: int = 0
    own: Answering = NONE
    own_askers: int = 0
    own_days: int = 0
    own_absent_days: int = 0
    checks: Answering = NONE
    """By when checks were complete: every body asked had answered, in full."""
