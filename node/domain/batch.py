"""A call for applicants: who applied, what each body said of them, and what may be concluded row by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from maglia.core.codes import Code
from maglia.core.directory import Member
from maglia.core.exchange import Finding
from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import EndState, Facet, Kind, Silence
from node.domain.verdict import CheckState, Outcome, show

KEPT_DAYS = 30
"""Days for which results are kept after the last day of their procedure."""


class BatchState(StrEnum):
    """Whether anybody is being asked; `done` is what has nothing left to ask, though a body may have been silent."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"


class RowVerdict(StrEnum):
    """What a row reads: found with some body, not all answered, nothing known, or not asked about at all."""

    MATCH = "match"
    PARTIAL = "partial"
    NONE = "none"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Applicant:
    """One row of the file that may be asked about; `protocol` stands for the person in what is published.

    `points` are hundredths of what the office gave; None where the file has no such column.
    """

    row: int
    protocol: str
    identifier: Identifier = field(repr=False)
    household: str = field(default="", repr=False)
    need: Identifier | None = field(default=None, repr=False)
    creditor: str = field(default="", repr=False)
    period: tuple[date | None, date | None] = (None, None)
    points: int | None = None


@dataclass(frozen=True)
class RejectedApplicant:
    """A row that nobody is asked about, and why; `written` is its code as it stands in the file."""

    row: int
    column: str
    code: Code
    params: Mapping[str, str]
    written: str = field(default="", repr=False)


@dataclass(frozen=True)
class ApplicantFile:
    """A file that was read."""

    applicants: Sequence[Applicant]
    rejected: Sequence[RejectedApplicant]


@dataclass(frozen=True)
class Body:
    """A body of the roster: whom every row is asked of."""

    id: str
    name: str
    kind: Kind

    @property
    def member(self) -> Member:
        """Return it as verdicts know a member: by name and kind alone, though it may have left since."""
        nothing: frozenset[Facet] = frozenset()
        return Member(self.id, self.name, self.kind, b"", b"", nothing, frozenset(), (), "", "", "")


@dataclass(frozen=True)
class Batch:
    """One file under one procedure. `order` orders what is shown of a row; instants are seconds since the epoch.

    `roster` are the bodies that are asked, as of the last run; `counts` how many rows read what when it ended.
    """

    id: str
    procedure: str
    facet: Facet
    months: int
    file_name: str
    opened_by: str
    opened_at: float
    erase_on: date
    rows: int
    rejected: int
    order: bytes = field(default=b"", repr=False)
    is_done: bool = False
    stopped: str = ""
    """Why the last run ended early, as an error code; empty when nobody has to do anything."""
    stopped_params: Mapping[str, str] = field(default_factory=dict)
    """What the sentence of `stopped` names."""
    roster: tuple[Body, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    answered_at: float = 0.0
    """When a body answered last, as of the end of the last run; 0 while none has."""


def erased_on(last_day: date) -> date:
    """Return the day on which the results of a procedure with this last day are erased."""
    return last_day + timedelta(days=KEPT_DAYS + 1)


@dataclass(frozen=True)
class Reply:
    """What one body said, or why it said nothing, of some of the rows: one question.

    `found` has the findings by row, of those rows alone that have any; `omitted` counts what did not fit; `at` is when
    it came, in seconds since the epoch, 0 where that was not kept.
    """

    question: bytes
    member: str
    rows: tuple[int, ...]
    end: EndState
    silence: Silence | None = None
    code: str = ""
    omitted: int = 0
    found: Mapping[int, tuple[Finding, ...]] = field(default_factory=dict, repr=False)
    at: float = 0.0

    @property
    def is_answer(self) -> bool:
        """Return whether the body answered, be it for a part of its records."""
        return self.end in {EndState.ANSWERED, EndState.LATE}

    @property
    def is_whole(self) -> bool:
        """Return whether the body answered for all its records."""
        return self.is_answer and self.silence is None

    def silent_on(self, rows: Iterable[int], question: bytes) -> Reply:
        """Return this silence as the word on other rows, under an id of its own.

        Raises ValueError for anything but a silence: what a body said of some rows is never its word on others.
        """
        if self.end is not EndState.SILENT:
            raise ValueError("a reply that is no silence stands for its own rows alone")
        return Reply(question, self.member, tuple(rows), EndState.SILENT, self.silence, self.code)

    def outcome(self, member: Member, row: int) -> Outcome:
        """Return what the reply is to one row."""
        found = self.found.get(row, ())
        return Outcome(
            member,
            self.end,
            self.silence,
            self.code if self.end is EndState.REFUSED else "",
            found,
            omitted=self.omitted if found else 0,
        )


class Replies:
    """The newest word of each body on each row; a silence takes back nothing that was answered before."""

    def __init__(self, replies: Iterable[Reply] = ()) -> None:
        self._of: dict[str, dict[int, Reply]] = defaultdict(dict)
        self.answered_at = 0.0
        for reply in replies:
            self.add(reply)

    def add(self, reply: Reply) -> None:
        """Take note of what a body said last."""
        if reply.is_answer:
            self.answered_at = max(self.answered_at, reply.at)
        known = self._of[reply.member]
        for row in reply.rows:
            before = known.get(row)
            if before is None or reply.is_answer or not before.is_answer:
                known[row] = reply

    def members(self) -> frozenset[str]:
        """Return the bodies of which there is a word."""
        return frozenset(self._of)

    def of(self, member: str) -> Mapping[int, Reply]:
        """Return a body's word on each row that there is one on."""
        return self._of.get(member, {})

    def unasked(self, member: str, rows: Iterable[int]) -> list[int]:
        """Return the rows on which there is no word of the body at all."""
        known = self.of(member)
        return [row for row in rows if row not in known]

    def unanswered(self, member: str, rows: Iterable[int]) -> list[int]:
        """Return the rows that the body did not answer for all its records."""
        known = self.of(member)
        return [row for row in rows if row not in known or not known[row].is_whole]


def row_state(row: int, members: Sequence[Member], replies: Replies, order: bytes) -> CheckState:
    """Return what is known of a row, as of a check: whoever was not asked yet, or not heard, keeps it incomplete."""
    outcomes = {
        member.id: word.outcome(member, row) if (word := replies.of(member.id).get(row)) else Outcome(member)
        for member in members
    }
    return CheckState(
        check_id="",
        outcomes=outcomes,
        policy_revision="",
        waiting=False,
        provisional=True,
        shown=tuple(show(outcomes.values(), order + row.to_bytes(4, "big"))),
    )


def verdict_of(state: CheckState) -> RowVerdict:
    """Return what a row reads: never that nothing is known while anybody was silent, partial, refused or not asked."""
    if state.shown:
        return RowVerdict.MATCH
    return RowVerdict.NONE if state.complete else RowVerdict.PARTIAL


def count_rows(rows: Iterable[int], members: Sequence[Member], replies: Replies) -> dict[str, int]:
    """Return how many of the rows read what, by verdict."""
    counts = dict.fromkeys((RowVerdict.MATCH.value, RowVerdict.PARTIAL.value, RowVerdict.NONE.value), 0)
    known = [replies.of(member.id) for member in members]
    for row in rows:
        words = [of.get(row) for of in known]
        if any(word is not None and row in word.found for word in words):
            counts[RowVerdict.MATCH] += 1
        elif words and all(word is not None and word.is_whole for word in words):
            counts[RowVerdict.NONE] += 1
        else:
            counts[RowVerdict.PARTIAL] += 1
    return counts


def subjects_of(applicants: Sequence[Applicant]) -> list[Identifier]:
    """Return each person and each need of a file, once."""
    persons = [one.identifier for one in applicants]
    return persons + list(dict.fromkeys(one.need for one in applicants if one.need is not None))


def same_households(applicants: Iterable[Applicant]) -> dict[int, tuple[int, ...]]:
    """Return, of each row whose household applied more than once, the other rows."""
    return _alike((one.row, one.household) for one in applicants)


def same_needs(applicants: Iterable[Applicant]) -> dict[int, tuple[int, ...]]:
    """Return, of each row whose supply or lease number another row has too, the other rows."""
    return _alike((one.row, one.need.text if one.need else "") for one in applicants)


def _alike(rows: Iterable[tuple[int, str]]) -> dict[int, tuple[int, ...]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for row, key in rows:
        if key:
            groups[key.casefold()].append(row)
    return {
        row: tuple(other for other in group if other != row)
        for group in groups.values()
        if len(group) > 1
        for row in group
    }


@dataclass(frozen=True)
class Progress:
    """How far a run is: persons and needs named, then rows times bodies heard; `left_s` None where nobody can tell."""

    state: BatchState
    is_naming: bool = False
    done: int = 0
    total: int = 0
    left_s: float | None = None
    silent: tuple[str, ...] = ()
    """Names of bodies that did not answer in this run."""
    stopped: str = ""
    stopped_params: Mapping[str, str] = field(default_factory=dict)
    awaited: tuple[str, ...] = ()
    """Names of bodies that have rows left to answer in this run."""

    @property
    def waiting(self) -> bool:
        """Return whether more is to come."""
        return self.state is BatchState.RUNNING
