"""Any text gives an identifier in normal form or a refusal, and the check letter is that of an independent library."""

from __future__ import annotations

from codicefiscale import codicefiscale as oracle
from hypothesis import example, given
from hypothesis import strategies as st

from maglia.core.errors import MagliaError
from maglia.core.identifiers import (
    Identifier,
    parse_identifier,
    parse_need,
    provisional_check_digit,
    tax_code_check_letter,
)

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FICTIONAL = st.builds(
    "XQZXQW{}{}{}{}{}".format,
    st.from_regex(r"[0-9LMNPQRSTUV]{2}", fullmatch=True),
    st.sampled_from("ABCDEHLMPRST"),
    st.sampled_from(["01", "1T", "28", "41", "Q1", "68", "LM"]),
    st.sampled_from("ABCDEFGHILMZ"),
    st.from_regex(r"[0-9LMNPQRSTUV]{3}", fullmatch=True),
)


@given(FICTIONAL)
def test_the_check_letter_is_the_librarys_and_no_other_is_accepted(first_15: str) -> None:
    right = oracle.encode_cin(first_15)
    assert tax_code_check_letter(first_15) == right
    accepted = {letter for letter in LETTERS if _parse(first_15 + letter) is not None}
    assert accepted == {right}


@given(FICTIONAL, st.sampled_from("  *\n"), st.booleans())
def test_writing_changes_nothing_and_the_form_is_stable(first_15: str, frame: str, lower: bool) -> None:
    code = first_15 + tax_code_check_letter(first_15)
    written = frame + (code.lower() if lower else code) + frame
    identifier = parse_identifier(written)
    assert identifier.value == code
    assert parse_identifier(identifier.text) == identifier


@given(FICTIONAL, st.integers(0, 14), st.sampled_from(LETTERS + "0123456789"))
def test_two_codes_that_differ_are_two_persons(first_15: str, place: int, other: str) -> None:
    changed = first_15[:place] + other + first_15[place + 1 :]
    left = _parse(first_15 + tax_code_check_letter(first_15))
    right = _parse(changed + tax_code_check_letter(changed))
    assert left is not None
    assert (left == right) == (changed == first_15)


@given(st.from_regex(r"[0-9]{9}[1-9]", fullmatch=True))
def test_a_provisional_code_has_one_check_digit(first_10: str) -> None:
    accepted = [digit for digit in "0123456789" if _parse(first_10 + digit) is not None]
    assert accepted == [provisional_check_digit(first_10)]


@given(st.one_of(st.text(), st.text(alphabet=LETTERS + "0123456789*: /", max_size=24)))
@example("DOC:" + "A" * 10_000)
@example("ß" * 8)
def test_any_text_is_an_identifier_or_a_refusal(text: str) -> None:
    for identifier in (_parse(text), _parse_need(text)):
        if identifier is not None:
            assert identifier.pseudonym_input().isascii()
            assert identifier.text.isupper() or identifier.value.isdigit()


def _parse(text: str) -> Identifier | None:
    try:
        return parse_identifier(text)
    except MagliaError:
        return None


def _parse_need(text: str) -> Identifier | None:
    try:
        return parse_need(text)
    except MagliaError:
        return None
