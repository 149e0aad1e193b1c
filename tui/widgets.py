"""What the screens are drawn with. Nothing here parses markup: texts may hold names from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import fill, wrap
from typing import NamedTuple

from rich.cells import cell_len, chop_cells, set_cell_size
from textual import events
from textual.app import RenderResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Checkbox, Input, Static

from tui.labels import pick
from tui.lines import Line, Row, Tone
from tui.model import CheckState
from tui.words import say

_STYLES = {Tone.FOUND: "bold $text-error", Tone.PARTIAL: "bold $text-warning", Tone.CALM: "", Tone.NOTE: ""}


class Action(NamedTuple):
    """One thing to do: its key, its name, what it is called; shown in the last line and in the palette."""

    key: str
    shown: str
    name: str
    words: tuple[str, str]


class FrameLine(Widget):
    """A line of the frame: the top one carries a title left and who is at the counter right."""

    DEFAULT_CSS = "FrameLine { height: 1; width: 100%; color: $foreground 70%; }"

    def __init__(self, ends: str = "├┤", left: str = "", right: str = "") -> None:
        super().__init__()
        self._ends = ends
        self._left = left
        self.right = right

    def render(self) -> RenderResult:
        """Draw the line as wide as the screen."""
        title = f"─ {self._left} " if self._left else ""
        room = self.size.width - 2 - cell_len(title)
        who = f" {_cut(self.right, room - 4)} ─" if self.right else ""
        rule = "─" * max(room - cell_len(who), 0)
        return Content(f"{self._ends[0]}{title}{rule}{who}{self._ends[1]}")

    def show(self, right: str) -> None:
        """Change the text at the right."""
        self.right = right
        self.refresh()


def _cut(text: str, cells: int) -> str:
    return text if cell_len(text) <= cells else set_cell_size(text, max(cells - 1, 0)) + "…"


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
        count = f"{answered} {say('of', self._lang)} {asked}" if state else "-"
        left = f"{say('answers', self._lang)} [{bar}] {count}"
        self.update(Content(f"{left:<54}{say('wait', self._lang)}: {seconds_left} s"))


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

    def show(self, rows: list[Row] | None) -> None:
        """Show `rows`, or the hints of an empty counter."""
        self._rows = rows
        self._draw(self.size.width)

    def _draw(self, width: int) -> None:
        if self._rows is None:
            self._body.update(Content("\n".join(self._hints)))
            return
        columns = _columns(width)
        head = [say(word, self._lang) for word in ("status", "body", "facet", "when", "amount")]
        lines = [Content.styled(_cells(head, columns), "bold")]
        for row in self._rows:
            lines += [Content.styled(line, _STYLES[row.tone]) for line in _row_lines(row, columns)]
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


class VerdictPanel(Static):
    """The sentences of the verdict, or of a refusal: mark first, then words, then colour."""

    DEFAULT_CSS = "VerdictPanel { height: auto; min-height: 3; max-height: 8; }"

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
                fill(line.text, width, initial_indent=line.indent, subsequent_indent="   "), _STYLES[line.tone]
            )
            for line in self._lines
        ]
        self.update(Content("\n").join(parts))


def boxed(field: Input) -> Iterable[Widget]:
    """Yield a field between brackets, so that it is seen without colours."""
    yield Static("[", markup=False)
    yield field
    yield Static("]", markup=False)


class TickBox(Checkbox):
    """A box that reads as ticked or not without any colour."""

    DEFAULT_CSS = "TickBox.-textual-compact:focus { border: none !important; }"

    def render(self) -> Content:
        """Draw `[x]` or `[ ]` and the label."""
        label = self.label.stylize_before(self.get_visual_style("toggle--label"))
        return Content(f"[{'x' if self.value else ' '}] ") + label


class KeyLine(Horizontal):
    """The last line: each key with its word, to press or to click; a key that would do nothing is dimmed."""

    DEFAULT_CSS = "KeyLine { height: 1; dock: bottom; padding: 0 1; }"

    def __init__(self, actions: Sequence[Action], lang: str) -> None:
        super().__init__()
        self._actions = actions
        self._lang = lang

    def compose(self) -> Iterable[Widget]:
        """Lay out one label for each action."""
        for action in self._actions:
            yield KeyLabel(action, self._lang)

    def refresh_keys(self) -> None:
        """Dim what is not possible now."""
        for label in self.query(KeyLabel):
            label.set_class(not self.screen.check_action(label.action.name, ()), "off")


class KeyLabel(Static):
    """One clickable key."""

    DEFAULT_CSS = """
    KeyLabel { width: auto; margin-right: 1; }
    KeyLabel:hover { text-style: underline; }
    KeyLabel.off { color: $foreground 40%; }
    """

    def __init__(self, action: Action, lang: str) -> None:
        word = pick(action.words, lang)
        super().__init__(Content.assemble((action.shown, "bold"), f" {word}" if word else ""), markup=False)
        self.action = action

    async def on_click(self) -> None:
        """Do what the key does."""
        await self.screen.run_action(self.action.name)
