"""REGISTRA after something was saved: undo it, print the receipt, put off the check that could not be made."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from maglia.core.translation import mark, tr
from maglia.core.vocabulary import AidStatus
from tui import fields
from tui.handout import hand_out_receipt
from tui.lines import Line, Tone
from tui.papers.forms import Form
from tui.reservation_model import Beside, Reservation, Reserved
from tui.screens.dialogs import Ask
from tui.screens.record.entry import Entry
from tui.screens.record.promises import AskOneOf, RecordPromises
from tui.screens.record.saving import Filed, can_be_deferred, filed_of
from tui.screens.record.view import filed_line, note, receipt_of, saved_line
from tui.screens.record.words import AWAY, STAYS_OPEN
from tui.session import Counter
from tui.text import plain

_FORMS = {Form.PDF: mark("PDF"), Form.TEXT: mark("Testo"), Form.ROLL: mark("Rotolo 80 mm")}


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
        answers = [("", tr("No, senza verifica", self.lang)), ("defer", tr("Rimanda la verifica", self.lang))]
        ask = Ask(tr("RETE ASSENTE", self.lang), tr(AWAY, self.lang).split("\n"), answers)
        self.app.push_screen(ask, partial(self._defer, entry))

    def _defer(self, entry: Entry, answer: str | None) -> None:
        if answer == "defer":
            self.work(partial(self.saving.defer, entry, ""), self._deferred, group="defer")

    def _deferred(self, check_id: str) -> None:
        self.unchecked = ""
        if self.filed is not None:
            told = note("deferred", self.lang, Tone.CALM, check=check_id)
            self.tell(filed_line(self.filed, self.lang), saved_line(self.filed, self.lang), told)

    @property
    def undoable(self) -> Filed | None:
        """Return what F9 takes back: what is here, else what was filed last for somebody before, while it can be."""
        if self.filed is not None:
            return self.filed
        before = self.before
        return before if before is not None and before.ends_ms > fields.now().timestamp() * 1000 else None

    def action_undo(self) -> None:
        """Take back what was saved last, once somebody has said so; of somebody before, saying of whom."""
        if (filed := self.undoable) is None:
            return
        held = filed.status is AidStatus.RESERVED
        line = filed_line(filed, self.lang).text
        asks = tr(
            "Annullare questo impegno? Gli altri enti non lo vedranno più."
            if held
            else "Annullare quanto appena salvato? Se la ricevuta è già in mano alla persona, va ripresa.",
            self.lang,
        )
        answers = [
            ("", tr("Indietro", self.lang)),
            ("undo", tr("Annulla impegno" if held else "Annulla l'aiuto", self.lang)),
        ]
        whose = [filed.entry.identifier] if filed is self.before and not filed.entry.is_by_name else []
        ask = Ask(tr("DISFARE", self.lang), [*whose, line, "", asks], answers)
        self.app.push_screen(ask, partial(self._undo, filed))

    def _undo(self, filed: Filed, answer: str | None) -> None:
        if answer:
            self.work(partial(self.saving.undo, filed), partial(self._undone, filed), group="undo")

    def _undone(self, filed: Filed, again: Reservation | None) -> None:
        """Say what is on file no more; a promise whose confirmation was undone is one again."""
        lines = [note("undone", self.lang, Tone.CALM, what=filed_line(filed, self.lang).text.rstrip("."))]
        if filed is not self.filed:
            self._undone_before(lines, again)
            return
        self.file(None)
        self.hold(None)
        if again is not None:
            found = Reserved(again, Beside(), done=True)
            self.hold(found)
            self.file(filed_of(found, filed.entry))
            lines += [note("promise_again", self.lang), note("promised_next", self.lang)]
        self.tell(*lines)
        self.look_up()

    def _undone_before(self, lines: list[Line], again: Reservation | None) -> None:
        """Say that what was filed for somebody before is undone; who is here now stays."""
        self.before, self._left = None, None
        if again is not None:
            lines.append(Line("->", tr(STAYS_OPEN, self.lang), Tone.PARTIAL))
        self.tell(*lines)
        self.refresh_keys()
        self.look_up()

    def action_print_receipt(self) -> None:
        """Write the receipt of what was saved, in the form chosen: the one that the console is set to comes first."""
        settings = self.seat.profile.settings
        offered = sorted(Form, key=lambda form: form != settings.printer)
        forms = [("", tr("Indietro", self.lang)), *((form.value, tr(_FORMS[form], self.lang)) for form in offered)]
        asks = tr("In che forma? Sarà scritta nella cartella {folder}", self.lang).format(
            folder=plain(str(settings.folder), 60)
        )
        self.app.push_screen(AskOneOf(tr("RICEVUTA", self.lang, "paper"), [asks], forms), self._print)

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
