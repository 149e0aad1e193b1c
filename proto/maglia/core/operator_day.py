"""One operator's day at one body, counted without any person: what the rules on anomalies judge (law rule 12).

A body's node counts its own operators' days, and the auditor what entries say of them: both in these words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum

_QUARTER_MIN = 15
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LENGTH = re.compile(r"(days|grace_days) P([0-9]{1,3})D")
REPORT_ASKED = "asked"
"""The outcome that tells, of entries on access requests, those of the body that asked."""
_SAID = re.compile(r"([a-z][a-z_]{0,39}) ([0-9]{1,9}) ([0-9]{1,9})")


class NameFlag(StrEnum):
    """Whose surname the code of a person asked about starts with; told in the entry of the question."""

    OWN = "own_surname"
    COLLEAGUE = "colleague_surname"


class Fact(StrEnum):
    """What can be counted of a day; a rule names one of them."""

    CHECKS = "checks"
    """Persons asked about outside a procedure; asking silent bodies again is no other check."""
    BUSIEST_HOUR = "busiest_hour"
    """The most of these within one hour."""
    OUT_OF_HOURS = "out_of_hours"
    """Checks and access requests outside the hours of work, in a procedure too: counted by the rules, by moments."""
    REFUSALS = "refusals"
    """Questions that the body itself refused."""
    REPORTS = "reports"
    """Access requests made for persons; asking silent bodies again is no other request."""
    OWN_SURNAME = NameFlag.OWN.value
    COLLEAGUE_SURNAME = NameFlag.COLLEAGUE.value
    MISSES = "misses"
    """Checks outside a procedure that found nothing anywhere, about persons without aid at this body either."""
    OF_ONE_PERSON = "of_one_person"
    """The most checks and access requests, in a procedure too, of one of the day's persons, in the days looked back."""
    PERSONS = "persons"
    """Different persons asked about in the days that the rule on aid looks back, once there was time for aid."""
    WITHOUT_AID = "without_aid"
    """Those of them who have no aid on file."""


PERSONS_FACTS = (Fact.MISSES, Fact.OF_ONE_PERSON, Fact.PERSONS, Fact.WITHOUT_AID)
"""Facts that only the body's own node can count."""


@dataclass(frozen=True)
class Asked:
    """One check, or an access request: when it was first asked (milliseconds since the epoch), and its flags."""

    time_ms: int
    in_procedure: bool = False
    flags: frozenset[str] = frozenset()
    is_report: bool = False


@dataclass(frozen=True)
class Signal:
    """What a rule says of a day: `count` of something, where `threshold` were enough."""

    code: str
    count: int
    threshold: int


@dataclass(frozen=True)
class Span:
    """How many days are counted together, ending so many days ago that there was time for aid to follow."""

    days: int = 1
    grace_days: int = 0


def italian_time(time_ms: int) -> datetime:
    """Return an instant by the clock on the wall in Italy; the zone's rule is here, since not every machine has it.

    Summer time from the last Sunday of March to that of October, 01:00 UTC (directive 2000/84/EC).
    """
    utc = datetime.fromtimestamp(time_ms / 1000, UTC)
    is_summer = _last_sunday(utc.year, 3) <= utc < _last_sunday(utc.year, 10)
    return utc.astimezone(timezone(timedelta(hours=2 if is_summer else 1)))


def italian_midnight(day: date) -> int:
    """Return the instant, in milliseconds since the epoch, at which a day starts in Italy."""
    midnight = int(datetime.combine(day, time(), UTC).timestamp() * 1000)
    ahead = italian_time(midnight - 2 * 3_600_000).utcoffset() or timedelta()
    return midnight - int(ahead.total_seconds() * 1000)


def _last_sunday(year: int, month: int) -> datetime:
    last = datetime(year, month, 31, 1, tzinfo=UTC)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def day_document(
    named: str, kind: str, role: str, day: date, asked: Sequence[Asked], refusals: int, persons: Mapping[Fact, int]
) -> dict[str, object]:
    """Return the class of one operator's day for the decision `anomalies`, as the rules call everything in it.

    `role` is "" for who does not know it. `persons` are the facts that only the node can count.
    """
    moments = Counter(quarter_of(check.time_ms) for check in asked)
    outside = [check for check in asked if not check.in_procedure and not check.is_report]
    return {
        "id": named,
        "sort": "day",
        "kind": kind,
        "role": role,
        "date": day.isoformat(),
        "weekday": _WEEKDAYS[day.weekday()],
        "moments": [{"at": at, "checks": moments[at]} for at in sorted(moments)],
        Fact.CHECKS.value: len(outside),
        Fact.BUSIEST_HOUR.value: _busiest_hour(sorted(check.time_ms for check in outside)),
        Fact.REFUSALS.value: refusals,
        Fact.REPORTS.value: sum(check.is_report for check in asked),
        **{flag.value: sum(flag in check.flags for check in asked) for flag in NameFlag},
        **{fact.value: number for fact, number in persons.items()},
    }


def fact_document(fact: Fact) -> dict[str, object]:
    """Return the class by which the decision says how many days back a fact is counted: see `read_span`."""
    return {"id": fact.value, "sort": "fact", "fact": fact.value}


def read_signals(said: Sequence[str]) -> list[Signal]:
    """Return what a ruling says of one day; what cannot be read is left out."""
    found = (_SAID.fullmatch(one) for one in said)
    return [Signal(one[1], int(one[2]), int(one[3])) for one in found if one is not None]


def read_span(said: Sequence[str]) -> Span:
    """Return the days of a ruling on a fact: of several rules the longest; one day where it says nothing."""
    lengths = [found for found in map(_LENGTH.fullmatch, said) if found is not None]
    days = {name: [int(found[2]) for found in lengths if found[1] == name] for name in ("days", "grace_days")}
    return Span(max(days["days"], default=1), max(days["grace_days"], default=0))


def quarter_of(time_ms: int) -> str:
    """Return the moment of an instant, as rules read it: the quarter of an hour by the clock on the wall, `08:15`."""
    moment = italian_time(time_ms)
    return f"{moment.hour:02}:{moment.minute // _QUARTER_MIN * _QUARTER_MIN:02}"


def _busiest_hour(times_ms: Sequence[int]) -> int:
    most, first = 0, 0
    for last, time_ms in enumerate(times_ms):
        while time_ms - times_ms[first] >= 3_600_000:
            first += 1
        most = max(most, last - first + 1)
    return most
