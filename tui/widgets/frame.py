"""The frame of every screen: its lines, and the panels between them."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from textual.app import RenderResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget


class Panel(Vertical):
    """One part of a screen between two lines of the frame; a tall one takes the room that the others leave."""

    DEFAULT_CSS = """
    Panel {
        height: auto; padding: 0 1;
        border-left: solid $foreground 70%; border-right: solid $foreground 70%;
    }
    Panel.tall { height: 1fr; }
    Panel.entered { border-left: heavy $primary; border-right: heavy $primary; }
    """

    def __init__(self, *children: Widget, tall: bool = False, name: str | None = None) -> None:
        super().__init__(*children, classes="tall" if tall else "", name=name)

    def on_mount(self) -> None:
        """Follow where the cursor is: with `:focus-within` each step would style everything on the screen anew."""
        self.watch(self.screen, "focused", self._follow)

    def _follow(self) -> None:
        if self.has_class("entered") != self.has_focus_within:
            self.set_class(self.has_focus_within, "entered", update=False)
            self.app.stylesheet.update_nodes([self])


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
