"""What a body has on file of a person's aid: plain values, whose texts are already plain.

Days are ISO 8601, empty for none; instants are milliseconds since the epoch; amounts are euro cents.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class FiledAid:
    """One version of one record; `replaces` and `replaced_by` are the ids of the versions around it."""

    id: str
    version: int
    replaces: str
    replaced_by: str
    facet: str
    date: str
    amount_cents: int | None
    status: str
    basis: str
    visibility: str
    creditor: str
    need: str
    period_from: str
    period_to: str
    frequency: str
    protocol: str
    means_test: str
    recorded_by: str
    recorded_at_ms: int
    undo_until_ms: int
    keep_until: str
    national_code: str
    national_sure: bool
    reserved_until_ms: int


@dataclass(frozen=True)
class Note:
    """A private note; its lines are kept."""

    text: str = field(repr=False)
    written_by: str
    written_at_ms: int


@dataclass(frozen=True)
class PersonFile:
    """A person's file at this body, newest first; `day` is the node's today."""

    records: tuple[FiledAid, ...]
    notes: tuple[Note, ...]
    day: str


@dataclass(frozen=True)
class FoundAid:
    """One record, the code of the person whose it is, and the node's today."""

    record: FiledAid
    identifier: str = field(repr=False)
    day: str


@dataclass(frozen=True)
class Correction:
    """What changes of a record; None for what stays, an empty text for what is taken away."""

    facet: str | None = None
    date: str | None = None
    amount_cents: int | None = None
    status: str | None = None
    visibility: str | None = None
    creditor: str | None = None
    need: str | None = None
    period_from: str | None = None
    period_to: str | None = None
    frequency: str | None = None
    protocol: str | None = None
    means_test: str | None = None
