"""ACCREDITAMENTO: the office's queue and the network's life; whatever counts needs two signatures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.screen import Screen

from maglia.core.translation import mark, tr
from tui.lines import Line
from tui.office_seat import OfficeSeat
from tui.screens.dialogs import Menu
from tui.screens.office.acts import ACTS, Subject
from tui.screens.office.board import BoardView
from tui.screens.office.dialogs import Unsent
from tui.screens.office.drafts import DraftsView
from tui.screens.office.network_acts import NETWORK_ACTS
from tui.screens.office.parts import OfficeParts
from tui.screens.office.people import OfficialsView
from tui.screens.office.procedures import ProceduresView
from tui.screens.office.queue import QueueView
from tui.screens.office.signing import Desk, LeftError
from tui.screens.office.view import OfficeView
from tui.screens.office.words import ABOUT, HELPS, KEPT, LEFT, NEXT_HERE, NOTHING_HERE
from tui.screens.work import EXPORT
from tui.widgets.keys import Action
from tui.widgets.listing import Listing

_DOING = {**ACTS, **NETWORK_ACTS}
_HISTORY, _SHEET = "history", "sheet"
_SEPARATOR = "|"
"""Stands in a draft between an act, a row's key and a field: none holds it."""


class OfficeScreen(OfficeParts):
    """The office's one screen, in five parts."""

    NAME = "office"
    HEADING = mark("ACCREDITAMENTO")
    OWN: ClassVar[Sequence[Action]] = (
        Action("f2", "F2", "main", mark("Firma")),
        Action("f3", "F3", "acts", mark("Atti")),
        Action("f4", "F4", "history", mark("Fatti")),
        Action("f5", "F5", "next_part", mark("Parte")),
        Action("f6", "F6", "read_again", mark("Leggi")),
        EXPORT,
        Action("f9", "F9", "stop", mark("Ferma")),
    )
    TAKEN_UP = mark("Ripreso quanto era scritto e non ancora inviato: l'atto che si apre di nuovo lo ritrova.")
    ABOUT = ABOUT
    HELPS = HELPS
    NEXT_HERE = NEXT_HERE

    def __init__(self, seat: OfficeSeat) -> None:
        self._queue = QueueView(seat)
        self._drafts = DraftsView(seat)
        self._unsent: dict[str, Unsent] = {}
        """By act and row, what is written and not sent: it is there when the act is begun again."""
        self._is_saying = False
        self._board = BoardView(seat)
        others = (self._board, OfficialsView(seat), ProceduresView(seat))
        super().__init__(seat, (self._queue, *others, self._drafts))

    def count_of(self, view: OfficeView) -> int:
        """Return how many things wait in a part; of drafts, as whichever part told them last."""
        if view is not self._drafts:
            return super().count_of(view)
        told = [(self._board.read_at, len(self._board.open)), (view.read_at, super().count_of(view))]
        if self._queue.knows_drafts:
            told.append((self._queue.read_at, len(self._queue.open)))
        return max(told, key=lambda one: one[0])[1]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Return whether an action would do anything now."""
        view = self.view
        if action == "main":
            return bool(view.main(view.key))
        if action == "stop":
            return any(act.name in {"suspend", "stop"} for act in view.acts(view.key))
        if action in {"acts", "history"}:
            return action == "acts" or any(act.name == _HISTORY for act in view.acts(view.key))
        return True

    @on(Listing.Chosen)
    def open_sheet(self, message: Listing.Chosen) -> None:
        """Show everything of a body that was chosen; elsewhere, do what F2 does."""
        if message.listing is self._queue.listing:
            self._do(_SHEET)
        elif message.listing is self._drafts.listing:
            self.action_main()

    def action_main(self) -> None:
        """Do what the row waits for."""
        name = self.view.main(self.view.key)
        if name:
            self._do(name)
        else:
            self.action_acts()

    def action_acts(self) -> None:
        """Offer what may be done with the row."""
        acts = self.view.acts(self.view.key)
        if not acts:
            self.note(NOTHING_HERE)
            return
        title = tr("ATTI", self.lang)
        if self.view.ACTS_ARE_OF_ROW and self.view.key:
            title = f"{title}: {self._subject(self.view.key).name}"
        self.app.push_screen(Menu(title, [(act.name, tr(act.words, self.lang)) for act in acts]), self._chosen)

    def row_acts(self) -> Iterable[tuple[str, Callable[[], object]]]:
        """Yield what F3 offers, so that the palette finds it by its name."""
        for act in self.view.acts(self.view.key):
            yield tr(act.words, self.lang), partial(self._do, act.name)

    def _chosen(self, name: str | None) -> None:
        if name:
            self._do(name)

    def action_history(self) -> None:
        """Show what the office did for the body under the cursor."""
        self._do(_HISTORY)

    def action_stop(self) -> None:
        """Suspend whoever is under the cursor, at once and alone."""
        self._do("stop")

    def _do(self, name: str) -> None:
        """Do one act beside the screen: it asks, shows, signs, and says how it ended."""
        self.work(partial(self._act, name, self._subject(self.view.key)), self._done, group="act")

    def _unsent_of(self, about: str) -> Unsent:
        return self._unsent.setdefault(about, Unsent(on_change=self.plan_to_save))

    def draft(self) -> Mapping[str, str]:
        """Return what is written in forms and not sent."""
        return {
            f"{about}{_SEPARATOR}{name}": text
            for about, unsent in self._unsent.items()
            for name, text in unsent.values.items()
        }

    def take_up(self, fields: Mapping[str, str]) -> None:
        """Have what was written in forms again."""
        for name, text in fields.items():
            about, _, field = name.rpartition(_SEPARATOR)
            unsent = self._unsent_of(about)
            unsent.values = {**unsent.values, field: text}

    def forget(self) -> None:
        """Leave nothing of the officer who was here before."""
        self._unsent.clear()
        super().forget()

    def _subject(self, key: str) -> Subject:
        drafts = self._drafts.told_all if self.view is self._drafts else self._queue.open
        return Subject(key, self._queue.row(key), self._queue.known(key), drafts)

    async def _act(self, name: str, subject: Subject) -> Sequence[Line] | str:
        about = f"{name}{_SEPARATOR}{subject.key}"
        desk = Desk(self.seat, self._window, self._say_soon, self._unsent_of(about))
        try:
            lines = await _DOING[name](desk, subject)
        except LeftError:
            return KEPT if desk.unsent.values else LEFT
        desk.unsent.keep({})
        return lines

    async def _window(self, window: Screen[str]) -> str | None:
        """Show a window until it closes: whatever was being read before is read."""
        if self._is_saying:
            self._is_saying = False
            self.post_message(self.Came(self.tell))
        return await self.app.push_screen_wait(window)

    def _say_soon(self, words: str, **values: object) -> None:
        """Say what is being done, from any thread."""
        self._is_saying = True
        self.post_message(self.Came(partial(self.note, words, **values)))

    def _done(self, ended: Sequence[Line] | str) -> None:
        """Say how an act ended, and read what it may have changed."""
        if isinstance(ended, str):
            self.note(ended)
            return
        if not ended:
            self._news_of = None
            self.say_row()
            return
        self.tell(*ended)
        for view in dict.fromkeys((self.view, self._queue)):
            self.read(view)
