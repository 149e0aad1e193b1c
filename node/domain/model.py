"""What a body keeps and what its answers are made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from maglia.core.identifiers import Identifier, TypedInput
from maglia.core.vocabulary import AidStatus, Basis, Frequency, MeansTest, PseudonymClass, Role, Visibility


@dataclass(frozen=True)
class Consent:
    """A person's consent: what for, under which notice, in which language, when (law rule 8).

    `audience` are the kinds of body that it lets learn of the person, none for every accredited one; `expires` is a
    last day before the one that everybody's consent has.
    """

    purposes: tuple[str, ...]
    notice_version: str
    language: str
    day: date
    method: str = "signed"
    audience: tuple[str, ...] = ()
    expires: date | None = None


@dataclass(frozen=True)
class AidRecord:
    """Help given or promised by this body. `facet` may be of a special category; amounts are euro cents.

    Of monthly help the amount is a month's, and the period says from when and, where that is known, until when.
    `protocol` is the number under which the application was registered.
    """

    identifier: Identifier
    facet: str
    day: date
    amount_cents: int | None
    status: AidStatus
    basis: Basis
    visibility: Visibility = Visibility.NETWORK
    consent: Consent | None = None
    creditor: str = ""
    need: Identifier | None = None
    period_from: date | None = None
    period_to: date | None = None
    source_key: str = ""
    reserved_until: float | None = None
    """Of help promised: until when, in seconds since the epoch; None for the term of its kind."""
    frequency: Frequency = Frequency.ONE_OFF
    protocol: str = ""
    means_test: MeansTest = MeansTest.NONE


@dataclass(frozen=True)
class Candidate:
    """One record as the answering side reads it: no person, no code. `record_id` never leaves.

    Of a reservation, when it was promised and until when it holds, in seconds since the epoch; None of anything else.
    """

    record_id: str
    facet: str
    day: date
    amount_cents: int | None
    status: AidStatus
    basis: Basis
    visibility: Visibility
    consent: Consent | None
    consent_withdrawn: bool
    objection: bool
    creditor: str
    period_from: date | None
    period_to: date | None
    reserved_at: float | None = None
    reserved_until: float | None = None


@dataclass(frozen=True)
class Awaiting:
    """A person or need with a live record and no pseudonym yet. `typed_input` is secret: it holds the code."""

    subject_id: int
    cls: PseudonymClass
    typed_input: TypedInput = field(repr=False)


class PseudonymPlace(NamedTuple):
    """Where one stored pseudonym stands among all, in the order in which they are walked."""

    cls: str
    epoch: int
    pseudonym: bytes


@dataclass(frozen=True)
class OpenNeed:
    """A need on file at this body for a person: what the help is for, as far as known."""

    need: Identifier | None
    creditor: str
    period_from: date | None
    period_to: date | None


@dataclass(frozen=True)
class Operator:
    """A person who works at this body."""

    user: str
    name: str
    role: Role


@dataclass(frozen=True)
class ImportedRow:
    """What became of one row that reached the store."""

    added: bool
    conflict: bool = False
