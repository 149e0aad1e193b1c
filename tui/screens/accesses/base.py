"""What the parts of ACCESSI share: one archive, three parts over it, one long thing at a time."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from maglia.core.errors import MagliaError
from maglia.core.translation import tr
from tui.audit.model import LogState
from tui.lines import Line, Tone
from tui.official_seat import OfficialSeat
from tui.screens.accesses import columns
from tui.screens.accesses.form import SearchFields
from tui.screens.accesses.later import tools
from tui.screens.accesses.words import HINTS, NOTHING_READ, STOPPED, TABS
from tui.screens.long_work import GoOn, LongWork
from tui.screens.work import WorkScreen
from tui.widgets.frame import Panel
from tui.widgets.listing import Listing
from tui.widgets.tabs import Tabs

if TYPE_CHECKING:
    from tui.audit.anomalies import Anomalies
    from tui.audit.day import Compared, Searched

T = TypeVar("T")
SEARCH, COMPARE, LOGS = range(3)
_LISTS = ("entries", "signals", "differences", "logs")
_TOLD_EVERY_S = 0.1


class AccessesBase(WorkScreen[OfficialSeat]):
    """Parts, tables, progress; what is done in each part is in the classes made from this one."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding(str(at + 1), f"part({at})", show=False) for at in range(len(TABS))]

    def __init__(self, seat: OfficialSeat) -> None:
        super().__init__(seat)
        self.at = SEARCH
        self.logs: Sequence[LogState] = ()
        self.searched: Searched | None = None
        self.signals: Anomalies | None = None
        self.compared: Compared | None = None
        self.fields = SearchFields(self.lang)
        self._tabs = Tabs([tr(words, self.lang) for words in TABS])
        self._long = LongWork()
        self._doing = ""
        self._told_at = 0.0

    def panels(self) -> Iterable[Panel]:
        """Lay out the parts' names, the fields of a search, and the tables, of which one is seen."""
        yield Panel(self._tabs)
        yield self.fields
        heads = (columns.ENTRY_COLUMNS, columns.SIGNAL_COLUMNS, columns.DIFFERENCE_COLUMNS, columns.LOG_COLUMNS)
        lists = [Listing(each, self.lang, id=name) for name, each in zip(_LISTS, heads, strict=True)]
        yield Panel(*lists, tall=True)

    def on_mount(self) -> None:
        """Begin with the search."""
        self._show_part()
        super().on_mount()

    def on_unmount(self) -> None:
        """Keep nobody waiting who leaves."""
        self._long.stop()

    def opened(self) -> None:
        """Look what was read before; that looks at no entry."""
        self.fields.member.input.focus()
        self.look()

    def look(self) -> None:
        """Look which logs were read, or say again why none can be."""
        self.in_thread("look", lambda _go_on: tools.logs_read(self.seat.profile), self.show_logs)

    def forget(self) -> None:
        """Leave nothing of who was here before."""
        self._long.stop()
        self.logs, self.searched, self.signals, self.compared = (), None, None, None
        self.fields.clear()
        for name in _LISTS:
            self.listing(name).say("")
        self.action_part(SEARCH)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Return whether an action would do anything now."""
        if action == "stop":
            return self._long.is_under_way
        return bool(self.logs) if action in {"signals", "search", "compare"} else True

    def listing(self, name: str) -> Listing:
        """Return a table by its name."""
        return self.query_one(f"#{name}", Listing)

    def in_thread(self, doing: str, call: Callable[[GoOn], T], then: Callable[[T], None]) -> None:
        """Do what blocks beside the screen; `doing` names it for who stops it."""
        self._begin_long(doing, partial(self._long.in_thread, call), then)

    def in_loop(self, doing: str, job: Callable[[], Awaitable[T]], then: Callable[[T], None]) -> None:
        """Do what waits beside the screen."""
        self._begin_long(doing, partial(self._long.in_loop, job), then)

    def _begin_long(self, doing: str, job: Callable[[], Awaitable[T]], then: Callable[[T], None]) -> None:
        self._doing, self._told_at = doing, 0.0
        self.work(job, then, group="long")
        self.set_timer(0.05, self.refresh_keys)

    def action_stop(self) -> None:
        """End what is under way; what was read stays."""
        if not self._long.is_under_way:
            return
        self._long.stop()
        self.workers.cancel_group(self, "long")
        self.refresh_keys()
        if self._doing in STOPPED:
            self.note(STOPPED[self._doing])
        if self._doing == "pull":
            self.in_thread("look", lambda _go_on: tools.logs_read(self.seat.profile), self._show_stopped)

    def _show_stopped(self, logs: Sequence[LogState]) -> None:
        self.show_logs(logs)
        self.note(STOPPED["pull"])

    def failed(self, error: MagliaError) -> None:
        """Say why; the tables stay as they were."""
        for name, hint in zip(_LISTS, HINTS, strict=True):
            if self.listing(name).pointed is None:
                self.listing(name).say(tr(hint, self.lang) if self.logs else "")
        super().failed(error)

    def progress(self, show: Callable[[], Sequence[Line]]) -> None:
        """Say how far it is, not more often than anybody can read; called from any thread."""
        now = time.monotonic()
        if now - self._told_at >= _TOLD_EVERY_S:
            self._told_at = now
            self.post_message(self.Came(partial(self._show_progress, show())))

    def _show_progress(self, lines: Sequence[Line]) -> None:
        if self._long.is_under_way:
            self.tell(*lines)

    @on(Tabs.Chosen)
    def choose_part(self, event: Tabs.Chosen) -> None:
        """Show the part whose name was clicked."""
        self.action_part(event.at)

    def action_part(self, at: int) -> None:
        """Show one part, with what was last found there."""
        self.at = at
        self._show_part()
        if not self._long.is_under_way:
            self.say_of_part()
        self._seen.take_cursor()

    @property
    def _seen(self) -> Listing:
        at = self.at + 1 if self.at != SEARCH or self.signals is not None else 0
        return self.listing(_LISTS[at])

    def _show_part(self) -> None:
        seen = self._seen
        for listing in self.query(Listing):
            listing.display = listing is seen
        for widget in (self.fields, self._below_fields):
            widget.display = self.at == SEARCH
        differences = len(self.compared.report.findings) if self.compared else 0
        self._tabs.show(self.at, (0, differences, len(self.logs)))

    @property
    def _below_fields(self) -> Widget:
        """Return the line of the frame that belongs to the fields."""
        return self.children[self.children.index(self.fields) + 1]

    def show_logs(self, logs: Sequence[LogState]) -> None:
        """Show which logs there are, and what can be done with them."""
        self.logs = logs
        for name, hint in zip(_LISTS, HINTS, strict=True):
            if self.listing(name).pointed is None or name == "logs":
                self.listing(name).say(tr(hint if logs else NOTHING_READ[0], self.lang))
        self.show_state_of_logs()
        self._show_part()
        self.say_of_part()

    def show_state_of_logs(self) -> None:
        """Show each log as it was read, or as it was recomputed."""
        verified = self.compared.logs if self.compared else ()
        self.listing("logs").show(tools.rows.log_rows(self.logs, verified, self.lang))

    def say_of_part(self) -> None:
        """Say of the part that is seen what stands for it."""
        if not self.logs:
            self.tell(*(Line("  ", tr(words, self.lang), Tone.NOTE) for words in NOTHING_READ[1:]))
