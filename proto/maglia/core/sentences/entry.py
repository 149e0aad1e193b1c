"""One line of the catalog: a message and the next action, in Italian and in English."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sentence:
    """What happened, and what to do next, in one language."""

    message: str
    next_action: str


@dataclass(frozen=True)
class Entry:
    """The two languages of a code."""

    it: Sentence
    en: Sentence


def entry(it: str, it_next: str, en: str, en_next: str) -> Entry:
    """Return a line of the catalog: message and next action in Italian, then in English."""
    return Entry(Sentence(it, it_next), Sentence(en, en_next))
