"""Questions that stand before everything else. The harmless answer comes first and has the focus."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from maglia.core.translation import tr
from tui.screens.window import Window
from tui.widgets.entry import Choice, Field

_DIGITS = frozenset("123456789")
_ALONE_S = 0.2
"""Seconds for which a digit must stay alone to be a choice: a card reader's keys follow one another faster."""


class Dialog(Window[str]):
    """A box over the screen, with a title."""

    DEFAULT_CSS = """
    Dialog { align: center middle; }
    Dialog > .box {
        width: 76; height: auto; max-height: 100%; border: solid $foreground 70%; padding: 0 2; background: $surface;
    }
    Dialog > .box > Static { height: auto; margin-bottom: 1; }
    Dialog > .box > .keys { height: 1; margin-top: 1; }
    Dialog Button { margin-right: 2; }
    Dialog OptionList { height: auto; max-height: 16; border: none; background: $surface; }
    """


class Ask(Dialog):
    """A question with several answers, by (name, words); closes with the name of the one that was given.

    The first answer must change nothing: it has the focus, and Esc gives it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "harmless", show=False),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]

    def __init__(self, title: str, lines: Sequence[str], answers: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._answers = answers

    def compose(self) -> Iterable[Widget]:
        """Lay out the question, what belongs to it, and the answers."""
        with Vertical(classes="box") as box:
            box.border_title = Content(self._title)
            yield Static(Content("\n".join(self._lines)), markup=False)
            yield from self.fields()
            with Horizontal(classes="keys"):
                for name, words in self._answers:
                    yield Button(Content(f"[ {words} ]"), name=name, compact=True)

    def fields(self) -> Iterable[Widget]:
        """Yield what is to be written before an answer."""
        return ()

    def on_mount(self) -> None:
        """Begin at the harmless answer."""
        self.query(Button).first().focus()

    def action_harmless(self) -> None:
        """Give the first answer."""
        self.dismiss(self._answers[0][0])

    @on(Button.Pressed)
    def answer(self, event: Button.Pressed) -> None:
        """Close with the answer given."""
        self.dismiss(event.button.name or "")


class AskWords(Dialog):
    """A question answered in writing: a passphrase, a reason, a number; closes with it, or with "" for none."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "harmless", show=False)]

    def __init__(
        self,
        title: str,
        lines: Sequence[str],
        label: str,
        lang: str,
        *,
        secret: bool = False,
        choices: Sequence[tuple[str, str]] = (),
    ) -> None:
        """With `choices`, (words, code), one of them is the answer unless something is written."""
        super().__init__()
        self._title = title
        self._lines = lines
        self._lang = lang
        self._field = Field(label, "words", width=44, longest=300)
        self._field.input.password = secret
        self._choice = Choice(label, "choice", choices, choices[0][1]) if choices else None

    def compose(self) -> Iterable[Widget]:
        """Lay out what is asked, the field, and two answers."""
        with Vertical(classes="box") as box:
            box.border_title = Content(self._title)
            yield Static(Content("\n".join(self._lines)), markup=False)
            if self._choice is not None:
                yield self._choice
            yield self._field
            with Horizontal(classes="keys"):
                yield Button(Content(f"[ {tr('Annulla', self._lang)} ]"), id="cancel", compact=True)
                yield Button(Content(f"[ {tr('Avanti', self._lang)} ]"), id="go_on", compact=True)

    def on_mount(self) -> None:
        """Begin where something is to be written: nothing happens until it is sent."""
        (self._choice.select if self._choice is not None else self._field.input).focus()

    def action_harmless(self) -> None:
        """Close without an answer."""
        self.dismiss("")

    @on(Button.Pressed, "#cancel")
    def cancel(self) -> None:
        """Close without an answer."""
        self.dismiss("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#go_on")
    def send(self) -> None:
        """Close with what is written, else with what is chosen."""
        chosen = self._choice.code if self._choice is not None else ""
        self.dismiss(self._field.text or chosen)


class Menu(Dialog):
    """A list of (name, words) to choose one of; closes with its name, or with "" for none."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f10", "close", show=False)]

    def __init__(self, title: str, choices: Sequence[tuple[str, str]], chosen: str = "") -> None:
        super().__init__()
        self._title = title
        self._choices = choices
        self._chosen = chosen
        self._about_to: Timer | None = None
        self._heard_at = 0.0
        self._run = self._number = 0

    def compose(self) -> Iterable[Widget]:
        """Lay out the choices, the first nine numbered: the number chooses, too."""
        with Vertical(classes="box") as box:
            box.border_title = Content(self._title)
            numbered = [
                Option(Content(f"{at if str(at) in _DIGITS else ' '}  {words}"), id=name)
                for at, (name, words) in enumerate(self._choices, start=1)
            ]
            yield OptionList(*numbered, markup=False, compact=True)

    def on_mount(self) -> None:
        """Begin where one is."""
        names = [name for name, _words in self._choices]
        choices = self.query_one(OptionList)
        choices.highlighted = names.index(self._chosen) if self._chosen in names else 0
        choices.focus()

    def on_key(self, event: events.Key) -> None:
        """Choose by number, from 1, unless other keys come with it: a card that is read here chooses nothing."""
        if self._about_to is not None:
            self._about_to.stop()
        if not event.is_printable:
            self._end_run(event)
            return
        event.stop()
        self._run = self._run + 1 if event.time - self._heard_at <= _ALONE_S else 1
        self._heard_at = event.time
        self._number = int(event.key) if event.key in _DIGITS and self._run == 1 else 0
        self._about_to = self.set_timer(_ALONE_S, self._choose_number)

    def _end_run(self, event: events.Key) -> None:
        """Let Enter confirm a digit at once, and choose nothing where it ends a card's code."""
        if event.key == "enter" and event.time - self._heard_at <= _ALONE_S:
            event.stop()
            self._choose_number()

    def _choose_number(self) -> None:
        if 1 <= self._number <= len(self._choices):
            self.dismiss(self._choices[self._number - 1][0])

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Close with what was chosen."""
        self.dismiss(event.option_id or "")

    def action_close(self) -> None:
        """Close without a choice."""
        self.dismiss("")
