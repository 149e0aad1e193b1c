"""What of an operator's day is signalled: days written by hand, each named after the rule that it is about."""

from __future__ import annotations

from maglia.policy.vectors.documents import NODE_WATCHES, changed
from maglia.policy.vectors.vector import Document, Vector


def _signals(rule: str, title: str, document: Document, *said: str) -> Vector:
    raised = {"0": list(said)} if said else {}
    return Vector("anomalies", document, rule, title, {"allow": True, "reasons": [], "release": raised})


def _refused(rule: str, title: str, document: Document) -> Vector:
    return Vector("anomalies", document, rule, title, {"allow": False, "reasons": ["policy.role"], "release": {}})


def _day(**changes: object) -> Document:
    return changed(NODE_WATCHES, **{f"class__{name}": value for name, value in changes.items()})


def _at(*moments: tuple[str, int], **changes: object) -> Document:
    return _day(moments=[{"at": at, "checks": checks} for at, checks in moments], **changes)


def _fact(fact: str) -> Document:
    return changed(NODE_WATCHES, classes=[{"id": "0", "sort": "fact", "fact": fact}])


_AUDITOR = changed(
    NODE_WATCHES,
    watcher="auditor",
    classes=[
        {
            "id": "0",
            "sort": "day",
            "kind": "comune",
            "date": "2026-11-20",
            "weekday": "fri",
            "moments": [{"at": "23:00", "checks": 3}],
            "checks": 3,
            "busiest_hour": 3,
            "refusals": 12,
            "reports": 4,
            "own_surname": 0,
            "colleague_surname": 0,
        }
    ],
)

_AUDITORS = "many_reports 4 4", "out_of_hours 3 1", "refusals 12 10"

ANOMALIES: tuple[Vector, ...] = (
    _signals("anomalies.allow", "a morning at the counter", NODE_WATCHES),
    _refused("anomalies.allow", "nobody looks", {}),
    _refused("anomalies.allow", "a manager", changed(NODE_WATCHES, watcher="manager", class__own_surname=1)),
    _refused("anomalies.reasons", "an officer", changed(NODE_WATCHES, watcher="accreditation_officer")),
    _signals("anomalies.holiday", "on Christmas, late", _at(("21:00", 1), date="2026-12-25"), "out_of_hours 1 1"),
    _signals("anomalies.holiday", "the day after Easter", _at(("21:15", 1), date="2027-03-29"), "out_of_hours 1 1"),
    _signals("anomalies.hours", "a comune late on a Friday", _at(("20:00", 2), kind="comune"), "out_of_hours 2 1"),
    _signals("anomalies.hours", "a comune in the morning", _at(("09:00", 2), kind="comune")),
    _signals("anomalies.hours", "a holiday in the morning", _at(("09:00", 2), date="2026-12-08", kind="odv")),
    _signals("anomalies.hours", "a holiday", _at(("09:00", 2), date="2026-06-02", kind="comune"), "out_of_hours 2 1"),
    _signals("anomalies.at_work", "a parish in the evening", _at(("19:45", 2))),
    _signals("anomalies.at_work", "a parish at night", _at(("22:00", 1), ("02:15", 1)), "out_of_hours 2 1"),
    _signals("anomalies.at_work", "before it opens", _at(("07:15", 4), ("07:30", 4)), "out_of_hours 4 1"),
    _signals("anomalies.out_of_hours", "at midnight", _at(("00:00", 7)), "out_of_hours 7 1"),
    _signals("anomalies.out_of_hours", "at no time", _at()),
    _signals("anomalies.out_of_hours", "a body without hours", _at(("00:15", 7), kind="bank")),
    _signals("anomalies.outside", "twice", _at(("06:00", 2), ("12:00", 9), ("23:45", 3)), "out_of_hours 5 1"),
    _signals("anomalies.from", "a volunteer", _day(checks=30), "bulk_day 30 25"),
    _signals("anomalies.from", "an officer", _day(role="officer", checks=160), "bulk_day 160 150"),
    _signals("anomalies.from", "a role without a number", _day(role="officer", checks=30)),
    _signals("anomalies.large_part", "nearly all without a finding", _day(misses=11, checks=12), "many_misses 11 10"),
    _signals("anomalies.large_part", "half without a finding", _day(misses=12, checks=24)),
    _signals("anomalies.large_part", "one's own surname", _day(own_surname=2), "own_surname 2 1"),
    _signals("anomalies.signal", "one person again", _day(of_one_person=6), "repeated_person 6 5"),
    _signals("anomalies.signal", "no aid after", _day(persons=20, without_aid=18), "without_aid 18 15"),
    _signals("anomalies.signal", "aid after most", _day(persons=40, without_aid=18)),
    _signals("anomalies.signal", "colleagues", _day(colleague_surname=3), "colleague_surname 3 3"),
    _signals("anomalies.signal", "access reports as a hobby", _day(reports=5), "many_reports 5 4"),
    _signals("anomalies.signal", "three persons who asked", _day(reports=3)),
    _signals("anomalies.at_work", "at the minute it opens", _at(("07:30", 4))),
    _signals("anomalies.at_work", "at the minute it closes", _at(("21:45", 2), ("22:00", 1)), "out_of_hours 1 1"),
    _signals("anomalies.signal", "a batch by hand", _day(busiest_hour=22), "bulk_hour 22 20"),
    _signals(
        "anomalies.found",
        "several at once",
        _at(("23:00", 26), checks=26, busiest_hour=26, refusals=10),
        "bulk_day 26 25",
        "bulk_hour 26 20",
        "out_of_hours 26 1",
        "refusals 10 10",
    ),
    _signals("anomalies.found", "how far back it counts", _fact("of_one_person"), "days P7D"),
    _signals("anomalies.found", "how long it waits", _fact("without_aid"), "days P30D", "grace_days P14D"),
    _signals("anomalies.found", "of its own day alone", _fact("out_of_hours")),
    _signals("anomalies.found", "what nobody counts", _fact("photograph")),
    _signals("anomalies.raised", "what an auditor counts", _AUDITOR, *_AUDITORS),
    _signals("anomalies.raised", "another sort", changed(NODE_WATCHES, classes=[{"id": "0", "sort": "week"}])),
    _signals("anomalies.decision", "nobody asked anything", changed(NODE_WATCHES, classes=[])),
)
