"""REGISTRA after something was saved: undo it, print the receipt, put off the check that could not be made."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from maglia.core.vocabulary import AidStatus
from tui.handout import hand_out_receipt
from tui.lines import Tone
from tui.papers.forms import Form
from tui.reservation_model import Beside, Reservation, Reserved
from tui.screens.dialogs import Ask
from tui.screens.record_entry import Entry
from tui.screens.record_promises import AskOneOf, RecordPromises
from tui.screens.record_saving import Filed, can_be_deferred, filed_of
from tui.screens.record_view import filed_line, note, receipt_of, saved_line
from tui.screens.record_words import word
from tui.session import Counter
from tui.text import plain


class RecordAfter(RecordPromises):
    """What may be done with what was saved last."""

    def __init__(self, seat: Counter) -> None:
        super().__init__(seat)
        self.unchecked = ""
        """The error code for which the network was not asked about what is written."""

    def offer_later(self, entry: Entry) -> None:
        """Where the network was away, offer to put the check off until it is back."""
        code = self.unchecked or (self.hand.unchecked if self.hand is not None else "")
        if not can_be_deferred(entry, code):
            return
        answers = [("", word("no_check", self.lang)), ("defer", word("defer", self.lang))]
        ask = Ask(word("away_title", self.lang), word("away_asks", self.lang).split("\n"), answers)
        self.app.push_screen(ask, partial(self._defer, entry))

    def _defer(self, entry: Entry, answer: str | None) -> None:
        if answer == "defer":
            self.work(partial(self.saving.defer, entry, ""), self._deferred, group="defer")

    def _deferred(self, check_id: str) -> None:
        self.unchecked = ""
        if self.filed is not None:
            told = note("deferred", self.lang, Tone.CALM, check=check_id)
            self.tell(filed_line(self.filed, self.lang), saved_line(self.filed, self.lang), told)

    def action_undo(self) -> None:
        """Take back what was saved last, once somebody has said so."""
        if (filed := self.filed) is None:
            return
        held = filed.status is AidStatus.RESERVED
        line = filed_line(filed, self.lang).text
        asks = word("release_asks" if held else "undo_asks", self.lang)
        answers = [("", word("back", self.lang)), ("undo", word("release" if held else "undo", self.lang))]
        self.app.push_screen(Ask(word("undo_title", self.lang), [line, "", asks], answers), self._undo)

    def _undo(self, answer: str | None) -> None:
        if answer and self.filed is not None:
            self.work(partial(self.saving.undo, self.filed), partial(self._undone, self.filed), group="undo")

    def _undone(self, filed: Filed, again: Reservation | None) -> None:
        """Say what is on file no more; a promise whose confirmation was undone is one again."""
        lines = [note("undone", self.lang, Tone.CALM, what=filed_line(filed, self.lang).text.rstrip("."))]
        self.file(None)
        self.hold(None)
        if again is not None:
            found = Reserved(again, Beside(), done=True)
            self.hold(found)
            self.file(filed_of(found, filed.entry))
            lines += [note("promise_again", self.lang), note("promised_next", self.lang)]
        self.tell(*lines)
        self.look_up()

    def action_print_receipt(self) -> None:
        """Write the receipt of what was saved, in the form chosen: the one that the console is set to comes first."""
        settings = self.seat.profile.settings
        offered = sorted(Form, key=lambda form: form != settings.printer)
        forms = [("", word("back", self.lang)), *((form.value, word(form.value, self.lang)) for form in offered)]
        asks = word("receipt_asks", self.lang).format(folder=plain(str(settings.folder), 60))
        self.app.push_screen(AskOneOf(word("receipt", self.lang), [asks], forms), self._print)

    def _print(self, form: str | None) -> None:
        if form and self.filed is not None:
            receipt = receipt_of(self.filed, self.seat, self.state)
            settings = self.seat.profile.settings
            where = settings.folder, Form(form), settings.columns
            job = partial(asyncio.to_thread, hand_out_receipt, receipt, *where)
            self.work(job, self._printed, group="print")

    def _printed(self, path: Path) -> None:
        said = [filed_line(self.filed, self.lang), saved_line(self.filed, self.lang)] if self.filed is not None else []
        self.tell(*said, note("written", self.lang, file=path.name))
