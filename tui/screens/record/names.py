"""A person without any code, by name: whoever is alike on file is to be confirmed by a person, never by the program."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import date
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from maglia.core.errors import MagliaError
from maglia.core.translation import mark, tr
from tui.labels import FACETS, label
from tui.model import ToConfirm
from tui.screens.dialogs import Dialog
from tui.screens.faults import fault_text, faults_of, needed
from tui.screens.record.entry import Someone
from tui.text import parse_day, sentence_of, show_amount, show_day
from tui.widgets.entry import Field, day_echo
from tui.widgets.listing import Column, Listing, ListRow

NEW = "new"
"""How the dialog closes for somebody who is not on file; `someone` is who."""
_TITLE = mark("PERSONA SENZA CODICE")
_NAME, _BORN = mark("Nome"), mark("Nata/o il")
_PLACE = mark("Luogo")
_SEARCH, _NEW = mark("Cerca"), mark("È una persona nuova")
_SAID = mark("Solo per chi non ha nessun codice. Prima si cerca chi ha un nome simile in questo ente.")
_NOBODY = mark("Nessuno è registrato con un nome simile. Se è la prima volta: «È una persona nuova».")
_ALIKE = mark("Nomi simili, forse persone diverse: chiedere alla persona. Se è la stessa, Invio sulla riga.")
_COLUMNS = (
    Column(mark("N."), 10),
    Column(mark("NOME")),
    Column(mark("NASCITA"), 11),
    Column(mark("LUOGO"), 18),
)
Find = Callable[[str, str], Awaitable[Sequence[ToConfirm]]]


class ByName(Dialog):
    """Closes with the number of someone on file (NOME:3), with `NEW`, or with "" for nobody."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "harmless", show=False)]
    DEFAULT_CSS = "ByName Listing { height: 9; } ByName .name { width: 11; }"

    class Found(Message):
        """Who is alike, or why that is not known."""

        def __init__(self, found: Sequence[ToConfirm], error: MagliaError | None = None) -> None:
            super().__init__()
            self.found = found
            self.error = error

    def __init__(self, find: Find, lang: str, name: str = "") -> None:
        super().__init__()
        self._find = find
        self._lang = lang
        self._called = Field(tr(_NAME, lang), "name", name, width=40, longest=120, read=needed("name", str))
        self._born = Field(tr(_BORN, lang), "born", width=10, longest=10, echo=day_echo(lang), read=parse_day)
        self._place = Field(tr(_PLACE, lang), "place", width=30, longest=80, read=needed("place", str))
        self._said = Static(tr(_SAID, lang), markup=False)
        self._asked: tuple[str, str] | None = None
        self.someone: Someone | None = None

    def compose(self) -> Iterable[Widget]:
        """Lay out who it is, who is alike, the answers."""
        with Vertical(classes="box") as box:
            box.border_title = Content(tr(_TITLE, self._lang))
            yield from (self._called, self._born, self._place)
            yield Listing(_COLUMNS, self._lang)
            yield self._said
            with Horizontal(classes="keys"):
                for name, words in (("back", tr("Indietro", self._lang)), ("search", tr(_SEARCH, self._lang))):
                    yield Button(Content(f"[ {words} ]"), id=name, compact=True)
                yield Button(Content(f"[ {tr(_NEW, self._lang)} ]"), id="new", compact=True, disabled=True)

    def on_mount(self) -> None:
        """Begin at the name; nothing happens before somebody was looked for."""
        (self._born if self._called.text else self._called).input.focus()

    @on(Input.Changed)
    def look_again(self) -> None:
        """Whoever was found before is not this person's likes."""
        if self._asked is not None and self._asked != (self._called.text, self._born.text):
            self._asked = None
            self.query_one("#new", Button).disabled = True
            self.query_one(Listing).say("")

    @on(Input.Submitted)
    def go_on(self, event: Input.Submitted) -> None:
        """Go on to what is missing; look once there is enough, and then to the answer that nobody was found for."""
        if event.input is self._called.input and self._called.text and not self._born.text:
            self._born.input.focus()
        elif event.input is self._place.input and self._place.text and not self.query_one("#new", Button).disabled:
            self.query_one("#new", Button).focus()
        else:
            self.search()

    @on(Button.Pressed, "#search")
    def search(self) -> None:
        """Look for who is alike at this body."""
        if self._is_right(self._called, self._born):
            self._asked = (self._called.text, self._born.text)
            self.run_worker(self._search(self._called.text, self._birth), exclusive=True)

    @property
    def _birth(self) -> str:
        return parse_day(self._born.text).isoformat()

    def _is_right(self, *fields: Field) -> bool:
        """Return whether these fields can be right, else say all that is wrong, with the cursor at the first."""
        faults = faults_of(fields)
        if faults:
            self._said.update(Content(fault_text(faults, self._lang, {})))
            self.query_one(f"#{faults[0].field}", Input).focus()
        return not faults

    async def _search(self, name: str, born: str) -> None:
        try:
            self.post_message(self.Found(await self._find(name, born)))
        except MagliaError as error:
            self.post_message(self.Found((), error))

    @on(Found)
    def show(self, message: Found) -> None:
        """Show who is alike; whoever it is, a person says so."""
        if message.error is not None:
            self._tell(message.error)
            return
        listing = self.query_one(Listing)
        listing.show([_row(one, self._lang) for one in message.found])
        self._said.update(Content(tr(_ALIKE if message.found else _NOBODY, self._lang)))
        self.query_one("#new", Button).disabled = False
        if message.found:
            listing.take_cursor()
        else:
            self._place.input.focus()

    @on(Listing.Chosen)
    def take(self, event: Listing.Chosen) -> None:
        """Close with the person chosen."""
        self.dismiss(event.key)

    @on(Button.Pressed, "#new")
    def new(self) -> None:
        """Close with somebody new, once all is written that tells them from others."""
        if self._is_right(self._called, self._born, self._place):
            self.someone = Someone(self._called.text, self._birth, self._place.text)
            self.dismiss(NEW)

    @on(Button.Pressed, "#back")
    def action_harmless(self) -> None:
        """Close with nobody."""
        self.dismiss("")

    def _tell(self, error: MagliaError) -> None:
        sentence = sentence_of(error, self._lang)
        self._said.update(Content(f"!! {sentence.message} {sentence.next_action}"))


def _row(one: ToConfirm, lang: str) -> ListRow:
    aids = [
        ", ".join(
            [label(FACETS, aid.facet, lang), show_day(date.fromisoformat(aid.date))]
            + ([show_amount(aid.amount_cents)] if aid.amount_cents is not None else [])
        )
        for aid in one.aids
    ]
    return ListRow(
        one.alias, (one.alias, one.name, show_day(date.fromisoformat(one.born)), one.place), note="; ".join(aids)
    )
