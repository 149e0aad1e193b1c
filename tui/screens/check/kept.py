"""One of one's own checks, as it is now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from maglia.core.translation import tr
from tui.screens.window import Window
from tui.verdict import rows, verdict_lines
from tui.waiting_model import Standing
from tui.waiting_text import standing_lines
from tui.widgets.answers import Answers
from tui.widgets.sentences import Sentences


class KeptCheckScreen(Window[None]):
    """Whose it is, how it stands, what is known; closed by any of the usual keys."""

    DEFAULT_CSS = """
    KeptCheckScreen { align: center middle; }
    KeptCheckScreen > Vertical {
        width: 100%; max-width: 110; height: 100%; max-height: 30;
        border: solid $foreground 70%; padding: 0 1; background: $surface;
    }
    KeptCheckScreen Static { height: auto; }
    KeptCheckScreen Sentences { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", show=False)]

    def __init__(self, found: Standing, lang: str) -> None:
        super().__init__()
        self._found = found
        self._lang = lang

    def compose(self) -> Iterable[Widget]:
        """Lay it out as VERIFICA does."""
        found, lang = self._found, self._lang
        with Vertical() as box:
            box.border_title = Content(tr("VERIFICA", lang))
            yield Static(Content("\n".join(standing_lines(found.kept, found.identifiers, lang))), markup=False)
            if found.state is not None:
                yield Answers(lang, [])
                yield Sentences()
            yield Button(Content(f"[ {tr('Chiudi', lang)} ]"), compact=True)

    def on_mount(self) -> None:
        """Fill in what is known."""
        if self._found.state is not None:
            self.query_one(Answers).show(rows(self._found.state, self._lang))
            self.query_one(Sentences).show(verdict_lines(self._found.state, self._lang))
        self.query_one(Button).focus()

    @on(Button.Pressed)
    def action_close(self) -> None:
        """Go back."""
        self.dismiss()
