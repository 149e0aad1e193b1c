"""What REGISTRA shows between fields and sentences: who confirms, why it is given all the same, who promised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Select, Static

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import tr
from tui.lines import Row
from tui.model import CheckState
from tui.screens.record.view import COLUMNS
from tui.screens.record.words import REASONS
from tui.widgets.answers import Answers
from tui.widgets.entry import boxed
from tui.widgets.frame import Panel
from tui.widgets.listing import Listing, ListRow


class Sent(Static):
    """How many bodies answered the check at hand, or confirm after the promise was put on record; in signs."""

    DEFAULT_CSS = "Sent { height: 1; width: 1fr; }"
    _BAR: ClassVar[int] = 24

    def __init__(self, lang: str) -> None:
        super().__init__(markup=False)
        self._lang = lang

    def show(self, state: CheckState | None, *, is_sent: bool) -> None:
        """Draw the bar for `state`, an empty one without."""
        asked, answered = (state.asked, state.answered) if state else (0, 0)
        full = self._BAR * answered // asked if asked else 0
        bar = "#" * full + "." * (self._BAR - full)
        what = tr("confermano" if is_sent else "hanno risposto", self._lang)
        count = f"{answered} {tr('su', self._lang)} {asked} {what}" if state else "-"
        head = tr("Inviato" if is_sent or not state else "Verifica", self._lang)
        self.update(Content(f"{head:<10}[{bar}] {count}"))


class ReasonLine(Horizontal):
    """Why help is given all the same: there while it is wanted. Nothing is chosen beforehand."""

    DEFAULT_CSS = """
    ReasonLine { height: 1; display: none; }
    ReasonLine > .name { width: 10; }
    ReasonLine > #reason { width: 38; }
    ReasonLine > #words { width: 1fr; }
    ReasonLine > Static { width: auto; }
    """

    def __init__(self, lang: str) -> None:
        super().__init__()
        self._lang = lang

    def compose(self) -> Iterable[Widget]:
        """A choice, and words beside it."""
        choices = [(tr(words, self._lang), code) for code, words in REASONS.items()]
        yield Static(tr("Motivo", self._lang), markup=False, classes="name")
        yield Select(choices, value="", allow_blank=False, id="reason", compact=True)
        yield from boxed(
            Input(id="words", compact=True, max_length=150, placeholder=tr("parole sue, se servono", self._lang))
        )

    def ask(self) -> None:
        """Be there, with the cursor: choosing alone does nothing."""
        self.display = True
        self.query_one(Select).focus()

    def clear(self) -> None:
        """Go away."""
        self.display = False
        self.query_one(Select).value = ""
        self.query_one(Input).value = ""

    @property
    def reason(self) -> str:
        """Return the reason, "" while none is wanted; raise `input.missing` while one is wanted and none is given."""
        if not self.display:
            return ""
        code, words = str(self.query_one(Select).value), self.query_one(Input).value.strip()
        if not code or (code == "other" and not words):
            raise MagliaError(Code.INPUT_MISSING, field="reason")
        chosen = "" if code == "other" else tr(REASONS[code], self._lang)
        return ": ".join(part for part in (chosen, words) if part)


class AnswersOrPromises(Panel):
    """The answers to a check, and the promises that are open: one in front of the other where there is little room."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self._answers = Answers(
            lang, [tr("Leggere la tessera o scrivere il codice. Chi non ha nessun codice: F6, per nome.", lang)]
        )
        self._promises = Listing(COLUMNS, lang, id="promises")
        super().__init__(self._answers, self._promises, tall=True)
        self._promises.add_class("back")

    def show_answers(self, rows: Sequence[Row] | None, *, is_somebody_here: bool) -> None:
        """Show the answers to a check; without one how to begin, or that there are none."""
        hint = tr(
            "Nessuna risposta: su questo aiuto la rete non è stata interrogata."
            if is_somebody_here
            else "Leggere la tessera o scrivere il codice. Chi non ha nessun codice: F6, per nome.",
            self._lang,
        )
        self._answers.show(list(rows) if rows is not None else None, [hint])
        self._answers.set_class(rows is None, "empty")

    def show_promises(self, rows: Sequence[ListRow], said: str | None = None) -> None:
        """Show the open promises, or why there are none."""
        self._promises.show(rows, said)

    def turn(self) -> None:
        """Go to the promises, from there to the answers."""
        to_promises = not self._promises.has_focus_within
        self.bring(promises=to_promises)
        if to_promises:
            self._promises.take_cursor()
        else:
            self._answers.focus()

    def bring(self, *, promises: bool) -> None:
        """Put one of them in front."""
        self._answers.set_class(promises, "back")
        self._promises.set_class(not promises, "back")
