"""VERIFICA: one code, one question, answers as the bodies reply, the verdict in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.widgets import Input

from maglia.core.errors import MagliaError
from maglia.core.translation import mark, tr
from tui.fields import HELPS, QuestionFields
from tui.model import Question
from tui.screens.check.turns import CheckTurns
from tui.screens.check.words import ABOUT
from tui.screens.dialogs import Menu
from tui.screens.work import GoTo
from tui.widgets.answers import Answers, Progress
from tui.widgets.frame import Panel
from tui.widgets.keys import Action


class CheckScreen(CheckTurns):
    """The counter's first screen."""

    NAME = "check"
    HEADING = mark("VERIFICA")
    OWN: ClassVar[Sequence[Action]] = (
        Action("f2", "F2", "check", mark("Verifica")),
        Action("f3", "F3", "record", mark("Registra")),
        Action("f4", "F4", "clear", mark("Nuova")),
        Action("f5", "F5", "keep_person", mark("Nucleo")),
        Action("f6", "F6", "retry", mark("Riprova")),
        Action("f8", "F8", "app.papers", mark("Stampa")),
    )
    ABOUT = ABOUT
    HELPS: ClassVar[Mapping[str, str]] = HELPS
    SCANS_INTO = "code"

    def panels(self) -> Iterable[Panel]:
        """Lay the screen out as ux.md draws it: who asks what, who answered, what is known."""
        yield QuestionFields(self.lang)
        yield Panel(Progress(self.lang))
        begin = tr("Leggere la tessera con lo scanner, o scrivere il codice e premere Invio.", self.lang)
        yield Panel(Answers(self.lang, [begin, "", *self.seat.suggestions]), tall=True)

    def on_mount(self) -> None:
        """Begin with an empty counter; the wait is counted down once a second."""
        self._asked = self._written
        self._show_nothing()
        super().on_mount()
        self.set_interval(1.0, self._tick)

    def opened(self) -> None:
        """Ask for what this kind of body has to give, and about a card that was read before anybody was let in."""
        self.returned()
        if self._asks_when_in:
            self._asks_when_in = False
            self.action_check()

    def returned(self) -> None:
        """Wait for the next card."""
        self.query_one(QuestionFields).enter(public=self.seat.acts_on_public_task)

    def forget(self) -> None:
        """Leave an empty counter."""
        self.action_clear()

    def take_code(self, code: str) -> bool:
        """Ask about whoever's card was read."""
        self.query_one("#code", Input).value = code
        self.action_check()
        return True

    def draft(self) -> Mapping[str, str]:
        """Return the question as it is written, until it is asked."""
        return {} if self._state is not None else self.query_one(QuestionFields).draft()

    def take_up(self, fields: Mapping[str, str]) -> None:
        """Write the question again, but for what the person has to give anew."""
        self.query_one(QuestionFields).take_up(fields)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Return whether an action would do anything now."""
        if action == "retry":
            return bool(self._state and not self._state.waiting and self._state.silent)
        return action != "record" or self.seat.may("OperatorService/AddAid")

    def action_record(self) -> None:
        """Go on to record help for this person, with what is known of them now."""
        try:
            question = self.query_one(QuestionFields).question()
        except MagliaError:
            self.seat.at_hand = None  # there the person may be written, or scanned
            self.post_message(GoTo("record"))
            return
        people = [one.code for one in self.query_one(QuestionFields).adults() if one.may_be_helped]
        if len(people) > 1:
            choices = [(code, code) for code in people]
            self.app.push_screen(Menu(tr("PER CHI SI REGISTRA?", self.lang), choices, self._chosen), self._choose)
        else:
            self._record_for(question)

    def _choose(self, code: str | None) -> None:
        """Record help for one of the household."""
        if code:
            self._chosen = code
            self._record_for(self.query_one(QuestionFields).question())

    def _record_for(self, question: Question) -> None:
        self.seat.at_hand = self.at_hand(question)
        self.post_message(GoTo("record"))

    def action_keep_person(self) -> None:
        """Keep the person as one of a household and ask for the next; without a code, take the last one back."""
        try:
            self.query_one(QuestionFields).keep_person()
        except MagliaError as error:
            self.explain(error, self._known)

    def action_clear(self) -> None:
        """Start with the next person: nothing of the last one stays on the screen."""
        self._dropped = False
        self.seat.at_hand = None
        self.query_one(QuestionFields).clear()
        self._next_turn()

    @on(QuestionFields.Edited)
    def leave_old_question(self, message: QuestionFields.Edited) -> None:
        """Take away results that are of another question than the one that is written now."""
        if self._written != self._asked:
            self._dropped = self._dropped or message.dropped
            self._next_turn()
