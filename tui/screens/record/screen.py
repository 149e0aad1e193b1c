"""REGISTRA: help for the person at hand, promised, checked anew, given; kept as a draft until it is saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Button, Input

from maglia.core.errors import MagliaError
from maglia.core.translation import mark
from maglia.core.vocabulary import AidStatus
from tui.lines import Line, Tone
from tui.reservation_model import Reserved
from tui.reservation_text import until_words
from tui.screens.counter_next import ON_RECORD
from tui.screens.faults import fault_lines
from tui.screens.record.after import RecordAfter
from tui.screens.record.answers import AnswersOrPromises
from tui.screens.record.entry import Entry, Until
from tui.screens.record.names import NEW, ByName
from tui.screens.record.saving import Filed, filed_of
from tui.screens.record.view import (
    beside_lines,
    filed_line,
    fitting,
    known_lines,
    note,
    promised_line,
    saved_line,
)
from tui.screens.record.words import ABOUT
from tui.screens.work import EXPORT
from tui.session import Counter
from tui.widgets.keys import Action


class RecordScreen(RecordAfter):
    """What was checked is put on file here."""

    NAME = "record"
    HEADING = mark("REGISTRA AIUTO")
    NEXT_HERE = ON_RECORD
    OWN: ClassVar[Sequence[Action]] = (
        Action("f2", "F2", "give", mark("Dato")),
        Action("f3", "F3", "promise", mark("Impegno")),
        Action("f4", "F4", "clear", mark("Nuova")),
        Action("f5", "F5", "turn", mark("Lista")),
        Action("f6", "F6", "by_name", mark("Nome")),
        Action("f8", "F8", "print_receipt", mark("Stampa")),
        Action("f9", "F9", "undo", mark("Disfa")),
    )
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f7", "export", show=False)]
    ABOUT = ABOUT

    def __init__(self, seat: Counter) -> None:
        super().__init__(seat)
        self._entry: Entry | None = None
        self._last: Reserved | None = None
        self._asking_name: ByName | None = None
        self._wanted = ""
        """What was last asked for: "give", "promise"."""
        self._warned: Entry | None = None
        """What was not sent, once, since it lacks an amount."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Return whether an action would do anything now."""
        if action == "undo":
            return self.undoable is not None and not self.is_busy
        if action == "print_receipt":
            return self.filed is not None and not self.is_busy
        if self.is_busy:
            return action not in {"give", "promise", "clear", "by_name"}
        is_filed = self.filed is not None and not self.has_changed
        if action == "give":
            return not is_filed or self.held is not None
        return action != "promise" or not (is_filed or self.held is not None)

    @on(Button.Pressed)
    async def press(self, event: Button.Pressed) -> None:
        """Do what the button does."""
        await self.run_action(str(event.button.id))

    @on(Input.Submitted)
    def go_on(self, event: Input.Submitted) -> None:
        """Go on to the next field: Enter files nothing, since a card reader presses it too. A name is looked for."""
        text = event.value.strip()
        if event.input.id == "code" and " " in text and not any(sign.isdigit() for sign in text):
            self.action_by_name(text)
        elif not (event.input.id == "code" and self.fields.person and self.fields.ask_amount()):
            self.focus_next()

    def action_give(self) -> None:
        """Put the help on file as given: straight away, or after the others were asked once more."""
        if (entry := self._read("give")) is None:
            return
        if self.held is None and date.fromisoformat(entry.day) < self.seat.today:
            entry = replace(entry, until=Until.NONE)  # nobody promises what was given on a day before
        try:
            reason, key = self.reason.reason, self.key_of(entry)
        except MagliaError as error:
            self.explain(error, self._shown())
            return
        if entry.is_by_name:
            self._send_off(entry, "saving")
            self.work(partial(self.saving.give_by_name, entry, key, AidStatus.GIVEN), self._saved, group="save")
        elif self.held is not None or entry.until is not Until.NONE:
            self._send_off(entry, "promising")
            held = self.held.reservation if self.held is not None else None
            stream = partial(self.saving.give_promised, entry, held, reason)
            self.follow(stream, self._got_on, self._asked_to_give, group="save")
        elif (state := self.state) is not None and state.findings and not reason:
            self.reason.ask()
            self.show_known(note("wants_reason_first", self.lang, Tone.PARTIAL, "->"))
        else:
            self._send_off(entry, "saving")
            self.work(partial(self.saving.give, entry, key, reason, state), self._saved, group="save")

    def action_promise(self) -> None:
        """Promise, and show what the others say; it is given later."""
        if (entry := self._read("promise")) is None:
            return
        if entry.is_by_name:
            self._send_off(entry, "saving")
            self.work(
                partial(self.saving.give_by_name, entry, self.key_of(entry), AidStatus.RESERVED),
                self._saved,
                group="save",
            )
            return
        self._send_off(entry, "promising")
        self.follow(partial(self.saving.promise, entry), self._got_on, self._promised, group="save")

    def _read(self, wanted: str) -> Entry | None:
        """Return what is written, else say what is wrong. What was sent without an answer goes first, as it was.

        Where an amount is usual and there is none, the first press asks for it and the second one goes on.
        """
        self._wanted = wanted
        try:
            entry = self.lost or self.fields.entry()
        except MagliaError as error:
            self._tell_wrong(error)
            return None
        if self.lost is None and self.held is None and entry.lacks_amount and entry != self._warned:
            self._warned = entry
            self.fields.ask_amount()
            self.show_known(note("wants_amount", self.lang, Tone.PARTIAL, "??"))
            return None
        return entry

    def _tell_wrong(self, error: MagliaError) -> None:
        """Say of every field what is wrong with it, with the cursor at the first."""
        faults = self.fields.faults()
        if not faults:
            self.explain(error, self._shown())
            return
        self.tell(*fault_lines(faults, self.lang, self.NEXT_HERE), *(self._shown() if len(faults) == 1 else ()))
        self.fields.go_to(faults[0].field)

    def _shown(self) -> list[Line]:
        if self.held is not None:
            return beside_lines(self.held, self.lang)
        return known_lines(self.hand, self.fields.facet, self.lang)

    def _send_off(self, entry: Entry, said: str) -> None:
        self._entry, self._last, self.is_busy = entry, None, True
        self.tell(note(said, self.lang))
        self.refresh_keys()

    def _got_on(self, found: Reserved) -> None:
        """Show what is promised, and who confirms by now."""
        self._last = found
        if self.held is None or found.beside.check is not None or found.beside.unchecked:
            self.hold(found)
        self.unchecked = found.beside.unchecked
        self.show_state(is_sent=True)
        self.query_one(AnswersOrPromises).bring(promises=self.state is None)
        self.tell(promised_line(found.reservation, self.lang), note("asking", self.lang))

    def _promised(self) -> None:
        """Say what is promised, and what the others gave or promised."""
        self.is_busy = False
        found, entry = self.held, self._entry
        if found is None or entry is None:
            return
        self.file(filed_of(found, entry))
        first = [promised_line(found.reservation, self.lang), *beside_lines(found, self.lang)]
        self.tell(*fitting(first, note("promised_next", self.lang, Tone.CALM)))
        self.look_up()
        self.offer_later(entry)

    def _asked_to_give(self) -> None:
        """Say that it is given, or what is wanted first."""
        self.is_busy = False
        found, entry = self._last, self._entry
        if found is None or entry is None:
            return
        if found.wants == "nothing":
            self._saved(filed_of(found, entry), beside_lines(found, self.lang, is_given=True))
            return
        self.file(filed_of(found, entry))  # promised, so that F9 can release it
        if not self.reason.display:
            self.reason.ask()
        wants = "wants_reading" if found.wants == "reading" else "wants_reason"
        wanted = note(wants, self.lang, Tone.PARTIAL, "->", until=until_words(found.reservation, self.lang))
        self.tell(*fitting(beside_lines(found, self.lang), wanted))
        self.look_up()

    def _saved(self, filed: Filed, beside: Sequence[Line] = ()) -> None:
        """Say what is on file, until when that can be undone, and what is not verified."""
        self.is_busy = False
        was_lost = self.lost is not None
        unverified = filed.entry.is_by_name or self.state is None
        known = list(beside) or known_lines(self.hand, filed.entry.facet, self.lang)
        if filed.entry.is_by_name:
            known = [note("name_only", self.lang)]
        elif unverified and not known:
            known = [note("unverified", self.lang, Tone.PARTIAL, "??")]
        known = [line for line in known if line.tone is not Tone.NOTE or filed.entry.is_by_name]
        known += [note("day_before", self.lang)] if date.fromisoformat(filed.entry.day) < self.seat.today else []
        known += [note("as_before", self.lang, Tone.PARTIAL, "??")] if was_lost else []
        known += [] if filed.has_reason else [note("reason_lost", self.lang, Tone.PARTIAL, "??")]
        self.held = None
        self.reason.clear()
        self.file(filed)
        last = filed_line(filed, self.lang), saved_line(filed, self.lang), note("receipt_next", self.lang)
        self.tell(*fitting(known, *last))
        self.look_up()
        self.offer_later(filed.entry)

    def failed(self, error: MagliaError) -> None:
        """Say why, and what stands: a promise that was made, nothing, or nothing known after a lost line."""
        was_busy, self.is_busy = self.is_busy, False
        super().failed(error)
        is_lost = error.code.value.startswith("network.")
        if not was_busy or self._entry is None or not (is_lost or self.held is not None):
            return
        known = []
        if self.held is not None:
            if self.filed is None:
                self.file(filed_of(self.held, self._entry))  # so that F9 can release it
                self.look_up()
            known = [promised_line(self.held.reservation, self.lang), note("promised_next", self.lang)]
        elif self._entry.until is Until.NONE:
            self.lost = self._entry
        if is_lost and (self.held is None or self._wanted == "give"):
            not_yet = note(f"no_{self._wanted}", self.lang, Tone.FOUND, "!!")
            self.tell(not_yet, *known, note("keep", self.lang, Tone.PARTIAL, "??"))
        else:
            self.explain(error, known)

    def action_by_name(self, name: str = "") -> None:
        """Look for a person without any code."""
        self._asking_name = ByName(self.seat.door.find_names, self.lang, name)
        self.app.push_screen(self._asking_name, self._named)

    def _named(self, answer: str | None) -> None:
        asked = self._asking_name
        if answer == NEW and asked is not None and asked.someone is not None:
            self.fields.write_someone(asked.someone)
        elif answer:
            self.fields.write(code=answer)


RecordScreen.ACTIONS = (*RecordScreen.ACTIONS, EXPORT)
"""F7 is shown where there is room for it, and always in the palette."""
