"""One line of the catalog: a message and the next action, in Italian."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sentence:
    """What happened, and what to do next."""

    message: str
    next_action: str


def entry(message: str, next_action: str) -> Sentence:
    """Return a line of the catalog, in Italian; `docs/catalog.py` gathers both texts to be translated."""
    return Sentence(message, next_action)
