"""A name may have the letters of Italy's registers, and none that is only drawn like them."""

from __future__ import annotations

from datetime import date

import pytest

from maglia.core.errors import Code, MagliaError
from maglia.core.latin import foreign_letter
from node.application import BY_NAME, read_field

GOOD = (
    "Caritas diocesana di Forlì-Cesena",
    "Associazione «L'Albero» - ODV n. 3 & figli, 2° reparto",
    "Društvo Žene, Łódź, Straße, Tōkyō, Garçon, Ștefan, Đurđa",
    "Forli\u0300",  # as some programs write an accent
)
DRAWN_ALIKE = {
    "Cyrillic a": "C\u0430ritas",
    "all Cyrillic": "\u0421\u0410\u0420\u041e",
    "Greek omicron": "C\u03bfmune",
    "dotless i": "Car\u0131tas",
    "Armenian": "Caritas \u0585",
    "full width": "\uff23aritas",
    "mathematical": "\U0001d402aritas",
    "Roman numeral": "\u216daritas",
    "Latin alpha": "C\u0251ritas",
    "loose mark": "Cari\u0338tas",
    "foreign digits": "Circolo \u0661",
}


@pytest.mark.parametrize("name", GOOD)
def test_names_as_they_stand_in_registers_are_ours(name: str) -> None:
    assert foreign_letter(name) == ""


@pytest.mark.parametrize("name", DRAWN_ALIKE.values(), ids=DRAWN_ALIKE)
def test_letters_that_are_only_drawn_like_ours_are_named(name: str) -> None:
    assert foreign_letter(name) in set(name)
    with pytest.raises(MagliaError) as refused:
        read_field(BY_NAME["name"], name, date(2026, 11, 22))
    assert refused.value.code is Code.MEMBER_LETTERS
    assert f"«{foreign_letter(name)}»" in refused.value.sentence("it").message
