"""PERSONA: everything that this body has of one person, and what may be put right in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import mark, tr
from maglia.core.vocabulary import Facet, Purpose
from tui.model import Question
from tui.needs_text import balance_sentences
from tui.question import check_on_file
from tui.screens.counter_next import ON_PERSON
from tui.screens.dialogs import Ask, Menu
from tui.screens.person import doing
from tui.screens.person.acts import ACTS
from tui.screens.person.body import PersonBody
from tui.screens.person.deeds import deeds_for, pointed_aid
from tui.screens.person.desk import PersonDesk, now_ms, said
from tui.screens.person.file import AID, HOUSEHOLD, NEEDS, NOTES, RIGHTS, VIEWS, OnFile, parts_for, read_part
from tui.screens.person.help import ABOUT, HELPS
from tui.screens.person.parts import Views, WhoPanel
from tui.screens.person.rows import can_undo, table_of
from tui.screens.person.words import LOADING, OWN_ALONE, said_of, who_lines
from tui.screens.work import EXPORT
from tui.session import AtHand, Counter
from tui.table import Table
from tui.widgets.frame import Panel
from tui.widgets.keys import Action
from tui.widgets.listing import Listing


class PersonScreen(PersonDesk):
    """One person's file at the counter."""

    NAME = "person"
    HEADING = mark("PERSONA")
    NEXT_HERE = ON_PERSON
    OWN: ClassVar[Sequence[Action]] = (
        Action("f2", "F2", "read", mark("Apri")),
        Action("f3", "F3", "act", mark("Fai")),
        Action("f4", "F4", "clear", mark("Nuova")),
        Action("f5", "F5", "next_view", mark("Voci")),
        EXPORT,
        Action("f8", "F8", "app.papers", mark("Stampa")),
        Action("f9", "F9", "undo", mark("Annulla", "undo")),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(str(key), f"show_view('{view.name}')", show=False) for key, view in enumerate(VIEWS, 1)
    ]
    ABOUT = ABOUT
    HELPS: ClassVar[Mapping[str, str]] = HELPS
    SCANS_INTO = "code"

    def __init__(self, seat: Counter) -> None:
        super().__init__(seat)
        self._turn = 0
        self._who = WhoPanel(self.lang)
        self._body = PersonBody(seat)

    def panels(self) -> Iterable[Panel]:
        """Who it is; then what is looked at."""
        yield self._who
        yield self._body

    def on_mount(self) -> None:
        """Begin without a person."""
        self._show_all()
        self.note(OWN_ALONE)
        super().on_mount()

    @property
    def view(self) -> str:
        """Return what is looked at."""
        return self._body.view

    @property
    def pointed(self) -> str:
        """Return the key of the row that the cursor is on."""
        return self._body.pointed

    @property
    def _typed(self) -> str:
        return self._who.code.text

    def opened(self) -> None:
        """Begin with the person at hand, else wait for a card."""
        self._show_all()
        self.returned()

    def returned(self) -> None:
        """Show the person whom the counter works for by now, unless another is being written."""
        at_hand = self.seat.at_hand.question.identifier if self.seat.at_hand else ""
        if at_hand and at_hand != self.on_file.code and self._typed in {"", self.on_file.code}:
            self.take_code(at_hand)
        elif not self.on_file.code:
            self._who.code.input.focus()
        else:
            over = [part for part, error in self.on_file.refused.items() if error.code is Code.SESSION_EXPIRED]
            self.read_again(*over)  # whoever was here has logged in again

    def forget(self) -> None:
        """Leave an empty screen."""
        self.unsent = {}
        self.action_clear()

    def take_code(self, code: str) -> bool:
        """Read whoever's card was read."""
        self._who.code.input.value = code
        self.action_read()
        return True

    def draft(self) -> Mapping[str, str]:
        """Return the code that is written and not read yet, and what is written in forms."""
        typed = {"code": self._typed} if self._typed and not self.on_file.code else {}
        return {**super().draft(), **typed}

    def take_up(self, fields: Mapping[str, str]) -> None:
        """Write the code again, else whose form was being written."""
        super().take_up(fields)
        written = [code for code, _deed in self.unsent]
        self._who.code.input.value = fields.get("code", written[-1] if written else "")

    @on(Input.Submitted, "#code")
    def action_read(self) -> None:
        """Read all that may be read of the person who is written, each part by itself."""
        self._leave_person()
        try:
            self.on_file = OnFile(check_on_file(self._typed))
        except MagliaError as error:
            self.explain(error)
            return
        at_hand, code = self.seat.at_hand, self.on_file.code
        if at_hand is None or at_hand.question.identifier != code:
            self.seat.at_hand = AtHand(Question(code, Facet.FOOD_PARCEL, Purpose.AID_OVERLAP))
        self.note(LOADING)
        self._read(*parts_for(self.seat, self.on_file), first=True)
        self._body.enter()

    def read_again(self, *parts: str) -> None:
        """Read parts of the person anew; what is there stays until then."""
        self._read(*(part for part in parts_for(self.seat, self.on_file) if part in parts))

    def _read(self, *parts: str, first: bool = False) -> None:
        for part in parts:
            self.on_file.waiting.add(part)
            came = partial(self._came, part, self._turn, first)
            self.work(partial(read_part, self.seat, part, self.on_file.code), came, group=f"read {part}")
        self._show_all()

    def _came(self, part: str, turn: int, first: bool, found: object) -> None:
        if turn != self._turn:
            return
        self.on_file.take(part, found)
        self._show_all()
        if isinstance(found, MagliaError):
            self.failed(found)
        elif first and not self.on_file.waiting and not self.on_file.refused:
            self.tell(*said_of(self.on_file, self.lang))

    @on(Input.Changed, "#code")
    def leave_old_person(self) -> None:
        """Take the last person away as soon as another is written."""
        if self.on_file.code and "".join(self._typed.split()).upper() != self.on_file.code:
            self._leave_person()
            self.note(OWN_ALONE)

    def _leave_person(self) -> None:
        self._turn += 1
        for part in RIGHTS:
            self.workers.cancel_group(self, f"read {part}")
        self.on_file = OnFile()
        self._show_all()

    def _show_all(self) -> None:
        who, on_consent = self.on_file.who, not self.seat.acts_on_public_task
        self._who.show(who_lines(who, self.on_file.code, self.lang, on_consent=on_consent) if who else [])
        self._body.show(self.on_file, now_ms())
        self.refresh_keys()

    def action_clear(self) -> None:
        """Take the person off the screen: the next one begins with nothing of the last."""
        self._leave_person()
        self.seat.at_hand = None
        self._who.code.input.value = ""
        self._who.code.input.focus()
        self.note(OWN_ALONE)

    def action_next_view(self) -> None:
        """Look at the next thing."""
        names = [view.name for view in VIEWS]
        self.action_show_view(names[(names.index(self.view) + 1) % len(names)])

    def action_show_view(self, name: str) -> None:
        """Look at one thing."""
        self._body.look_at(name)
        state = self.seat.at_hand.state if self.seat.at_hand else None
        if name == NEEDS and state is not None and (lines := balance_sentences(state, self.lang)):
            self.tell(*said(*lines))
        self.refresh_keys()

    @on(Views.Wanted)
    def show_wanted(self, message: Views.Wanted) -> None:
        """Look at what was clicked."""
        self.action_show_view(message.name)

    @on(Listing.Pointed)
    def point(self) -> None:
        """Dim what is not possible on the row."""
        self.refresh_keys()

    @on(Listing.Chosen)
    def show_whole(self) -> None:
        """Show one row in full."""
        lines = self._body.detail()
        if lines:
            title = next(tr(view.words, self.lang) for view in VIEWS if view.name == self.view).upper()
            self.app.push_screen(Ask(title, lines, [("no", tr("Chiudi", self.lang))]))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Return whether an action would do anything now."""
        if action == "act":
            return bool(deeds_for(self.seat, self.view, self.on_file, self.pointed))
        if action == "export":
            return self._body.has_rows and self.view != NOTES
        return action != "undo" or self._can_undo()

    def _can_undo(self) -> bool:
        if self.view == HOUSEHOLD:
            return doing.last_link(self) is not None
        one = pointed_aid(self.on_file, self.pointed) if self.view == AID else None
        return one is not None and can_undo(one, now_ms()) and self.seat.may("RecordsService/UndoAid")

    def action_act(self) -> None:
        """Do the one thing that can be done here, or offer those that can."""
        found = deeds_for(self.seat, self.view, self.on_file, self.pointed)
        if len(found) == 1:
            self._act(found[0].name)
        elif found:
            offered = [(one.name, tr(one.words, self.lang)) for one in found]
            self.app.push_screen(Menu(tr("CHE COSA FARE", self.lang), offered), self._act)

    def _act(self, name: str | None) -> None:
        if name:
            self.try_to(partial(ACTS[name], self))

    def action_undo(self) -> None:
        """Take back the aid that the cursor is on, or the last change of code, within its ten minutes."""
        doing.unlink(self) if self.view == HOUSEHOLD else doing.undo_aid(self)

    def table(self) -> Table | None:
        """Return the table that is looked at."""
        return table_of(self.view, self.on_file, self.lang)
