"""F1: the field that the cursor is in, then the screen and its words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from maglia.core.translation import mark, tr
from tui.screens.window import Window

_EVERYWHERE = mark(
    "Ovunque   F1 aiuto   F10 altre schermate   ^P cerca un comando   ^G prossimo\n"
    "          riquadro   Tab prossimo campo   Esc chiude una finestra   ^Q esci"
)


class HelpScreen(Window[None]):
    """A page to read, closed by any of the usual keys."""

    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen > Vertical {
        width: 80; height: auto; max-height: 100%; border: solid $foreground 70%; padding: 0 1;
        background: $surface;
    }
    HelpScreen VerticalScroll { height: auto; max-height: 19; scrollbar-size-vertical: 1; }
    HelpScreen .field { margin-bottom: 1; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1", "close", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("up", "scroll(-1)", show=False),
    ]

    def __init__(self, lang: str, about: str, field: str = "") -> None:
        super().__init__()
        self._lang = lang
        self._about = about
        self._field = field

    def compose(self) -> Iterable[Widget]:
        """Text and one button."""
        with Vertical() as box:
            box.border_title = Content(tr("AIUTO", self._lang, "help"))
            with VerticalScroll():
                if self._field:
                    yield Static(Content(self._field), classes="field", markup=False)
                yield Static(Content(self._about), markup=False)
                yield Static(Content("\n" + tr(_EVERYWHERE, self._lang)), markup=False)
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
        self.dismiss()
