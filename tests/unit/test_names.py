"""Persons without a code: on file at this body, found by likeness, merged by nobody, and never given a pseudonym."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import Basis, Kind, PseudonymClass, Role
from maglia.sql.engine import open_engine, open_sqlite
from maglia.v1 import operator_pb2 as pb
from node.domain.model import Operator
from node.domain.names import CompositeName, read_name
from node.names import Recorded, add_named_aid, find_names
from node.records import read_aid
from node.rpc.names import named_aid_fields, recorded_message
from node.store.names import MOST
from node.store.sql import SqlStore
from node.store.tables import metadata
from tests.clerk import TODAY, StoppedClock, open_store

WHO: dict[str, Any] = {"name": "Xqzar Wqzidi", "born": "1980-02-01", "place": "Tlemcen"}
AID: dict[str, Any] = WHO | {"facet": "food_parcel", "day": "2025-05-01", "amount_cents": 40_00}
BORN = date(1980, 2, 1)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def place(tmp_path: Path, node_database: str) -> Path | str:
    return node_database or tmp_path / "node.db"


@pytest.fixture
def store(place: Path | str, clock: StoppedClock) -> SqlStore:
    return open_store(place, clock)


def operator(role: Role = Role.VOLUNTEER) -> Operator:
    return Operator("anna", "Anna", role)


def add(store: SqlStore, clock: StoppedClock, role: Role = Role.VOLUNTEER, **changed: Any) -> Recorded:
    return add_named_aid(store, clock, operator(role), Kind.PARISH, **(AID | changed))


def again(store: SqlStore, clock: StoppedClock, alias: str, **changed: Any) -> Recorded:
    return add(store, clock, alias=alias, **(dict.fromkeys(WHO, "") | changed))


def found(store: SqlStore, clock: StoppedClock, name: str = WHO["name"], born: str = WHO["born"]) -> list[int]:
    return [each.number for each in find_names(store, clock, operator(), name=name, born=born)]


def alike(name: str, other: str, born: date = BORN, other_born: date = BORN) -> bool:
    one, two = CompositeName(name, born, ""), CompositeName(other, other_born, "")
    return bool(one.match_keys() & two.match_keys())


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Xqzar Wqzidi", "Wqzidi Xqzar"),  # which is the surname?
        ("Xqzar Wqzidi", "xqzár  WQZÌDI"),
        ("Xqzar Wqzidi", "Xqzer Wqzedy"),  # vowels are heard differently
        ("Mohamed Xqzar", "Muhammad Xqzar"),
        ("Qadir Xqzar", "Kader Xqzar"),
        ("D'Xqzar Ali", "DXqzar Aly"),
        ("Ben Xqzar-Wqzidi", "Wqzidi Xqzar"),
        ("Xqzar", "Xqser"),
        ("Ксзар Вкзиди", "ксзар вкзиди"),
    ],
)
def test_like_names_share_a_key(name: str, other: str) -> None:
    assert alike(name, other)


@pytest.mark.parametrize(("name", "other"), [("Xqzar Wqzidi", "Lmnar Trrdi"), ("Xqzar", "Xqzar Wqzidi")])
def test_other_names_share_none(name: str, other: str) -> None:
    assert not alike(name, other)


def test_day_and_month_may_be_swapped_and_no_other_birth_is_alike() -> None:
    assert alike("Xqzar Wqzidi", "Xqzar Wqzidi", date(1980, 2, 1), date(1980, 1, 2))
    for other in (date(1980, 2, 2), date(1981, 2, 1), date(1980, 3, 1)):
        assert not alike("Xqzar Wqzidi", "Xqzar Wqzidi", BORN, other)
    assert not alike("Xqzar Wqzidi", "Xqzar Wqzidi", date(1980, 2, 13), date(1980, 1, 13))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": ""}, Code.INPUT_MISSING),
        ({"name": " - "}, Code.INPUT_FIELD),
        ({"name": "XQZXQW80A01D150O"}, Code.INPUT_FIELD),  # a code has its own place
        ({"name": "Xqzar\x1b[31m"}, Code.INPUT_TEXT_CONTROL),
        ({"name": "X" * 201}, Code.INPUT_TEXT_LONG),
        ({"place": ""}, Code.INPUT_MISSING),
        ({"born": ""}, Code.INPUT_DATE),
        ({"born": "1980-02-30"}, Code.INPUT_DATE),
        ({"born": "01/02/1980"}, Code.INPUT_DATE),
        ({"born": "1889-12-31"}, Code.INPUT_DATE_EARLY),
        ({"born": "2025-06-02"}, Code.INPUT_DATE_FUTURE),
        ({"facet": "bread"}, Code.INPUT_FACET),
        ({"amount_cents": -1}, Code.INPUT_AMOUNT_NEGATIVE),
        ({"basis": "public_task"}, Code.INPUT_FIELD),
        ({"alias": "NOME:1"}, Code.INPUT_FIELD),  # and a name
        ({"alias": "7", "name": "", "born": "", "place": ""}, Code.INPUT_FIELD),
        ({"alias": "NOME:7", "name": "", "born": "", "place": ""}, Code.INPUT_NAME_UNKNOWN),
    ],
)
def test_what_cannot_be_put_on_file(tmp_path: Path, clock: StoppedClock, changed: dict[str, Any], code: Code) -> None:
    store = open_store(tmp_path / "node.db", clock)
    with pytest.raises(MagliaError) as caught:
        add(store, clock, **changed)
    assert caught.value.code is code
    shown = f"{caught.value} {caught.value.params} {caught.value.sentence()}"
    assert "Xqz" not in shown
    assert "1980" not in shown
    assert found(store, clock) == []


def test_only_who_may_record_sees_names(store: SqlStore, clock: StoppedClock) -> None:
    for call in (
        lambda: add(store, clock, Role.NODE_ADMIN),
        lambda: find_names(store, clock, operator(Role.NODE_ADMIN), name=WHO["name"], born=WHO["born"]),
    ):
        with pytest.raises(MagliaError) as caught:
            call()
        assert caught.value.code is Code.SESSION_ROLE


def test_two_of_one_name_are_two_until_an_operator_says_so(store: SqlStore, clock: StoppedClock) -> None:
    first = add(store, clock)
    second = add(store, clock, name="Wqzidi Xqzer", born="1980-01-02", place="Orano")
    assert first.alike == ()
    assert [each.number for each in second.alike] == [first.number]
    assert second.number != first.number
    third = again(store, clock, f"nome: {first.number}", facet="canteen", day="2025-05-20", amount_cents=0)
    assert third.number == first.number
    newest, oldest = find_names(store, clock, operator(), name="Xqzar Wqzidi", born="1980-02-01")
    assert (newest.number, newest.who.place, len(newest.aids)) == (second.number, "Orano", 1)
    assert (oldest.number, oldest.who.name, oldest.who.born) == (first.number, "Xqzar Wqzidi", BORN)
    assert [(aid.facet, aid.amount_cents, aid.basis) for aid in oldest.aids] == [
        ("canteen", None, Basis.CONSENT),
        ("food_parcel", 40_00, Basis.CONSENT),
    ]


def test_nobody_else_is_found(store: SqlStore, clock: StoppedClock) -> None:
    add(store, clock)
    assert found(store, clock, name="Lmnar Trrdi") == []
    assert found(store, clock, born="1980-02-02") == []
    assert len(found(store, clock)) == 1


def test_what_has_expired_is_not_found(store: SqlStore, clock: StoppedClock) -> None:
    number = add(store, clock).number
    again(store, clock, f"NOME:{number}", day="2025-06-01")
    clock.day = date(2027, 5, 2)
    [one] = find_names(store, clock, operator(), name=WHO["name"], born=WHO["born"])
    assert [aid.day for aid in one.aids] == [TODAY]
    clock.day += timedelta(days=365)
    assert found(store, clock) == []


def test_a_long_list_is_cut(tmp_path: Path, clock: StoppedClock) -> None:
    store = open_store(tmp_path / "node.db", clock)
    for _ in range(MOST + 1):
        last = add(store, clock)
    numbers = found(store, clock)
    assert (len(numbers), numbers[0], len(last.alike)) == (MOST, last.number, MOST)


def test_a_name_has_no_pseudonym(store: SqlStore, clock: StoppedClock) -> None:
    number = add(store, clock).number
    who = read_name(**WHO, today=TODAY)
    with pytest.raises(MagliaError) as caught:
        who.pseudonym_input()
    assert caught.value.code is Code.INPUT_COMPOSITE_NAME
    assert repr(who) == "CompositeName(…)"
    with pytest.raises(MagliaError) as caught:
        read_aid(store, clock, operator(), Kind.PARISH, identifier=f"NOME:{number}", facet="food_parcel")
    assert caught.value.code is Code.INPUT_COMPOSITE_NAME
    assert store.awaiting(1, 10) == []
    assert store.awaiting_count(1) == 0
    assert store.record_count() == 0
    assert store.candidates(PseudonymClass.PERSON, 1, [bytes(16)]) == {}


def test_nothing_ties_names_to_codes_and_pseudonyms() -> None:
    named = {"named_person", "named_key", "named_aid"}
    for name, table in metadata.tables.items():
        for key in table.foreign_keys:
            assert (name in named) == (key.column.table.name in named)


def test_the_database_shows_no_name(store: SqlStore, clock: StoppedClock, place: Path | str) -> None:
    add(store, clock, creditor="Emporio Wqzidi")
    engine: Engine = open_sqlite(place) if isinstance(place, Path) else open_engine(place)
    with engine.connect() as connection:
        rows = [
            repr(row).lower()
            for table in metadata.tables.values()
            for row in connection.execute(text(f'SELECT * FROM "{table.name}"'))  # noqa: S608 - our own tables' names
        ]
        events = connection.execute(text("SELECT actor, type FROM event")).all()
    engine.dispose()
    assert [row for row in rows if any(word in row for word in ("xqzar", "wqzidi", "tlemcen", "1980-02-01"))] == []
    assert list(map(tuple, events)) == [("anna", "named_aid.added")]


def test_messages_hold_what_was_recorded(store: SqlStore, clock: StoppedClock) -> None:
    request = pb.AddNamedAidRequest(
        person=pb.CompositeName(**WHO), facet="food_parcel", date="2025-05-01", amount_cents=40_00, status="reserved"
    )
    add_named_aid(store, clock, operator(), Kind.PARISH, **named_aid_fields(request))
    done = add_named_aid(store, clock, operator(), Kind.PARISH, **named_aid_fields(request))
    message = recorded_message(done)
    assert (message.record_id, message.alias) == (done.record_id, f"NOME:{done.number}")
    [one] = message.to_confirm
    assert (one.person.name, one.person.born, one.person.place) == (WHO["name"], WHO["born"], WHO["place"])
    [aid] = one.aids
    assert (aid.facet, aid.date, aid.amount_cents, aid.status) == ("food_parcel", "2025-05-01", 40_00, "reserved")
    assert recorded_message(replace(done, alike=())).to_confirm == []
