"""A table to read and to choose from: rows of plain text, each as many lines as it needs, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import ClassVar

from rich.cells import chop_cells, set_cell_size
from textual import events, on
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from maglia.core.translation import tr
from tui.lines import Tone
from tui.widgets.sentences import STYLES

PAGE = 200
"""Rows of one page."""


@dataclass(frozen=True)
class Column:
    """One column: its heading, marked for translation, its width in cells, 0 for a share of what the others leave.

    One with `from_width` is there on screens at least so wide: beside what must be read, what may be.
    """

    heading: str
    width: int = 0
    right: bool = False
    from_width: int = 0


@dataclass(frozen=True)
class ListRow:
    """One row: `key` is what the screen knows it by, `cells` stand under the columns, `note` below them all."""

    key: str
    cells: Sequence[str]
    tone: Tone = Tone.CALM
    note: str = ""


class Listing(Vertical):
    """The rows with their headings; Enter or a click chooses one. `empty` is said where there are none."""

    DEFAULT_CSS = """
    Listing { height: 1fr; min-height: 3; }
    Listing > Static { height: 1; width: 100%; }
    Listing > #said { height: auto; }
    Listing > #foot { color: $foreground 70%; }
    Listing > _Rows { height: 1fr; border: none; padding: 0; background: transparent; scrollbar-size-vertical: 1; }
    Listing > _Rows:focus { border: none; }
    Listing > _Rows > .option-list--option-highlighted { background: $primary 15%; }
    Listing > _Rows:focus > .option-list--option-highlighted { background: $primary 35%; }
    """

    class Chosen(Message):
        """A row was chosen with Enter or a click."""

        def __init__(self, listing: Listing, key: str) -> None:
            super().__init__()
            self.listing = listing
            self.key = key

        @property
        def control(self) -> Listing:
            """The listing, for `@on(Listing.Chosen, "#id")`."""
            return self.listing

    class Pointed(Message):
        """The cursor is on another row."""

        def __init__(self, listing: Listing, key: str) -> None:
            super().__init__()
            self.listing = listing
            self.key = key

        @property
        def control(self) -> Listing:
            """The listing."""
            return self.listing

    def __init__(
        self,
        columns: Sequence[Column],
        lang: str,
        empty: str = "",
        *,
        id: str | None = None,  # noqa: A002 - Textual's
    ) -> None:
        super().__init__(id=id)
        self._columns = columns
        self._lang = lang
        self._rows: Sequence[ListRow] = ()
        self._of: int | None = None
        self._first = 0
        self._is_awaited = False
        self._head = Static(markup=False)
        self._said = Static(empty, id="said", markup=False)
        self._list = _Rows()
        self._foot = Static(id="foot", markup=False)

    def compose(self) -> Iterable[Widget]:
        """Headings, what is said in place of rows, rows, which of how many they are."""
        yield self._head
        yield self._said
        yield self._list
        yield self._foot

    def on_mount(self) -> None:
        """Begin without rows."""
        self.show(self._rows)

    @property
    def pointed(self) -> str | None:
        """Return the key of the row that the cursor is on, None without rows."""
        option = self._list.highlighted_option
        return option.id if option is not None else None

    def show(self, rows: Sequence[ListRow], said: str | None = None, of: int | None = None) -> None:
        """Show `rows`, the cursor where it was if that row is still there; `said` replaces the words for none.

        Where there are more elsewhere, `of` is how many in all, and the last row the one that fetches them.
        """
        kept = self.pointed
        self._rows, self._of, self._is_awaited = rows, of, False
        if said is not None:
            self._said.update(Content(said))
        keys = [row.key for row in rows]
        at = keys.index(kept) if kept in keys else 0
        self._turn_to(at)

    def take_cursor(self) -> None:
        """Put the cursor into the rows."""
        self._list.focus()

    def say(self, text: str) -> None:
        """Say something in place of rows: that they are awaited, or why there are none."""
        self.show((), text)

    def await_rows(self) -> None:
        """Say that rows are being read, until they are shown or `give_up` says that none will come."""
        self.say(tr("Lettura in corso...", self._lang))
        self._is_awaited = True

    def give_up(self) -> None:
        """Say that awaited rows were not read: an empty list must not look as if they were still on their way."""
        if self._is_awaited:
            self.say(tr("Elenco non letto.", self._lang))

    def _turn_to(self, at: int) -> None:
        """Show the page that holds row number `at`, from 0, with the cursor on it."""
        self._first = at - at % PAGE
        shown = self._rows[self._first : self._first + PAGE]
        widths = self._widths(self.size.width or 76)
        heads = [tr(column.heading, self._lang) for column in self._columns]
        self._head.update(Content.styled(self._line(heads, widths), "bold"))
        self._list.set_options(Option(self._drawn(row, widths), id=row.key) for row in shown)
        self._list.highlighted = at - self._first if shown else None
        self._said.display = not self._rows
        self._head.display = bool(self._rows)  # the empty list stays, so that the cursor does too
        self._foot.display = len(self._rows) > PAGE or self._of is not None
        words = tr("Righe {0}-{1} di {2}", self._lang)
        here = len(self._rows) if self._of is None else len(self._rows) - 1
        total = here if self._of is None else self._of
        self._foot.update(Content(words.format(self._first + 1, min(self._first + len(shown), here), total)))

    def step_page(self, by: int) -> bool:
        """Go to the page before (-1) or after (1); return whether there is one."""
        at = self._first + by * PAGE
        if not 0 <= at < len(self._rows):
            return False
        self._turn_to(at if by > 0 else min(at + PAGE, len(self._rows)) - 1)
        return True

    def on_resize(self, event: events.Resize) -> None:
        """Draw again for the new width."""
        if event.size.width and self._rows:
            self._turn_to(self._first + (self._list.highlighted or 0))

    def _widths(self, width: int) -> list[int]:
        room = width - 1  # the bar to scroll with
        there = [column.width if width >= column.from_width else -1 for column in self._columns]
        free = max(room - sum(size for size in there if size > 0), 0)
        shares = there.count(0)
        return [max(free // shares, 6) if size == 0 else size for size in there]

    def _line(self, texts: Sequence[str], widths: Sequence[int]) -> str:
        cells = []
        for text, width, column in zip(texts, widths, self._columns, strict=True):
            if width > 0:
                fit = set_cell_size(text, width - 1)
                cells.append((fit.rstrip().rjust(width - 1) if column.right else fit) + " ")
        return "".join(cells).rstrip()

    def _drawn(self, row: ListRow, widths: Sequence[int]) -> Content:
        """One row as lines: each cell goes on below itself, never cut."""
        cells = [_folded(text, size - 1) for text, size in zip(row.cells, widths, strict=True)]
        height = max(len(lines) for lines in cells)
        lines = [self._line([cell[at] if at < len(cell) else "" for cell in cells], widths) for at in range(height)]
        lines += [f"   {line}" for line in wrap(row.note, max(sum(w for w in widths if w > 0) - 4, 10))]
        return Content.styled("\n".join(lines), STYLES[row.tone])

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id is not None:
            self.post_message(self.Chosen(self, event.option_id))

    @on(OptionList.OptionHighlighted)
    def _point(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_id is not None:
            self.post_message(self.Pointed(self, event.option_id))


class _Rows(OptionList):
    """The rows of one page; beyond its first and its last are the pages beside it."""

    BINDINGS: ClassVar = []

    def __init__(self) -> None:
        super().__init__(markup=False, compact=True)

    def move_page(self, by: int) -> None:
        """Move the cursor by as many rows as are seen."""
        if self.highlighted is not None:
            seen = max(self.scrollable_content_region.height - 1, 1)
            self.highlighted = min(max(self.highlighted + by * seen, 0), self.option_count - 1)

    def _turn(self, by: int) -> bool:
        return isinstance(self.parent, Listing) and self.parent.step_page(by)

    def action_cursor_down(self) -> None:
        """Go on to the next page after the last row, else to the first."""
        if self.highlighted != self.option_count - 1 or not self._turn(1):
            super().action_cursor_down()

    def action_cursor_up(self) -> None:
        """Go back to the page before from the first row, else to the last."""
        if self.highlighted != 0 or not self._turn(-1):
            super().action_cursor_up()

    def action_page_down(self) -> None:
        """Scroll, or go on to the next page from the last row."""
        if self.highlighted != self.option_count - 1 or not self._turn(1):
            self.move_page(1)

    def action_page_up(self) -> None:
        """Scroll, or go back to the page before from the first row."""
        if self.highlighted != 0 or not self._turn(-1):
            self.move_page(-1)


def _folded(text: str, width: int) -> list[str]:
    """A cell's lines: broken at blanks, a longer word where it must be."""
    if width <= 0:
        return [""]
    words = wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]
    return [part for word in words for part in (chop_cells(word, width) or [""])]
