"""F1: what each field and each word means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Static

from tui.words import say


class HelpScreen(ModalScreen[None]):
    """A page to read, closed by any of the usual keys."""

    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen > Vertical {
        width: 76; height: auto; border: solid $foreground 70%; padding: 0 2;
        background: $surface;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1", "close", show=False)]

    def __init__(self, lang: str) -> None:
        super().__init__()
        self._lang = lang

    def compose(self) -> Iterable[Widget]:
        """Text and one button."""
        with Vertical() as box:
            box.border_title = Content(say("help", self._lang))
            yield Static(say("help_text", self._lang), markup=False)
            yield Button(Content(f"[ {say('close', self._lang)} ]"), compact=True)

    @on(Button.Pressed)
    def action_close(self) -> None:
        """Go back."""
        self.dismiss()
