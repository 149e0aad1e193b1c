"""The chapters in order, and their steps numbered from 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.tour.accreditation import ACCREDITATION
from tui.tour.auditing import AUDITING
from tui.tour.counter import COUNTER
from tui.tour.model import Chapter, Step
from tui.tour.public_office import PUBLIC_OFFICE

CHAPTERS = (COUNTER, PUBLIC_OFFICE, ACCREDITATION, AUDITING)


@dataclass(frozen=True)
class Numbered:
    """A step with its number and its chapter."""

    number: int
    chapter: Chapter
    step: Step


def all_steps() -> Sequence[Numbered]:
    """Return every step, in order."""
    pairs = [(chapter, step) for chapter in CHAPTERS for step in chapter.steps]
    return [Numbered(number, chapter, step) for number, (chapter, step) in enumerate(pairs, 1)]
