"""A person's request to know who looked them up (GDPR art. 15), on file at the body where they asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from maglia.core.access import Access, AccessRequest, LogReading
from maglia.core.vocabulary import REPORT_MONTHS, REPORT_MONTHS_EXTENDED
from node.domain.retention import months_after


class PartState(StrEnum):
    """Whether a body told what its log says."""

    WAITING = "waiting"
    TOLD = "told"
    SILENT = "silent"
    REFUSED = "refused"


@dataclass(frozen=True)
class Part:
    """One body of a report; what it told once stays, though it be silent when asked again."""

    member: str
    state: PartState = PartState.WAITING
    code: str = ""
    time_ms: int = 0
    accesses: tuple[Access, ...] = field(default=(), repr=False)
    reading: LogReading | None = None


@dataclass(frozen=True)
class NamesApproved:
    """The data-protection officer's approval, as it was verified: one envelope for each body."""

    official: str
    name: str
    expires: date
    reason: str
    envelopes: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True)
class AccessCase:
    """One request. The person is in it as pseudonyms alone, in `requests`, and only until it is closed."""

    number: int
    received_on: date
    due_on: date
    opened_by: str
    document: str = field(default="", repr=False)
    requests: Mapping[str, AccessRequest] = field(default_factory=dict, repr=False)
    parts: tuple[Part, ...] = ()
    names: NamesApproved | None = None
    extended_on: date | None = None
    extension_reason: str = ""
    closed_on: date | None = None
    closed_by: str = ""

    @property
    def epochs(self) -> tuple[int, ...]:
        """Return the epochs under whose keys the person is searched for."""
        return tuple(sorted({epoch for request in self.requests.values() for epoch, _ in request.persons}))


def case_name(number: int) -> str:
    """Return a request's number as people write it."""
    return f"C-{number:04d}"


def due_on(received: date, *, extended: bool = False) -> date:
    """Return the last day to answer: the same day one month later, or three, or else that month's last (GDPR 12(3)).

    When that is a Sunday or a holiday the law gives until the next working day; nobody is hurried wrongly by less.
    """
    return months_after(received, REPORT_MONTHS_EXTENDED if extended else REPORT_MONTHS)


def needs_asking(case: AccessCase, part: Part) -> bool:
    """Return whether a body is to be asked: it has not told, or not with the names that are approved since."""
    if part.state is not PartState.TOLD or part.reading is None:
        return True
    return case.names is not None and part.member in case.names.envelopes and not part.reading.named
