"""VERIFICA's question under way: what arrives is of the turn that asked it, or is shown to nobody."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from time import monotonic
from typing import ClassVar

from textual import on
from textual.message import Message
from textual.widgets import Input

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import tr
from maglia.core.vocabulary import DEADLINE_S
from tui.fields import QuestionFields, now
from tui.household import Adult
from tui.lines import Line, Tone
from tui.model import CheckState, Question
from tui.screens.check.words import NEXT_HERE, WRONG_IN, says_something
from tui.screens.work import SessionNeeded, WorkScreen
from tui.session import AtHand, Counter
from tui.verdict import rows, verdict_lines
from tui.widgets.answers import Answers, Progress


class CheckTurns(WorkScreen[Counter]):
    """A question after the other about whoever is written; each is a turn, which the next one ends."""

    SAID_HERE: ClassVar[Mapping[Code, str]] = {}
    NEXT_HERE = NEXT_HERE

    class Arrived(Message):
        """A new state of the check of one turn: what a turn before left behind is not of this person."""

        def __init__(self, state: CheckState, turn: int) -> None:
            super().__init__()
            self.state = state
            self.turn = turn

    class Failed(Message):
        """The check of one turn, or a retry of it, was refused or lost."""

        def __init__(self, error: MagliaError, turn: int) -> None:
            super().__init__()
            self.error = error
            self.turn = turn

    class Ended(Message):
        """The node has closed the check of one turn: nothing more will arrive."""

        def __init__(self, turn: int) -> None:
            super().__init__()
            self.turn = turn

    class Noted(Message):
        """Something worth one line happened to the check of one turn."""

        def __init__(self, text: str, turn: int) -> None:
            super().__init__()
            self.text = text
            self.turn = turn

    def __init__(self, seat: Counter) -> None:
        super().__init__(seat)
        self._state: CheckState | None = None
        self._arrived_at = 0.0
        self._turn = 0
        self._asked: tuple[str, ...] = ()
        self._dropped = False
        self._asked_at: datetime | None = None
        """When the question was asked whose answers are shown."""
        self._asking_at: datetime | None = None
        """When the last question was asked."""
        self._is_from_before = False
        """Whether the answers shown are of an earlier time than the last question."""
        self._unchecked = ""
        self._asks_when_in = False
        self._chosen = ""
        """Of a household, whom help is being recorded for."""

    @on(Input.Submitted)
    def action_check(self) -> None:
        """Ask the network; a scanner ends the code with Enter and so comes here."""
        if not self.seat.user:
            self._asks_when_in = True
            self.tell(Line("  ", tr("Collegamento...", self.lang), Tone.NOTE))
            return
        fields = self.query_one(QuestionFields)
        self._dropped = False
        kept = self._kept()
        self._next_turn()
        try:
            question, adults = fields.question(), fields.adults()
        except MagliaError as error:
            self.explain(error)
            return
        self._panel([Line("  ", tr("Domanda in corso...", self.lang), Tone.NOTE)])
        self._asking_at = self._asked_at = now()
        if kept is not None:
            self._keep(kept)
        self.run_worker(self._ask(question, adults, self._turn), group="check")

    def _kept(self) -> AtHand | None:
        """Return what is known for the question that is written, if it is asked once more."""
        with suppress(MagliaError):
            if self._state is not None and self._written == self._asked:
                return AtHand(self.query_one(QuestionFields).question(), self._state, self._asked_at)
        return None

    def _keep(self, known: AtHand) -> None:
        """Leave on the screen what was known before, with its time, until something newer arrives."""
        self._state, self._asked_at, self._is_from_before = known.state, known.asked_at, True
        self._stop_waiting()
        self.query_one(Answers).show(rows(known.state, self.lang) if known.state is not None else None)
        self._panel([*self._known, Line("  ", tr("Domanda in corso...", self.lang), Tone.NOTE), *self._from_before])
        self.refresh_keys()

    @property
    def _from_before(self) -> list[Line]:
        """Return the line that says of when the answers are, where a question asked since has brought none yet."""
        if not self._is_from_before or self._asked_at is None:
            return []
        text = tr("Le risposte qui sopra sono delle {at}.", self.lang).format(at=f"{self._asked_at:%H:%M}")
        return [Line("??", text, Tone.PARTIAL)]

    async def _ask(self, question: Question, adults: Sequence[Adult], turn: int) -> None:
        try:
            for one in adults:
                if one.consent:
                    await self.seat.record_consent(one.code, question.purpose)
                if one.case and question.others:
                    await self.seat.record_case(one.code, question.purpose, one.case)
            async for state in self.seat.door.check(question, follow=True):
                self.post_message(self.Arrived(state, turn))
            self.post_message(self.Ended(turn))
        except MagliaError as error:
            self.post_message(self.Failed(error, turn))

    @on(Arrived)
    def show_state(self, message: Arrived) -> None:
        """Show how far the check is."""
        if not self._is_of_now(message.turn):
            return
        if self._is_from_before and message.state.waiting and not message.state.answered:
            return  # nothing newer yet
        self._state, self._asked_at, self._is_from_before = message.state, self._asking_at, False
        with suppress(MagliaError):
            self.seat.at_hand = self.at_hand(self.query_one(QuestionFields).question())
        self._arrived_at = monotonic()
        self.query_one(Answers).show(rows(message.state, self.lang))
        self._panel(
            verdict_lines(message.state, self.lang) or [Line("  ", tr("Domanda in corso...", self.lang), Tone.NOTE)]
        )
        self._tick()
        self.refresh_keys()

    @on(Failed)
    def explain_failure(self, message: Failed) -> None:
        """Say what happened; what had been answered before stays, as a partial result."""
        if not self._is_of_now(message.turn):
            return
        code = message.error.code
        if self._is_from_before and says_something(code):
            self._show_nothing()  # refused: what was answered before is not to be shown any more
        if code is Code.SESSION_EXPIRED:
            self.post_message(SessionNeeded())
        if self._is_from_before:
            self.explain(message.error, [*self._known, *self._from_before])
        elif self._state is not None and code.value.startswith("network."):
            self._stop_waiting()
            lost = tr("Collegamento col nodo perso: altre risposte non arriveranno. F2 ripete.", self.lang)
            self.post_message(self.Noted(lost, message.turn))
        else:
            self._unchecked = code.value if self._state is None else ""
            self._stop_waiting()
            self.explain(message.error, self._known)

    @on(Ended)
    def close_check(self, message: Ended) -> None:
        """Keep what arrived."""
        if self._is_of_now(message.turn):
            self._stop_waiting()

    def _stop_waiting(self) -> None:
        """Read what is still missing as silent: a check that was cut short is never complete."""
        if self._state is not None and self._state.waiting:
            self._state = replace(self._state, waiting=False, complete=False)
            self._tick()
            self._panel(self._known)

    @property
    def _known(self) -> list[Line]:
        return verdict_lines(self._state, self.lang) if self._state is not None else []

    def action_retry(self) -> None:
        """Ask the silent bodies again; their answers come through the open check."""
        if self._state is not None:
            retry = self._retry(self._state.check_id, self._turn)
            self.run_worker(retry, group="retry", exclusive=True)

    async def _retry(self, check_id: str, turn: int) -> None:
        try:
            count = await self.seat.door.retry_silent(check_id)
            again = tr("Enti interrogati di nuovo: {count}.", self.lang).format(count=count)
            self.post_message(self.Noted(again, turn))
        except MagliaError as error:
            self.post_message(self.Failed(error, turn))

    @on(Noted)
    def show_note(self, message: Noted) -> None:
        """Add one line to what is known."""
        if self._is_of_now(message.turn):
            self._panel([*self._known, Line("  ", message.text, Tone.NOTE)])

    def explain(self, error: MagliaError, known: Sequence[Line] = ()) -> None:
        """Say what happened, with the cursor where it is mended; a window that is open keeps its own."""
        super().explain(error, known)
        if error.code in WRONG_IN and self.is_current:
            self.query_one(WRONG_IN[error.code]).focus()

    def at_hand(self, question: Question) -> AtHand:
        """Return who is handed on: of a household the person chosen, else the first."""
        people = (question.identifier, *question.others)
        if self._chosen in people[1:]:
            others = tuple(one for one in people if one != self._chosen)
            question = replace(question, identifier=self._chosen, others=others)
        return AtHand(question, self._state, self._asked_at, self._unchecked)

    @property
    def _written(self) -> tuple[str, ...]:
        return self.query_one(QuestionFields).written

    def _is_of_now(self, turn: int) -> bool:
        """Whether a check's turn still lasts and its question is the one that is written."""
        return turn == self._turn and self._written == self._asked

    def _next_turn(self) -> None:
        """Leave the last check: nothing that it still sends is shown from here on."""
        self._turn += 1
        self._asked = self._written
        self.workers.cancel_group(self, "check")
        self._show_nothing()

    def _show_nothing(self) -> None:
        self._state = self._asked_at = self._asking_at = None
        self._is_from_before = False
        self._unchecked = self._chosen = ""
        self.query_one(Answers).show(None)
        said = [tr("Questa ricerca viene registrata a suo nome.", self.lang)]
        if self._dropped:
            said.append(tr("Codice o scopo cambiato: consenso, pratica e bisogno vanno dati di nuovo.", self.lang))
        self._panel([Line("  ", line, Tone.NOTE) for line in said])
        self._tick()
        self.refresh_keys()

    def _panel(self, lines: list[Line]) -> None:
        self.said.show(lines)

    def _tick(self) -> None:
        state, left = self._state, 0
        if state is not None and state.waiting:
            left = max(math.ceil(DEADLINE_S - state.elapsed_ms / 1000 - (monotonic() - self._arrived_at)), 0)
        for progress in self.query(Progress):  # none is left while the console closes
            progress.show(state, left)
