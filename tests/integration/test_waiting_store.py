"""Kept checks on SQLite and PostgreSQL: what was known comes back as it was, sealed, and goes after 72 hours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from maglia.core.errors import Code
from maglia.core.exchange import Finding
from maglia.core.identifiers import parse_need
from maglia.core.vocabulary import (
    REASK_S,
    AidStatus,
    AmountBand,
    EndState,
    Facet,
    Kind,
    Purpose,
    Silence,
)
from node.domain.model import OpenNeed
from node.domain.verdict import Outcome, show
from node.domain.waiting import KeptCheck, KeptOutcomes, KeptPerson, Stage
from node.store import tables
from node.store.sql import SqlStore
from tests.clerk import StoppedClock, fictional_code, open_store, person
from tests.peer_world import Body

LEASE = parse_need("LEASE:TLX/2024/3/77")
BODIES = [Body(f"odv-{number}", Kind.ODV).member for number in range(4)]
HIDDEN = Finding(Facet.RENT_ARREARS, "2025-05", AmountBand.FROM_500, Kind.ODV, AidStatus.GIVEN, same_need=True)
DETAILED = replace(
    HIDDEN, day=date(2025, 5, 3), amount_cents=900_00, body="odv-1", contact="odv-1@example.org", owed_cents=1_200_00
)
PROMISED = replace(HIDDEN, status=AidStatus.RESERVED, reserved_at_ms=1_748_736_000_123, reserved_until_ms=2)
OUTCOMES = (
    Outcome(BODIES[0], EndState.ANSWERED, findings=(HIDDEN, PROMISED), omitted=2, places=(0, 1)),
    Outcome(BODIES[1], EndState.LATE, Silence.COVERAGE_PARTIAL, findings=(DETAILED,), late=True, places=(1,)),
    Outcome(BODIES[2], EndState.SILENT, Silence.UNREACHABLE),
    Outcome(BODIES[3], EndState.REFUSED, refusal="budget.answer"),
)
ASKED = KeptOutcomes(
    "revision",
    bytes(range(32)),
    frozenset({"comune"}),
    (OpenNeed(LEASE, "Immobiliare Àrgine", date(2025, 1, 1), date(2025, 3, 31)), OpenNeed(None, "Aler", None, None)),
    OUTCOMES,
)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def store(tmp_path: Path, node_database: str, clock: StoppedClock) -> Iterator[SqlStore]:
    store = open_store(node_database or tmp_path / "node.db", clock)
    yield store
    store.close()


def kept(clock: StoppedClock, check_id: str = "V-1", **changes: object) -> KeptCheck:
    made = KeptCheck(
        check_id=check_id,
        user="anna",
        stage=Stage.ASKED,
        asked_at=clock.now(),
        waited_s=0.0,
        noted_at=clock.now(),
        facet=Facet.RENT_ARREARS,
        purpose=Purpose.AID_OVERLAP,
        months=6,
        persons=(KeptPerson(check_id, person(1), None, ASKED),),
        need=LEASE,
        creditor="Immobiliare Àrgine",
        procedure="bando-2025",
        sight=7,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # fields, by name


def test_what_was_known_comes_back_as_it_was(store: SqlStore, clock: StoppedClock) -> None:
    several = (KeptPerson("V-2", person(1), None, ASKED), KeptPerson("V-3", None, Code.INPUT_COMPOSITE_NAME))
    household = kept(clock, "N-1", persons=several, untold=True, user="bruno")
    store.keep_checks([kept(clock), household])
    [one] = store.kept_checks("anna")
    before, after = kept(clock).persons[0].asked, one.persons[0].asked
    assert before is not None
    assert after is not None
    first, again = (show(each.outcomes, each.order) for each in (before, after))
    assert [one.finding for one in again] == [one.finding for one in first]
    assert [_told(each) for each in after.outcomes] == [_told(each) for each in OUTCOMES]
    assert replace(after, outcomes=()) == replace(before, outcomes=())
    assert replace(one, persons=()) == replace(kept(clock), persons=())
    found = store.kept_check("N-1")
    assert found is not None
    assert [(each.identifier, each.unverified) for each in found.persons] == [
        (person(1), None),
        (None, Code.INPUT_COMPOSITE_NAME),
    ]
    assert (found.is_household, found.untold) == (True, True)
    assert store.kept_check("V-9") is None


def _told(one: Outcome) -> tuple[object, ...]:
    """Return all but the body's keys, which are read from the directory when it is asked again."""
    return (
        *(one.member.id, one.member.name, one.member.kind, one.end, one.silence, one.refusal),
        *(one.findings, one.late, one.omitted, one.places),
    )


def test_who_was_still_awaited_is_silent_when_it_comes_back(store: SqlStore, clock: StoppedClock) -> None:
    awaited = replace(ASKED, outcomes=(Outcome(BODIES[0]),))
    store.keep_checks([kept(clock, persons=(KeptPerson("V-1", person(1), None, awaited),))])
    [one] = store.kept_checks("anna")
    assert one.persons[0].asked is not None
    [outcome] = one.persons[0].asked.outcomes
    assert (outcome.end, outcome.silence) == (EndState.SILENT, Silence.INTERRUPTED)


def test_it_is_changed_in_its_place_and_read_a_page_at_a_time(store: SqlStore, clock: StoppedClock) -> None:
    store.keep_checks([kept(clock, f"V-{number}") for number in range(5)])
    store.keep_checks([kept(clock, "V-1", is_open=False), kept(clock, "V-2", stage=Stage.ENDED)])
    first = store.open_checks(Stage.ASKED, 2)
    assert [one.check_id for one in first] == ["V-0", "V-3"]
    assert [one.check_id for one in store.open_checks(Stage.ASKED, 2, first[-1].check_id)] == ["V-4"]
    assert len(store.kept_checks("anna")) == 5


def test_a_key_names_one_check_of_one_operator_for_good(store: SqlStore, clock: StoppedClock) -> None:
    filed = kept(clock, stage=Stage.DEFERRED, persons=(KeptPerson("V-1", person(1)),))
    assert store.defer_check(filed, "k") == "V-1"
    assert store.defer_check(replace(filed, check_id="V-2"), "k") == "V-1"
    store.keep_checks([kept(clock)])  # it was made
    assert store.defer_check(replace(filed, check_id="V-3"), "k") == "V-1"
    assert store.defer_check(replace(filed, check_id="V-4", user="bruno"), "k") == "V-4"
    assert store.defer_check(replace(filed, check_id="V-5"), "") == "V-5"
    assert store.defer_check(replace(filed, check_id="V-6"), "") == "V-6"


def test_it_goes_when_72_hours_have_passed(store: SqlStore, clock: StoppedClock) -> None:
    done = kept(clock, is_open=False)
    open_still = kept(clock, "V-3", waited_s=REASK_S + 5.0)
    store.keep_checks([done, replace(done, check_id="V-2", waited_s=REASK_S - 10.0), open_still])
    clock.instant += 11
    assert store.remove_old_checks() == 1
    clock.instant -= 30 * 86_400  # set back: nothing goes for that, and nothing stays for it
    assert store.remove_old_checks() == 0
    store.keep_checks([replace(done, check_id="V-4", waited_s=REASK_S + 1.0)])
    assert store.remove_old_checks() == 1
    clock.instant += 30 * 86_400 + REASK_S
    assert store.remove_old_checks() == 1
    assert [one.check_id for one in store.kept_checks("anna")] == ["V-3"]  # of which nobody was told yet
    clock.instant += 30 * 86_400  # a summer later
    assert store.remove_old_checks() == 0
    store.keep_checks([replace(open_still, is_open=False)])
    assert store.remove_old_checks() == 1


def test_no_row_shows_a_person_or_what_was_found(store: SqlStore, clock: StoppedClock) -> None:
    store.keep_checks([kept(clock)])
    [row] = store._db.rows(select(tables.waiting_check), {})
    cells = b"\0".join(cell if isinstance(cell, bytes) else str(cell).encode() for cell in row)
    for secret in (fictional_code(1), "rgine", "TLX", "odv-1", "rent_arrears"):
        assert secret.encode() not in cells
    assert b"anna" in cells
    nothing = replace(ASKED, outcomes=tuple(replace(one, findings=(), places=()) for one in OUTCOMES))
    store.keep_checks([kept(clock, "V-2", persons=(KeptPerson("V-2", person(1), None, nothing),))])
    assert len({len(each.content) for each in store._db.rows(select(tables.waiting_check), {})}) == 1
