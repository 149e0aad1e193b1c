"""What reconciliation finds: of whom, about which entries, how often. The words are `tui.audit.findings_text`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

MAX_PLACES = 1_000
"""Entries that one finding names; beyond them it counts."""


class FindingType(StrEnum):
    """Every kind of difference that an auditor is told of."""

    MISSING = "missing_on_one_side"
    CONTENT = "content_differs"
    BROKEN = "broken_chain"
    FORK = "fork"
    EVALUATION = "evaluation_without_question"
    ENROLMENT = "enrolment_without_record"
    NO_RECEIPT = "question_without_receipt"
    LATE = "late"
    UNDELIVERED = "undelivered"
    BUDGET = "budget_exceeded"
    REPEATED = "repeated_entry"


@dataclass(frozen=True, order=True)
class Place:
    """An entry: whose log (a member's id or `registry`), and its index from 0."""

    log: str
    index: int


@dataclass(frozen=True)
class About:
    """What a finding is about. Doubts about the same become one finding.

    `members` must explain: one where something signed decides, both where nothing does. `other` is the body they dealt
    with. `detail` says which case of the type it is, or which fields differ.
    """

    type: FindingType
    members: tuple[str, ...]
    other: str = ""
    detail: str = ""


@dataclass
class Finding:
    """One finding: `count` of the same, the first of their entries, and figures where it is about amounts."""

    about: About
    count: int = 0
    places: list[Place] = field(default_factory=list)
    figures: dict[str, int | str] = field(default_factory=dict)


class Findings:
    """Collects doubts. Memory grows with the number of findings, not with that of their entries."""

    def __init__(self) -> None:
        self._found: dict[About, Finding] = {}

    def add(
        self, about: About, places: Iterable[Place], figures: Mapping[str, int | str] | None = None, count: int = 1
    ) -> None:
        """Add a doubt, with figures that go with it."""
        finding = self._found.setdefault(about, Finding(about))
        finding.count += count
        finding.figures.update(figures or {})
        for place in places:
            if len(finding.places) < MAX_PLACES:
                finding.places.append(place)

    def all(self) -> Sequence[Finding]:
        """Return the findings in an order that does not depend on how they were found."""
        order = list(FindingType)
        for finding in self._found.values():
            finding.places.sort()
        return sorted(
            self._found.values(),
            key=lambda one: (order.index(one.about.type), one.about.members, one.about.other, one.about.detail),
        )


@dataclass(frozen=True)
class Unread:
    """A log that was not read the last time, or does not hold, and why: an error code."""

    member: str
    code: str


@dataclass(frozen=True)
class Report:
    """What a reconciliation found. Members are bodies; the registry's own log is counted apart."""

    members_read: int
    members_total: int
    registry_read: bool
    unread: Sequence[Unread]
    findings: Sequence[Finding]

    @property
    def is_whole(self) -> bool:
        """Return whether every log could be read."""
        return self.members_read == self.members_total and self.registry_read
