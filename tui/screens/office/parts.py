"""A screen in parts: one is shown at a time, with its table, what is known of the row, and what is to be said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from time import monotonic
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import ContentSwitcher

from maglia.core.errors import Code, MagliaError
from maglia.core.operator_day import italian_time
from maglia.core.translation import tr
from tui.lines import Line, Tone
from tui.office_seat import OfficeSeat
from tui.screens.office.view import READING, OfficeView
from tui.screens.office.words import NOTHING_HERE
from tui.screens.work import WorkScreen
from tui.table import Table
from tui.widgets.frame import Panel
from tui.widgets.listing import Listing
from tui.widgets.prose import Prose
from tui.widgets.tabs import Tabs

_AWAY = frozenset({Code.NETWORK_UNREACHABLE, Code.NETWORK_DEADLINE, Code.NETWORK_UNSURE})
_FRESH_S = 60.0
"""Seconds for which a table is not read again when a window over it closes."""


class OfficeParts(WorkScreen[OfficeSeat]):
    """What is shown, and when it is read; what may be done stands in the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding(str(at + 1), f"part({at})", show=False) for at in range(5)]
    DEFAULT_CSS = """
    OfficeParts ContentSwitcher { height: 1fr; }
    OfficeParts #detail { height: auto; max-height: 6; scrollbar-size-vertical: 1; }
    OfficeParts #detail.roomy { max-height: 8; }
    OfficeParts.-wide #detail, OfficeParts.-wide #detail.roomy { max-height: 14; }
    """

    def __init__(self, seat: OfficeSeat, views: Sequence[OfficeView]) -> None:
        super().__init__(seat)
        self._views = views
        self._at = 0
        self._read_at = 0.0
        self._news_of: str | None = None
        self._tabs = Tabs([tr(view.WORDS, self.lang) for view in views])
        self._switcher = ContentSwitcher(*views, initial=views[0].NAME)
        self._detail = Prose()

    def panels(self) -> Iterable[Panel]:
        """Lay out the parts, the one that is shown, and what is known of the row under the cursor."""
        yield Panel(self._tabs)
        yield Panel(self._switcher, tall=True)
        yield Panel(VerticalScroll(self._detail, id="detail"))

    @property
    def view(self) -> OfficeView:
        """Return the part that is shown."""
        return self._views[self._at]

    def on_mount(self) -> None:
        """Begin with the queue."""
        self._mark()
        super().on_mount()

    def opened(self) -> None:
        """Read the queue, and whatever drafts wait."""
        self.view.listing.query("OptionList").focus()
        self.read(self.view)

    def returned(self) -> None:
        """Read again what has stood for a while."""
        if monotonic() - self._read_at > _FRESH_S:
            self.read(self.view)

    def forget(self) -> None:
        """Leave nothing of the officer who was here before."""
        for view in self._views:
            view.forget()
        self.action_part(0)

    def table(self) -> Table | None:
        """Return the table of the part that is shown."""
        return self.view.table()

    def action_part(self, at: int) -> None:
        """Show one part; the first time, and when it may have changed, read it."""
        self._at = at
        self._switcher.current = self.view.NAME
        self._news_of = None
        self._mark()
        self.view.listing.query("OptionList").focus()
        if self.seat.user:
            self.read(self.view)
        self.say_row()

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
        self.read(self.view)

    def read(self, view: OfficeView) -> None:
        """Read one part again, beside the screen."""
        self._read_at = monotonic()
        view.wait()
        self.work(view.read, partial(self._show_view, view), group=f"read-{view.NAME}")

    def _show_view(self, view: OfficeView, show: Callable[[], None]) -> None:
        view.shown(show)
        self._mark()
        if view is self.view:
            if self._news_of is not None:
                self._news_of = view.key  # the row that it was about may be gone
            self._point()

    def _mark(self) -> None:
        self._tabs.show(self._at, [self.count_of(view) for view in self._views])

    def count_of(self, view: OfficeView) -> int:
        """Return how many things wait in a part."""
        return view.count()

    def failed(self, error: MagliaError) -> None:
        """Say why; a table that did not come says so, too, and is read again by whoever comes back to it."""
        self.view.give_up()
        self._read_at = -_FRESH_S
        super().failed(error)

    def explain(self, error: MagliaError, known: Sequence[Line] = ()) -> None:
        """Say why; where the registry is away, say of which moment the table is: it looks as if it were of now."""
        if error.code in _AWAY and self.view.is_read:
            at = f"{italian_time(int(self.view.read_at * 1000)):%H:%M:%S}"
            said = tr("La tabella è delle {at}: F6 la legge di nuovo.", self.lang).format(at=at)
            known = (*known, Line("??", said, Tone.PARTIAL))
        super().explain(error, known)

    def tell(self, *lines: Line) -> None:
        """Say something, and let it stand until the cursor goes elsewhere."""
        self._news_of = self.view.key
        super().tell(*lines)

    @on(Listing.Pointed)
    def point(self, message: Listing.Pointed) -> None:
        """Show what is known of the row under the cursor."""
        if message.listing is self.view.listing:
            self._point()

    def _point(self) -> None:
        key, view = self.view.key, self.view
        if self._news_of is not None and self._news_of != key:
            self._news_of = None
        self.say_row()
        if view.lacks(key):
            self.work(lambda: view.read_row(key), self._show_row, group="row")
        self.refresh_keys()

    def _show_row(self, keep: Callable[[], None]) -> None:
        keep()
        self.say_row()

    def say_row(self) -> None:
        """Show what is known of the row, and below it what is to be said, unless there is news."""
        view = self.view
        self._detail.show(view.detail(view.key))
        self.query_one("#detail").set_class(view.IS_READ_BELOW, "roomy")
        if self._news_of is None:
            self.said.show(view.said(view.key) or [Line("  ", tr(NOTHING_HERE, self.lang), Tone.NOTE)])
