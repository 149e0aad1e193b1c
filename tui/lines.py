"""What a check's sentences are made of, for the screen and for the command alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How a line is meant; the words say it too, so colour is never needed."""

    FOUND = "found"
    PARTIAL = "partial"
    CALM = "calm"
    NOTE = "note"


@dataclass(frozen=True)
class Line:
    """One sentence of the verdict, with its mark (`!!`, `??`, blanks to stand under one, or nothing)."""

    mark: str
    text: str
    tone: Tone

    @property
    def indent(self) -> str:
        """What stands before the text."""
        return f"{self.mark} " if self.mark else ""


@dataclass(frozen=True)
class Row:
    """One row of the answers: status, body, and either what was found or why the body is silent.

    In a household `person` says whose finding it is; who is not asked about stands where a body does.
    """

    status: str
    body: str
    facet: str = ""
    when: str = ""
    amount: str = ""
    note: str = ""
    tone: Tone = Tone.CALM
    person: int = 0
