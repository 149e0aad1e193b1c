"""From how many days of absence on a body is asked to be hosted, as the rules in force say."""

from __future__ import annotations

import json

from maglia.core.bundle import read_bundle
from maglia.core.errors import MagliaError

ABSENCE_FILE = "maglia/absence/data.json"
LONGEST_DAYS = 365


def absence_days(bundle: bytes) -> int:
    """Return the number in a verified bundle; 0 where it says none, as bundles from before there was one."""
    try:
        days = json.loads(read_bundle(bundle)[ABSENCE_FILE])["days"]
    except (MagliaError, KeyError, TypeError, ValueError, RecursionError):
        return 0
    return days if is_term(days) else 0


def is_term(days: object) -> bool:
    """Return whether a value is a number of days that may be in the rules."""
    return isinstance(days, int) and not isinstance(days, bool) and 1 <= days <= LONGEST_DAYS
