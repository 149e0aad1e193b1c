"""Persons without any code: a *composite name* (name, birth, place) that stays at this body.

Names are spelt in many ways and shared by many, so that likeness yields candidates which a person confirms at the
counter; nothing here merges two of them, and none has a pseudonym.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import permutations
from typing import NoReturn

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import AidStatus, Basis
from node.domain import forms

EARLIEST_BIRTH = date(1890, 1, 1)
_MAX_WORDS = 8
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DIGIT = re.compile(r"\d")
_APART = re.compile(r"[\W_]+")
_JOINED = re.compile(r"['’`]")
# Consonants that one name is written with by different hands (R. C. Russell's Soundex, 1918).
_CLASSES = {
    letter: code for code, letters in enumerate(("bfpv", "cgjkqsxz", "dt", "l", "mn", "r"), 1) for letter in letters
}
_SILENT = "hw"


@dataclass(frozen=True, repr=False)
class CompositeName:
    """Who someone says to be: never sent, and shown to this body's operators only. Made by `read_name`."""

    name: str
    born: date
    place: str

    def __repr__(self) -> str:
        return "CompositeName(…)"

    def pseudonym_input(self) -> NoReturn:
        """Refuse: a name is no typed input. Raises `input.composite_name`."""
        raise MagliaError(Code.INPUT_COMPOSITE_NAME)

    def match_keys(self) -> frozenset[str]:
        """Return what alike names have in common: sound of one word, initial of another, day of birth.

        Which word is the surname is unknown, so each is tried; day and month may have been swapped.
        """
        words = _words(self.name)[:_MAX_WORDS]
        pairs = [(word, "") for word in words] if len(words) == 1 else permutations(words, 2)
        birth = _birth(self.born)
        return frozenset(f"{_sound(surname)}|{_sound(given)[:1]}|{birth}" for surname, given in pairs)


@dataclass(frozen=True)
class NamedAid:
    """Help given or promised to a person on file by name; amounts are euro cents. It stays at this body."""

    facet: str
    day: date
    amount_cents: int | None
    status: AidStatus
    basis: Basis
    creditor: str = ""


@dataclass(frozen=True)
class NamedPerson:
    """A person on file by name under `number`, with the help that is not expired, newest first."""

    number: int
    who: CompositeName
    aids: tuple[NamedAid, ...]


def read_name(name: str, born: str, place: str, today: date, *, place_required: bool = True) -> CompositeName:
    """Return a composite name from what was typed; `born` is ISO 8601.

    Raises `input.field` (name, place), `input.date`, `input.date_early`, `input.date_future`.
    """
    line = forms.read_text(name, "name", required=True)
    if _DIGIT.search(line) or not _words(line):
        raise MagliaError(Code.INPUT_FIELD, field="name")
    return CompositeName(line, read_birth(born, today), forms.read_text(place, "place", required=place_required))


def read_birth(text: str, today: date) -> date:
    """Return the day (ISO 8601), between 1890 and today; raise `input.date*`, without what was written."""
    try:
        day = date.fromisoformat(text) if _ISO_DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise MagliaError(Code.INPUT_DATE, value="…")
    if day < EARLIEST_BIRTH:
        raise MagliaError(Code.INPUT_DATE_EARLY, value="…", earliest=f"{EARLIEST_BIRTH:%d/%m/%Y}")
    if day > today:
        raise MagliaError(Code.INPUT_DATE_FUTURE, value="…", latest=f"{today:%d/%m/%Y}")
    return day


def _words(name: str) -> list[str]:
    """Return the words of a name without accents, case and apostrophes; other scripts stay as they are."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    return [word for word in _APART.split(_JOINED.sub("", bare).casefold()) if word]


def _birth(born: date) -> str:
    low, high = sorted((born.month, born.day))
    swapped = born.day <= 12  # only then do both readings exist
    return f"{born.year}-{low}-{high}" if swapped else f"{born.year}-{born.month}-{born.day}"


def _sound(word: str) -> str:
    """Return how a word of Latin letters sounds, roughly: Qadir and Kader alike. Another script's word is itself."""
    return "".join(_codes(word)) if word.isascii() else word


def _codes(word: str) -> Iterator[str]:
    before = ""
    for place, letter in enumerate(word):
        code = str(_CLASSES.get(letter, 0))
        if code == "0":
            if place == 0:
                yield "0"
            if letter not in _SILENT:
                before = ""
            continue
        if code != before:
            yield code
        before = code
