"""REGISTRA's list: the promises that are open at this body, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from textual import on

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import tr
from tui import doors
from tui.lines import Tone
from tui.reservation_model import Beside, Reservation, Reserved
from tui.reservation_text import OPEN, moment, promised_lines, reservation_table
from tui.screens.dialogs import Ask
from tui.screens.record.answers import AnswersOrPromises
from tui.screens.record.base import RecordBase
from tui.screens.record.view import note, promise_rows, promised_line, why_unasked
from tui.session import Counter
from tui.table import Table
from tui.text import sentence_of, show_amount
from tui.widgets.listing import Listing


@dataclass(frozen=True)
class LookedUp:
    """What this body itself knows of a person: open promises, None where they could not be read, and the household."""

    promises: Sequence[Reservation] | None
    refused: MagliaError | None
    household: int


class AskOneOf(Ask):
    """A question with four answers side by side."""

    DEFAULT_CSS = "AskOneOf Button { min-width: 5; margin-right: 1; }"


class RecordPromises(RecordBase):
    """The open promises, this person's first."""

    def __init__(self, seat: Counter) -> None:
        super().__init__(seat)
        self._promises: Sequence[Reservation] = ()

    def look_up(self) -> None:
        """Read the open promises and the household, beside the screen."""
        person, known = self.fields.person, self._promises
        said = tr("Nessun impegno aperto in questo ente." if known else "Lettura in corso...", self.lang)
        self.query_one(AnswersOrPromises).show_promises(promise_rows(known, person, self.lang), said)
        self.work(lambda: self._look_up(person), self._looked_up, group="person")

    async def _look_up(self, person: str) -> LookedUp:
        promises, refused, household = None, None, 0
        try:
            promises = await self.seat.at(doors.reservations).reservations()
            household = len((await self.seat.at(doors.persons).household(person)).members) if person else 0
        except MagliaError as error:
            if error.code is Code.SESSION_EXPIRED:
                raise
            refused = error
        return LookedUp(promises, refused, household)

    def _why(self, refused: MagliaError) -> str:
        if refused.code is Code.NETWORK_UNREACHABLE:
            return why_unasked(refused.code.value, self.lang)
        why = sentence_of(refused, self.lang)
        return f"{why.message} {why.next_action}"

    def _looked_up(self, found: LookedUp) -> None:
        shown = self.query_one(AnswersOrPromises)
        if found.promises is None:
            shown.show_promises([], f"?? {self._why(found.refused)}" if found.refused is not None else "")
            return
        self._promises = found.promises
        shown.show_promises(
            promise_rows(found.promises, self.fields.person, self.lang),
            tr("Nessun impegno aperto in questo ente.", self.lang),
        )
        count = f" {tr('Nucleo', self.lang, 'short')} {found.household}" if found.household else ""
        self.fields.show_household(count)

    def action_turn(self) -> None:
        """Go to the open promises, or back to the answers."""
        self.query_one(AnswersOrPromises).turn()

    def table(self) -> Table | None:
        """Return the open promises as F7 writes them; they hold codes."""
        return reservation_table(self._promises, self.lang)

    @on(Listing.Chosen, "#promises")
    def choose(self, event: Listing.Chosen) -> None:
        """Ask what is to be done with a promise of the list."""
        one = next((one for one in self._promises if one.record_id == event.key), None)
        if one is None or self.is_busy:
            return
        answers = [("", tr("Indietro", self.lang))]
        if one.state in OPEN:
            answers += [("give", tr("Consegna", self.lang))]
            answers += [] if one.renewed else [("renew", tr("Proroga", self.lang))]
            answers += [("release", tr("Annulla impegno", self.lang))]
        lines = [one.identifier, *promised_lines(one, self.lang)]
        self.app.push_screen(AskOneOf(tr("IMPEGNO", self.lang, "heading"), lines, answers), partial(self._chosen, one))

    def _chosen(self, one: Reservation, answer: str | None) -> None:
        door = self.seat.at(doors.reservations)
        if answer == "give":
            self._resume(one)
        elif answer == "renew":
            self.work(partial(door.renew, one.record_id), self._renewed, group="list")
        elif answer == "release":
            self.work(partial(door.release, one.record_id), self._released, group="list")

    def _resume(self, one: Reservation) -> None:
        """Have a promise of the list here again, to be given."""
        self.fields.clear()
        amount = show_amount(one.amount_cents).removesuffix(" €") if one.amount_cents else ""
        self.fields.write(code=one.identifier, facet=one.facet, amount=amount, creditor=one.creditor)
        self.next_person()
        self.hold(Reserved(one, Beside(), done=True))
        self.tell(promised_line(one, self.lang), note("resumed", self.lang))
        self.refresh_keys()

    def _renewed(self, one: Reservation) -> None:
        until = f"{moment(one.reserved_until_ms):%d/%m/%Y %H:%M}"
        self.tell(note("renewed", self.lang, Tone.CALM, until=until))
        self._now_is(one)

    def _released(self, one: Reservation) -> None:
        if self.held is not None and self.held.reservation.record_id == one.record_id:
            self.hold(None)
            self.file(None)
        self.tell(note("released", self.lang, Tone.CALM))
        self._now_is(one)

    def _now_is(self, one: Reservation) -> None:
        """Show a promise as it is now, before the list is read anew."""
        self._promises = [one if known.record_id == one.record_id else known for known in self._promises]
        self.look_up()
