"""Reservations in the store, on SQLite and PostgreSQL: what answers, until when, and what is never half done."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from maglia.core.errors import Code
from maglia.core.identifiers import parse_need
from maglia.core.vocabulary import (
    FOOD_RESERVATION_S,
    RESERVATION_S,
    UNDO_S,
    AidStatus,
    Facet,
    PseudonymClass,
    Purpose,
    Visibility,
    reservation_s,
)
from node.domain.model import AidRecord
from node.domain.reservations import Gap, Other, Sight, State, Step
from node.store import tables
from node.store.sql import SqlStore
from tests.clerk import StoppedClock, open_store, person, record
from tests.peer_world import refused

EPOCH = 1
PSEUDONYM = bytes(range(16))


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def place(tmp_path: Path, node_database: str) -> Path | str:
    """Where the body's database is."""
    return node_database or tmp_path / "node.db"


@pytest.fixture
def store(place: Path | str, clock: StoppedClock) -> SqlStore:
    return open_store(place, clock)


def promised(number: int = 1, facet: str = "food_parcel") -> AidRecord:
    return record(person(number), facet, status=AidStatus.RESERVED)


def enrol(store: SqlStore) -> None:
    store.enrol(EPOCH, [(one, PSEUDONYM) for one in store.awaiting(EPOCH, 10)])


def answers(store: SqlStore) -> int:
    return len(store.candidates(PseudonymClass.PERSON, EPOCH, [PSEUDONYM]).get(PSEUDONYM, ()))


def test_food_is_promised_for_half_a_day_and_everything_else_for_ten() -> None:
    food = {Facet.FOOD_PARCEL, Facet.FOOD_VOUCHER, Facet.CANTEEN}
    assert {facet for facet in Facet if reservation_s(facet) == FOOD_RESERVATION_S} == food
    assert {reservation_s(facet) for facet in [*set(Facet) - food, "health_therapy"]} == {RESERVATION_S}


def test_a_reservation_answers_until_its_end_and_not_at_it(store: SqlStore, clock: StoppedClock) -> None:
    store.add_record(promised(), "anna")
    enrol(store)
    clock.instant += FOOD_RESERVATION_S - 1
    assert answers(store) == 1
    clock.instant += 1
    assert answers(store) == 0


def test_who_has_nothing_but_an_ended_reservation_is_not_enrolled_and_awaits_nothing(
    store: SqlStore, clock: StoppedClock
) -> None:
    store.add_record(promised(), "anna")
    store.add_record(promised(2, "rent_arrears"), "anna")
    assert store.awaiting_count(EPOCH) == 2
    clock.instant += FOOD_RESERVATION_S
    assert store.awaiting_count(EPOCH) == 1
    assert len(store.awaiting(EPOCH, 10)) == 1
    clock.instant += RESERVATION_S
    assert (store.awaiting_count(EPOCH), store.awaiting(EPOCH, 10)) == (0, [])


def test_the_pseudonym_of_an_ended_reservation_is_swept(store: SqlStore, clock: StoppedClock) -> None:
    store.add_record(promised(), "anna")
    enrol(store)
    assert store.remove_lapsed(None, 10) == (None, 0)
    clock.instant += FOOD_RESERVATION_S
    assert store.remove_lapsed(None, 10) == (None, 1)


def test_help_that_was_given_has_no_end(store: SqlStore, clock: StoppedClock) -> None:
    store.add_record(record(person(1), "food_parcel"), "anna")
    enrol(store)
    clock.instant += 2 * RESERVATION_S
    assert answers(store) == 1


def test_a_candidate_says_since_when_and_until_when_it_is_promised(store: SqlStore, clock: StoppedClock) -> None:
    for status in (AidStatus.RESERVED, AidStatus.GIVEN):
        store.add_record(replace(promised(), status=status), "anna")
    enrol(store)
    found = store.candidates(PseudonymClass.PERSON, EPOCH, [PSEUDONYM])[PSEUDONYM]
    instants = {each.status: (each.reserved_at, each.reserved_until) for each in found}
    until = clock.instant + FOOD_RESERVATION_S
    assert instants == {AidStatus.RESERVED: (clock.instant, until), AidStatus.GIVEN: (None, None)}


SIGHT = Sight(
    "V-1",
    complete=False,
    asked=3,
    answered=1,
    gaps=(Gap("croce-verde", "deadline"), Gap("onlus-est", "card_expired")),
    others=(Other("comune", "comune", "", "food_parcel", "2025-06", "reserved", False, "under_50", None, "", 1_000),),
)
MONTH_S = 30 * 86400.0


def reserve(store: SqlStore, number: int = 1, facet: str = "food_parcel") -> str:
    return store.reserve(promised(number, facet), Purpose.RENT_SUBSIDY, 12, "anna")


def events(store: SqlStore) -> list[tuple[str, str]]:
    rows = store._db.rows(select(tables.event.c.actor, tables.event.c.type).order_by(tables.event.c.id), {})
    return [(row.actor, row.type) for row in rows]


def test_a_reservation_is_read_as_it_was_promised(store: SqlStore, clock: StoppedClock) -> None:
    need = parse_need("POD:IT001E12345678")
    one = replace(promised(), creditor="Énel", need=need, reserved_until=clock.instant + 60)
    record_id = store.reserve(one, Purpose.RENT_SUBSIDY, 12, "anna")
    held = store.reservation(record_id[:8])
    assert (held.record_id, held.identifier, held.need, held.creditor) == (record_id, person(1), need, "Énel")
    assert (held.reserved_at, held.reserved_until) == (clock.instant, clock.instant + 60)
    assert (held.purpose, held.months, held.reserved_by) == (Purpose.RENT_SUBSIDY, 12, "anna")
    assert held.state(clock.instant) is State.TO_CHECK
    assert events(store) == [("anna", "record.added")]


def test_what_is_no_reservation_is_named_by_no_number(store: SqlStore) -> None:
    given = store.add_record(record(person(1)), "anna")
    reserve(store)
    for wrong in ("", "abc", "zzzzzzzz", "%%%%%%%%", "ffffffff", given):
        with refused(Code.INPUT_RESERVATION):
            store.reservation(wrong)


def test_what_was_shown_is_read_back_whole(store: SqlStore, clock: StoppedClock) -> None:
    record_id = reserve(store)
    store.add_sight(record_id, Step.RESERVE, SIGHT, "anna")
    store.add_sight(record_id, Step.CONFIRM, Sight(unchecked="consent.missing"), "ivo")
    held = store.reservation(record_id)
    assert list(held.sights) == [SIGHT, Sight(unchecked="consent.missing")]
    assert held.state(clock.instant) is State.TO_CONFIRM


def test_confirming_gives_help_with_what_was_shown_and_why(store: SqlStore, clock: StoppedClock) -> None:
    record_id = reserve(store)
    enrol(store)
    clock.day += timedelta(days=1)
    store.confirm(record_id, clock.day, 30_00, SIGHT, "accordo telefonico", "ivo")
    held = store.reservation(record_id)
    assert (held.state(clock.instant), held.day, held.amount_cents) == (State.CONFIRMED, clock.day, 30_00)
    assert list(held.sights) == [SIGHT]
    assert events(store)[-1] == ("ivo", "reservation.confirmed")
    clock.instant += 10 * FOOD_RESERVATION_S
    [given] = store.candidates(PseudonymClass.PERSON, EPOCH, [PSEUDONYM])[PSEUDONYM]
    assert (given.status, given.reserved_at, given.reserved_until) == (AidStatus.GIVEN, None, None)


def test_what_has_ended_can_be_ended_no_more(store: SqlStore, clock: StoppedClock) -> None:
    confirmed, released, expired = (reserve(store, number) for number in (1, 2, 3))
    store.confirm(confirmed, clock.day, None, Sight(complete=True), "", "anna")
    store.release(released, "anna")
    clock.instant += FOOD_RESERVATION_S
    for record_id in (confirmed, released, expired):
        before = events(store), store.reservation(record_id)
        for change in (store.release, store.renew):
            with refused(Code.INPUT_RESERVATION_OVER):
                change(record_id, "ivo")
        with refused(Code.INPUT_RESERVATION_OVER):
            store.confirm(record_id, clock.day, None, SIGHT, "again", "ivo")
        assert (events(store), store.reservation(record_id)) == before


def test_a_released_promise_answers_nothing(store: SqlStore) -> None:
    record_id = reserve(store)
    enrol(store)
    store.release(record_id, "anna")
    assert answers(store) == 0
    assert store.reservation(record_id).state(0) is State.RELEASED


def test_a_promise_is_renewed_once_for_the_same_term(store: SqlStore, clock: StoppedClock) -> None:
    one = replace(promised(), reserved_until=clock.instant + 600)
    both = store.reserve(one, Purpose.AID_OVERLAP, 6, "anna"), store.add_record(one, "anna")
    clock.instant += 599
    for record_id in both:
        assert store.renew(record_id, "ivo") == clock.instant + 601
        held = store.reservation(record_id)
        assert (held.is_renewed, held.reserved_until) == (True, clock.instant + 601)
        with refused(Code.INPUT_RESERVATION_RENEWED):
            store.renew(record_id, "ivo")


def test_a_promise_put_on_file_as_a_record_ends_like_any_other(store: SqlStore, clock: StoppedClock) -> None:
    confirmed, released = (store.add_record(promised(number), "anna") for number in (1, 2))
    store.confirm(confirmed, clock.day, None, SIGHT, "accordo", "ivo")
    store.release(released, "ivo")
    held = [store.reservation(one) for one in (confirmed, released)]
    assert [one.state(0) for one in held] == [State.CONFIRMED, State.RELEASED]
    assert [(one.reserved_by, one.purpose, one.months) for one in held] == [("anna", Purpose.AID_OVERLAP, 6)] * 2
    for record_id in (confirmed, released):
        with refused(Code.INPUT_RESERVATION_OVER):
            store.confirm(record_id, clock.day, None, SIGHT, "again", "ivo")


def test_an_undone_confirmation_is_the_promise_that_it_was(store: SqlStore, clock: StoppedClock) -> None:
    record_id = reserve(store)
    promise = store.reservation(record_id)
    clock.instant += 3600
    store.add_late(store.confirm(record_id, clock.day + timedelta(days=1), 9_00, SIGHT, "accordo", "ivo"), SIGHT.others)
    filed = store.find_record(record_id)
    assert (filed.recorded.recorded_by, filed.recorded.undo_until) == ("ivo", clock.instant + UNDO_S)
    store.undo_record(filed, "ivo")
    again = store.reservation(record_id)
    assert replace(again, sights=(), late=()) == replace(promise, sights=(), late=())
    assert (list(again.sights), list(again.late)) == ([SIGHT], list(SIGHT.others))
    assert store.find_record(record_id).recorded.recorded_by == "anna"
    with refused(Code.INPUT_RECORD_CORRECTED):
        store.undo_record(filed, "ivo")
    enrol(store)
    assert answers(store) == 1
    clock.instant += FOOD_RESERVATION_S
    assert store.reservation(record_id).state(clock.instant) is State.EXPIRED


def test_a_promise_confirmed_while_it_is_undone_is_not_deleted(store: SqlStore, clock: StoppedClock) -> None:
    record_id = reserve(store)
    promise = store.find_record(record_id)
    store.confirm(record_id, clock.day, None, SIGHT, "accordo", "ivo")
    with refused(Code.INPUT_RECORD_CORRECTED):
        store.undo_record(promise, "anna")
    assert list(store.reservation(record_id).sights) == [SIGHT]


def test_what_comes_late_is_kept_for_open_and_confirmed_promises(store: SqlStore, clock: StoppedClock) -> None:
    [late] = SIGHT.others
    still, given, gone = (reserve(store, number) for number in (1, 2, 3))
    sights = [store.add_sight(one, Step.RESERVE, Sight(complete=True), "anna") for one in (still, given, gone)]
    store.confirm(given, clock.day, None, Sight(complete=True), "", "anna")
    store.release(gone, "anna")
    assert [bool(store.add_late(sight, [late, late])) for sight in sights] == [True, True, False]
    assert [list(store.reservation(one).late) for one in (still, given, gone)] == [[late, late], [late, late], []]
    assert {held.record_id for held in store.reservations()} == {still, given}


def correct(store: SqlStore, record_id: str, cents: int, status: AidStatus = AidStatus.GIVEN) -> str:
    filed = store.find_record(record_id)
    return store.correct_record(filed, replace(filed.record, amount_cents=cents, status=status), "anna")


def test_what_comes_late_is_kept_for_help_that_was_corrected_and_not_for_help_never_given(
    store: SqlStore, clock: StoppedClock
) -> None:
    given, never = (reserve(store, number) for number in (1, 2))
    sights = [store.confirm(one, clock.day, None, SIGHT, "accordo", "anna") for one in (given, never)]
    newest = correct(store, correct(store, given, 20_00), 25_00)
    correct(store, never, 20_00, AidStatus.CANCELLED)
    assert [bool(store.add_late(sight, SIGHT.others)) for sight in sights] == [True, False]
    [held] = store.reservations()
    assert (held.record_id, held.amount_cents, held.state(clock.instant)) == (newest, 25_00, State.CONFIRMED)
    assert (list(held.late), held.reserved_by) == (list(SIGHT.others), "anna")


def test_promises_among_records_are_those_open_or_confirmed_in_the_last_month(
    store: SqlStore, clock: StoppedClock
) -> None:
    still, given, fixed, gone, ended = (reserve(store, number) for number in range(1, 6))
    for one in (given, fixed):
        store.confirm(one, clock.day, None, Sight(complete=True), "", "anna")
    newest = correct(store, correct(store, fixed, 20_00), 25_00)
    store.release(gone, "anna")
    every = [still, given, fixed, newest, gone, ended, "none"]
    assert set(store.promised_among(every)) == {(still, False), (ended, False), (given, True), (newest, True)}
    assert store.promised_among([gone, "none"]) == store.promised_among([]) == []
    clock.instant += FOOD_RESERVATION_S
    assert set(store.promised_among(every)) == {(given, True), (newest, True)}
    clock.instant += 30 * 86_400
    assert store.promised_among(every) == []


def test_the_list_has_what_is_open_or_ended_lately(store: SqlStore, clock: StoppedClock) -> None:
    record_id = reserve(store)
    store.confirm(reserve(store, 2), clock.day, None, Sight(complete=True), "", "anna")
    store.release(reserve(store, 3), "anna")
    assert [held.record_id for held in store.reservations()] == [record_id]
    clock.instant += FOOD_RESERVATION_S
    assert [held.state(clock.instant) for held in store.reservations()] == [State.EXPIRED]
    clock.instant += MONTH_S
    assert store.reservations() == []


def test_what_others_answered_is_forgotten_after_a_month_and_the_decision_stays(
    store: SqlStore, clock: StoppedClock
) -> None:
    record_id = reserve(store)
    sight = store.confirm(record_id, clock.day, None, SIGHT, "accordo", "anna")
    store.add_late(sight, SIGHT.others)
    assert store.forget_old_findings() == 0
    clock.instant += MONTH_S
    assert store.forget_old_findings() == 2
    assert store.forget_old_findings() == 0
    held = store.reservation(record_id)
    assert (list(held.sights), list(held.late)) == ([replace(SIGHT, others=())], [])


def test_who_awaits_is_told_for_each_epoch_in_use(store: SqlStore) -> None:
    record_id = reserve(store)
    assert store.awaits_pseudonym(record_id, [EPOCH])
    enrol(store)
    assert not store.awaits_pseudonym(record_id, [EPOCH])
    assert store.awaits_pseudonym(record_id, [EPOCH, EPOCH + 1])
    hidden = store.reserve(replace(promised(2), visibility=Visibility.ONLY_US), Purpose.AID_OVERLAP, 6, "anna")
    assert not store.awaits_pseudonym(hidden, [EPOCH])


def test_a_stolen_database_shows_neither_why_nor_what_others_answered(tmp_path: Path) -> None:
    store = open_store(tmp_path / "node.db")
    record_id = reserve(store)
    sight = store.confirm(record_id, StoppedClock().day, None, SIGHT, "accordo telefonico", "anna")
    store.add_late(sight, SIGHT.others)
    store.close()
    with closing(sqlite3.connect(tmp_path / "node.db")) as connection:
        dump = "\n".join(connection.iterdump())
    assert "croce-verde:deadline" in dump
    for secret in ("accordo", "under_50", "comune"):
        assert secret not in dump
        assert secret.encode().hex() not in dump.lower()


def test_they_go_with_the_record_that_they_speak_of(store: SqlStore) -> None:
    record_id = reserve(store)
    store.add_late(store.add_sight(record_id, Step.RESERVE, SIGHT, "anna"), SIGHT.others)
    with store._db._engine.begin() as connection:
        connection.execute(delete(tables.aid_record))
        left = [
            connection.execute(select(table)).all()
            for table in (tables.reservation, tables.reservation_sight, tables.reservation_late)
        ]
    assert left == [[], [], []]
