"""An operator's day, counted: by the clock on the wall, each check once, and read back as the rules say it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from maglia.core.operator_day import Asked, Fact, Signal, Span, day_document, italian_time, read_signals, read_span


def ms(text: str) -> int:
    """Return an instant given in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def test_the_wall_clock_is_italys_all_the_year() -> None:
    rome, moment = ZoneInfo("Europe/Rome"), datetime(2024, 1, 1, tzinfo=UTC)
    while moment.year < 2032:
        at = italian_time(int(moment.timestamp() * 1000))
        assert (at.replace(tzinfo=None), at.utcoffset()) == (
            moment.astimezone(rome).replace(tzinfo=None),
            moment.astimezone(rome).utcoffset(),
        )
        moment += timedelta(hours=5, minutes=59)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("2026-03-29T00:59", "01:59"), ("2026-03-29T01:00", "03:00")),
        (("2026-10-25T00:59", "02:59"), ("2026-10-25T01:00", "02:00")),
    ],
)
def test_the_clock_changes_on_the_last_sunday(before: tuple[str, str], after: tuple[str, str]) -> None:
    for utc, wall in (before, after):
        assert f"{italian_time(ms(utc)):%H:%M}" == wall


def test_what_is_counted_of_a_day() -> None:
    day = [
        Asked(ms("2026-11-20T08:00")),
        Asked(ms("2026-11-20T08:14"), flags=frozenset({"own_surname"})),
        Asked(ms("2026-11-20T08:59")),
        Asked(ms("2026-11-20T09:00")),
        Asked(ms("2026-11-20T09:10"), is_report=True),
        Asked(ms("2026-11-20T22:30"), in_procedure=True, flags=frozenset({"colleague_surname"})),
    ]
    facts = day_document("0", "parish", "", date(2026, 11, 20), day, 2, {Fact.MISSES: 3})
    assert facts == {
        "id": "0",
        "sort": "day",
        "kind": "parish",
        "role": "",
        "date": "2026-11-20",
        "weekday": "fri",
        "moments": [
            {"at": "09:00", "checks": 2},
            {"at": "09:45", "checks": 1},
            {"at": "10:00", "checks": 2},
            {"at": "23:30", "checks": 1},
        ],
        "checks": 4,
        "busiest_hour": 3,
        "refusals": 2,
        "reports": 1,
        "own_surname": 1,
        "colleague_surname": 1,
        "misses": 3,
    }


def test_a_day_on_which_nothing_was_asked() -> None:
    facts = day_document("0", "parish", "", date(2026, 11, 22), [], 0, {})
    assert (facts["weekday"], facts["moments"], facts["checks"], facts["busiest_hour"]) == ("sun", [], 0, 0)


def test_what_a_ruling_says_is_read_strictly() -> None:
    said = ["own_surname 1 1", "out_of_hours 12 1", "days P7D", "bulk 1", "bulk 1 2 3", "Bulk 1 2", "bulk -1 2"]
    assert read_signals(said) == [Signal("own_surname", 1, 1), Signal("out_of_hours", 12, 1)]
    assert read_span(["days P7D", "grace_days P3D", "days P30D"]) == Span(30, 3)
    assert read_span(["days P7M", "own_surname 1 1"]) == Span(1, 0)
