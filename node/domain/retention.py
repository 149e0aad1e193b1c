"""How long a record of aid may answer (law rule 13: an expired record is unanswerable before it is erased)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from maglia.core.vocabulary import FAMILY, LONG_RETENTION_MONTHS, RETENTION_MONTHS, Facet, Family

_LONG = frozenset({Family.HOUSING, Family.UTILITIES})


def keep_until(facet: str, day: date) -> date:
    """Return the last day on which a record of `facet`, given on `day`, may still be answered."""
    known = FAMILY[Facet(facet)] if facet in frozenset(Facet) else None
    return months_after(day, LONG_RETENTION_MONTHS if known in _LONG else RETENTION_MONTHS)


def months_after(day: date, months: int) -> date:
    """Return the same day `months` later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
