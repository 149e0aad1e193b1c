"""ACCREDITAMENTO: the office's queue and the network's life; whatever counts needs two signatures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from time import monotonic
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import ContentSwitcher

from maglia.core.errors import MagliaError
from tui.labels import pick
from tui.lines import Line, Tone
from tui.office_seat import OfficeSeat
from tui.screens.dialogs import Menu
from tui.screens.office_acts import ACTS, Subject
from tui.screens.office_board import BoardView
from tui.screens.office_drafts import DraftsView
from tui.screens.office_network_acts import NETWORK_ACTS
from tui.screens.office_people import OfficialsView
from tui.screens.office_procedures import ProceduresView
from tui.screens.office_queue import QueueView
from tui.screens.office_signing import Desk, LeftError, Words
from tui.screens.office_tabs import Tabs
from tui.screens.office_view import READING, OfficeView
from tui.screens.office_words import ABOUT, HELPS, LEFT, NOTHING_HERE
from tui.screens.work import EXPORT, WorkScreen
from tui.table import Table
from tui.widgets.frame import Panel
from tui.widgets.keys import Action
from tui.widgets.listing import Listing
from tui.widgets.prose import Prose

_DOING = {**ACTS, **NETWORK_ACTS}
_HISTORY, _SHEET = "history", "sheet"
_FRESH_S = 60.0
"""Seconds for which a table is not read again when a window over it closes."""


class OfficeScreen(WorkScreen[OfficeSeat]):
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
    BINDINGS: ClassVar[list[BindingType]] = [Binding(str(at + 1), f"part({at})", show=False) for at in range(5)]
    ABOUT = ABOUT
    HELPS = HELPS
    DEFAULT_CSS = """
    OfficeScreen ContentSwitcher { height: 1fr; }
    OfficeScreen #detail { height: auto; max-height: 7; scrollbar-size-vertical: 1; }
    OfficeScreen.-wide #detail { max-height: 14; }
    """

    def __init__(self, seat: OfficeSeat) -> None:
        super().__init__(seat)
        self._queue = QueueView(seat)
        self._drafts = DraftsView(seat)
        self._views: Sequence[OfficeView] = (
            self._queue,
            BoardView(seat),
            OfficialsView(seat),
            ProceduresView(seat),
            self._drafts,
        )
        self._at = 0
        self._read_at = 0.0
        self._news_of: str | None = None
        self._tabs = Tabs([pick(view.WORDS, self.lang) for view in self._views])
        self._switcher = ContentSwitcher(*self._views, initial=self._queue.NAME)
        self._detail = Prose()

    def panels(self) -> Iterable[Panel]:
        """Lay out the parts, the one that is shown, and what is known of the row under the cursor."""
        yield Panel(self._tabs)
        yield Panel(self._switcher, tall=True)
        yield Panel(VerticalScroll(self._detail, id="detail"))

    @property
    def _view(self) -> OfficeView:
        return self._views[self._at]

    def on_mount(self) -> None:
        """Begin with the queue."""
        self._mark()
        super().on_mount()

    def opened(self) -> None:
        """Read the queue, and whatever drafts wait."""
        self._view.listing.query("OptionList").focus()
        self._read(self._view)

    def returned(self) -> None:
        """Read again what has stood for a while."""
        if monotonic() - self._read_at > _FRESH_S:
            self._read(self._view)

    def forget(self) -> None:
        """Leave nothing of the officer who was here before."""
        for view in self._views:
            view.forget()
        self.action_part(0)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Return whether an action would do anything now."""
        view = self._view
        if action == "main":
            return bool(view.main(view.key))
        if action == "stop":
            return any(act.name in {"suspend", "stop"} for act in view.acts(view.key))
        if action in {"acts", "history"}:
            return action == "acts" or any(act.name == _HISTORY for act in view.acts(view.key))
        return True

    def table(self) -> Table | None:
        """Return the table of the part that is shown."""
        return self._view.table()

    def action_part(self, at: int) -> None:
        """Show one part; the first time, and when it may have changed, read it."""
        self._at = at
        self._switcher.current = self._view.NAME
        self._news_of = None
        self._mark()
        self._view.listing.query("OptionList").focus()
        if self.seat.user:
            self._read(self._view)
        self._say()

    def action_next_part(self) -> None:
        """Show the next part."""
        self.action_part((self._at + 1) % len(self._views))

    @on(Tabs.Chosen)
    def choose_part(self, message: Tabs.Chosen) -> None:
        """Show the part that was clicked."""
        self.action_part(message.at)

    def action_read_again(self) -> None:
        """Read what is shown again."""
        self.note(READING)
        self._news_of = None
        self._read(self._view)

    def _read(self, view: OfficeView) -> None:
        self._read_at = monotonic()
        view.wait()
        self.work(view.read, partial(self._show_view, view), group=f"read-{view.NAME}")

    def _show_view(self, view: OfficeView, show: Callable[[], None]) -> None:
        view.shown(show)
        self._mark()
        if view is self._view:
            if self._news_of is not None:
                self._news_of = view.key  # the row that it was about may be gone
            self._point()

    def _mark(self) -> None:
        self._tabs.show(self._at, [self._count(view) for view in self._views])

    def _count(self, view: OfficeView) -> int:
        return len(self._queue.open) if view is self._drafts and not view.is_read else view.count()

    def failed(self, error: MagliaError) -> None:
        """Say why; a table that did not come says so, too."""
        self._view.give_up()
        super().failed(error)

    def tell(self, *lines: Line) -> None:
        """Say something, and let it stand until the cursor goes elsewhere."""
        self._news_of = self._view.key
        super().tell(*lines)

    @on(Listing.Pointed)
    def point(self, message: Listing.Pointed) -> None:
        """Show what is known of the row under the cursor."""
        if message.listing is self._view.listing:
            self._point()

    def _point(self) -> None:
        key, view = self._view.key, self._view
        if self._news_of is not None and self._news_of != key:
            self._news_of = None
        self._say()
        if view.lacks(key):
            self.work(lambda: view.read_row(key), self._show_row, group="row")
        self.refresh_keys()

    def _show_row(self, keep: Callable[[], None]) -> None:
        keep()
        self._say()

    def _say(self) -> None:
        """Show what is known of the row, and below it what is to be said, unless there is news."""
        view = self._view
        self._detail.show(view.detail(view.key))
        if self._news_of is None:
            self.said.show(view.said(view.key) or [Line("  ", pick(NOTHING_HERE, self.lang), Tone.NOTE)])

    @on(Listing.Chosen)
    def open_sheet(self, message: Listing.Chosen) -> None:
        """Show everything of a body that was chosen; elsewhere, do what F2 does."""
        if message.listing is self._queue.listing:
            self._do(_SHEET)
        elif message.listing is self._drafts.listing:
            self.action_main()

    def action_main(self) -> None:
        """Do what the row waits for."""
        name = self._view.main(self._view.key)
        if name:
            self._do(name)
        else:
            self.action_acts()

    def action_acts(self) -> None:
        """Offer what may be done with the row."""
        acts = self._view.acts(self._view.key)
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
        self.work(partial(self._act, name, self._subject(self._view.key)), self._done, group="act")

    def _subject(self, key: str) -> Subject:
        drafts = self._drafts.told_all if self._view is self._drafts else self._queue.open
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
            self._say()
            return
        self.tell(*lines)
        for view in dict.fromkeys((self._view, self._queue)):
            self._read(view)
