"""ACCREDITAMENTO: the office's queue and the network's life; whatever counts needs two signatures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import on

from tui.labels import pick
from tui.lines import Line
from tui.office_seat import OfficeSeat
from tui.screens.dialogs import Menu
from tui.screens.office_acts import ACTS, Subject
from tui.screens.office_board import BoardView
from tui.screens.office_drafts import DraftsView
from tui.screens.office_network_acts import NETWORK_ACTS
from tui.screens.office_parts import OfficeParts
from tui.screens.office_people import OfficialsView
from tui.screens.office_procedures import ProceduresView
from tui.screens.office_queue import QueueView
from tui.screens.office_signing import Desk, LeftError, Words
from tui.screens.office_view import OfficeView
from tui.screens.office_words import ABOUT, HELPS, LEFT, NOTHING_HERE
from tui.screens.work import EXPORT
from tui.widgets.keys import Action
from tui.widgets.listing import Listing

_DOING = {**ACTS, **NETWORK_ACTS}
_HISTORY, _SHEET = "history", "sheet"


class OfficeScreen(OfficeParts):
    """The office's one screen, in five parts."""

    NAME = "office"
    HEADING = ("ACCREDITAMENTO", "ACCREDITATION")
    OWN: ClassVar[Sequence[Action]] = (
        Action("f2", "F2", "main", ("Firma", "Sign")),
        Action("f3", "F3", "acts", ("Atti", "Acts")),
        Action("f4", "F4", "history", ("Storia", "History")),
        Action("f5", "F5", "next_part", ("Parte", "Part")),
        Action("f6", "F6", "read_again", ("Leggi", "Reload")),
        EXPORT,
        Action("f9", "F9", "stop", ("Stop", "Stop")),
    )
    ABOUT = ABOUT
    HELPS = HELPS

    def __init__(self, seat: OfficeSeat) -> None:
        self._queue = QueueView(seat)
        self._drafts = DraftsView(seat)
        others = (BoardView(seat), OfficialsView(seat), ProceduresView(seat))
        super().__init__(seat, (self._queue, *others, self._drafts))

    def count_of(self, view: OfficeView) -> int:
        """Return how many things wait in a part; of drafts, as the queue tells them until they are read."""
        return len(self._queue.open) if view is self._drafts and not view.is_read else super().count_of(view)

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
        title = pick(("ATTI", "ACTS"), self.lang)
        self.app.push_screen(Menu(title, [(act.name, pick(act.words, self.lang)) for act in acts]), self._chosen)

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

    def _subject(self, key: str) -> Subject:
        drafts = self._drafts.told_all if self.view is self._drafts else self._queue.open
        return Subject(key, self._queue.row(key), self._queue.known(key), drafts)

    async def _act(self, name: str, subject: Subject) -> Sequence[Line] | None:
        desk = Desk(self.seat, self.app.push_screen_wait, self._say_soon)
        try:
            return await _DOING[name](desk, subject)
        except LeftError:
            return None

    def _say_soon(self, words: Words) -> None:
        self.post_message(self.Came(partial(self.note, words)))

    def _done(self, lines: Sequence[Line] | None) -> None:
        """Say how an act ended, and read what it may have changed."""
        if lines is None:
            self.note(LEFT)
            return
        if not lines:
            self._news_of = None
            self.say_row()
            return
        self.tell(*lines)
        for view in dict.fromkeys((self.view, self._queue)):
            self.read(view)
