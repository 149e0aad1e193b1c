"""Sentences with their marks: a verdict, a refusal, what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

from textual import events
from textual.content import Content
from textual.widgets import Static

from tui.lines import Line, Tone

STYLES = {Tone.FOUND: "bold $text-error", Tone.PARTIAL: "bold $text-warning", Tone.CALM: "", Tone.NOTE: ""}


class Sentences(Static):
    """What is said of the work: mark first, then words, then colour. All of it is always on the screen."""

    DEFAULT_CSS = "Sentences { height: auto; min-height: 3; max-height: 8; }"

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._lines: Sequence[Line] = ()

    def show(self, lines: Sequence[Line]) -> None:
        """Show the lines."""
        self._lines = lines
        self._draw(self.size.width or 76)

    def on_resize(self, event: events.Resize) -> None:
        """Wrap again for the new width."""
        self._draw(event.size.width)

    def _draw(self, width: int) -> None:
        """Wrap each sentence under its own beginning."""
        parts = [
            Content.styled(
                fill(line.text, width, initial_indent=line.indent, subsequent_indent="   "), STYLES[line.tone]
            )
            for line in self._lines
        ]
        self.update(Content("\n").join(parts))
