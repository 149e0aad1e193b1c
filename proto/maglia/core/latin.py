"""Letters of names that a screen tells apart: an a of another alphabet looks like ours, and makes another name."""

from __future__ import annotations

import unicodedata

_WHOLE = frozenset("ÆæŒœØøßÐđðĐŁłÞþªº")
"""Letters of languages around us that are no plain letter with a mark."""


def foreign_letter(name: str) -> str:
    """Return the first letter, digit or loose mark of a name that is not Latin with its accents; empty if none is.

    Signs and spaces are left to whoever asks: they make no other word. Full-width and mathematical letters, numerals
    that are letters and a dotless i are foreign too, since they are drawn as ours are.
    """
    for character in unicodedata.normalize("NFC", name):
        if unicodedata.category(character)[0] in "LNM" and not _is_ours(character):
            return character
    return ""


def _is_ours(character: str) -> bool:
    if character in _WHOLE:
        return True
    return unicodedata.normalize("NFD", character)[0].isascii() and unicodedata.category(character)[0] in "LN"
