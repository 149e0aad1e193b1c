"""What an operator may put on file, by role and kind of body."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import Basis, Facet, Kind, PseudonymClass, Role, Visibility
from node.consents import add_consent
from node.domain.model import Candidate, Operator
from node.names import add_named_aid
from node.records import add_case, read_aid
from node.store.sql import SqlStore
from tests.clerk import TODAY, StoppedClock, fictional_code, open_store, person

CLOCK = StoppedClock()
CODE = fictional_code(1)
AID: dict[str, Any] = {"identifier": CODE, "facet": "rent_arrears", "day": "2025-05-01", "amount_cents": 900_00}
CONSENT: dict[str, Any] = {
    "identifier": CODE,
    "purposes": ["aid_overlap"],
    "notice_version": "2025-1",
    "language": "it",
}
CASE: dict[str, Any] = {"identifier": CODE, "purpose": "rent_subsidy", "protocol": "PG 12/2025"}


def operator(role: Role = Role.VOLUNTEER) -> Operator:
    return Operator("anna", "Anna", role)


@pytest.fixture
def store(tmp_path: Path) -> SqlStore:
    return open_store(tmp_path / "node.db")


def aid(store: SqlStore, kind: Kind = Kind.PARISH, role: Role = Role.VOLUNTEER, **changed: Any) -> str:
    return store.add_record(read_aid(store, CLOCK, operator(role), kind, **(AID | changed)), "anna")


def consent(store: SqlStore, role: Role = Role.VOLUNTEER, **changed: Any) -> str:
    return add_consent(store, CLOCK, operator(role), **(CONSENT | changed))[0]


def case(store: SqlStore, kind: Kind = Kind.COMUNE, role: Role = Role.OFFICER, **changed: Any) -> str:
    return add_case(store, operator(role), kind, **(CASE | changed))


def answered(store: SqlStore) -> list[Candidate]:
    store.enrol(1, [(one, bytes([number]) * 16) for number, one in enumerate(store.awaiting(1, 10))])
    return store.candidates(PseudonymClass.PERSON, 1, [bytes(16)]).get(bytes(16), [])


def test_aid_takes_the_consent_on_file_with_it(store: SqlStore) -> None:
    consent(store, day="2025-04-30")
    aid(store)
    [one] = answered(store)
    assert (one.facet, one.day, one.amount_cents, one.basis) == (
        "rent_arrears",
        date(2025, 5, 1),
        900_00,
        Basis.CONSENT,
    )
    assert one.consent is not None
    assert (one.consent.notice_version, one.consent.day) == ("2025-1", date(2025, 4, 30))


def test_aid_without_consent_is_possible_and_says_so(store: SqlStore) -> None:
    consent(store, purposes=["referral"])
    aid(store)
    assert [one.consent for one in answered(store)] == [None]


@pytest.mark.parametrize(
    ("facet", "months", "last"), [("food_parcel", "24", "2023-06-01"), ("rent_arrears", "36", "2022-06-01")]
)
def test_aid_that_the_next_sweep_would_erase_is_not_put_on_file(
    store: SqlStore, facet: str, months: str, last: str
) -> None:
    day_before = last.replace("06-01", "05-31")
    with pytest.raises(MagliaError) as refused:
        aid(store, facet=facet, day=day_before)
    assert (refused.value.code, refused.value.params["months"]) == (Code.INPUT_DATE_OVER, months)
    assert aid(store, facet=facet, day=last)
    who = {"name": "Xqzar Wqzi", "born": "1980-02-01", "place": "Tlemcen"}
    with pytest.raises(MagliaError) as refused:
        add_named_aid(store, CLOCK, operator(), Kind.PARISH, facet=facet, day=day_before, amount_cents=100, **who)
    assert refused.value.code is Code.INPUT_DATE_OVER


def test_a_public_body_acts_on_public_task_unless_it_says_consent(store: SqlStore) -> None:
    consent(store)
    aid(store, Kind.COMUNE, Role.OFFICER)
    aid(store, Kind.COMUNE, Role.OFFICER, basis="consent", day="2025-05-02")
    assert [(one.basis, one.consent is None) for one in answered(store)] == [
        (Basis.CONSENT, False),
        (Basis.PUBLIC_TASK, True),
    ]


def test_a_consent_reaches_whom_and_until_when_it_says(store: SqlStore) -> None:
    _, until = add_consent(store, CLOCK, operator(), **CONSENT, audience=["odv", "comune", "odv"], expires="2025-07-01")
    found = store.consent_for(person(1), "aid_overlap")
    assert found is not None
    assert (found.audience, found.expires, until) == (("comune", "odv"), date(2025, 7, 1), date(2025, 7, 1))
    assert add_consent(store, CLOCK, operator(), **CONSENT)[1] == date(2026, 6, 1)


def test_a_consent_that_is_over_already_is_not_put_on_file(store: SqlStore) -> None:
    with pytest.raises(MagliaError) as refused:
        consent(store, day="2024-05-31")
    assert refused.value.code is Code.CONSENT_EXPIRED
    assert store.consent_for(person(1), "aid_overlap") is None
    assert add_consent(store, CLOCK, operator(), **CONSENT | {"day": "2024-06-01"})[1] == TODAY


def test_need_creditor_and_period_are_kept(store: SqlStore) -> None:
    aid(store, need="PDR:12345678901234", creditor=" Aler  Milano ", period_from="2025-01-01", period_to="2025-02-28")
    [need] = store.open_needs(person(1), frozenset({Facet.RENT_ARREARS}), date(2025, 1, 1))
    assert need.need is not None
    assert (need.need.value, need.creditor) == ("12345678901234", "Aler Milano")
    assert (need.period_from, need.period_to) == (date(2025, 1, 1), date(2025, 2, 28))


def test_today_and_no_amount_are_the_defaults_of_goods_in_kind(store: SqlStore) -> None:
    aid(store, facet="food_parcel", day="", amount_cents=0)
    assert [(one.day, one.amount_cents) for one in answered(store)] == [(TODAY, None)]


def test_special_categories_stay_here_whatever_is_asked(store: SqlStore) -> None:
    aid(store, facet="health_therapy", visibility="network")
    assert store.record_count() == 1
    assert store.awaiting_count(1) == 0
    aid(store, visibility=Visibility.ONLY_US.value)
    assert store.awaiting_count(1) == 0
    aid(store, facet="canteen")
    assert {one.facet: one.visibility for one in answered(store)} == {
        "health_therapy": Visibility.ONLY_US,
        "rent_arrears": Visibility.ONLY_US,
        "canteen": Visibility.NETWORK,
    }


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"identifier": "XQZ"}, Code.INPUT_IDENTIFIER_LENGTH),
        ({"facet": "bollette"}, Code.INPUT_FACET),
        ({"day": "01/05/2025"}, Code.INPUT_DATE),
        ({"day": "2025-02-30"}, Code.INPUT_DATE),
        ({"day": "2025-06-02"}, Code.INPUT_DATE_FUTURE),
        ({"amount_cents": 0}, Code.INPUT_AMOUNT_NEGATIVE),
        ({"amount_cents": -1}, Code.INPUT_AMOUNT_NEGATIVE),
        ({"amount_cents": 10**9}, Code.INPUT_AMOUNT_LIMIT),
        ({"status": "cancelled"}, Code.INPUT_FIELD),
        ({"basis": "public_task"}, Code.INPUT_FIELD),
        ({"basis": "none"}, Code.INPUT_FIELD),
        ({"visibility": "all"}, Code.INPUT_FIELD),
        ({"creditor": "x" * 201}, Code.INPUT_TEXT_LONG),
        ({"need": "POD:1"}, Code.INPUT_SUPPLY),
        ({"period_from": "2025-02-01", "period_to": "2025-01-01"}, Code.INPUT_DATE_ORDER),
        ({"role": Role.NODE_ADMIN}, Code.SESSION_ROLE),
    ],
)
def test_bad_aid_is_refused_and_nothing_is_kept(store: SqlStore, changed: dict[str, Any], code: Code) -> None:
    with pytest.raises(MagliaError) as refused:
        aid(store, **changed)
    assert refused.value.code is code
    assert store.record_count() == 0


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2027-11-21", "La data «21/11/2027» è nel futuro."),
        ("1989-12-31", "La data «31/12/1989» è prima del 01/01/1990."),
        ("2025-02-30", "La data «30/02/2025» non esiste o non è scritta come gg/mm/aaaa."),
    ],
)
def test_a_day_is_refused_in_its_own_words_and_as_people_write_it(store: SqlStore, day: str, said: str) -> None:
    with pytest.raises(MagliaError) as refused:
        aid(store, day=day)
    assert refused.value.sentence("it").message == said


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"purposes": []}, Code.INPUT_PURPOSE),
        ({"purposes": ["aid_overlap", "rent_subsidy"]}, Code.INPUT_PURPOSE),
        ({"notice_version": " "}, Code.INPUT_MISSING),
        ({"language": ""}, Code.INPUT_FIELD),
        ({"day": "2025-06-02"}, Code.INPUT_DATE_FUTURE),
        ({"method": "telepathy"}, Code.INPUT_FIELD),
        ({"role": Role.NODE_ADMIN}, Code.SESSION_ROLE),
    ],
)
def test_a_bad_consent_is_refused(store: SqlStore, changed: dict[str, Any], code: Code) -> None:
    with pytest.raises(MagliaError) as refused:
        consent(store, **changed)
    assert refused.value.code is code
    assert store.consent_for(person(1), "aid_overlap") is None


def test_a_case_is_kept_for_a_public_body(store: SqlStore) -> None:
    case(store)
    assert store.case_for(person(1), "rent_subsidy") == "PG 12/2025"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"role": Role.VOLUNTEER}, Code.SESSION_ROLE),
        ({"role": Role.NODE_ADMIN}, Code.SESSION_ROLE),
        ({"kind": Kind.PARISH}, Code.POLICY_BASIS),
        ({"purpose": "referral"}, Code.INPUT_PURPOSE),
        ({"protocol": " "}, Code.INPUT_MISSING),
    ],
)
def test_a_bad_case_is_refused(store: SqlStore, changed: dict[str, Any], code: Code) -> None:
    with pytest.raises(MagliaError) as refused:
        case(store, **changed)
    assert refused.value.code is code
    assert store.case_for(person(1), "rent_subsidy") is None
