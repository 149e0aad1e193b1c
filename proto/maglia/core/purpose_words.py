"""What people call the purposes of a question: on screens, and where a body says what it applies for."""

from __future__ import annotations

from collections.abc import Mapping

from maglia.core.translation import mark, tr
from maglia.core.vocabulary import Purpose

PURPOSE_WORDS: Mapping[str, str] = {
    Purpose.AID_OVERLAP: mark("Aiuti già dati"),
    Purpose.RENT_SUBSIDY: mark("Contributo affitto"),
    Purpose.UTILITY_SUBSIDY: mark("Contributo bollette"),
    Purpose.CALL_FOR_APPLICANTS: mark("Bando", "purpose"),
    Purpose.REFERRAL: mark("Invio a un altro ente"),
    Purpose.ACCESS_REPORT: mark("Accesso del cittadino"),
    Purpose.AUDIT: mark("Controllo accessi"),
}


def purposes_in_words(codes: str, lang: str) -> str:
    """Return a list of codes, each followed by its word: people choose by the word and type the code."""
    return ", ".join(
        f"{code} ({tr(PURPOSE_WORDS[code], lang).lower()})" if code in PURPOSE_WORDS else code
        for code in codes.split(", ")
    )
