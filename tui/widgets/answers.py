"""The answers to a check: how many have come, and what they say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap

from rich.cells import chop_cells, set_cell_size
from textual import events
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from maglia.core.translation import mark, tr
from tui.lines import Row
from tui.model import CheckState
from tui.widgets.sentences import STYLES

_HEADS = mark("STATO"), mark("ENTE"), mark("AIUTO"), mark("QUANDO"), mark("IMPORTO")


class Progress(Static):
    """How many bodies have answered, and how long is still to wait; in signs, so that no colour is needed."""

    DEFAULT_CSS = "Progress { height: 1; }"
    _BAR = 24

    def __init__(self, lang: str) -> None:
        super().__init__(markup=False)
        self._lang = lang

    def show(self, state: CheckState | None, seconds_left: int) -> None:
        """Draw the bar for `state`, or an empty one."""
        asked, answered = (state.asked, state.answered) if state else (0, 0)
        full = self._BAR * answered // asked if asked else 0
        bar = "#" * full + "." * (self._BAR - full)
        count = f"{answered} {tr('su', self._lang)} {asked}" if state else "-"
        left = f"{tr('Risposte', self._lang)} [{bar}] {count}"
        self.update(Content(f"{left:<54}{tr('attesa', self._lang)}: {seconds_left} s"))


class Answers(VerticalScroll):
    """The table of answers: fixed columns that grow with the screen; long names go on in the next line, never cut."""

    DEFAULT_CSS = """
    Answers { height: 1fr; min-height: 3; scrollbar-size-vertical: 1; }
    Answers > Static { width: 100%; height: auto; }
    Answers > .head { text-style: bold; }
    """
    can_focus = True

    def __init__(self, lang: str, hints: Sequence[str]) -> None:
        super().__init__()
        self._lang = lang
        self._rows: list[Row] | None = None
        self._hints = list(hints)
        self._body = Static(markup=False)

    def compose(self) -> Iterable[Widget]:
        """Lay out the one block of text that holds every row."""
        yield self._body

    def on_resize(self, event: events.Resize) -> None:
        """Draw again for the new width."""
        self._draw(event.size.width)

    def show(self, rows: list[Row] | None, hints: Sequence[str] | None = None) -> None:
        """Show `rows`, or the hints of an empty counter, from now on `hints`."""
        self._rows = rows
        self._hints = self._hints if hints is None else list(hints)
        self._draw(self.size.width)

    def _draw(self, width: int) -> None:
        if self._rows is None:
            self._body.update(Content("\n".join(self._hints)))
            return
        columns = _columns(width)
        head = [tr(word, self._lang) for word in _HEADS]
        lines = [Content.styled(_cells(head, columns), "bold")]
        for row in self._rows:
            lines += [Content.styled(line, STYLES[row.tone]) for line in _row_lines(row, columns)]
        self._body.update(Content("\n").join(lines))


def _columns(width: int) -> list[int]:
    rest = [18, 13, 11]
    return [10, max(width - 10 - sum(rest), 12), *rest]


def _cells(texts: Sequence[str], columns: Sequence[int]) -> str:
    return "".join(set_cell_size(text, size - 1) + " " for text, size in zip(texts, columns, strict=True)).rstrip()


def _row_lines(row: Row, columns: list[int]) -> list[str]:
    """One row as lines: each text wrapped within its column; the reason of a silence runs over the last three."""
    body = f"{row.person}: {row.body}" if row.person else row.body
    if row.note:
        columns = [columns[0], columns[1], sum(columns[2:])]
        texts, note = [row.status, body], [wrap(row.note, columns[2] - 1)]
    else:
        texts, note = [row.status, body, row.facet, row.when, row.amount], []
    found = zip(texts, columns[: len(texts)], strict=True)
    wrapped = [*(chop_cells(text, size - 1) or [""] for text, size in found), *note]
    height = max(len(lines) for lines in wrapped)
    return [_cells([lines[at] if at < len(lines) else "" for lines in wrapped], columns) for at in range(height)]
