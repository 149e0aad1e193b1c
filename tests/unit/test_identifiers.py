"""Codes at the counter: what is accepted, in which form, and what each refusal says. All codes are fictional."""

from __future__ import annotations

import pytest
from babel import Locale
from babel.core import get_global

from maglia.core.countries import HOME, ISSUERS, KOSOVO, SPECIMEN
from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import (
    Identifier,
    IdentifierType,
    parse_identifier,
    parse_need,
    provisional_check_digit,
    tax_code_check_letter,
    typed_input,
)
from maglia.core.vocabulary import PseudonymClass

PLAIN = "XQZXQW80A01D150O"
OMOCODE = "XQZXQW80A01D15LR"


def refusal(text: str) -> MagliaError:
    with pytest.raises(MagliaError) as caught:
        parse_identifier(text)
    return caught.value


def supply_refusal(text: str) -> Code:
    with pytest.raises(MagliaError) as caught:
        parse_need(text)
    return caught.value.code


@pytest.mark.parametrize(
    "text",
    [PLAIN, PLAIN.lower(), f"*{PLAIN}*\r\n", "XQZ XQW 80A01 D150O", f"\t* {PLAIN} *\n", "XQZXQW\u00a080A01D150O"],
)
def test_spaces_case_and_a_scanners_frame_are_only_writing(text: str) -> None:
    assert parse_identifier(text) == Identifier(IdentifierType.CF, PLAIN)


def test_an_omocode_is_another_person() -> None:
    omocode = parse_identifier(OMOCODE)
    assert omocode.value == OMOCODE
    assert omocode != parse_identifier(PLAIN)
    assert omocode.pseudonym_input() != parse_identifier(PLAIN).pseudonym_input()


@pytest.mark.parametrize("text", ["", "XQZ", PLAIN[:15], PLAIN + "X", "1234567890"])
def test_a_wrong_length_is_told_with_the_length(text: str) -> None:
    error = refusal(text)
    assert error.code is Code.INPUT_IDENTIFIER_LENGTH
    assert error.params == {"length": str(len(text))}


@pytest.mark.parametrize(
    "text",
    [
        "XQZXQW80F01D150O",  # F is no month
        "XQZXQW80A00D150O",
        "XQZXQW80A32D150O",
        "XQZXQW80A40D150O",
        "XQZXQW80A72D150O",
        "XQZXQW80AT2D150O",  # 72, in omocodia
        "XQZXQW81B29D150O",  # 1981 and 2081 have no 29 February
        "XQZXQW80D31D150O",  # 31 April
        "XQZXQW80A01D1A0L",  # A stands for no digit
        "1QZXQW80A01D150O",
        "XQZXQW80A01D1501",
        "XQZXQWıQA01D150O",
        "XQZXQW8٠A01D150O",
        "STP123456789012X",
        "STP12345678901LM",
        "1234567890X",
        "00000000000",
        "XQZXQW\uff18\uff10A01D150O",  # digits of full width
        "\u0425QZXQW80A01D150O",  # a Cyrillic letter
        "XQZXQW80A01D150\u00d2",
        "XQZXQW\u200b80A01D150O",  # not white space, though nobody sees it
    ],
)
def test_letters_and_digits_out_of_place_are_a_wrong_form(text: str) -> None:
    assert refusal(text).code is Code.INPUT_IDENTIFIER_FORM


@pytest.mark.parametrize(
    "text",
    [
        "DOC:",
        "DOC:XX1234567",  # neither type nor country
        "DOC:P/UTO",
        "DOC:P/UTO/",
        "DOC:P/UTO/AB12",
        "DOC:P/UTO/" + "1" * 21,
        "DOC:P/UTO/ABCDEFG",  # a name, no number
        "DOC:X/UTO/AB1234567",
        "DOC:P/UT/AB1234567",
        "DOC:P/XQZ/AB1234567",  # no such country
        "DOC:P/ITA/AB1234567",  # whoever has one has a code
        "DOC:P/UTO/AB1:34567",
    ],
)
def test_a_document_has_a_type_a_country_and_a_number(text: str) -> None:
    assert refusal(text).code is Code.INPUT_DOCUMENT


def test_the_same_number_of_two_countries_or_types_is_two_persons() -> None:
    one, *others = (parse_identifier(f"DOC:{kind}/AB1234567") for kind in ("P/UTO", "P/RKS", "I/UTO", "T/UTO"))
    assert one.value == "P/UTO/AB1234567"
    assert one not in others
    assert len(set(others)) == len(others)


def test_the_countries_are_those_of_an_independent_list() -> None:
    aliases = get_global("territory_aliases")
    named = {code for code, (first, *_) in aliases.items() if len(code) == 3 and first in Locale("it").territories}
    assert ISSUERS - {SPECIMEN, KOSOVO} <= named
    assert len(ISSUERS - {SPECIMEN, KOSOVO}) == 249 - 1
    assert HOME not in ISSUERS


@pytest.mark.parametrize("text", ["NOME:7", "nome: 7", "NOME:", "*NOME:7*", "Xqz Wqz", "Nicolò Xqz", "Xqz  Wqz Nicolò"])
def test_a_composite_name_is_no_code(text: str) -> None:
    assert refusal(text).code is Code.INPUT_COMPOSITE_NAME


def test_only_what_is_typed_may_be_blinded() -> None:
    for identifier in (parse_identifier(PLAIN), parse_need("PDR:99000012345678")):
        assert typed_input(identifier.pseudonym_input()) == identifier.pseudonym_input()
    for data in (
        b"",
        b"nome:7",
        b"XQZ XQW 1980-01-01",
        b"need:nome:7",
        b"need:cf:XQZXQW80A01D150O",
        b"pod:IT999E12345678",
    ):
        with pytest.raises(MagliaError) as caught:
            typed_input(data)
        assert caught.value.code is Code.INPUT_COMPOSITE_NAME


@pytest.mark.parametrize("text", ["XQZXQW80A01D150M", "XQZXQW80A02D150O", "QXZXQW80A01D150O", "12345670016"])
def test_a_slip_of_the_pen_is_caught_by_the_last_character(text: str) -> None:
    assert refusal(text).code is Code.INPUT_IDENTIFIER_CHECK


@pytest.mark.parametrize("day", ["01", "31", "41", "71"])
def test_days_of_men_and_of_women_are_read(day: str) -> None:
    assert parse_identifier(_with_check_letter(f"XQZXQW80A{day}D150")).type is IdentifierType.CF


def test_a_leap_day_is_accepted_when_either_century_has_it() -> None:
    assert parse_identifier(_with_check_letter("XQZXQW00B29D150")).type is IdentifierType.CF


def _with_check_letter(first_15: str) -> str:
    return first_15 + tax_code_check_letter(first_15)


def test_other_codes_of_persons_have_their_own_type() -> None:
    assert parse_identifier("1234567000 9") == Identifier(IdentifierType.PCF, "12345670009")
    assert parse_identifier("stp 000 000 1234567") == Identifier(IdentifierType.STP, "STP0000001234567")
    assert parse_identifier("ENI0000001234567") == Identifier(IdentifierType.ENI, "ENI0000001234567")
    assert parse_identifier("doc:p/uto/xx-123.45/67") == Identifier(IdentifierType.DOC, "P/UTO/XX1234567")


def test_the_provisional_check_digit_follows_the_published_example() -> None:
    assert provisional_check_digit("0764352056") == "7"  # the worked example of the VAT number's check digit


def test_only_permits_and_documents_are_weak() -> None:
    weak = [parse_identifier(text).is_weak for text in ("STP0000001234567", "ENI0000001234567", "DOC:P/UTO/XX1234567")]
    assert all(weak)
    assert not parse_identifier(PLAIN).is_weak
    assert not parse_identifier("12345670009").is_weak


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("POD:IT999E12345678", "IT999E12345678"),
        ("pod: it 999 e 12345678 9", "IT999E12345678"),
        ("PDR:99 0000 1234 5678", "99000012345678"),
        ("LEASE:txq/2024/3t/001234", "TXQ/2024/3T/1234"),
    ],
)
def test_a_supply_has_one_form_however_the_bill_prints_it(text: str, value: str) -> None:
    need = parse_need(text)
    assert need.value == value
    assert need.pseudonym_class is PseudonymClass.NEED
    assert need.pseudonym_input() == f"need:{need.type.value}:{value}".encode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "IT999E12345678",
        "POD:",
        "POD:IT999X12345678",
        "POD:IT999E1234567",
        "PDR:123",
        "PDR:9900001234567٨",
        "LEASE:TXQ/24/3T/1",
        "LEASE:TXQ/2024/3T/000",
        "LEASE:TXQ/2024/3T",
        "CF:XQZXQW80A01D150O",
        "DOC:XX12345",
    ],
)
def test_another_supply_number_is_refused(text: str) -> None:
    assert supply_refusal(text) is Code.INPUT_SUPPLY


def test_a_person_is_blinded_under_the_type_of_the_code() -> None:
    assert parse_identifier(PLAIN).pseudonym_input() == b"cf:" + PLAIN.encode()
    assert parse_identifier("12345670009").pseudonym_input() == b"pcf:12345670009"
    assert parse_identifier(PLAIN).pseudonym_class is PseudonymClass.PERSON


def test_a_code_shows_in_no_repr_and_no_error() -> None:
    identifier = parse_identifier(PLAIN)
    assert repr(identifier) == str(identifier) == f"{identifier}" == "Identifier(cf:…)"
    for text in (PLAIN[:15], "XQZXQW80F01D150O", "XQZXQW80A01D150M"):
        error = refusal(text)
        shown = f"{error!r} {error} {error.params} {error.sentence('it')} {error.sentence('en')}"
        assert "XQZ" not in shown
