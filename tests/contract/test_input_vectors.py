"""Typed inputs: the vectors of docs/protocol/pseudonyms.md, read by the code and by a second reading of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from maglia.core import group, oprf
from maglia.core.countries import ISSUERS
from maglia.core.errors import MagliaError
from maglia.core.identifiers import (
    IdentifierType,
    parse_identifier,
    parse_need,
    provisional_check_digit,
    tax_code_check_letter,
)
from tests.contract import inputs_reference as reference

FIGURES: dict[str, Any] = json.loads((Path(__file__).parent / "vectors" / "inputs.json").read_text("utf-8"))
CASES: list[dict[str, Any]] = FIGURES["cases"]
WRITTEN = [(case["class"], text, case["input"].encode()) for case in CASES for text in case["written"]]
REFUSED = [(cls, text) for cls, texts in FIGURES["refused"].items() for text in texts]
DOCUMENT = Path(__file__).parents[2] / "docs" / "protocol" / "pseudonyms.md"
COUNTRIES = reference.countries_of(DOCUMENT)


def _ours(cls: str, text: str) -> bytes | None:
    try:
        return (parse_need(text) if cls == "need" else parse_identifier(text)).pseudonym_input()
    except MagliaError:
        return None


def _theirs(cls: str, text: str) -> bytes | None:
    try:
        return reference.need(text) if cls == "need" else reference.person(text, COUNTRIES)
    except reference.RefusedError:
        return None


def test_there_is_a_vector_for_every_type() -> None:
    assert {case["type"] for case in CASES} == set(IdentifierType)


@pytest.mark.parametrize(("cls", "text", "wanted"), WRITTEN)
def test_every_writing_has_one_normal_form(cls: str, text: str, wanted: bytes) -> None:
    assert _ours(cls, text) == wanted
    assert _theirs(cls, text) == wanted


@pytest.mark.parametrize(("cls", "text"), REFUSED)
def test_what_the_document_refuses_is_refused(cls: str, text: str) -> None:
    assert _ours(cls, text) is None
    assert _theirs(cls, text) is None


def test_an_omocode_has_another_input_and_another_pseudonym() -> None:
    plain, omocode = (case for case in CASES if case["type"] == "cf")
    assert omocode["input"] != plain["input"]
    assert not set(omocode["pseudonyms"]) & set(plain["pseudonyms"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["input"])
def test_elements_of_the_inputs(case: dict[str, Any]) -> None:
    assert group.check_element(oprf.hash_to_group(case["input"].encode())).hex() == case["element"]


def test_the_document_shows_the_figures_of_the_file() -> None:
    text = DOCUMENT.read_text("utf-8")
    shown = [f"| `{case['written'][0]}` | `{case['input']}` | `{case['pseudonyms'][1]}` |" for case in CASES]
    assert [row for row in shown if row not in text] == []


def test_the_document_lists_every_issuer() -> None:
    assert COUNTRIES == ISSUERS


def test_white_space_is_what_the_document_lists() -> None:
    assert [number for number in range(sys.maxunicode + 1) if chr(number).isspace()] == reference.WHITE


def _stem(first: str) -> str:
    """Give a tax code or a provisional code its right last character, so that more than one text in 26 is valid."""
    if len(first) == 15:
        return first + tax_code_check_letter(first)
    return first + provisional_check_digit(first) if len(first) == 10 else first


NEAR_VALID = st.one_of(
    st.from_regex(r"[X-Z]{6}[0-9L-V]{2}[A-TX][0-7L-V][0-9L-V][A-Z][0-9L-V]{3}", fullmatch=True).map(_stem),
    st.from_regex(r"[0-9]{10}", fullmatch=True).map(_stem),
    st.from_regex(r"(STP|ENI|STQ)[0-9]{12}[0-9A]", fullmatch=True),
    st.from_regex(r"DOC:[PITV]/(UTO|RKS|ITA|MAR|XQZ)/[A-Z0-9./-]{4,21}", fullmatch=True),
    st.from_regex(r"POD:IT[0-9-]{3,4}[EF][0-9]{7,8}[A-Z0-9]{0,2}", fullmatch=True),
    st.from_regex(r"PDR:[0-9]{13,15}", fullmatch=True),
    st.from_regex(r"LEASE:[A-Z0-9]{3}/(19|20|21)[0-9]{2}/[A-Z0-9]{1,3}/[0-9]{1,10}", fullmatch=True),
)
MARKS = st.sampled_from(["", " ", "*", "\n", "\u00a0", "\u200b", "\u001c", "-", "/", "0", "L", "\u0131", "\uff11", "é"])


@settings(max_examples=300, deadline=None)
@given(NEAR_VALID, MARKS, st.integers(0, 40), st.booleans())
@example("STPXQW80A01D150", "", 0, False)
def test_two_readings_of_the_document_agree(text: str, mark: str, place: int, lower: bool) -> None:
    written = (text[:place] + mark + text[place:]).lower() if lower else text[:place] + mark + text[place:]
    for cls in ("person", "need"):
        assert _ours(cls, written) == _theirs(cls, written)
