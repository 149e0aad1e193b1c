"""The forms in which the same paper is given: a PDF, plain text of 80 columns, or plain text for a roll of 80 mm."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from maglia.core.errors import Code, MagliaError
from maglia.core.quoted import echo
from tui.papers.plain_page import PlainPage
from tui.papers.roll import COLUMNS, RollPage


class Form(StrEnum):
    """What a paper is written as."""

    PDF = "pdf"
    TEXT = "text"
    ROLL = "roll"

    @property
    def suffix(self) -> str:
        """Return how the name of such a file ends."""
        return ".pdf" if self is Form.PDF else ".txt"


def form_of(path: Path | None, *, roll: bool) -> Form:
    """Return the form that a file's name asks for, text where there is none; raise `input.paper_name` otherwise."""
    suffix = path.suffix.lower() if path else ".txt"
    if suffix not in {".pdf", ".txt"} or (roll and suffix == ".pdf"):
        raise MagliaError(Code.INPUT_PAPER_NAME, file=echo(path.name if path else ""))
    if roll:
        return Form.ROLL
    return Form.PDF if suffix == ".pdf" else Form.TEXT


def text_page(form: Form, columns: int = COLUMNS) -> PlainPage:
    """Return an empty page of one of the two plain forms; `columns` is the roll's width."""
    return RollPage(columns) if form is Form.ROLL else PlainPage()
