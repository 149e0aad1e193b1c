"""PERSONA's middle: the table that is looked at, and beside it, where there is room, one row in full and the charts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual import on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from maglia.core.translation import tr
from tui.screens.person.file import AID, CHART, VIEWS, OnFile
from tui.screens.person.parts import Charts, Views
from tui.screens.person.rows import COLUMNS, count_of, rows_of
from tui.screens.person.words import BY_NAME, EMPTY, LOADING, NOT_FOR_ROLE, START, detail_of
from tui.session import Counter
from tui.text import sentence_of
from tui.widgets.frame import Panel
from tui.widgets.listing import Listing, ListRow


class PersonBody(Panel):
    """One view at a time of what is on file."""

    DEFAULT_CSS = """
    PersonBody #body { height: 1fr; }
    PersonBody #views { width: 1fr; height: 1fr; }
    PersonBody #side { width: 46; height: 1fr; padding-left: 2; }
    PersonBody #side.off { display: none; }
    PersonBody #detail { height: auto; max-height: 18; margin-bottom: 1; }
    """

    def __init__(self, seat: Counter) -> None:
        super().__init__(tall=True)
        self._seat = seat
        self._lang = seat.lang
        self._on_file = OnFile()
        self._rows: Mapping[str, list[ListRow]] = {}
        self.view = AID
        """What is looked at."""
        self._names = Views(self._lang)
        self._lists = {name: Listing(columns, self._lang, id=name) for name, columns in COLUMNS.items()}
        self._chart = Charts(self._lang, is_narrow=False, id=CHART)
        self._side_chart = Charts(self._lang, is_narrow=True)
        self._detail = Static(id="detail", markup=False)
        self._side = Vertical(self._detail, self._side_chart, id="side", classes="wide")

    def compose(self) -> Iterable[Widget]:
        """The views' names above, the one that is looked at below."""
        yield self._names
        yield Horizontal(Vertical(*self._lists.values(), self._chart, id="views"), self._side, id="body")

    @property
    def pointed(self) -> str:
        """Return the key of the row that the cursor is on, "" for none."""
        return (self._lists[self.view].pointed or "") if self.view in self._lists else ""

    @property
    def has_rows(self) -> bool:
        """Whether the table that is looked at has rows."""
        return bool(self._rows.get(self.view))

    def look_at(self, view: str) -> None:
        """Look at something, the cursor in it."""
        self.view = view
        self.draw()
        self.enter()

    def enter(self) -> None:
        """Put the cursor into what is looked at."""
        shown: Widget = self._chart if self.view == CHART else self._lists[self.view]
        for widget in (shown, *shown.query("*")):
            if widget.focusable:
                widget.focus()
                return

    def show(self, on_file: OnFile, now_ms: float) -> None:
        """Show what has been read by now."""
        self._on_file = on_file
        self._rows = {name: rows_of(name, on_file, now_ms, self._lang) for name in self._lists}
        for name, listing in self._lists.items():
            listing.show(self._rows[name], self._in_place_of(name))
        for chart in (self._chart, self._side_chart):
            chart.show(on_file.records, self._in_place_of(CHART))
        self.draw()

    def draw(self) -> None:
        """Show one view, and how much is in the others."""
        for name, listing in self._lists.items():
            listing.display = name == self.view
        self._chart.display = self.view == CHART
        self._side.set_class(self.view == CHART or not self._on_file.code, "off")
        self._names.show(
            self.view, {name: count_of(name, rows) for name, rows in self._rows.items() if self._is_read(name)}
        )
        self._point()

    def detail(self) -> list[str]:
        """Return all that is known of the row that the cursor is on."""
        return detail_of(self.view, self.pointed, self._on_file, self._lang) if self.pointed else []

    @on(Listing.Pointed)
    def _point(self) -> None:
        self._detail.update(Content("\n".join(self.detail())))

    def _is_read(self, name: str) -> bool:
        part = next(view.part for view in VIEWS if view.name == name)
        return getattr(self._on_file, part) is not None

    def _in_place_of(self, name: str) -> str:
        """Return what is said where there are no rows: that they are awaited, refused, not for this role, or none."""
        view = next(view for view in VIEWS if view.name == name)
        if not self._on_file.code:
            return "\n".join([tr(START, self._lang), "", *self._seat.suggestions])
        if self._on_file.by_name and view.part != "who":
            return tr(BY_NAME, self._lang)
        if not self._seat.may(view.right):
            return tr(NOT_FOR_ROLE, self._lang)
        if view.part in self._on_file.refused:
            sentence = sentence_of(self._on_file.refused[view.part], self._lang)
            return f"!! {sentence.message} {sentence.next_action}"
        return tr(LOADING if view.part in self._on_file.waiting else EMPTY[name], self._lang)
