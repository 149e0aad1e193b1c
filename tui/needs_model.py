"""What the console knows of a need on file: plain values, whose texts are already plain."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NewNeed:
    """A need to put on file; days ISO 8601, `owed_cents` all that is owed, in euro cents."""

    identifier: str
    facet: str
    owed_cents: int
    need: str = ""
    creditor: str = ""
    period_from: str = ""
    period_to: str = ""
    basis: str = ""
    visibility: str = ""


@dataclass(frozen=True)
class FiledNeed:
    """A need on file and what this body gave and promised for it; instants in milliseconds, 0 while it is open."""

    name: str
    facet: str
    owed_cents: int
    need: str
    creditor: str
    period_from: str
    period_to: str
    basis: str
    visibility: str
    opened_at_ms: int
    opened_by: str
    closed_at_ms: int
    closed_by: str
    given_cents: int
    reserved_cents: int
    unknown: int

    @property
    def is_open(self) -> bool:
        """Whether others are asked about it."""
        return not self.closed_at_ms

    @property
    def left_cents(self) -> int:
        """What this body alone has not covered, negative where it covers more than is owed."""
        return self.owed_cents - self.given_cents - self.reserved_cents
