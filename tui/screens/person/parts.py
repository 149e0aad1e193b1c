"""What PERSONA is drawn with: the code and who it is, the line of views, the charts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from maglia.core.identifiers import local_number
from maglia.core.translation import tr
from tui.fields import judgement
from tui.records_model import PersonFile
from tui.screens.person.chart import facet_bars, month_bars
from tui.screens.person.file import VIEWS
from tui.widgets.bars import Bars
from tui.widgets.entry import Field
from tui.widgets.frame import Panel


class WhoPanel(Panel):
    """The code that is typed or scanned, and below it who that is here."""

    DEFAULT_CSS = "WhoPanel > #who { height: auto; max-height: 5; min-height: 1; }"

    def __init__(self, lang: str) -> None:
        super().__init__()
        self._lang = lang
        self._who = Static(id="who", markup=False)
        self.code = Field(tr("Codice", lang), "code", width=30, echo=self._judge)

    def compose(self) -> Iterable[Widget]:
        """Field above, person below."""
        yield self.code
        yield self._who

    def show(self, lines: Sequence[str]) -> None:
        """Say who it is."""
        self._who.update(Content("\n".join(lines)))

    def _judge(self, text: str) -> str:
        if local_number(text) is not None:
            return tr("(nome)", self._lang)
        return judgement(text, self._lang)


class Views(Horizontal):
    """The things to look at, by key and by click; the one that is shown stands between brackets."""

    DEFAULT_CSS = "Views { height: 1; }"

    class Wanted(Message):
        """A view was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, lang: str) -> None:
        super().__init__()
        self._labels = [_Label(view.name, f"{key} {tr(view.words, lang)}") for key, view in enumerate(VIEWS, 1)]

    def compose(self) -> Iterable[Widget]:
        """One label for each."""
        yield from self._labels

    def show(self, shown: str, counts: Mapping[str, int]) -> None:
        """Mark the view that is shown, and say how much is in each."""
        for label in self._labels:
            label.draw(counts.get(label.view), is_shown=label.view == shown)


class _Label(Static):
    """One view's name."""

    DEFAULT_CSS = """
    _Label { width: auto; margin-right: 1; }
    _Label:hover { text-style: underline; }
    """

    def __init__(self, view: str, words: str) -> None:
        super().__init__(markup=False, id=f"view-{view}")
        self.view = view
        self._words = words

    def draw(self, count: int | None, *, is_shown: bool) -> None:
        """Draw it with its count."""
        text = self._words if count is None else f"{self._words} {count}"
        self.update(Content.styled(f"[{text}]", "bold") if is_shown else Content(text))

    def on_click(self) -> None:
        """Ask for the view."""
        self.post_message(Views.Wanted(self.view))


class Charts(VerticalScroll):
    """What was given here, by month and by kind, side by side or one above the other."""

    DEFAULT_CSS = """
    Charts { height: 1fr; scrollbar-size-vertical: 1; }
    Charts > .pair { height: auto; }
    Charts > .pair > Bars { width: 1fr; margin: 0 1 1 0; }
    """

    def __init__(self, lang: str, *, is_narrow: bool, id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id)
        self._lang = lang
        self._is_narrow = is_narrow
        self._said = Static(markup=False)
        self._months = Bars(tr("Dati qui in 12 mesi, in euro (quanti)", lang))
        self._facets = Bars(tr("In 12 mesi per tipo, in euro (quanti)", lang))

    def compose(self) -> Iterable[Widget]:
        """Both charts, or what is said in their place."""
        yield self._said
        box = Vertical if self._is_narrow else Horizontal
        with box(classes="pair"):
            yield self._months
            yield self._facets

    def show(self, records: PersonFile | None, said: str) -> None:
        """Draw what is on file; `said` stands where there is nothing to draw."""
        given, day = (records.records, records.day) if records else ((), "")
        months = month_bars(given, day, self._lang)
        self._months.show(months)
        self._facets.show(facet_bars(given, day, self._lang))
        self._said.update(Content("" if months else said))
        self._said.display = not months
