"""Step 2 of a call for applicants: which column of the file is which, and the first rows as they are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual import on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Select

from maglia.core.translation import mark, tr
from tui.batch_columns import COLUMNS, asked_columns, is_named
from tui.batch_model import FileReading
from tui.batch_view import READ, read_rows
from tui.text import plain
from tui.widgets.entry import Choice
from tui.widgets.listing import Listing

_NONE = mark("(nessuna)")
_UNREAD = mark("Nessuna riga si legge finché il codice e il nucleo non hanno la loro colonna.")


class ColumnsStep(Vertical):
    """A choice of a title for each column; below it the file's first rows."""

    class Changed(Message):
        """Another title was chosen for a column: the file is to be read anew."""

    DEFAULT_CSS = """
    ColumnsStep { height: 1fr; }
    ColumnsStep Horizontal { height: 1; }
    ColumnsStep Listing { margin-top: 1; }
    """

    def __init__(self, lang: str) -> None:
        super().__init__(id="step-columns")
        self._lang = lang
        self._titles: tuple[str, ...] = ()
        self._shown: dict[str, str] = {}
        none = [(tr(_NONE, lang), "")]
        self._choices = {name: Choice(tr(words, lang), f"map-{name}", none, "") for name, words in COLUMNS.items()}

    def compose(self) -> Iterable[Widget]:
        """Two choices on a line."""
        choices = list(self._choices.values())
        for left, right in zip(choices[::2], choices[1::2], strict=True):
            yield Horizontal(left, right)
        yield Listing(READ, self._lang, tr(_UNREAD, self._lang), id="read")

    def show(self, read: FileReading) -> None:
        """Show how the node reads a file."""
        if read.titles != self._titles:
            self._titles = read.titles
            for name, choice in self._choices.items():
                own = any(is_named(name, title) for title in read.titles)
                offered = [] if own else [(Content(tr(_NONE, self._lang)), "")]
                # As content: a title that looks like markup must stay the text that it is.
                titles = [(Content(plain(title, 40)), _code(at, title)) for at, title in enumerate(read.titles)]
                offered += [one for one, title in zip(titles, read.titles, strict=True) if title.strip()]
                choice.select.set_options(offered)
        self._shown = dict(read.columns)
        for name, choice in self._choices.items():
            title = read.columns.get(name)
            choice.select.value = _code(self._titles.index(title), title) if title in self._titles else ""
        self.query_one(Listing).show(read_rows(read, self._lang))

    def clear(self) -> None:
        """Leave nothing of the last file."""
        self._titles, self._shown = (), {}

    @property
    def chosen(self) -> Mapping[str, str]:
        """Return the title chosen for each column that has one."""
        codes = {name: choice.code for name, choice in self._choices.items()}
        return {name: self._titles[int(code.split()[0])] for name, code in codes.items() if code and self._titles}

    def asked(self) -> dict[str, str]:
        """Return the titles that the node has to be told of."""
        return asked_columns(self.chosen)

    @on(Select.Changed)
    def _change(self) -> None:
        if self._titles and self.chosen != self._shown:
            self.post_message(self.Changed())


def _code(at: int, title: str) -> str:
    """Return a title's code: one that another file's title has not, else Textual goes on showing that one's words."""
    return f"{at} {title}"
