"""REGISTRA's person: who is at hand, what is known of them, what is on the screen; nothing is filed here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import ClassVar

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button

from maglia.core.identifiers import local_number
from maglia.core.translation import tr
from maglia.core.vocabulary import Purpose
from tui.lines import Line, Tone
from tui.model import CheckState, Question
from tui.reservation_model import Reserved
from tui.screens.record.answers import AnswersOrPromises, ReasonLine, Sent
from tui.screens.record.entry import Entry, Until
from tui.screens.record.fields import RecordFields
from tui.screens.record.saving import Filed, Saving, new_key
from tui.screens.record.view import fitting, known_lines, note
from tui.screens.record.words import HELPS, LOST_BEFORE, STAYS_OPEN, word
from tui.screens.work import WorkScreen
from tui.session import AtHand, Counter
from tui.text import show_day
from tui.verdict import rows
from tui.widgets.frame import Panel

_BUTTONS = (("clear", "cancel"), ("promise", "promise_only"), ("give", "given"))
"""By the action that each does; the harmless one first."""


class RecordBase(WorkScreen[Counter]):
    """The person at hand and what is shown of them."""

    HELPS: ClassVar[Mapping[str, str]] = HELPS
    DEFAULT_CSS = """
    RecordBase.-narrow .back { display: none; }
    RecordBase Listing { min-height: 1; }
    RecordBase Answers { min-height: 1; }
    RecordBase.-wide Answers.empty { height: 2; }
    RecordBase #buttons { height: 1; }
    RecordBase #buttons Button { margin-right: 3; min-width: 5; padding: 0; }
    """

    def __init__(self, seat: Counter) -> None:
        super().__init__(seat)
        self.saving = Saving(seat)
        self.hand: AtHand | None = None
        self.held: Reserved | None = None
        """The promise that is open for what is written."""
        self.filed: Filed | None = None
        self.before: Filed | None = None
        """What was put on file last for somebody before: it can still be undone."""
        self._left: Line | None = None
        """What is still open of somebody before, told until something else is filed."""
        self.is_busy = False
        self.has_changed = False
        """Whether something else is written now than what was filed."""
        self.lost: Entry | None = None
        """What was sent under its key without an answer: it is sent again before anything else."""
        self._nonce = new_key()
        self._who = ""
        self._held_for: tuple[str, ...] = ()
        self._filed_as: Mapping[str, str] = {}
        self._fronted = ("", "")

    def panels(self) -> Iterable[Panel]:
        """Lay the screen out as it is drawn: what is written, who confirms, what may be done, what is known."""
        yield RecordFields(self.lang, lambda: self.seat.today)
        buttons = [Button(Content(f"[ {word(key, self.lang)} ]"), id=name, compact=True) for name, key in _BUTTONS]
        yield Panel(Sent(self.lang), ReasonLine(self.lang), Horizontal(*buttons, id="buttons"))
        yield AnswersOrPromises(self.lang)

    @property
    def fields(self) -> RecordFields:
        """The fields."""
        return self.query_one(RecordFields)

    @property
    def reason(self) -> ReasonLine:
        """The line for a reason."""
        return self.query_one(ReasonLine)

    def key_of(self, entry: Entry) -> str:
        """Return the key under which help is filed once: another one for anything else that is written."""
        return sha256(f"{self._nonce} {entry!r}".encode()).hexdigest()[:40]

    @property
    def state(self) -> CheckState | None:
        """Return the check that counts for what is written: the promise's own, else the one at hand."""
        if self.held is not None and self.held.beside.check is not None:
            return self.held.beside.check
        hand = self.hand
        return hand.state if hand is not None and hand.question.facet == self.fields.facet else None

    def opened(self) -> None:
        """Promise as this kind of body does, for whoever is at hand."""
        self.fields.promise(Until.TERM if self.seat.acts_on_public_task else Until.TWO_HOURS)
        self.fields.write(day=show_day(self.seat.today))
        self.returned()

    def returned(self) -> None:
        """Take whoever is at hand from another screen, with what is known by now."""
        hand = self.seat.at_hand
        if hand is not None and hand is not self.hand and not self.is_busy:
            if hand.question.identifier != self.fields.person:
                self.fields.clear()
                asked = hand.question
                self.fields.write(code=asked.identifier, need=asked.need, creditor=asked.creditor)
            if hand.state is not None or hand.unchecked:
                self.fields.write(facet=hand.question.facet)
            self.fields.let_see(network=not hand.unchecked.startswith("consent."))
            self.hand = hand
            self.fields.ask_amount()
        self.look_up()
        self.show_known()

    def forget(self) -> None:
        """Leave nothing of whoever was here before."""
        self.workers.cancel_group(self, "save")
        self.is_busy, self.lost, self.held, self.filed = False, None, None, None
        self.action_clear()
        self.before = self._left = None
        self.show_known()

    def take_code(self, code: str) -> bool:
        """Take the next person's card."""
        if self.is_busy:
            self.notify(tr("Registrazione in corso...", self.lang), severity="warning", markup=False)
        else:
            self.action_clear()
            self.fields.write(code=code)
            self.fields.ask_amount()
        return True

    def action_clear(self) -> None:
        """Start with the next person; what was filed stays filed."""
        if not self.is_busy:
            self.fields.clear()
            self.seat.at_hand = None
            self.next_person()

    def draft(self) -> Mapping[str, str]:
        """Return what is written until it is filed, with what its key is made of."""
        kept = self.fields.draft()
        is_filed = (self.filed is not None and not self.has_changed) or self.held is not None
        return {} if is_filed or not kept else kept | {"nonce": self._nonce}

    def take_up(self, fields: Mapping[str, str]) -> None:
        """Write what a draft holds: sent again, it is the same as it was."""
        self.fields.take_up(fields)
        self._who = self.fields.who
        self._nonce = fields.get("nonce") or self._nonce
        if self.fields.person:
            self.look_up()
        self.show_known()

    @on(RecordFields.Edited)
    def follow_edit(self) -> None:
        """Keep what is shown true of what is written."""
        if self.is_busy:
            return
        if self.fields.who != self._who:
            self.next_person()
        elif self.held is not None and self.fields.subject != self._held_for:
            self.held = None  # it stays open, in the list
            self.reason.clear()
        if self.filed is not None:
            self.has_changed = self.fields.draft() != self._filed_as
        if self.held is None and (self.filed is None or self.has_changed):
            self.show_known()
        self.refresh_keys()

    def next_person(self) -> None:
        """Leave the person before; nothing of what was shown is of this one."""
        if self.lost is not None:
            self._left = Line("??", tr(LOST_BEFORE, self.lang), Tone.PARTIAL)
        if self.held is not None:
            self._left = Line("->", tr(STAYS_OPEN, self.lang), Tone.PARTIAL)
        self._who = self.fields.who
        self.before = self.filed or self.before
        self.held, self.filed, self.lost, self.has_changed = None, None, None, False
        self._nonce = new_key()
        self.reason.clear()
        person = self.fields.person
        if self.hand is None or self.hand.question.identifier != person:
            self.hand = None
        if person:
            if self.hand is None and local_number(person) is None:
                self.hand = AtHand(Question(person, self.fields.facet, Purpose.AID_OVERLAP.value))
                self.seat.at_hand = self.hand
            self.look_up()
        self.show_known()

    def hold(self, found: Reserved | None) -> None:
        """Have a promise open for what is written now."""
        self.held, self._held_for = found, self.fields.subject

    def file(self, filed: Filed | None) -> None:
        """Have what is written on file; None for no more."""
        self._left = None
        self.filed, self.has_changed, self.lost = filed, False, None
        self._filed_as = self.fields.draft()
        self._nonce = new_key()
        self.save_draft()

    def show_known(self, *last: Line) -> None:
        """Show what is known before anything is filed, and, below it, what must be read."""
        person, hand, state = self.fields.person, self.hand, self.state
        if self.fields.someone is None:
            about = ""
            if state is not None and self.held is None and hand is not None:
                at = f", {hand.asked_at:%H:%M}" if hand.asked_at else ""
                about = f"{tr('Verifica', self.lang)} {state.check_id}{at}"
            elif person and state is None:
                about = tr("nessuna verifica", self.lang)
            self.fields.show_about(about)
        self.show_state(is_sent=self.held is not None)
        if (fronted := (person, state.check_id if state else "")) != self._fronted:
            self._fronted = fronted
            self.query_one(AnswersOrPromises).bring(promises=bool(person) and state is None)
        known = known_lines(hand, self.fields.facet, self.lang)
        if not person or local_number(person) is not None:
            known = []
        if local_number(person) is not None or self.fields.someone is not None:
            known = [note("name_only", self.lang)]
        if not known and not last:
            known = [note("unverified" if person else "under_your_name", self.lang)]
        self.tell(*fitting(known, *([self._left] if self._left is not None else []), *last))
        self.refresh_keys()

    def show_state(self, *, is_sent: bool, state: CheckState | None = None) -> None:
        """Show who answered, and what."""
        state = state or self.state
        self.query_one(Sent).show(state, is_sent=is_sent)
        found = rows(state, self.lang) if state is not None else None
        self.query_one(AnswersOrPromises).show_answers(found, is_somebody_here=bool(self.fields.who))

    def look_up(self) -> None:
        """Read what this body itself has of the person, beside the screen."""
        raise NotImplementedError

    def refresh_keys(self) -> None:
        """Dim the keys and the buttons of what is not possible now."""
        super().refresh_keys()
        for name, _key in _BUTTONS:
            self.query_one(f"#{name}", Button).disabled = not self.check_action(name, ())
