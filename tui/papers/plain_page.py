"""A paper as plain text of 80 columns, for any printer and any screen reader. Pages are parted by a form feed."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence

_WIDTH = 78
"""Columns; a printer of 80 keeps a margin."""
_BOX = "[ ] "
_LEAST_BLANK = 20


class PlainPage:
    """Lines that grow from top to bottom; `text` is all of them."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def text(self) -> str:
        """Return what was written, one line feed at the end."""
        return "\n".join(self._lines).strip("\n") + "\n"

    def legible(self, text: str) -> str:
        """Return the text without what a terminal would obey."""
        return "".join(char if self.has(char) else "?" for char in text)

    def has(self, char: str) -> bool:
        """Return whether a character is one that people see."""
        return unicodedata.category(char)[0] != "C"

    def start_page(self) -> None:
        """Go on after a form feed, at which printers change the sheet."""
        if self._lines:
            self._lines.append("\f")

    def title_lines(self, title: str, subtitle: str) -> None:
        """Write the title in capitals, underlined."""
        self._lines += [*textwrap.wrap(title.upper(), _WIDTH), "=" * min(len(title), _WIDTH)]
        self._write(subtitle)
        self._gap()

    def heading(self, text: str, following: str = "") -> None:  # noqa: ARG002 - text knows no end of a page
        """Write a heading, underlined."""
        self._gap()
        lines = textwrap.wrap(text, _WIDTH)
        self._lines += [*lines, "-" * max(map(len, lines), default=0)]

    def paragraph(self, text: str) -> None:
        """Write a paragraph, or an item of a list."""
        if not text.startswith("- ") and not self._is_under_heading():
            self._gap()
        self._write(text, "  " if text.startswith("- ") else "")

    def tick(self, text: str) -> None:
        """Write a sentence with a box to tick."""
        self._write(_BOX + text, " " * len(_BOX))

    def ticks(self, texts: Sequence[str], columns: int) -> None:
        """Write short words with boxes, in as many columns as the longest leaves room for."""
        boxes = [_BOX + text for text in texts]
        longest = max(map(len, boxes), default=0) + 2
        columns = max(1, min(columns, _WIDTH // longest))
        width = _WIDTH // columns
        for start in range(0, len(boxes), columns):
            self._lines.append("".join(box.ljust(width) for box in boxes[start : start + columns]).rstrip())

    def blank(self, label: str) -> None:
        """Write a label, and a line to the right edge or, under a long label, one of its own."""
        self._gap()
        *above, last = textwrap.wrap(label, _WIDTH) or [""]
        self._lines += above
        if len(last) > _WIDTH - _LEAST_BLANK:
            self._lines += [last, "_" * _WIDTH]
        else:
            self._lines.append(f"{last} ".ljust(_WIDTH, "_"))

    def boxed(self, heading: str, paragraphs: Sequence[str]) -> None:
        """Write a heading and paragraphs between two lines."""
        self._gap()
        self._lines.append("*" * _WIDTH)
        if heading:
            self._lines.append(heading)
        for text in paragraphs:
            self._write(text, "  " if text.startswith("- ") else "")
        self._lines.append("*" * _WIDTH)
        self._gap()

    def _write(self, text: str, under: str = "") -> None:
        self._lines += textwrap.wrap(text, _WIDTH, subsequent_indent=under, break_on_hyphens=False)

    def _is_under_heading(self) -> bool:
        return bool(self._lines) and set(self._lines[-1]) in ({"-"}, {"="})

    def _gap(self) -> None:
        if self._lines and self._lines[-1] not in {"", "\f"}:
            self._lines.append("")
