"""Findings as `ux.md` draws them: level, part, what was found, and below the command that mends it, whole."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

from textual import events
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from maglia.core.findings.lines import finding_lines
from maglia.core.findings.model import Finding, Level
from tui.lines import Tone
from tui.widgets.sentences import STYLES

_TONES = {Level.PROBLEM: Tone.FOUND, Level.WARNING: Tone.PARTIAL, Level.OK: Tone.CALM}
_LEAST = 60
"""Cells below which lines are not made narrower, but cut by the screen's edge."""


class Findings(VerticalScroll):
    """What was found of each part, the worst first: on a small screen the rest is reached with the arrows."""

    DEFAULT_CSS = """
    Findings { height: 1fr; min-height: 3; scrollbar-size-vertical: 1; }
    Findings > Static { height: auto; }
    """

    def __init__(self, said: str, lang: str) -> None:
        """`said` stands where there is nothing to show yet."""
        super().__init__(id="findings")
        self._lang = lang
        self._said = said
        self._findings: Sequence[Finding] = ()
        self._text = Static(said, markup=False)

    def compose(self) -> list[Static]:
        """One text, as long as it is."""
        return [self._text]

    def say(self, text: str) -> None:
        """Say something in place of findings."""
        self._findings, self._said = (), text
        self._draw()

    def show(self, findings: Sequence[Finding]) -> None:
        """Show findings."""
        self._findings = worst_first(findings)
        self._draw()
        self.scroll_home(animate=False)

    def on_resize(self, event: events.Resize) -> None:
        """Fold again for the new width."""
        _ = event
        self._draw()

    def _draw(self) -> None:
        width = max((self.size.width or 78) - 1, _LEAST)
        parts = [
            Content.styled("\n".join(finding_lines([one], self._lang, width)), STYLES[_TONES[one.level]])
            for one in self._findings
        ]
        self._text.update(Content("\n").join(parts) if parts else Content(self._folded(width)))

    def _folded(self, width: int) -> str:
        """What is said in place of findings, each line under its own beginning."""
        return "\n".join(fill(line, width, subsequent_indent="  ") for line in self._said.split("\n"))


def worst_first(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings with the problems first, then what is to be seen to, each in the order told."""
    order = list(_TONES)
    return sorted(findings, key=lambda one: order.index(one.level))
