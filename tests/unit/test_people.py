"""The demo's district: fictional for certain, reproducible, and its planted cases judged by an oracle of their own.

The oracle reads the CSV files as a stranger would and shares no code with the demo, so that a slip in the planting and
a slip in the judging cannot agree by accident.
"""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from codicefiscale import codicefiscale as library

from demo.bodies import slug
from demo.district import District, build_district
from demo.planted import Planted
from demo.records import HEADER
from maglia.core.identifiers import IdentifierType, parse_identifier, parse_need
from maglia.core.vocabulary import REGISTRY_ENROLMENTS_A_DAY, Facet, Kind, Role, is_special

TODAY = date(2026, 11, 21)
FAMILIES = (
    {"rent_arrears", "rent_current", "rent_deposit"},
    {"electricity", "gas", "water", "heating"},
    {"food_parcel", "food_voucher", "canteen"},
)
ASKED_BY_COMUNI_ALONE = {"rent_subsidy", "utility_subsidy", "call_for_applicants"}


@pytest.fixture(scope="module")
def district() -> District:
    return build_district(7, TODAY)


@pytest.fixture(scope="module")
def files(district: District, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("district")
    return _write(district, folder)


def _write(district: District, folder: Path) -> dict[str, Path]:
    files = {body.member_id: folder / f"{body.member_id}.csv" for body in district.bodies}
    for member, path in files.items():
        district.write_csv(path, member)
    return files


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_the_eight_bodies_are_those_of_a_district(district: District) -> None:
    kinds = [body.kind for body in district.bodies]
    third = [kind for kind in kinds if kind in {Kind.ONLUS, Kind.FOOD_BANK}]
    assert (kinds.count(Kind.COMUNE), kinds.count(Kind.PARISH), len(third), kinds.count(Kind.ODV)) == (2, 2, 3, 1)
    assert len({body.member_id for body in district.bodies}) == 8
    for body in district.bodies:
        roles = {operator.role for operator in body.operators}
        wanted = {Role.OFFICER, Role.NODE_ADMIN, Role.MANAGER} if body.is_public else {Role.VOLUNTEER}
        assert wanted <= roles
        assert parse_identifier(body.fiscal_code).type is IdentifierType.PCF


def test_names_keep_their_accents_and_ids_do_not(district: District) -> None:
    assert "Parrocchia di San Nicolò" in {body.name for body in district.bodies}
    assert slug("Parrocchia di San Nicolò") == "parrocchia-san-nicolo"
    assert slug("Comune di Borgo Esempio") == "comune-borgo-esempio"


def test_every_code_is_valid_and_can_be_nobodys(district: District) -> None:
    for person in district.persons:
        assert parse_identifier(person.text) == person
        if person.type is IdentifierType.CF:
            assert {person.value[:3], person.value[3:6]} <= {"XQZ", "XQW"}
    for triple in ("XQZ", "XQW"):
        assert library.decode_firstname(triple) is None
    assert library.decode_firstname("MRA"), (
        "the library's table of names must be there for the line above to mean a thing"
    )


def test_tax_codes_convince_an_independent_library(district: District) -> None:
    codes = [person.value for person in district.persons if person.type is IdentifierType.CF][::25]
    assert len(codes) > 100
    assert [code for code in codes if not library.is_valid(code)] == []


def test_there_are_some_of_every_type_of_person(district: District) -> None:
    types = {person.type for person in district.persons}
    assert types == {IdentifierType.CF, IdentifierType.PCF, IdentifierType.STP, IdentifierType.ENI}
    assert len(district.persons) == len(set(district.persons)) > 2_500


def test_two_years_of_records_in_the_form_of_the_import(district: District, files: dict[str, Path]) -> None:
    total = 0
    for member, path in files.items():
        assert path.read_bytes().startswith(";".join(HEADER).encode())
        rows = _rows(path)
        total += len(rows)
        assert len({row["chiave"] for row in rows}) == len(rows)
        assert len({row["codice"] for row in rows}) <= 4_000 < REGISTRY_ENROLMENTS_A_DAY
        for row in rows:
            _check_row(row, public=district.body(member).is_public)
    assert total >= 20_000


def _check_row(row: dict[str, str], *, public: bool) -> None:
    assert TODAY - timedelta(days=730) < _day(row["data"]) <= TODAY
    assert is_special(row["aiuto"]) or Facet(row["aiuto"])
    euros, _, cents = row["importo"].partition(",")
    assert len(cents) == 2
    assert int(euros.replace(".", "")) > 0
    assert row["stato"] in {"dato", "riservato", "annullato"}
    assert row["base"] == ("compito pubblico" if public else "consenso")
    assert not (public and row["consenso"])
    assert bool(row["consenso"]) == bool(row["informativa"]) == bool(row["lingua"])
    assert row["visibilita"] in {"rete", "solo noi"}
    assert not row["fornitura"] or parse_need(row["fornitura"]).text == row["fornitura"]
    assert bool(row["dal"]) == bool(row["al"])


def _day(text: str) -> date:
    day, month, year = text.split("/")
    return date(int(year), int(month), int(day))


def test_every_hard_case_of_sharing_occurs(files: dict[str, Path]) -> None:
    rows = [row for path in files.values() for row in _rows(path)]
    assert any(is_special(row["aiuto"]) for row in rows)
    assert any(row["visibilita"] == "solo noi" for row in rows)
    assert any(row["base"] == "consenso" and not row["consenso"] for row in rows)
    assert {row["stato"] for row in rows} == {"dato", "riservato", "annullato"}
    assert {row["fornitura"].partition(":")[0] for row in rows} == {"", "POD", "PDR", "LEASE"}
    assert any("." in row["importo"] for row in rows)


@pytest.mark.parametrize(
    ("bodies", "today"), [(3, TODAY), (8, TODAY), (19, TODAY), (8, date(2027, 1, 1)), (8, date(2028, 2, 29))]
)
def test_planted_cases_come_out_by_brute_force(bodies: int, today: date, tmp_path: Path) -> None:
    district = build_district(11, today, bodies)
    rows = {member: _rows(path) for member, path in _write(district, tmp_path).items()}
    ids = [case.id for case in district.planted]
    assert len(set(ids)) == len(ids) >= 8
    for case in district.planted:
        expected = (case.expected_verdict.value, case.expected_code, case.complete)
        assert _oracle(district, rows, case, today) == expected, case.id


def _oracle(
    district: District, rows: dict[str, list[dict[str, str]]], case: Planted, today: date
) -> tuple[str, str | None, bool]:
    asker = district.body(case.asker)
    assert case.user in {operator.user for operator in asker.operators}
    if case.purpose in ASKED_BY_COMUNI_ALONE and asker.kind is not Kind.COMUNE:
        return "refused", "policy.purpose", False
    if asker.kind is Kind.COMUNE and not case.case:
        return "refused", "consent.case_missing", False
    if asker.kind is not Kind.COMUNE and not case.consent:
        return "refused", "consent.missing", False
    family = next(family for family in FAMILIES if case.facet in family)
    assert family & set(asker.facets), "a body may ask only about a family it gives"
    asked = [body for body in district.bodies if body is not asker and family & set(body.facets)]
    answering = [body for body in asked if body.member_id != case.stop]
    assert case.stop is None or len(answering) == len(asked) - 1
    own = [row for row in rows[case.asker] if row["codice"] == case.identifier.text and row["aiuto"] in family]
    found = [row for body in answering for row in rows[body.member_id] if _released(row, family, today)]
    return _verdict(case, own, found), None, len(answering) == len(asked)


def _released(row: dict[str, str], family: set[str], today: date) -> bool:
    lawful = row["base"] == "compito pubblico" or bool(row["consenso"] and row["informativa"] and row["lingua"])
    recent = _day(row["data"]) >= today - timedelta(days=183)
    return lawful and recent and row["aiuto"] in family and row["visibilita"] == "rete" and row["stato"] != "annullato"


def _verdict(case: Planted, own: list[dict[str, str]], found: list[dict[str, str]]) -> str:
    supplies = {row["fornitura"] for row in own} - {""}
    if any(row["fornitura"] in supplies for row in found):
        return "same_need"
    return "similar" if any(row["codice"] == case.identifier.text for row in found) else "none_known"


def test_planted_persons_meet_no_other_record(district: District) -> None:
    codes = [case.identifier for case in district.planted]
    assert len(set(codes)) == len(codes)
    filed = Counter(record.identifier for records in district.records.values() for record in records)
    assert all(filed[code] <= 2 for code in codes)


def test_hiding_cases_really_have_something_to_hide(district: District) -> None:
    for name in ("clear", "hidden", "no_consent", "refused_consent"):
        code = district.case(name).identifier
        elsewhere = [
            member
            for member, records in district.records.items()
            if member != district.case(name).asker and any(record.identifier == code for record in records)
        ]
        assert elsewhere, name
    bare = district.case("omocode").identifier
    assert library.is_omocode(bare.value)


def test_a_case_in_json_has_what_others_rely_on(district: District) -> None:
    case = district.case("overlap").as_json()
    relied_on = {"id", "identifier", "facet", "purpose", "asker", "expected_verdict", "expected_code", "complete"}
    assert relied_on <= case.keys()
    assert (case["expected_verdict"], case["expected_code"], case["complete"]) == ("similar", None, True)


def test_the_same_seed_gives_the_same_bytes(files: dict[str, Path], tmp_path: Path) -> None:
    again = _write(build_district(7, TODAY), tmp_path)
    assert {name: path.read_bytes() for name, path in again.items()} == {
        name: path.read_bytes() for name, path in files.items()
    }


def test_another_seed_gives_other_people(district: District) -> None:
    other = build_district(8, TODAY)
    assert {case.identifier for case in other.planted}.isdisjoint(case.identifier for case in district.planted)
    assert [body.member_id for body in other.bodies] == [body.member_id for body in district.bodies]


@pytest.mark.parametrize("bodies", [2, 101])
def test_a_district_has_three_to_a_hundred_bodies(bodies: int) -> None:
    with pytest.raises(ValueError, match="3 to 100"):
        build_district(1, TODAY, bodies)


def test_a_large_district_has_distinct_bodies() -> None:
    large = build_district(1, TODAY, 100)
    assert len({body.member_id for body in large.bodies}) == len({body.fiscal_code for body in large.bodies}) == 100
    assert all(3 <= len(body.member_id) <= 40 for body in large.bodies)


def test_how_many_records_there_are_changes_no_planted_case(district: District) -> None:
    few = build_district(7, TODAY, total=600)
    assert few.planted == district.planted
    assert 600 <= sum(map(len, few.records.values())) < 700
    assert all(few.records.values())
