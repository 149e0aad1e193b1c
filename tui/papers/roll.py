"""A paper as plain text for the roll of an 80 mm thermal printer: narrow, without pages, ended by a line to cut along.

Such printers read bytes in a code page that nobody at a counter knows, and the same file is sent to a printer through
a driver that reads UTF-8. So only ASCII is written, which all of them print alike: "è" becomes "e'", "€" EUR.
"""

from __future__ import annotations

import unicodedata

from maglia.core.errors import Code, MagliaError
from tui.papers.plain_page import PlainPage

COLUMNS = 42
"""What every 80 mm printer fits: Font A is 48 columns at 576 dots, and 42 at the 512 that many are set to."""
NARROWEST, WIDEST = 32, 48
"""Columns; 32 is a roll of 58 mm."""
_SIGNS = str.maketrans(
    dict.fromkeys("‘’‚′`´", "'")
    | dict.fromkeys("“”„«»″", '"')
    | dict.fromkeys("‐‑‒–—―−", "-")
    | {"€": "EUR", "…": "...", "•": "*", "·": "*", "×": "x", "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss"}
    | {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "§": "par."}
)
_GRAVE_ACUTE = frozenset("\u0300\u0301")
_FEED = "\n" * 4
"""From the print head to the edge at which paper is torn."""


def check_columns(columns: int) -> int:
    """Return the number of columns; raise `input.choice` for one that no such roll has."""
    if not NARROWEST <= columns <= WIDEST:
        allowed = f"{NARROWEST}-{WIDEST}"
        raise MagliaError(Code.INPUT_CHOICE, value=str(columns), option="--columns", allowed=allowed)
    return columns


def in_ascii(text: str) -> str:
    """Return a text in ASCII as Italian receipts write it; `?` for a letter that has no like, as of another script."""
    parts = unicodedata.normalize("NFD", text.translate(_SIGNS))
    found: list[str] = []
    for place, char in enumerate(parts):
        if not unicodedata.combining(char):
            found.append(char if " " <= char <= "~" else _like(char))
        elif char in _GRAVE_ACUTE and _ends_word(parts, place):
            found.append("'")
    return "".join(found)


def _like(char: str) -> str:
    like = unicodedata.normalize("NFKD", char)
    return like if all(" " <= one <= "~" for one in like) else "?"


def _ends_word(parts: str, place: int) -> bool:
    is_vowel = place > 0 and parts[place - 1] in "aeiouAEIOU"
    return is_vowel and not parts[place + 1 : place + 2].isalpha()


class RollPage(PlainPage):
    """Lines for a roll of `columns`; no byte of it is an order to a printer, but for the line feeds."""

    def __init__(self, columns: int = COLUMNS) -> None:
        super().__init__(check_columns(columns))

    def text(self) -> str:
        """Return what was written, the line to cut along, and the paper that brings it out of the printer."""
        return super().text() + "\n" + "- " * (self._width // 2 - 2) + "8<" + _FEED + "\n"

    def legible(self, text: str) -> str:
        """Return the text in ASCII."""
        return in_ascii(super().legible(text))

    def has(self, char: str) -> bool:
        """Return whether a character can be written, as itself or as one that is read alike."""
        return super().has(char) and "?" not in in_ascii(char).replace(char, "")

    def start_page(self) -> None:
        """Go on after a line of signs: a roll has no pages."""
        if self._lines:
            self._gap()
            self._lines += ["=" * self._width, ""]

    def pair(self, label: str, value: str) -> None:
        """Write what something is beside what it is called, both in ASCII: only then are they as wide as written."""
        super().pair(in_ascii(label), in_ascii(value))

    def _wrapped(self, text: str, width: int = 0, *, indent: str = "", under: str = "") -> list[str]:
        return super()._wrapped(in_ascii(text), width, indent=indent, under=under)
