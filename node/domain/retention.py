"""How long a record of aid may answer (law rule 13: an expired record is unanswerable before it is erased)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import RETENTION_MONTHS, Facet, retention_months


@dataclass(frozen=True)
class Terms:
    """Months for which a record may answer, by facet; `other` for a facet that is not there."""

    months: Mapping[str, int]
    other: int

    def keep_until(self, facet: str, day: date) -> date:
        """Return the last day on which a record of `facet`, given on `day`, may still be answered."""
        return months_after(day, self.months_of(facet))

    def no_longer_than(self, limit: Terms) -> Terms:
        """Return for each facet the shorter of both terms."""
        facets = self.months.keys() | limit.months.keys()
        shorter = {facet: min(self.months_of(facet), limit.months_of(facet)) for facet in facets}
        return Terms(shorter, min(self.other, limit.other))

    def months_of(self, facet: str) -> int:
        """Return the months for which aid of `facet` may answer."""
        return self.months.get(facet, self.other)


SHORTEST = Terms({}, RETENTION_MONTHS)
"""What every record has, whatever its kind, while nobody knows its own term."""
LONGEST = Terms({facet: retention_months(facet) for facet in Facet}, RETENTION_MONTHS)
"""The program's own terms, which the rules in force may shorten and never lengthen (docs/adr/0022)."""


@lru_cache(maxsize=4096)
def keep_until(facet: str, day: date) -> date:
    """Return the last day on which a record may be answered at all; noted with it when it is stored."""
    return LONGEST.keep_until(facet, day)


def check_kept(facet: str, day: date, today: date) -> date:
    """Return the day of aid that is put on file today; raise `input.date_over` where the next sweep would erase it."""
    if keep_until(facet, day) < today:
        raise MagliaError(Code.INPUT_DATE_OVER, value=f"{day:%d/%m/%Y}", months=LONGEST.months_of(facet))
    return day


def first_kept_month(now: float, months: int) -> str:
    """Return the month (`YYYY-MM`, UTC) in which entries of the log of `months` before `now` (seconds) were written."""
    today = datetime.fromtimestamp(now, UTC).date()
    return f"{months_after(today.replace(day=1), -months):%Y-%m}"


@lru_cache(maxsize=4096)
def months_after(day: date, months: int) -> date:
    """Return the same day `months` later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
