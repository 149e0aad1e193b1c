"""What people call the kinds of aid: on screens, and in errors that offer them."""

from __future__ import annotations

from collections.abc import Mapping

from maglia.core.translation import mark, tr
from maglia.core.vocabulary import Facet

FACET_WORDS: Mapping[str, str] = {
    Facet.RENT_ARREARS: mark("Affitto arretrato"),
    Facet.RENT_CURRENT: mark("Affitto"),
    Facet.RENT_DEPOSIT: mark("Deposito affitto"),
    Facet.ELECTRICITY: mark("Luce"),
    Facet.GAS: mark("Gas"),
    Facet.WATER: mark("Acqua"),
    Facet.HEATING: mark("Riscaldamento"),
    Facet.FOOD_PARCEL: mark("Spesa"),
    Facet.FOOD_VOUCHER: mark("Buono spesa"),
    Facet.CANTEEN: mark("Mensa"),
    Facet.INCOME_SUPPORT: mark("Sostegno reddito"),
    Facet.BASIC_GOODS: mark("Beni primari"),
    Facet.MEDICINE: mark("Farmaci"),
    Facet.SCHOOL: mark("Scuola"),
    Facet.TRANSPORT: mark("Trasporti"),
    Facet.LOAN: mark("Prestito"),
}
_SPECIAL: Mapping[str, str] = {
    "health_": mark("Salute"),
    "disability_": mark("Disabilità"),
    "addiction_": mark("Dipendenze"),
    "violence_": mark("Violenza"),
    "detention_": mark("Detenzione"),
}


def special_in_words(code: str, lang: str) -> str | None:
    """Return the category of a special-category facet, with what its code says beyond it; None for any other."""
    for prefix, words in _SPECIAL.items():
        if code.startswith(prefix):
            rest = code.removeprefix(prefix).replace("_", " ")
            return f"{tr(words, lang)} ({rest})"
    return None


def facets_in_words(codes: str, lang: str) -> str:
    """Return a list of codes, each followed by its word: people choose by the word and type the code."""
    return ", ".join(_with_word(code, lang) for code in codes.split(", "))


def _with_word(code: str, lang: str) -> str:
    words = FACET_WORDS.get(code)
    return f"{code} ({tr(words, lang).lower()})" if words else code
