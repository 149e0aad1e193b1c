"""One part of ACCREDITAMENTO: what it reads, the table that it shows, what may be done with each row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from time import time
from typing import ClassVar, NamedTuple

from textual.containers import Vertical
from textual.widget import Widget

from maglia.core.translation import mark, tr
from tui.lines import Line
from tui.office_seat import OfficeSeat
from tui.table import Table
from tui.widgets.listing import Column, Listing, ListRow

READING = mark("Lettura in corso...")
NOT_READ = mark("Non letto: F6 per riprovare.")


class Act(NamedTuple):
    """One thing to do with a row: the name that `tui.screens.office.acts` knows it by, and what it is called."""

    name: str
    words: str


class OfficeView(Vertical):
    """A part of the screen. It shows what was read until it is read again."""

    NAME: ClassVar[str] = ""
    WORDS: ClassVar[str] = ""
    COLUMNS: ClassVar[Sequence[Column]] = ()
    EMPTY: ClassVar[str] = ""
    ACTS_ARE_OF_ROW: ClassVar[bool] = True
    """Whether what F3 offers is done with the row, so that its name stands above."""
    IS_READ_BELOW: ClassVar[bool] = False
    """Whether what is known of a row is what people read here."""
    DEFAULT_CSS = "OfficeView { height: 1fr; }"

    def __init__(self, seat: OfficeSeat) -> None:
        super().__init__(id=self.NAME)
        self.seat = seat
        self.lang = seat.lang
        self.is_read = False
        self.read_at = 0.0
        """When what is shown was read, in seconds since the epoch."""
        self.listing = Listing(self.COLUMNS, self.lang, id=f"{self.NAME}-rows")

    def compose(self) -> Iterable[Widget]:
        """Lay out the table, and what stands below it."""
        yield self.listing

    @property
    def key(self) -> str:
        """Return the key of the row that the cursor is on, "" without rows."""
        return self.listing.pointed or ""

    def wait(self) -> None:
        """Say that rows are awaited, unless some are there already."""
        if not self.is_read:
            self.listing.say(tr(READING, self.lang))

    def put(self, rows: Sequence[ListRow]) -> None:
        """Show rows, or that there are none."""
        self.listing.show(rows, tr(self.EMPTY, self.lang))

    def give_up(self) -> None:
        """Say that rows did not come, unless some are there already."""
        if not self.is_read:
            self.listing.say(tr(NOT_READ, self.lang))

    async def read(self) -> Callable[[], None]:
        """Read what is shown here; return what shows it. Raises what the registry answers."""
        raise NotImplementedError

    async def read_row(self, key: str) -> Callable[[], None]:
        """Read more of one row; return what keeps it."""
        _ = key
        return lambda: None

    def lacks(self, key: str) -> bool:
        """Return whether more of a row is to be read before its detail can be shown."""
        _ = key
        return False

    def detail(self, key: str) -> Sequence[str]:
        """Return what is known of one row."""
        _ = key
        return ()

    def said(self, key: str) -> Sequence[Line]:
        """Return what is to be said of one row, or of all."""
        _ = key
        return ()

    def count(self) -> int:
        """Return how many things wait here for an officer."""
        return 0

    def main(self, key: str) -> str:
        """Return the name of the act of F2, "" for none."""
        _ = key
        return ""

    def acts(self, key: str) -> Sequence[Act]:
        """Return what may be done with a row, or without one."""
        _ = key
        return ()

    def table(self) -> Table | None:
        """Return the table shown, as it is exported."""
        return None

    def forget(self) -> None:
        """Take away what was read."""
        self.is_read = False
        self.listing.show((), "")

    def shown(self, show: Callable[[], None]) -> None:
        """Show what was read."""
        self.is_read, self.read_at = True, time()
        show()
