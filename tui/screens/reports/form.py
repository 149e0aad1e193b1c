"""A person's request to know who looked them up: whose code, which document was seen, when it came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_identifier
from maglia.core.translation import tr
from tui.screens.window import Window
from tui.text import parse_day, sentence_of
from tui.widgets.entry import Field, day_echo


@dataclass(frozen=True)
class Asking:
    """A request to put on file; `received` is ISO 8601, or empty for today."""

    identifier: str
    document: str
    received: str


class AccessRequestForm(Window[Asking | None]):
    """The fields of one request; closes with it, or with None for none."""

    DEFAULT_CSS = """
    AccessRequestForm { align: center middle; }
    AccessRequestForm > Vertical {
        width: 76; height: auto; border: solid $foreground 70%; padding: 0 2; background: $surface;
    }
    AccessRequestForm #about { height: auto; margin-bottom: 1; }
    AccessRequestForm #message { height: auto; min-height: 3; margin-top: 1; }
    AccessRequestForm .keys { height: 1; }
    AccessRequestForm Button { margin-right: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", show=False), Binding("f2", "send", show=False)]

    def __init__(self, lang: str, code: str = "") -> None:
        super().__init__()
        self._lang = lang
        self._code = Field(tr("Codice", self._lang), "identifier", code, width=20, longest=30)
        self._document = Field(
            tr("Documento", self._lang),
            "document",
            width=30,
            hint=tr("visto ora, per es. CI AB123", self._lang),
        )
        hint = tr("oggi", self._lang)
        day = tr("Ricevuta", self._lang)
        self._received = Field(day, "received", width=12, longest=10, hint=hint, echo=day_echo(lang))

    def _word(self, pair: str) -> str:
        return tr(pair, self._lang)

    def compose(self) -> Iterable[Widget]:
        """Lay out what will happen, the fields, two answers."""
        about = tr(
            "La persona va riconosciuta prima: il suo documento resta scritto qui, fino alla chiusura. A tutti gli"
            " enti si chiede chi ha cercato i suoi dati. C'è un mese per rispondere.",
            self._lang,
        )
        with Vertical() as box:
            box.border_title = Content(tr("NUOVA RICHIESTA DI ACCESSO", self._lang))
            yield Static(Content(about), id="about", markup=False)
            yield from (self._code, self._document, self._received)
            yield Static(
                Content(tr("Questa ricerca viene registrata a suo nome.", self._lang)), id="message", markup=False
            )
            with Horizontal(classes="keys"):
                yield Button(Content(f"[ {tr('Annulla', self._lang)} ]"), id="cancel", compact=True)
                yield Button(Content(f"[ F2 {tr('Chiedi agli enti', self._lang)} ]"), id="send", compact=True)

    def on_mount(self) -> None:
        """Begin where something is missing."""
        (self._document if self._code.text else self._code).input.focus()

    @on(Input.Submitted)
    def go_on(self) -> None:
        """Go to the next field: nothing is asked by Enter alone."""
        self.focus_next()

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Ask nobody."""
        self.dismiss(None)

    @on(Button.Pressed, "#send")
    def action_send(self) -> None:
        """Close with the request, or say what is missing."""
        try:
            self.dismiss(self._asking())
        except MagliaError as error:
            sentence = sentence_of(error, self._lang)
            self.query_one("#message", Static).update(Content(f"!! {sentence.message}\n   {sentence.next_action}"))

    def _asking(self) -> Asking:
        code = parse_identifier(self._code.text).text
        if not self._document.text:
            raise MagliaError(Code.INPUT_MISSING, field=tr("documento", self._lang))
        received = parse_day(self._received.text).isoformat() if self._received.text else ""
        return Asking(code, self._document.text, received)
