"""A paper as plain text of 80 columns, for any printer and any screen reader. Pages are parted by a form feed."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence

WIDTH = 78
"""Columns; a printer of 80 keeps a margin."""
_BOX = "[ ] "
_LEAST_BLANK = 20
_UNDER = "  "
_LABEL_SHARE = 3
"""Of the width, one part in so many is for what a value is called."""


class PlainPage:
    """Lines that grow from top to bottom; `text` is all of them."""

    def __init__(self, width: int = WIDTH) -> None:
        self._width = width
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
        lines = self._wrapped(title.upper())
        self._lines += [*lines, "=" * max(map(len, lines), default=0)]
        self._write(subtitle)
        self._gap()

    def heading(self, text: str, following: str = "") -> None:  # noqa: ARG002 - text knows no end of a page
        """Write a heading, underlined."""
        self._gap()
        lines = self._wrapped(text)
        self._lines += [*lines, "-" * max(map(len, lines), default=0)]

    def paragraph(self, text: str) -> None:
        """Write a paragraph, or an item of a list."""
        if not text.startswith("- ") and not self._is_under_heading():
            self._gap()
        self._write(text, _UNDER if text.startswith("- ") else "")

    def tick(self, text: str) -> None:
        """Write a sentence with a box to tick."""
        self._write(_BOX + text, " " * len(_BOX))

    def ticks(self, texts: Sequence[str], columns: int) -> None:
        """Write short words with boxes, in as many columns as the longest leaves room for."""
        boxes = [_BOX + text for text in texts]
        longest = max(map(len, boxes), default=0) + 2
        columns = max(1, min(columns, self._width // longest))
        if columns == 1:
            for text in texts:
                self.tick(text)
            return
        width = self._width // columns
        for start in range(0, len(boxes), columns):
            self._lines.append("".join(box.ljust(width) for box in boxes[start : start + columns]).rstrip())

    def blank(self, label: str) -> None:
        """Write a label, and a line to the right edge or, under a long label, one of its own."""
        self._gap()
        *above, last = self._wrapped(label) or [""]
        self._lines += above
        if len(last) > self._width - _LEAST_BLANK:
            self._lines += [last, "_" * self._width]
        else:
            self._lines.append(f"{last} ".ljust(self._width, "_"))

    def pair(self, label: str, value: str) -> None:
        """Write what something is beside what it is called, or below it where a word would have to be parted."""
        room = self._width // _LABEL_SHARE
        head, longest = f"{label}: ", max(map(len, value.split()), default=0)
        if len(head) > room or longest > self._width - room:
            self._write(head.rstrip())
            self._lines += self._wrapped(value, indent=_UNDER)
            return
        first, *rest = self._wrapped(value, self._width - room) or [""]
        self._lines.append(f"{head:<{room}}{first}".rstrip())
        self._lines += [f"{'':<{room}}{line}" for line in rest]

    def boxed(self, heading: str, paragraphs: Sequence[str]) -> None:
        """Write a heading and paragraphs between two lines."""
        self._gap()
        self._lines.append("*" * self._width)
        self._write(heading)
        for text in paragraphs:
            self._write(text, _UNDER if text.startswith("- ") else "")
        self._lines.append("*" * self._width)
        self._gap()

    def _write(self, text: str, under: str = "") -> None:
        self._lines += self._wrapped(text, under=under)

    def _wrapped(self, text: str, width: int = 0, *, indent: str = "", under: str = "") -> list[str]:
        """Return a text in lines that fit; words that are too long are parted."""
        return textwrap.wrap(
            text, width or self._width, initial_indent=indent, subsequent_indent=indent + under, break_on_hyphens=False
        )

    def _is_under_heading(self) -> bool:
        return bool(self._lines) and set(self._lines[-1]) in ({"-"}, {"="})

    def _gap(self) -> None:
        if self._lines and self._lines[-1] not in {"", "\f"}:
            self._lines.append("")
