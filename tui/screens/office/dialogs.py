"""What the office asks and shows before everything else: a text to read, a form, a code to be read aloud once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Checkbox, Digits, Input, Static

from maglia.core.errors import MagliaError
from maglia.core.translation import tr
from tui.screens.dialogs import AskWords, Dialog
from tui.screens.faults import Fault, fault_text, faults_of
from tui.widgets.entry import Field
from tui.widgets.prose import Prose

T = TypeVar("T")
GO_ON = "go_on"
_REASON = "reason"
CLOSE = "cancel"


@dataclass
class Unsent:
    """What is written for one act and not sent, by field; `keep` takes what is written now, nothing where all is empty.

    A ticked box holds `yes`.
    """

    values: Mapping[str, str] = dataclass_field(default_factory=dict)
    on_change: Callable[[], None] = lambda: None

    def keep(self, values: Mapping[str, str]) -> None:
        """Hold what is written now."""
        self.values = dict(values)
        self.on_change()


def _written(entry: Input | Checkbox) -> str:
    return entry.value if isinstance(entry, Input) else "yes" * entry.value


def _write(entry: Input | Checkbox, kept: str | None) -> None:
    if kept is None:
        return
    if isinstance(entry, Input):
        entry.value = kept
    else:
        entry.value = bool(kept)


class Read(Dialog):
    """A text as long as it is, and answers by (name, words); closes with the name of the one that was given.

    The first answer changes nothing: it has the focus, and Esc gives it. The arrows move the text.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "harmless", show=False),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("pageup", "move(-10)", show=False),
    ]
    DEFAULT_CSS = """
    Read VerticalScroll { height: auto; max-height: 75vh; scrollbar-size-vertical: 1; }
    Read > .box { width: 100%; max-width: 90; }
    """

    def __init__(self, title: str, lines: Sequence[str], answers: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._answers = answers

    def compose(self) -> Iterable[Widget]:
        """Lay out the text and the answers."""
        with Vertical(classes="box") as box:
            box.border_title = Content(self._title)
            with VerticalScroll(can_focus=False):
                yield Prose(self._lines)
            with Horizontal(classes="keys"):
                for name, words in self._answers:
                    yield Button(Content(f"[ {words} ]"), name=name, compact=True)

    def on_mount(self) -> None:
        """Begin at the harmless answer."""
        self.query(Button).first().focus()

    def action_harmless(self) -> None:
        """Give the first answer."""
        self.dismiss(self._answers[0][0])

    def action_move(self, by: int) -> None:
        """Move the text by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    @on(Button.Pressed)
    def answer(self, event: Button.Pressed) -> None:
        """Close with the answer given."""
        self.dismiss(event.button.name or "")


class Form(Dialog, Generic[T]):
    """Several fields; closes with "go_on" once `read` makes a `value` of them, with "cancel" for none.

    What `read` refuses is said in the form, and what is written stays.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "harmless", show=False),
        Binding("f2", "go_on", show=False),
    ]
    DEFAULT_CSS = """
    Form #refused { height: auto; margin: 0; color: $text-error; }
    Form > .box > .head { margin: 0; text-style: bold; }
    Form > .box > .room { height: auto; max-height: 5; scrollbar-size-vertical: 1; }
    """

    def __init__(self, title: str, lines: Sequence[str], body: Sequence[Widget], read: Callable[[], T], lang: str):
        super().__init__()
        self._title = title
        self._lines = lines
        self._body = body
        self._read = read
        self._lang = lang
        self.value: T | None = None
        self.unsent = Unsent()
        """What was written before and not sent: it stands in the fields again."""
        self._begun: Mapping[str, str] = {}

    def compose(self) -> Iterable[Widget]:
        """Lay out what is asked, the fields, what was refused, two answers."""
        with Vertical(classes="box") as box:
            box.border_title = Content(self._title)
            yield Static(Content("\n".join(self._lines)), markup=False)
            yield from self._body
            yield Static(id="refused", markup=False)
            with Horizontal(classes="keys"):
                yield Button(Content(f"[ {tr('Annulla', self._lang)} ]"), name=CLOSE, compact=True)
                yield Button(Content(f"[ F2 {tr('Avanti', self._lang)} ]"), name=GO_ON, compact=True)

    def on_mount(self) -> None:
        """Begin at the first field, with what was written before: nothing happens until the form is sent."""
        self._begun = self._all_written()
        for name, entry in self._entries():
            _write(entry, self.unsent.values.get(name))
        next(widget for part in self._body for widget in (part, *part.query("*")) if widget.focusable).focus()

    def _entries(self) -> Iterable[tuple[str, Input | Checkbox]]:
        for widget in (*self.query(Input), *self.query(Checkbox)):
            if widget.id:
                yield widget.id, widget

    @on(Input.Changed)
    @on(Checkbox.Changed)
    def keep_written(self) -> None:
        """Hand over what is written now."""
        written = self._all_written()
        self.unsent.keep(written if written != self._begun else {})

    def _all_written(self) -> dict[str, str]:
        return {name: _written(entry) for name, entry in self._entries()}

    def action_harmless(self) -> None:
        """Close without an answer."""
        self.dismiss(CLOSE)

    def action_go_on(self) -> None:
        """Send the form, as F2 sends those of the other screens."""
        self.send()

    @on(Input.Submitted)
    def send(self) -> None:
        """Close with what is written, if it can be read; else say all that is wrong, with the cursor at the first."""
        faults = faults_of(self.query(Field))
        if not faults:
            try:
                self.value = self._read()
            except MagliaError as error:
                faults = [Fault("", "", error)]
            else:
                self.dismiss(GO_ON)
                return
        self.query_one("#refused", Static).update(Content(fault_text(faults, self._lang, {}, at_office=True)))
        if faults[0].field:
            self.query_one(f"#{faults[0].field}", Input).focus()

    @on(Button.Pressed)
    def answer(self, event: Button.Pressed) -> None:
        """Send the form, or close without an answer."""
        if event.button.name == GO_ON:
            self.send()
            return
        self.unsent.keep({})
        self.action_harmless()


class AskReason(AskWords):
    """A reason, with what was written of it before."""

    def __init__(self, title: str, lines: Sequence[str], label: str, lang: str, unsent: Unsent) -> None:
        super().__init__(title, lines, label, lang)
        self._unsent = unsent
        self._field.input.value = unsent.values.get(_REASON, "")

    @on(Input.Changed)
    def keep_written(self, event: Input.Changed) -> None:
        """Hand over what is written now."""
        self._unsent.keep({_REASON: event.value} if event.value.strip() else {})

    @on(Button.Pressed, "#cancel")
    def give_up(self) -> None:
        """Forget it."""
        self._unsent.keep({})


class Aloud(Dialog):
    """A code in large digits, in groups of four, to be read aloud: once closed it is nowhere any more."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "shut", show=False)]
    DEFAULT_CSS = "Aloud Digits { margin-bottom: 1; width: auto; }"

    def __init__(self, title: str, lines: Sequence[str], code: str, close: str) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._groups = [code[at : at + 4] for at in range(0, len(code), 4)]
        self._close = close

    def compose(self) -> Iterable[Widget]:
        """Lay out what to do, the code twice, one button."""
        with Vertical(classes="box") as box:
            box.border_title = Content(self._title)
            yield Static(Content("\n".join(self._lines)), markup=False)
            for at in range(0, len(self._groups), 4):
                yield Digits(" ".join(self._groups[at : at + 4]).upper())
            yield Static(Content(" ".join(self._groups)), markup=False)
            with Horizontal(classes="keys"):
                yield Button(Content(f"[ {self._close} ]"), compact=True)

    def on_mount(self) -> None:
        """Begin at the only button."""
        self.query_one(Button).focus()

    @on(Button.Pressed)
    def action_shut(self) -> None:
        """Forget the code."""
        self._groups = []
        self.dismiss("")
