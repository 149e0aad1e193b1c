"""Text as it stands in a report: lines that go on below themselves, two cells deeper, at whatever width there is."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from textual import events
from textual.content import Content
from textual.widgets import Static


class Prose(Static):
    """Plain lines; never parsed as markup."""

    DEFAULT_CSS = "Prose { height: auto; width: 100%; }"

    def __init__(self, lines: Sequence[str] = (), *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(markup=False, id=id, classes=classes)
        self._lines = lines

    def on_mount(self) -> None:
        """Begin with what is there."""
        self._draw(self.size.width or 72)

    def show(self, lines: Sequence[str]) -> None:
        """Show the lines."""
        self._lines = lines
        self._draw(self.size.width or 72)

    def on_resize(self, event: events.Resize) -> None:
        """Break the lines again for the new width."""
        self._draw(event.size.width)

    def _draw(self, width: int) -> None:
        self.update(Content("\n".join(part for line in self._lines for part in _broken(line, max(width, 10)))))


def _broken(line: str, width: int) -> list[str]:
    if len(line) <= width:
        return [line]
    under = line[: len(line) - len(line.lstrip())] + "  "
    return wrap(line, width, subsequent_indent=under, break_on_hyphens=False) or [""]
