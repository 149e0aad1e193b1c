"""A window with several fields, judged before it closes: what is wrong is said there, and all that is written stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, Checkbox, Input, Select, Static

from maglia.core.errors import MagliaError
from maglia.core.translation import mark, tr
from tui.screens.counter_next import IN_FORMS
from tui.screens.dialogs import Ask
from tui.screens.faults import Fault, fault_text, faults_of
from tui.widgets.entry import Choice, Field, TickBox

T = TypeVar("T")
Values = Mapping[str, str]
"""What is written, by the fields' ids; a ticked box holds `yes`."""
Entry = Field | Choice | TickBox
STAYS = mark("Quanto era scritto è rimasto: F2 lo riapre.")
"""Said where F2 opens a form, which was left or could not be sent."""
_SEND = "send"
_GIVEN_UP = "given up"


class Form(Ask, Generic[T]):
    """Fields, what was wrong with them, and two answers; `read` makes of them what is sent, or raises `MagliaError`."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f2", "send", show=False)]
    DEFAULT_CSS = """
    Form > .box > Static { margin-bottom: 0; }
    Form > .box > #wrong { color: $text-error; }
    Form TickBox { height: auto; }
    """

    def __init__(
        self,
        title: str,
        lines: Sequence[str],
        entries: Sequence[Entry],
        send: str,
        lang: str,
        read: Callable[[Values], T],
        begin_at: str = "",
    ) -> None:
        """`begin_at` is the id of the field that has the cursor first, else the first one has it."""
        super().__init__(title, lines, [("no", tr("Annulla", lang)), (_SEND, f"F2 {send}")])
        self._entries = entries
        self._lang = lang
        self._read = read
        self._begin_at = begin_at
        self._wrong = Static(id="wrong", markup=False)
        self.result: T | None = None
        """What `read` made of the fields, once it is to be sent."""
        self.keep: Callable[[Values], None] = lambda _values: None
        """Called with what is written each time that it changes, with nothing once it is given up by Annulla."""
        self._begun = self.values

    def fields(self) -> Iterable[Widget]:
        """Yield the fields, and room for what is wrong."""
        yield from self._entries
        self._wrong.display = False
        yield self._wrong

    def on_mount(self) -> None:
        """Begin where something is to be written: nothing happens until it is sent.

        After what `Ask` does when it is mounted, which begins at the harmless answer.
        """
        first = self._entries[0] if self._entries else None
        inside = first.input if isinstance(first, Field) else first.select if isinstance(first, Choice) else first
        chosen = self.query_one(f"#{self._begin_at}") if self._begin_at else inside
        self.call_after_refresh((chosen or self.query(Button).first()).focus)

    @property
    def values(self) -> dict[str, str]:
        """Return what is written now."""
        found = {}
        for entry in self._entries:
            if isinstance(entry, Field):
                found[entry.key] = entry.text
            elif isinstance(entry, Choice):
                found[entry.select.id or ""] = entry.code
            else:
                found[entry.id or ""] = "yes" if entry.value else ""
        return found

    @property
    def has_written(self) -> bool:
        """Return whether anything was written or chosen since the window was opened."""
        return self.values != self._begun

    @on(Input.Changed)
    @on(Select.Changed)
    @on(Checkbox.Changed)
    def keep_written(self) -> None:
        """Hand over what is written now."""
        if self.has_written:
            self.keep(self.values)

    @on(Input.Submitted)
    def go_on(self, event: Input.Submitted) -> None:
        """Enter leads to the next field, so that nothing is sent by a card reader or in haste."""
        event.stop()
        self.focus_next()

    @on(Button.Pressed)
    def judge(self, event: Button.Pressed) -> None:
        """Send, or give up."""
        event.prevent_default()
        event.stop()
        if event.button.name == _SEND:
            self.action_send()
        else:
            self.keep({})
            self.dismiss(_GIVEN_UP)

    def action_send(self) -> None:
        """Close with what is written, or say all that is wrong with it."""
        try:
            self.result = self._read(self.values)
        except MagliaError as error:
            self._tell(faults_of(self.query(Field)) or [Fault("", "", error)])
        else:
            self.dismiss(_SEND)

    def _tell(self, faults: Sequence[Fault]) -> None:
        """Say all that is wrong, with the cursor at the first of it."""
        self._wrong.update(Content(fault_text(faults, self._lang, IN_FORMS)))
        self._wrong.display = True
        if faults[0].field:
            self.query_one(f"#{faults[0].field}", Input).focus()


def open_form(screen: Screen[None], form: Form[T], then: Callable[[T], None], left: Callable[[], None]) -> None:
    """Show a form over a screen; `then` gets what is to be sent, `left` is told where Esc leaves something unsent."""

    def closed(answer: str | None) -> None:
        if answer == _SEND and form.result is not None:
            then(form.result)
        elif answer != _GIVEN_UP and form.has_written:
            left()

    screen.app.push_screen(form, closed)
