"""Reservations in the store, on SQLite and PostgreSQL: what answers, until when, and what is never half done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from maglia.core.vocabulary import FOOD_RESERVATION_S, RESERVATION_S, AidStatus, Facet, PseudonymClass, reservation_s
from node.domain.model import AidRecord
from node.store.sql import SqlStore
from tests.clerk import StoppedClock, open_store, person, record

EPOCH = 1
PSEUDONYM = bytes(range(16))


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Path | str:
    """Where the body's database is."""
    return database_url or tmp_path / "node.db"


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
