"""What a page about accesses may hold: whatever is beyond could not be shown, and would spoil everybody's report."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from maglia.core.access import Access, LogReading
from maglia.core.disclosed import FIELDS, TOLD_FIELDS
from maglia.core.exchange import QUESTION_ID_BYTES
from maglia.core.identity import check_member_id
from maglia.core.vocabulary import Facet, Purpose

_FIRST_YEAR, _END_YEAR = 1970, 2200
"""Years of which a log may tell; the calendar of whoever shows them ends with 9999, and some add months to them."""
_END_MS = int(datetime(_END_YEAR, 1, 1, tzinfo=UTC).timestamp()) * 1000
_MONTH = re.compile(r"([0-9]{4})-(?:0[1-9]|1[0-2])", re.ASCII)
_MAX_MONTHS = 600
_MAX_ENTRIES = 10**12
_MAX_NAME = 200
_MAX_REVISION = 64


def check_access(access: Access) -> None:
    """Raise `ValueError`, or `input.field`, for an access that no log of ours could tell; what is hidden is empty."""
    if access.body:
        check_member_id(access.body)
    _demand(len(access.question_id) == QUESTION_ID_BYTES, "question's id")
    _demand(_is_time(access.time_ms), "time")
    _demand(not access.purpose or access.purpose in frozenset(Purpose), "purpose")
    _demand(not access.facet or access.facet in frozenset(Facet), "facet")
    known = TOLD_FIELDS if TOLD_FIELDS.issuperset(access.categories) else FIELDS  # of a referral, or of an answer
    _demand(len(set(access.categories)) == len(access.categories) and known.issuperset(access.categories), "category")
    _demand(len(access.operator) <= _MAX_NAME, "operator")


def check_reading(reading: LogReading) -> None:
    """Raise `ValueError` for a reading that no log of ours could give."""
    _demand(_is_time(reading.first_ms) and _is_time(reading.last_ms), "time")
    _demand(len(reading.forgotten_months) <= _MAX_MONTHS, "number of months")
    _demand(all(map(_is_month, reading.forgotten_months)), "month")
    _demand(max(reading.entries, reading.archived) <= _MAX_ENTRIES, "number of entries")
    _demand(reading.unreadable <= reading.entries, "number of unreadable entries")
    _demand(len(reading.policy_revision) <= _MAX_REVISION, "policy's revision")


def _is_time(time_ms: int) -> bool:
    return 0 <= time_ms < _END_MS


def _is_month(text: str) -> bool:
    found = _MONTH.fullmatch(text)
    return found is not None and _FIRST_YEAR <= int(found[1]) < _END_YEAR


def _demand(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)
