"""An application as it is typed: each field read strictly, proof roots by kind of body."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from maglia.core.errors import Code, MagliaError
from node.application import BY_NAME, read_application, read_field, read_form

TODAY = date(2026, 11, 21)
TYPED = {
    "kind": "odv",
    "name": "Mensa di prova",
    "runts_number": "900001",
    "runts_section": "ODV",
    "fiscal_code": "00000010009",
    "act": "Convenzione fittizia",
    "act_protocol": "PG/2026/1",
    "act_expiry": "31/12/2027",
    "territory": "999001, 999002,999001",
    "facets": "food_parcel",
    "purposes": "aid_overlap",
    "referent": "Marta Fittizi",
    "contact": "referente@example.org",
}


def refused(**changes: str) -> str:
    with pytest.raises(MagliaError) as failure:
        read_application(TYPED | changes, TODAY)
    error = failure.value
    assert error.code in {Code.INPUT_FORM, Code.INPUT_MISSING}
    form = error.params.get("form", "")
    assert not form or error.sentence().next_action == f"Scriverlo così: {form}."
    return error.params["field"]


def test_values_come_out_in_their_normal_form() -> None:
    found = read_application(TYPED, TODAY)
    assert found["territory"] == ["999001", "999002"]
    assert found["act_expiry"] == "2027-12-31"
    assert found["ipa_code"] == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "club"),
        ("kind", ""),
        ("name", ""),
        ("name", "a" * 201),
        ("name", "due\nrighe"),
        ("runts_number", "12 A"),
        ("runts_section", "pompieri"),
        ("fiscal_code", "00000010008"),
        ("fiscal_code", "0000001000"),
        ("act_expiry", "21/11/2026"),
        ("act_expiry", "31/02/2027"),
        ("act_expiry", "domani"),
        ("territory", "99900"),
        ("territory", ","),
        ("facets", "health_visit"),
        ("facets", ""),
        ("purposes", "curiosity"),
        ("ipa_code", "c_x001"),
        ("ecclesiastical_recognition", "Decreto n. 1"),
    ],
)
def test_what_is_wrong_is_refused_by_its_name_and_how_it_should_look(field: str, value: str) -> None:
    assert refused(**{field: value}).startswith(BY_NAME[field].label)


@pytest.mark.parametrize(
    ("kind", "root"),
    [
        ("comune", {"ipa_code": "c_x001"}),
        ("parish", {"ecclesiastical_recognition": "Decreto fittizio n. 1 del 1987"}),
        ("caritas", {"ecclesiastical_recognition": "Decreto fittizio n. 2", "runts_number": "900002"}),
    ],
)
def test_each_kind_has_its_own_proof_root(kind: str, root: dict[str, str]) -> None:
    roots = {"ipa_code": "", "runts_number": "", "runts_section": "", "ecclesiastical_recognition": ""}
    found = read_application(TYPED | roots | root | {"kind": kind}, TODAY)
    assert {name: found[name] for name in root} == root


def test_a_document_not_at_hand_is_left_out_not_invented() -> None:
    assert read_field(BY_NAME["act_expiry"], "  ", TODAY) == ""
    assert read_field(BY_NAME["territory"], "", TODAY) == []


@pytest.mark.parametrize(
    "content", ["kind = 3", "secret = 'x'", "facets = 'food_parcel'", "kind = ['odv']", "not toml", "facets = [1]"]
)
def test_a_form_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "domanda.toml"
    path.write_text(content)
    with pytest.raises(MagliaError) as failure:
        read_form(path)
    assert failure.value.code in {Code.INPUT_FIELD, Code.INPUT_TOML}
