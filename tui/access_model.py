"""A person's request to know who looked them up, as the console has it: plain values, days ISO 8601."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from maglia.core.operator_day import italian_time

FIRST_EPOCH = 1
TOLD = "told"
_LAST_MS = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp() * 1000)
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


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
    def is_usable(self) -> bool:
        """Return whether its times and months are such as there are: another body's node wrote them."""
        times = all(not time_ms or instant(time_ms) for time_ms in (self.first_ms, self.last_ms))
        return times and all(_MONTH.fullmatch(one) and "0001" <= one < "9999" for one in self.forgotten_months)

    @property
    def known_from(self) -> date | None:
        """Return the first day of which the log can still tell whom its entries are about, None where unknown."""
        if self.forgotten_months and self.is_usable:
            year, month = map(int, max(self.forgotten_months).split("-"))
            return date(year + month // 12, month % 12 + 1, 1)
        return _italian_day(self.first_ms)

    @property
    def known_to(self) -> date | None:
        """Return the day of the log's last entry, None where unknown."""
        return _italian_day(self.last_ms)


@dataclass(frozen=True)
class Part:
    """One body of a report: `state` is waiting, told, silent or refused.

    `code` says why; of a body that told, why it told no more when it was asked again, empty if it did.
    """

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
        return (
            self.state == TOLD and self.reading is not None and not self.reading.unreadable and self.reading.is_usable
        )

    @property
    def is_unnamed(self) -> bool:
        """Return whether the body told, but no operator's name."""
        return self.state == TOLD and self.reading is not None and not self.reading.named


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
    def unnamed(self) -> tuple[Part, ...]:
        """Return the bodies that told, but not the operators' names though these were approved."""
        return tuple(part for part in self.parts if self.names is not None and part.is_unnamed)

    @property
    def covers_all_keys(self) -> bool:
        """Return whether the person was searched for under every key there ever was."""
        return bool(self.epochs) and set(range(FIRST_EPOCH, max(self.epochs) + 1)) <= set(self.epochs)

    @property
    def is_searched(self) -> bool:
        """Return whether every log was searched for the person, whoever may still owe operators' names."""
        return bool(self.parts) and not self.missing and self.covers_all_keys

    @property
    def is_complete(self) -> bool:
        """Return whether the report holds everything that the network's logs can tell, approved names included."""
        return self.is_searched and not self.unnamed


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


def instant(time_ms: int) -> datetime | None:
    """Return an instant in UTC; None for 0, which is none, and for what no calendar has."""
    return datetime.fromtimestamp(time_ms / 1000, UTC) if 0 < time_ms < _LAST_MS else None


def _italian_day(time_ms: int) -> date | None:
    return italian_time(time_ms).date() if instant(time_ms) else None
