"""Step 4 of a call for applicants: how far it is, how many rows read what, and the rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import monotonic

from textual import on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Select, Static

from maglia.core.translation import mark, tr
from tui.batch_model import Batch, BatchRow, Progress
from tui.batch_text import counts_line, progress_line
from tui.batch_view import FILTERS, ROWS, answered_line, bars_of, result_rows, shown_rows
from tui.screens.bando.words import LOADING, UNREAD
from tui.widgets.bars import Bars
from tui.widgets.entry import Choice
from tui.widgets.listing import Listing

STILL_S = 5.0
"""Seconds without news after which the time that is left can't be told."""
_NOTHING = mark("Nessuna riga di questo genere. Sopra se ne scelgono altre.")


class CheckStep(Vertical):
    """A bar, counters, a choice of rows, the rows; on a wide screen the verdicts as bars."""

    DEFAULT_CSS = """
    CheckStep { height: 1fr; }
    CheckStep > Static { height: 1; }
    CheckStep > #under { height: 1fr; }
    CheckStep Bars { width: 34; margin-left: 2; }
    CheckStep Listing { width: 1fr; }
    """

    def __init__(self, lang: str) -> None:
        super().__init__(id="step-check")
        self._lang = lang
        self._rows: Sequence[BatchRow] = ()
        self._progress: Progress | None = None
        self._since = 0.0
        self._standing: Timer | None = None
        self._bar = Static(markup=False)
        self._counts = Static(markup=False)
        offered = [(tr(words, lang), name) for name, words in FILTERS.items()]
        self._which = Choice(tr("Mostra", lang), "which", offered, "worth")

    def compose(self) -> Iterable[Widget]:
        """From how far it is down to the rows."""
        yield self._bar
        yield self._counts
        yield self._which
        with Horizontal(id="under"):
            yield Listing(ROWS, self._lang, id="rows")
            bars = Bars(tr("Esiti", self._lang))
            bars.add_class("wide")
            yield bars

    def wait(self) -> None:
        """Say that the rows are awaited."""
        self._rows = ()
        self.query_one(Listing).say(tr(LOADING, self._lang))

    def unread(self) -> None:
        """Say that the rows did not come."""
        self.query_one(Listing).say(tr(UNREAD, self._lang))

    def show_progress(self, batch: Batch, progress: Progress | None) -> None:
        """Show how far it is, or when it was answered; once nothing comes any more, no time that it would take."""
        if self._standing is not None:
            self._standing.stop()
        if batch.state != "running" or progress is None:
            self._bar.update(Content(answered_line(batch, self._lang)))
            return
        if progress != self._progress:
            self._progress, self._since = progress, monotonic()
        left_s = self._since + STILL_S - monotonic()
        if left_s > 0:
            self._standing = self.set_timer(left_s, lambda: self.show_progress(batch, progress))
        rows = batch.rows - batch.rejected
        self._bar.update(Content(progress_line(progress, self._lang, rows, is_still=left_s <= 0)))

    def show(self, batch: Batch, rows: Sequence[BatchRow]) -> None:
        """Show what is known."""
        self._rows = rows
        self._counts.update(Content(counts_line(batch, self._lang)))
        self.query_one(Bars).show(bars_of(batch, self._lang))
        self.filter_rows()

    @on(Select.Changed, "#which")
    def filter_rows(self) -> None:
        """Show the rows of the kind chosen."""
        if self._rows:
            self.query_one(Listing).show(result_rows(self.shown, self._lang), tr(_NOTHING, self._lang))

    @property
    def shown(self) -> list[BatchRow]:
        """Return the rows of the kind chosen."""
        return shown_rows(self._rows, self._which.code)

    def row(self, key: str) -> BatchRow | None:
        """Return a row by its number in the file."""
        return next((row for row in self._rows if str(row.row) == key), None)
