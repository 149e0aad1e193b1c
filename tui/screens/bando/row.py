"""One row of a call for applicants, whole: what was found, and every body that is silent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from maglia.core.translation import tr
from tui.screens.dialogs import Dialog


class RowScreen(Dialog):
    """A page to read, closed by any of the usual keys."""

    DEFAULT_CSS = """
    RowScreen > .box > VerticalScroll { height: auto; max-height: 16; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("up", "scroll(-1)", show=False),
    ]

    def __init__(self, title: str, lines: Sequence[str], lang: str) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._lang = lang

    def compose(self) -> Iterable[Widget]:
        """Text and one button."""
        with Vertical(classes="box") as box:
            box.border_title = Content(self._title)
            with VerticalScroll():
                yield Static(Content("\n".join(self._lines)), markup=False)
            yield Button(Content(f"[ {tr('Chiudi', self._lang)} ]"), compact=True)

    def on_mount(self) -> None:
        """Begin at the button: Enter closes."""
        self.query_one(Button).focus()

    def action_scroll(self, by: int) -> None:
        """Read on."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    @on(Button.Pressed)
    def action_close(self) -> None:
        """Go back."""
        self.dismiss("")
