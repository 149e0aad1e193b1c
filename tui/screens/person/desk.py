"""PERSONA as whoever works on it knows it: who is read, what is asked before an act, what happens after it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from maglia.core.errors import MagliaError
from maglia.core.translation import mark, tr
from tui.lines import Line, Tone
from tui.screens.dialogs import Ask
from tui.screens.forms import Form, Values, open_form
from tui.screens.person.file import OnFile
from tui.screens.work import WorkScreen
from tui.session import Counter

KEPT = mark("Quanto è scritto resta qui, non ancora registrato: F3 lo ritrova, Annulla lo toglie.")
_SEPARATOR = "|"
"""Stands in a draft between a person's code, a deed and a field: no code or deed holds it."""
T = TypeVar("T")
R = TypeVar("R")


def now_ms() -> float:
    """Return this machine's clock, in milliseconds since the epoch: what can be undone is offered by it."""
    return time.time() * 1000


def said(*texts: str, tone: Tone = Tone.NOTE) -> list[Line]:
    """Return calm lines."""
    return [Line("  ", text, tone) for text in texts]


class PersonDesk(WorkScreen[Counter]):
    """The screen without its looks."""

    def __init__(self, seat: Counter) -> None:
        super().__init__(seat)
        self.on_file = OnFile()
        self.unsent: dict[tuple[str, str], Values] = {}
        """By code and deed, what was written and not sent: it is there when that person's form opens again."""

    @property
    def view(self) -> str:
        """Return what is looked at."""
        raise NotImplementedError

    @property
    def pointed(self) -> str:
        """Return the key of the row that the cursor is on, "" for none."""
        raise NotImplementedError

    def read_again(self, *parts: str) -> None:
        """Read parts of the person anew; what is said stays."""
        raise NotImplementedError

    def open(self, deed: str, form: Form[T], then: Callable[[T], None]) -> None:
        """Open a form; what is written in it is kept until it is sent, through Esc, another person, and a crash."""
        about = (self.on_file.code, deed)

        def keep(values: Values) -> None:
            if any(map(str.strip, values.values())):
                self.unsent[about] = values
            else:
                self.unsent.pop(about, None)
            self.plan_to_save()

        form.keep = keep
        open_form(self, form, then, lambda: self.note(KEPT))

    def again(self, deed: str) -> Values:
        """Return what was written for a deed and not sent."""
        return self.unsent.get((self.on_file.code, deed), {})

    def draft(self) -> Mapping[str, str]:
        """Return what is written in forms and not sent."""
        return {
            _SEPARATOR.join((*about, name)): text
            for about, values in self.unsent.items()
            for name, text in values.items()
        }

    def take_up(self, fields: Mapping[str, str]) -> None:
        """Have what was written in forms again."""
        for name, text in fields.items():
            code, *deed, field = name.split(_SEPARATOR)
            if deed:
                about = (code, deed[0])
                self.unsent[about] = {**self.unsent.get(about, {}), field: text}

    def ask(self, title: str, lines: Sequence[str], yes: str, then: Callable[[], None]) -> None:
        """Ask before an act, naming what happens; `then` does it."""

        def answered(answer: str | None) -> None:
            if answer == "yes":
                then()

        self.app.push_screen(Ask(title, lines, [("no", tr("No, torna", self.lang)), ("yes", yes)]), answered)

    def send(
        self, deed: str, job: Callable[[], Awaitable[R]], told: Callable[[R], Sequence[Line]], *parts: str
    ) -> None:
        """Do what was decided, for the person on the screen; then say it, and read what it changed."""
        code = self.on_file.code

        def done(found: R) -> None:
            self.unsent.pop((code, deed), None)
            self.plan_to_save()
            if self.on_file.code == code:
                self.tell(*told(found))
                self.read_again(*parts)

        self.work(job, done, group="deed")

    def try_to(self, act: Callable[[], None]) -> None:
        """Do something that may be refused before anything is sent."""
        try:
            act()
        except MagliaError as error:
            self.explain(error)
