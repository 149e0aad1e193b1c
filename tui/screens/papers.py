"""F8: write the privacy notice and the consent form, and say where they are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Static

from maglia.core.errors import MagliaError
from maglia.core.translation import tr
from tui.handout import Printed, hand_out_newest
from tui.screens.window import Window
from tui.session import Counter
from tui.text import sentence_of


class PapersScreen(Window[None]):
    """What was written and where, or why not; closed by any of the usual keys."""

    DEFAULT_CSS = """
    PapersScreen { align: center middle; }
    PapersScreen > Vertical {
        width: 76; height: auto; border: solid $foreground 70%; padding: 0 2;
        background: $surface;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f8", "close", show=False)]

    class Told(Message):
        """The papers are written, or refused."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, counter: Counter, folder: Path) -> None:
        super().__init__()
        self._counter = counter
        self._folder = folder
        self._lang = counter.profile.lang

    def compose(self) -> Iterable[Widget]:
        """Text and one button."""
        with Vertical() as box:
            box.border_title = Content(tr("STAMPA", self._lang))
            yield Static(tr("Scrittura dell'informativa...", self._lang), id="said", markup=False)
            yield Button(Content(f"[ {tr('Chiudi', self._lang)} ]"), compact=True)

    def on_mount(self) -> None:
        """Write them beside the screen's own work: setting the pages takes a moment."""
        self.run_worker(self._write())

    async def _write(self) -> None:
        try:
            who = self._counter
            printed = await asyncio.to_thread(hand_out_newest, who.profile, who.here, self._folder)
            self.post_message(self.Told(_told(printed, self._lang)))
        except MagliaError as error:
            sentence = sentence_of(error, self._lang)
            self.post_message(self.Told(f"!! {sentence.message}\n   {sentence.next_action}"))

    @on(Told)
    def tell(self, message: Told) -> None:
        """Show how it ended."""
        self.query_one("#said", Static).update(message.text)

    @on(Button.Pressed)
    def action_close(self) -> None:
        """Go back."""
        self.dismiss()


def _told(printed: Printed, lang: str) -> str:
    what = tr("Informativa e modulo di consenso", lang)
    if not printed.has_form:
        what = tr("Informativa, senza modulo di consenso", lang)
    where = tr("pronti da stampare", lang)
    return f"{what}, {printed.notice.version}: {where}.\n\n{printed.path.name}\n{printed.path.parent}"
