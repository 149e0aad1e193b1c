"""Households on file: what an operator says of who lives together, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from maglia.core.errors import Code
from maglia.core.vocabulary import AidStatus, Basis, Facet, Role
from maglia.sql.engine import open_engine, open_sqlite
from node.domain.household_file import Age, HouseholdFile, Place, Source, person_text
from node.domain.model import Operator
from node.domain.names import NamedAid, read_name
from node.household_file import leave_household, read_household, set_household
from node.store.sql import SqlStore
from tests.clerk import TODAY, StoppedClock, fictional_code, open_store
from tests.peer_world import refused as refusing

ANNA = Operator("anna", "Anna", Role.VOLUNTEER)
ONE, TWO, THREE, FOUR = (fictional_code(number) for number in (1, 2, 3, 4))
BEFORE = "2025-01-10"


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def place(tmp_path: Path, node_database: str) -> Path | str:
    return node_database or tmp_path / "node.db"


@pytest.fixture
def store(place: Path | str, clock: StoppedClock) -> Iterator[SqlStore]:
    store = open_store(place, clock)
    yield store
    store.close()


@pytest.fixture
def engine(place: Path | str) -> Iterator[Engine]:
    engine = open_sqlite(place) if isinstance(place, Path) else open_engine(place)
    yield engine
    engine.dispose()


def put(store: SqlStore, clock: StoppedClock, *adults: str, minors: tuple[str, ...] = (), since: str = "") -> list[str]:
    return codes(set_household(store, clock, ANNA, adults=adults, minors=minors, since=since))


def refused(code: Code, act: Callable[[], object]) -> None:
    with refusing(code):
        act()


def codes(household: HouseholdFile) -> list[str]:
    return [person_text(one.who) for one in household.members]


def test_who_lives_together_is_kept_with_days_and_ages(store: SqlStore, clock: StoppedClock) -> None:
    assert put(store, clock, ONE, TWO, minors=(THREE,), since=BEFORE) == [ONE, TWO, THREE]
    for who in (ONE, TWO.lower(), THREE):
        found = read_household(store, clock, ANNA, who)
        assert (found.source, codes(found), found.former) == (Source.OPERATOR, [ONE, TWO, THREE], [])
        assert [one.age for one in found.members] == [Age.ADULT, Age.ADULT, Age.MINOR]
        assert {(one.since, one.recorded_by) for one in found.members} == {(date(2025, 1, 10), "anna")}
    refused(Code.INPUT_HOUSEHOLD_NONE, lambda: read_household(store, clock, ANNA, FOUR))


def test_whoever_is_not_named_any_more_has_left(store: SqlStore, clock: StoppedClock) -> None:
    put(store, clock, ONE, TWO, THREE, since=BEFORE)
    clock.day += timedelta(days=1)
    assert put(store, clock, TWO, FOUR) == [TWO, FOUR]
    found = read_household(store, clock, ANNA, FOUR)
    assert {(person_text(one.who), one.until) for one in found.former} == {(ONE, clock.day), (THREE, clock.day)}
    assert [one.since for one in found.members] == [date(2025, 1, 10), clock.day], "who stays keeps the first day"
    refused(Code.INPUT_HOUSEHOLD_NONE, lambda: read_household(store, clock, ANNA, ONE))


def test_who_joins_another_household_leaves_the_first(store: SqlStore, clock: StoppedClock) -> None:
    put(store, clock, ONE, TWO)
    put(store, clock, THREE, FOUR)
    assert put(store, clock, THREE, FOUR, TWO) == [THREE, FOUR, TWO]
    assert codes(read_household(store, clock, ANNA, ONE)) == [ONE]
    assert put(store, clock, ONE, minors=()) == [ONE]


def test_a_minor_may_come_of_age(store: SqlStore, clock: StoppedClock) -> None:
    put(store, clock, ONE, minors=(TWO,))
    put(store, clock, ONE, TWO)
    assert [one.age for one in read_household(store, clock, ANNA, TWO).members] == [Age.ADULT, Age.ADULT]
    born = Place(1, Age.ADULT, born=date(2008, 2, 29))
    assert [born.age_on(date(2026, 2, day)) for day in (27, 28)] + [born.age_on(date(2026, 3, 1))] == [
        Age.MINOR,
        Age.MINOR,
        Age.ADULT,
    ]


def test_leaving_is_kept_until_its_retention_ends(store: SqlStore, clock: StoppedClock, engine: Engine) -> None:
    put(store, clock, ONE, TWO, since=BEFORE)
    left = leave_household(store, clock, ANNA, text=ONE, until="2025-05-01")
    assert (codes(left), left.former[0].until) == ([TWO], date(2025, 5, 1))
    refused(Code.INPUT_HOUSEHOLD_NONE, lambda: leave_household(store, clock, ANNA, text=ONE))
    clock.day = date(2027, 5, 1)
    assert store.remove_former_places() == 0
    clock.day = date(2027, 5, 2)
    assert store.remove_former_places() == 1
    assert read_household(store, clock, ANNA, TWO).former == []
    with engine.connect() as connection:
        events = connection.execute(text("SELECT actor, type FROM event ORDER BY id")).all()
    assert [tuple(row) for row in events] == [("anna", "household.set"), ("anna", "household.left")]


def test_a_person_without_a_code_has_a_place_too(store: SqlStore, clock: StoppedClock) -> None:
    who = read_name("Xqzar Wqzi", "1980-02-01", "Tlemcen", TODAY)
    aid = NamedAid(Facet.FOOD_PARCEL, TODAY, None, AidStatus.GIVEN, Basis.CONSENT)
    number, _ = store.add_named_person(who, aid, "anna")
    assert put(store, clock, ONE, f"nome:{number}") == [ONE, f"NOME:{number}"]
    assert codes(read_household(store, clock, ANNA, f"NOME:{number}")) == [ONE, f"NOME:{number}"]
    refused(Code.INPUT_NAME_UNKNOWN, lambda: put(store, clock, ONE, "NOME:999"))


def test_what_cannot_be_is_refused(tmp_path: Path, clock: StoppedClock) -> None:
    store = open_store(tmp_path / "node.db", clock)
    for adults, minors, since, code in (
        ((ONE, ONE), (), "", Code.INPUT_HOUSEHOLD_TWICE),
        ((ONE,), (ONE.lower(),), "", Code.INPUT_HOUSEHOLD_TWICE),
        ((), (), "", Code.INPUT_HOUSEHOLD_SIZE),
        ((ONE, "XQZ"), (), "", Code.INPUT_HOUSEHOLD_CODE),
        ((ONE,), (), "2025-06-02", Code.INPUT_DATE_FUTURE),
        ((ONE,), (), "10/01/2025", Code.INPUT_DATE),
    ):
        with refusing(code):
            put(store, clock, *adults, minors=minors, since=since)
        refused(Code.INPUT_HOUSEHOLD_NONE, lambda: read_household(store, clock, ANNA, ONE))
    store.close()


def test_only_the_counter_reads_and_writes(tmp_path: Path, clock: StoppedClock) -> None:
    store = open_store(tmp_path / "node.db", clock)
    admin = Operator("ugo", "Ugo", Role.NODE_ADMIN)
    refused(Code.SESSION_ROLE, lambda: read_household(store, clock, admin, ONE))
    refused(Code.SESSION_ROLE, lambda: set_household(store, clock, admin, adults=[ONE], minors=[]))
    refused(Code.SESSION_ROLE, lambda: leave_household(store, clock, admin, text=ONE))
    store.close()


def test_nothing_of_a_household_is_in_the_file_and_nobody_of_it_is_a_subject(
    store: SqlStore, clock: StoppedClock, engine: Engine
) -> None:
    put(store, clock, ONE, TWO, minors=(THREE,))
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM household_place")).all()
        assert connection.execute(text("SELECT count(*) FROM person")).scalar() == 0
    written = repr([bytes(cell) for row in rows for cell in row if isinstance(cell, bytes | memoryview)])
    assert not any(code in written or code.lower() in written for code in (ONE, TWO, THREE))
    assert store.awaiting_count(1) == 0
