"""A small chart of bars, for those who would rather look than read; the numbers stand beside the bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from textual import events
from textual.content import Content
from textual.widgets import Static

_LEAST = 4
"""Cells of the longest bar, however narrow the chart is."""


@dataclass(frozen=True)
class Bar:
    """One bar: what it is of, how long it is beside the others, and its number in words."""

    name: str
    value: float
    shown: str


def bar_lines(bars: Sequence[Bar], width: int, whole: float = 0.0) -> list[Content]:
    """Return one line for each bar, none wider than `width` cells; whatever is not nothing has a bar that is seen.

    A bar of the value `whole` is as long as can be; without it, the longest of them is.
    """
    if not bars:
        return []
    names = min(max(cell_len(bar.name) for bar in bars), max(width // 2, 1))
    numbers = max(cell_len(bar.shown) for bar in bars)
    room = max(width - names - numbers - 2, _LEAST)
    most = whole or max(bar.value for bar in bars) or 1
    lines = []
    for bar in bars:
        length = max(round(room * bar.value / most), 1) if bar.value > 0 else 0
        lines.append(
            Content.assemble(f"{set_cell_size(bar.name, names)} ", ("▬" * length, "$primary"), f" {bar.shown}")
        )
    return lines


class Bars(Static):
    """A chart under a title, as wide as there is room."""

    DEFAULT_CSS = "Bars { height: auto; }"

    def __init__(self, title: str, *, whole: float = 0.0, id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(markup=False, id=id)
        self._title = title
        self._whole = whole
        self._bars: Sequence[Bar] = ()

    def show(self, bars: Sequence[Bar]) -> None:
        """Show the bars."""
        self._bars = bars
        self._draw(self.size.width or 40)

    def on_resize(self, event: events.Resize) -> None:
        """Draw again for the new width."""
        self._draw(event.size.width)

    def _draw(self, width: int) -> None:
        title = Content.styled(self._title, "bold")
        lines = bar_lines(self._bars, width, self._whole)
        self.update(Content("\n").join([title, *lines]) if lines else "")
