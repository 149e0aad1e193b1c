"""Surnames as the first three letters of a codice fiscale hold them (ministerial decree of 12 March 1974, art. 2).

Three letters are many people's: what matches is a hint for whoever looks into it, and proves no kinship.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from maglia.core.identifiers import Identifier, IdentifierType

_VOWELS = "AEIOU"
_WRITTEN_OUT = str.maketrans(
    {"ß": "SS", "Æ": "AE", "æ": "AE", "Ø": "O", "ø": "O", "Œ": "OE", "œ": "OE", "Ł": "L", "ł": "L", "Đ": "D", "đ": "D"}
)


def surname_code(surname: str) -> str:
    """Return the three letters of a surname: its consonants, then its vowels, then X; "" of no letters at all.

    Spaces, apostrophes, hyphens and accents count for nothing: `De Luca` is DLC, `D'Àmico` is DMC, `Fo` is FOX.
    """
    letters = _letters(surname)
    consonants = [letter for letter in letters if letter not in _VOWELS]
    vowels = [letter for letter in letters if letter in _VOWELS]
    return "".join([*consonants, *vowels, "X", "X"][:3]) if letters else ""


def surname_codes_of(full_name: str) -> frozenset[str]:
    """Return the codes that the surname in a full name may have, in whichever order it is written.

    `Anna De Luca` gives those of each word and of words that follow one another, but for all of them together: one is
    the given name. A name of one word is taken as the surname.
    """
    words = [word for word in full_name.split() if _letters(word)]
    return frozenset(surname_code(run) for run in _runs(words))


def surname_code_in(identifier: Identifier) -> str:
    """Return the surname's code in a codice fiscale; "" of an identifier that has none."""
    return identifier.value[:3] if identifier.type is IdentifierType.CF else ""


def _runs(words: list[str]) -> Iterator[str]:
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            if end - start < len(words) or len(words) == 1:
                yield "".join(words[start:end])


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.translate(_WRITTEN_OUT)).upper()
    return re.sub(r"[^A-Z]", "", folded)
