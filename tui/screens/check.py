"""VERIFICA: one code, one question, answers as the bodies reply, the verdict in words."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from time import monotonic
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Checkbox, Input, Select, Static

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_identifier
from maglia.core.vocabulary import DEADLINE_S, DEFAULT_MONTHS, Facet, Purpose
from tui.labels import FACETS, PURPOSES, options
from tui.model import CheckState, Question
from tui.screens.help import HelpScreen
from tui.session import Counter, check_question, parse_months
from tui.text import sentence_of
from tui.verdict import Line, Tone, rows, verdict_lines
from tui.widgets import Action, Answers, FrameLine, KeyLine, Progress, TickBox, VerdictPanel, boxed
from tui.words import say

_THIRD_SECTOR = [Purpose.AID_OVERLAP, Purpose.REFERRAL]
_PUBLIC = [Purpose.AID_OVERLAP, Purpose.RENT_SUBSIDY, Purpose.UTILITY_SUBSIDY, Purpose.REFERRAL]


def now() -> datetime:
    """Return the counter's clock, for the time at which the notice was read."""
    return datetime.now()


class CheckScreen(Screen[None]):
    """The counter's first screen."""

    ACTIONS: ClassVar[list[Action]] = [
        Action("f1", "F1", "help", ("Aiuto", "Help")),
        Action("f2", "F2", "check", ("Verifica", "Check")),
        Action("f4", "F4", "clear", ("Nuova", "New")),
        Action("f6", "F6", "retry", ("Riprova muti", "Retry silent")),
        Action("ctrl+p", "^P", "app.command_palette", ("Comandi", "Commands")),
        Action("ctrl+q", "^Q", "app.quit", ("Esci", "Quit")),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(action.key, action.name, show=False) for action in ACTIONS if "." not in action.name
    ]
    DEFAULT_CSS = """
    CheckScreen .panel {
        height: auto; padding: 0 1;
        border-left: solid $foreground 70%; border-right: solid $foreground 70%;
    }
    CheckScreen .panel.tall { height: 1fr; }
    CheckScreen Horizontal.fields { height: 1; }
    CheckScreen Horizontal.fields Horizontal { height: 1; width: 1fr; }
    CheckScreen Horizontal.fields Static { width: auto; }
    CheckScreen Horizontal.fields .name { width: 9; }
    CheckScreen #code { width: 20; }
    CheckScreen Horizontal.fields #valid { width: 16; padding-left: 1; }
    CheckScreen #facet { width: 21; }
    CheckScreen #months { width: 4; }
    CheckScreen #purpose { width: 27; }
    CheckScreen #need { width: 1fr; }
    CheckScreen #case { width: 28; }
    CheckScreen Horizontal.fields TickBox { width: 1fr; }
    """

    class Arrived(Message):
        """A new state of the check under way."""

        def __init__(self, state: CheckState) -> None:
            super().__init__()
            self.state = state

    class Failed(Message):
        """The check, or a retry of it, was refused or lost."""

        def __init__(self, error: MagliaError) -> None:
            super().__init__()
            self.error = error

    class Ended(Message):
        """The node has closed the check: nothing more will arrive."""

    class Noted(Message):
        """Something worth one line happened."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class SessionNeeded(Message):
        """Somebody has to log in before this screen can go on."""

    def __init__(self, counter: Counter, suggestion: str | None = None) -> None:
        super().__init__()
        self._counter = counter
        self._lang = counter.profile.lang
        self._hints = [say("start", self._lang), "", *([suggestion] if suggestion else [])]
        self._state: CheckState | None = None
        self._arrived_at = 0.0

    def compose(self) -> Iterable[Widget]:
        """Lay the screen out as ux.md draws it: who asks what, who answered, what is known."""
        yield FrameLine("┌┐", say("check", self._lang), say("not_logged_in", self._lang))
        with Vertical(classes="panel"):
            yield from self._fields()
        yield FrameLine()
        with Vertical(classes="panel"):
            yield Progress(self._lang)
        yield FrameLine()
        with Vertical(classes="panel tall"):
            yield Answers(self._lang, self._hints)
        yield FrameLine()
        with Vertical(classes="panel"):
            yield VerdictPanel()
        yield FrameLine("└┘")
        yield KeyLine(self.ACTIONS, self._lang)

    def _fields(self) -> Iterable[Widget]:
        lang = self._lang
        with Horizontal(classes="fields"):
            yield _word("code", lang, "name")
            yield from boxed(Input(id="code", compact=True, max_length=30))
            yield Static(id="valid", markup=False)
            yield Static(say("aid", lang) + " ", markup=False)
            facets = options(FACETS, list(Facet), lang)
            yield Select(facets, value=Facet.FOOD_PARCEL.value, allow_blank=False, id="facet", compact=True)
        with Horizontal(classes="fields"):
            with Horizontal(id="consent-part"):
                yield _word("consent", lang, "name")
                yield TickBox(say("notice", lang), id="consent", compact=True)
            with Horizontal(id="case-part"):
                yield _word("case", lang, "name")
                yield from boxed(Input(id="case", compact=True, max_length=60, placeholder=say("case_hint", lang)))
            yield Static(f"{say('months', lang)} ", markup=False)
            yield from boxed(Input(str(DEFAULT_MONTHS), id="months", compact=True, max_length=2))
        with Horizontal(classes="fields"):
            yield _word("purpose", lang, "name")
            purposes = options(PURPOSES, list(_THIRD_SECTOR), lang)
            yield Select(purposes, value=Purpose.AID_OVERLAP.value, allow_blank=False, id="purpose", compact=True)
            yield Static(f" {say('need', lang)} ", markup=False)
            yield from boxed(Input(id="need", compact=True, max_length=60, placeholder=say("need_hint", lang)))

    def on_mount(self) -> None:
        """Begin with an empty counter; the wait is counted down once a second."""
        self.enter()
        self._show_nothing()
        self.set_interval(1.0, self._tick)

    def enter(self) -> None:
        """Show who is at the counter and ask for what their kind of body has to give."""
        operator, public = self._counter.operator, self._counter.acts_on_public_task
        self.query_one("#consent-part").display = not public
        self.query_one("#case-part").display = public
        if operator is not None:
            self.query(FrameLine).first().show(f"{operator.member_name or operator.member} / {operator.user}")
            purposes = options(PURPOSES, list(_PUBLIC if public else _THIRD_SECTOR), self._lang)
            choice = self._select("#purpose")
            kept = choice.value
            choice.set_options(purposes)
            choice.value = kept if kept in {code for _, code in purposes} else Purpose.AID_OVERLAP.value
        self.query_one("#code", Input).focus()

    def _select(self, name: str) -> Select[str]:
        found: Select[str] = self.query_one(name, Select)
        return found

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Return whether an action would do anything now."""
        if action == "retry":
            return bool(self._state and not self._state.waiting and self._state.silent)
        return True

    @on(Input.Changed, "#code")
    def judge_code(self, event: Input.Changed) -> None:
        """Say beside the field, while it is typed, whether the code can be right."""
        self.query_one("#valid", Static).update(_judgement(event.value, self._lang))

    @on(Checkbox.Changed, "#consent")
    def note_time(self, event: Checkbox.Changed) -> None:
        """Write when the notice was read."""
        at = f"{say('at_time', self._lang)} {now():%H:%M}" if event.value else ""
        event.checkbox.label = say("notice", self._lang) + at

    @on(Input.Submitted)
    def action_check(self) -> None:
        """Ask the network; a scanner ends the code with Enter and so comes here."""
        try:
            question = self._question()
        except MagliaError as error:
            self._show_nothing()
            self._explain(error, [])
            return
        self._show_nothing()
        self._panel([Line("  ", say("asking", self._lang), Tone.NOTE)])
        consent = self._consent_given
        self.run_worker(self._ask(question, consent), group="check", exclusive=True)

    @property
    def _consent_given(self) -> bool:
        return not self._counter.acts_on_public_task and self.query_one("#consent", Checkbox).value

    def _question(self) -> Question:
        public = self._counter.acts_on_public_task
        return check_question(
            Question(
                identifier=self.query_one("#code", Input).value,
                facet=str(self._select("#facet").value),
                purpose=str(self._select("#purpose").value),
                months=parse_months(self.query_one("#months", Input).value),
                case_protocol=self.query_one("#case", Input).value.strip() if public else "",
                need=self.query_one("#need", Input).value.strip(),
            )
        )

    async def _ask(self, question: Question, consent: bool) -> None:
        try:
            if consent:
                await self._counter.record_consent(question.identifier, question.purpose)
            async for state in self._counter.door.check(question, follow=True):
                self.post_message(self.Arrived(state))
            self.post_message(self.Ended())
        except MagliaError as error:
            self.post_message(self.Failed(error))

    @on(Arrived)
    def show_state(self, message: Arrived) -> None:
        """Show how far the check is."""
        self._state = message.state
        self._arrived_at = monotonic()
        self.query_one(Answers).show(rows(message.state, self._lang))
        self._panel(verdict_lines(message.state, self._lang) or [Line("  ", say("asking", self._lang), Tone.NOTE)])
        self._tick()
        self.query_one(KeyLine).refresh_keys()

    @on(Failed)
    def explain_failure(self, message: Failed) -> None:
        """Say what happened; what had been answered before stays, as a partial result."""
        code = message.error.code
        if code is Code.SESSION_EXPIRED:
            self.post_message(self.SessionNeeded())
        if self._state is not None and code.value.startswith("network."):
            self._stop_waiting()
            self.post_message(self.Noted(say("lost", self._lang)))
        else:
            self._stop_waiting()
            self._explain(message.error, self._known)

    @on(Ended)
    def _stop_waiting(self) -> None:
        """Read what is still missing as silent: a check that was cut short is never complete."""
        if self._state is not None and self._state.waiting:
            self._state = replace(self._state, waiting=False, complete=False)
            self._tick()
            self._panel(self._known)

    @property
    def _known(self) -> list[Line]:
        return verdict_lines(self._state, self._lang) if self._state is not None else []

    def _explain(self, error: MagliaError, known: list[Line]) -> None:
        sentence = sentence_of(error, self._lang)
        said = [Line("!!", sentence.message, Tone.FOUND), Line("  ", sentence.next_action, Tone.NOTE)]
        self._panel([*said, *known])

    def action_retry(self) -> None:
        """Ask the silent bodies again; their answers come through the open check."""
        if self._state is not None:
            self.run_worker(self._retry(self._state.check_id), group="retry", exclusive=True)

    async def _retry(self, check_id: str) -> None:
        try:
            count = await self._counter.door.retry_silent(check_id)
            self.post_message(self.Noted(say("asked_again", self._lang).format(count=count)))
        except MagliaError as error:
            self.post_message(self.Failed(error))

    @on(Noted)
    def show_note(self, message: Noted) -> None:
        """Add one line to what is known."""
        self._panel([*self._known, Line("  ", message.text, Tone.NOTE)])

    def action_clear(self) -> None:
        """Start with the next person: nothing of the last one stays on the screen."""
        self.workers.cancel_group(self, "check")
        for name in ("#code", "#case", "#need"):
            self.query_one(name, Input).value = ""
        self.query_one("#consent", Checkbox).value = False
        self._show_nothing()
        self.query_one("#code", Input).focus()

    def action_help(self) -> None:
        """Explain the fields and the words."""
        self.app.push_screen(HelpScreen(self._lang))

    def _show_nothing(self) -> None:
        self._state = None
        self.query_one(Answers).show(None)
        self._panel([Line("  ", say("logged", self._lang), Tone.NOTE)])
        self._tick()
        self.query_one(KeyLine).refresh_keys()

    def _panel(self, lines: list[Line]) -> None:
        self.query_one(VerdictPanel).show(lines)

    def _tick(self) -> None:
        state, left = self._state, 0
        if state is not None and state.waiting:
            left = max(math.ceil(DEADLINE_S - state.elapsed_ms / 1000 - (monotonic() - self._arrived_at)), 0)
        self.query_one(Progress).show(state, left)


def _word(key: str, lang: str, classes: str) -> Static:
    return Static(say(key, lang), markup=False, classes=classes)


def _judgement(text: str, lang: str) -> str:
    code = "".join(text.split())
    if not code:
        return ""
    try:
        return say("valid_weak" if parse_identifier(code).is_weak else "valid", lang)
    except MagliaError as error:
        short = error.code is Code.INPUT_IDENTIFIER_LENGTH and len(code) < 16
        return f"{len(code)}/16" if short else say("invalid", lang)
