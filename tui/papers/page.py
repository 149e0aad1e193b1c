"""What a paper is written on: a PDF (`tui.papers.sheet`) or plain text (`tui.papers.plain_page`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Page(Protocol):
    """Running text, boxes to tick and lines to fill in, from top to bottom."""

    def legible(self, text: str) -> str:
        """Return a text whose characters can all be written, with `?` for the others."""

    def has(self, char: str) -> bool:
        """Return whether a character can be written."""

    def start_page(self) -> None:
        """Go on with a new page."""

    def title_lines(self, title: str, subtitle: str) -> None:
        """Write the paper's title and what it is."""

    def heading(self, text: str, following: str = "") -> None:
        """Write a heading, on the page of what follows."""

    def paragraph(self, text: str) -> None:
        """Write a paragraph; one that begins with a hyphen is an item of a list."""

    def tick(self, text: str) -> None:
        """Write a sentence with an empty box before it."""

    def ticks(self, texts: Sequence[str], columns: int) -> None:
        """Write short words with boxes, in columns."""

    def blank(self, label: str) -> None:
        """Write a label with a line to fill in by hand."""

    def pair(self, label: str, value: str) -> None:
        """Write what something is beside what it is called."""

    def boxed(self, heading: str, paragraphs: Sequence[str]) -> None:
        """Write a heading and paragraphs in a frame."""
