"""What people call the kinds of aid, in Italian and in English: on screens, and in errors that offer them."""

from __future__ import annotations

from collections.abc import Mapping

from maglia.core.vocabulary import Facet

FACET_WORDS: Mapping[str, tuple[str, str]] = {
    Facet.RENT_ARREARS: ("Affitto arretrato", "Rent arrears"),
    Facet.RENT_CURRENT: ("Affitto", "Rent"),
    Facet.RENT_DEPOSIT: ("Deposito affitto", "Rent deposit"),
    Facet.ELECTRICITY: ("Luce", "Electricity"),
    Facet.GAS: ("Gas", "Gas"),
    Facet.WATER: ("Acqua", "Water"),
    Facet.HEATING: ("Riscaldamento", "Heating"),
    Facet.FOOD_PARCEL: ("Spesa", "Food parcel"),
    Facet.FOOD_VOUCHER: ("Buono spesa", "Food voucher"),
    Facet.CANTEEN: ("Mensa", "Canteen"),
    Facet.INCOME_SUPPORT: ("Sostegno reddito", "Income support"),
    Facet.BASIC_GOODS: ("Beni primari", "Basic goods"),
    Facet.MEDICINE: ("Farmaci", "Medicine"),
    Facet.SCHOOL: ("Scuola", "School"),
    Facet.TRANSPORT: ("Trasporti", "Transport"),
    Facet.LOAN: ("Prestito", "Loan"),
}
_SPECIAL: Mapping[str, tuple[str, str]] = {
    "health_": ("Salute", "Health"),
    "disability_": ("Disabilità", "Disability"),
    "addiction_": ("Dipendenze", "Addiction"),
    "violence_": ("Violenza", "Violence"),
    "detention_": ("Detenzione", "Detention"),
}


def special_in_words(code: str) -> tuple[str, str] | None:
    """Return the category of a special-category facet, with what its code says beyond it; None for any other."""
    for prefix, words in _SPECIAL.items():
        if code.startswith(prefix):
            rest = code.removeprefix(prefix).replace("_", " ")
            return f"{words[0]} ({rest})", f"{words[1]} ({rest})"
    return None


def facets_in_words(codes: str, lang: str) -> str:
    """Return a list of codes, each followed by its word: people choose by the word and type the code."""
    return ", ".join(_with_word(code, lang) for code in codes.split(", "))


def _with_word(code: str, lang: str) -> str:
    words = FACET_WORDS.get(code)
    return f"{code} ({words[lang == 'en'].lower()})" if words else code
