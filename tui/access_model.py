"""A person's request to know who looked them up, as the console has it: plain values, days ISO 8601."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

FIRST_EPOCH = 1
TOLD = "told"


@dataclass(frozen=True)
class Reading:
    """What of a body's log was read; times in milliseconds since the epoch."""

    entries: int
    first_ms: int
    last_ms: int
    forgotten_months: tuple[str, ...]
    unreadable: int
    archived: int
    policy_revision: str
    named: bool

    @property
    def known_from(self) -> date:
        """Return the first day of which the log can still tell whom its entries are about."""
        if self.forgotten_months:
            year, month = map(int, max(self.forgotten_months).split("-"))
            return date(year + month // 12, month % 12 + 1, 1)
        return _local_day(self.first_ms)

    @property
    def known_to(self) -> date:
        """Return the day of the log's last entry."""
        return _local_day(self.last_ms)


@dataclass(frozen=True)
class Part:
    """One body of a report: `state` is waiting, told, silent or refused, `code` says why."""

    member: str
    name: str
    contact: str
    state: str
    code: str
    time_ms: int
    reading: Reading | None

    @property
    def is_whole(self) -> bool:
        """Return whether the body told all that its log holds and whose term is not over."""
        return self.state == TOLD and self.reading is not None and not self.reading.unreadable


@dataclass(frozen=True)
class NamesApproved:
    """The data-protection officer's approval on file."""

    official: str
    name: str
    expires: str
    reason: str


@dataclass(frozen=True)
class Case:
    """One request; `days_left` is negative once the time is over."""

    number: int
    received: str
    due: str
    days_left: int
    opened_by: str
    extended: str
    extension_reason: str
    closed: str
    closed_by: str
    parts: tuple[Part, ...]
    names: NamesApproved | None
    epochs: tuple[int, ...]
    day: str
    collecting: bool = False

    @property
    def name(self) -> str:
        """Return the number as people write it."""
        return f"C-{self.number:04d}"

    @property
    def missing(self) -> tuple[Part, ...]:
        """Return the bodies that did not tell, or not all."""
        return tuple(part for part in self.parts if not part.is_whole)

    @property
    def covers_all_keys(self) -> bool:
        """Return whether the person was searched for under every key there ever was."""
        return bool(self.epochs) and set(range(FIRST_EPOCH, max(self.epochs) + 1)) <= set(self.epochs)

    @property
    def is_complete(self) -> bool:
        """Return whether the report holds everything that the network's logs can tell."""
        return bool(self.parts) and not self.missing and self.covers_all_keys


@dataclass(frozen=True)
class Access:
    """One access as both sides tell of it; bodies by id, `categories` are fields of aid records."""

    time_ms: int
    asker: str
    answerer: str
    purpose: str
    facet: str
    outcome: str
    categories: tuple[str, ...]
    operator: str
    told_by: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """A request with all that was found."""

    case: Case
    accesses: tuple[Access, ...]

    @property
    def questions(self) -> tuple[Access, ...]:
        """Return the questions about the person."""
        return tuple(one for one in self.accesses if one.outcome != "reported")

    @property
    def earlier(self) -> tuple[Access, ...]:
        """Return what was told in answer to earlier requests in the person's name."""
        return tuple(one for one in self.accesses if one.outcome == "reported")

    @property
    def names(self) -> Mapping[str, str]:
        """Return the bodies' names by id, as far as they are known."""
        return {part.member: part.name for part in self.case.parts if part.name}


@dataclass(frozen=True)
class NamesWanted:
    """What an approval of one body's names is bound to."""

    addressee: str
    request_id: bytes
    commitment: bytes


def _local_day(time_ms: int) -> date:
    return datetime.fromtimestamp(time_ms / 1000).astimezone().date()
