"""The surname's letters in a codice fiscale, and whether somebody asks about their own name or a colleague's."""

from __future__ import annotations

import pytest

from maglia.core.identifiers import parse_identifier
from maglia.core.surnames import surname_code, surname_code_in, surname_codes_of
from maglia.core.vocabulary import Role
from node.domain.model import Operator
from node.name_flags import name_flags
from tests.clerk import fictional_code, person

CODES = {
    # Consonants in their order, then vowels in theirs, then X: worked examples of the decree's rule.
    "Rossi": "RSS",
    "Bianchi": "BNC",
    "Zorzettelli": "ZRZ",
    "Aiello": "LLA",
    "Rea": "REA",
    "Bo": "BOX",
    "Fo": "FOX",
    "Ao": "AOX",
    "Iaia": "IAI",
    "De Luca": "DLC",
    "D'Àmico": "DMC",
    "D’Amico": "DMC",
    "Müller-Groß": "MLL",
    "Nuñez": "NNZ",
    "Đorđević": "DRD",
    "": "",
    "-": "",
}


@pytest.mark.parametrize(("surname", "code"), CODES.items())
def test_a_surnames_three_letters(surname: str, code: str) -> None:
    assert surname_code(surname) == code


def test_the_surname_may_stand_anywhere_and_have_several_words() -> None:
    assert surname_codes_of("Anna Rossi") == {"NNA", "RSS"}
    assert surname_codes_of("ROSSI Anna") == {"NNA", "RSS"}
    assert surname_codes_of("Anna De Luca") == {"NNA", "DEX", "LCU", "NND", "DLC"}
    assert surname_codes_of("Zorzettelli") == {"ZRZ"}
    assert surname_codes_of(" - ") == frozenset()


def test_only_a_codice_fiscale_holds_a_surname() -> None:
    assert surname_code_in(parse_identifier(fictional_code(1))) == fictional_code(1)[:3]
    assert surname_code_in(parse_identifier("DOC:P/FRA/XQZ12345")) == ""


def named(user: str, name: str) -> Operator:
    return Operator(user, name, Role.VOLUNTEER)


def test_the_flags_of_a_question() -> None:
    letters = fictional_code(1)[:3].title()
    own, other, stranger = named("a", f"Anna {letters}"), named("b", f"{letters} Bruno"), named("c", "Carla Fo")
    assert name_flags(person(1), own, [own, other, stranger]) == ("own_surname",)
    assert name_flags(person(1), stranger, [own, stranger]) == ("colleague_surname",)
    assert name_flags(person(1), stranger, [stranger]) == ()
    assert name_flags(parse_identifier("DOC:P/FRA/XQZ12345"), own, [own, other]) == ()
