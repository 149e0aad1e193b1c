"""Telling a card reader from a person: it types a whole code and Enter faster than anybody."""

from __future__ import annotations

from maglia.core.errors import MagliaError
from maglia.core.identifiers import parse_identifier

GAP_S = 0.05
"""Seconds between two keys of a reader, on the average, at the most; the quickest typists need twice as long."""
_SHORTEST, _LONGEST = 11, 16
"""Characters of the codes that cards carry."""


class Scanner:
    """Hears every key; after the Enter of a reader it knows the code."""

    def __init__(self) -> None:
        self._typed = ""
        self._since = 0.0
        self._last = 0.0

    def hears_first(self, at: float) -> bool:
        """Return whether a key at this moment (seconds) would begin a new word."""
        return not self._typed or at - self._last > GAP_S * _LONGEST

    def character(self, character: str, at: float) -> None:
        """Hear a character."""
        if self.hears_first(at) or len(self._typed) > 2 * _LONGEST:
            self._typed, self._since = "", at
        self._typed += character
        self._last = at

    def enter(self, at: float) -> str | None:
        """Hear Enter; return the code if a reader typed it."""
        typed, self._typed = self._typed, ""
        is_fast = at - self._since <= GAP_S * max(len(typed), 1)
        return typed if is_fast and _SHORTEST <= len(typed) <= _LONGEST and _is_code(typed) else None

    def other(self) -> None:
        """Hear a key that no reader presses."""
        self._typed = ""


def _is_code(text: str) -> bool:
    try:
        parse_identifier(text)
    except MagliaError:
        return False
    return True
