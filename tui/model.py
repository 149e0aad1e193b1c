"""What the console knows of a check, a log, a body: plain values, free of stubs, whose texts are already plain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Operator:
    """Who is at the counter, as the node or the registry knows them; `contact` is the body's.

    `unread` counts the referrals that nobody of the body has read, `notices` what waits in the operator's inbox;
    `may` are the calls that the node grants, as `Service/Method`;
    `day` was the node's today at the login, ISO 8601.
    """

    user: str
    role: str
    member: str = ""
    member_name: str = ""
    kind: str = ""
    contact: str = ""
    unread: int = 0
    notices: int = 0
    may: frozenset[str] = frozenset()
    day: str = ""


@dataclass(frozen=True)
class Question:
    """One check as the operator put it; `months` 0 leaves the choice to the node.

    `others` are the codes of the rest of a household; the case's protocol is of the first person alone.
    """

    identifier: str
    facet: str
    purpose: str
    months: int = 0
    case_protocol: str = ""
    need: str = ""
    creditor: str = ""
    procedure: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Silent:
    """A body that was asked and did not answer in full, or refused, with the code of why."""

    member: str
    name: str
    reason: str


@dataclass(frozen=True)
class Finding:
    """What may be read of one record; hidden fields are empty. `when` is ISO 8601, a month or a day."""

    member_kind: str = ""
    member: str = ""
    member_name: str = ""
    facet: str = ""
    when: str = ""
    amount_band: str = ""
    amount_cents: int | None = None
    status: str = ""
    same_need: bool = False
    contact: str = ""
    late: bool = False
    kind_hidden: bool = False
    objection: bool = False
    person: int = 0
    """In a household, whose it is: 1 for the first entered."""
    owed_cents: int | None = None
    """The whole of the need that this is a part of."""
    reserved_at_ms: int | None = None
    reserved_until_ms: int | None = None
    """Of a reservation: when it was promised and until when it holds, milliseconds since the epoch."""


@dataclass(frozen=True)
class Person:
    """One person of a household: verified, or why the network is not asked about them, as an error code."""

    code: str
    """As the operator entered it: for the operator's own eyes."""
    unverified: str = ""
    check_id: str = ""
    verdict: str = ""
    complete: bool = False


@dataclass(frozen=True)
class Balance:
    """How far the need asked about is covered, euro cents: by others "at least", and what is left "at most".

    `need` is its name on file here, B-7, or empty where only another body said what is owed.
    """

    owed_cents: int
    need: str = ""
    facet: str = ""
    creditor: str = ""
    own_given_cents: int = 0
    own_reserved_cents: int = 0
    others_given_cents: int = 0
    others_reserved_cents: int = 0
    unknown: int = 0
    """Aids for the need whose amount is not known."""
    residual_cents: int = 0
    over_cents: int = 0
    may_be_less: bool = False


@dataclass(frozen=True)
class CheckState:
    """The whole state of one check at one moment; times in milliseconds since it began, `day` ISO 8601."""

    check_id: str = ""
    verdict: str = ""
    complete: bool = False
    asked: int = 0
    answered: int = 0
    silent: tuple[Silent, ...] = ()
    refused: tuple[Silent, ...] = ()
    """Bodies that answered that the question is not allowed: the verdict does without them, as without the silent."""
    findings: tuple[Finding, ...] = ()
    nothing: int = 0
    policy_revision: str = ""
    waiting: bool = False
    provisional: bool = False
    late: int = 0
    omitted: int = 0
    """Findings that did not fit in the answers: what is counted is "at least" this."""
    left_out: int = 0
    """Bodies that could know, and that no consent lets anybody ask."""
    asked_in_part: int = 0
    """Bodies that answered, but that somebody's consent in a household does not reach."""
    elapsed_ms: int = 0
    day: str = ""
    household: tuple[Person, ...] = ()
    """Everybody entered, in order; empty for a check of one person. Never complete with someone unverified."""
    balance: Balance | None = None

    @property
    def verified(self) -> int:
        """How many of the household the network was asked about."""
        return sum(not person.unverified for person in self.household)

    @property
    def missing(self) -> int:
        """How many bodies the verdict does without: silent, refusing, or answering for a part of their records."""
        return max(self.asked - self.answered, len(self.silent) + len(self.refused))


@dataclass(frozen=True)
class Aid:
    """Help to put on record; dates ISO 8601, amount in euro cents."""

    identifier: str
    facet: str
    date: str
    amount_cents: int
    status: str = ""
    basis: str = ""
    visibility: str = ""
    creditor: str = ""
    need: str = ""
    period_from: str = ""
    period_to: str = ""
    frequency: str = ""
    protocol: str = ""
    means_test: str = ""
    key: str = ""
    """Under which the node files it once, however often it is sent; empty for none."""


@dataclass(frozen=True)
class NamedAid:
    """Help for a person without a code, who is either new (name, birth, place) or on file under `alias`."""

    facet: str
    date: str
    amount_cents: int
    alias: str = ""
    name: str = ""
    born: str = ""
    place: str = ""
    status: str = ""
    basis: str = ""
    creditor: str = ""
    key: str = ""


@dataclass(frozen=True)
class PastAid:
    """Help that a person without a code had from this body; `date` ISO 8601."""

    facet: str
    date: str
    amount_cents: int | None
    status: str
    creditor: str


@dataclass(frozen=True)
class ToConfirm:
    """Someone on file by a like name: a candidate, until a person says so."""

    alias: str
    name: str
    born: str
    place: str
    aids: tuple[PastAid, ...]


@dataclass(frozen=True)
class Consent:
    """A person's consent to put on record; days ISO 8601, `date` empty for the node's today.

    `audience` are kinds of body, none for every one; `expires` is empty for the network's own limit. Under `key` the
    node files it once, however often it is sent.
    """

    identifier: str
    purposes: tuple[str, ...]
    notice_version: str
    language: str
    date: str
    method: str
    audience: tuple[str, ...] = ()
    expires: str = ""
    key: str = ""


@dataclass(frozen=True)
class Recorded:
    """A consent on record: its id, the day it counts from and its last one (ISO 8601)."""

    id: str
    date: str
    expires: str


@dataclass(frozen=True)
class LogReport:
    """The node's whole log, recomputed, beside its last checkpoint; roots in hex.

    Of the entries before `first` only the hashes were read; `bad_archive` names the archive file that does not hold.
    """

    ok: bool
    size: int
    root: str
    checkpoint_size: int
    checkpoint_root: str
    cosigned: bool
    cosigned_size: int
    first_bad: int | None
    first: int = 0
    bad_archive: str = ""


@dataclass(frozen=True)
class Enrolling:
    """How many await a pseudonym of one epoch; `waits` is the error code of why they do, or empty."""

    epoch: int
    awaiting: int
    waits: str
    params: Mapping[str, str]


@dataclass(frozen=True)
class NodeStatus:
    """What a node says of itself; `problems` are error codes, `enrolment` has a second epoch while keys rotate."""

    member: str
    member_name: str
    network: str
    policy_revision: str
    directory_version: int
    ready: bool
    awaiting: int
    records: int
    engine: str
    problems: tuple[str, ...]
    members_active: int
    enrolment: tuple[Enrolling, ...] = ()


@dataclass(frozen=True)
class SpentLine:
    """What a body or an operator spent of a day's budget; class and use where the registry counts them apart."""

    holder: str
    spent: int
    limit: int
    cls: str = ""
    use: str = ""


@dataclass(frozen=True)
class SpentInProcedure:
    """What a body spent of one class under a procedure; `expires` is ISO 8601."""

    procedure: str
    holder: str
    cls: str
    spent: int
    cap: int
    expires: str


@dataclass(frozen=True)
class Spending:
    """What a node counted today (`day`, ISO 8601), the most first, and under procedures."""

    day: str
    askers: tuple[SpentLine, ...]
    operators: tuple[SpentLine, ...]
    procedures: tuple[SpentInProcedure, ...]


@dataclass(frozen=True)
class OperatorSignal:
    """What the node signalled of an operator's day (ISO 8601): `count`, where `threshold` were enough."""

    day: str
    operator: str
    code: str
    count: int
    threshold: int
