"""How REGISTRA files: once, however often a press is repeated after a lost line.

Help that is given goes on file under a key that stays the same until it is known to be there. A promise has no key:
after a lost line the node's list tells whether it is there, and the one that is there goes on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from secrets import token_hex

from maglia.core.codes import Code
from maglia.core.errors import MagliaError
from maglia.core.translation import tr
from maglia.core.vocabulary import AidStatus, Facet, Purpose
from tui import doors, fields
from tui.model import Aid, CheckState, NamedAid, Question, ToConfirm
from tui.reservation_model import Beside, Promise, Reservation, Reserved
from tui.reservation_text import OPEN
from tui.screens.record.entry import Entry, Until, until_ms
from tui.screens.record.words import NOTE, NOTE_CHECK
from tui.session import Counter
from tui.text import short_number

AWAY = frozenset({Code.NETWORK_UNREACHABLE, Code.NETWORK_DEADLINE, Code.DIRECTORY_EXPIRED})
"""Why a node can't ask the network now, and may be able to later."""


@dataclass(frozen=True)
class Filed:
    """What was put on file; `undo_until_ms` is 0 where it was not told, `has_reason` that its reason is kept."""

    record_id: str
    entry: Entry
    status: AidStatus
    undo_until_ms: int = 0
    until_ms: int = 0
    alike: tuple[ToConfirm, ...] = ()
    has_reason: bool = True

    @property
    def ends_ms(self) -> int:
        """Until when it can be taken back: help that was given for ten minutes, a promise as long as it is open."""
        return self.undo_until_ms if self.status is AidStatus.GIVEN else self.until_ms


def new_key() -> str:
    """Return a key under which one thing is filed once."""
    return token_hex(16)


class Saving:
    """Files for one counter."""

    def __init__(self, seat: Counter) -> None:
        self._seat = seat
        self._before: frozenset[str] | None = None
        """The open promises before one whose answer never came; None while every answer came."""

    async def give(self, entry: Entry, key: str, reason: str, check: CheckState | None) -> Filed:
        """Put help that is given on file, with the reason as a private note on the person; raise what the node says."""
        whole = await self._with_need(entry)
        aid = Aid(
            identifier=whole.identifier,
            facet=whole.facet,
            date=whole.day,
            amount_cents=whole.amount_cents,
            visibility=whole.visibility,
            creditor=whole.creditor,
            need=whole.need,
            period_from=whole.period_from,
            period_to=whole.period_to,
            key=key,
        )
        record_id, undo_until_ms = await self._seat.door.add_aid(aid)
        filed = Filed(record_id, entry, AidStatus.GIVEN, undo_until_ms)
        if not reason:
            return filed
        return replace(filed, has_reason=await self._keep_reason(filed, reason, check))

    async def _keep_reason(self, filed: Filed, reason: str, check: CheckState | None) -> bool:
        lang, number = self._seat.lang, short_number(filed.record_id)
        text = tr(NOTE, lang).format(number=number, reason=reason)
        if check is not None and check.check_id:
            text += tr(NOTE_CHECK, lang).format(check=check.check_id)
        try:
            door, person = self._seat.at(doors.records), filed.entry.identifier
            if text not in {note.text for note in await door.notes(person)}:
                await door.add_note(person, text)
        except MagliaError:
            return False
        return True

    async def give_by_name(self, entry: Entry, key: str, status: AidStatus) -> Filed:
        """Put help for a person without a code on file, given or promised."""
        who = entry.someone
        aid = NamedAid(
            facet=entry.facet,
            date=entry.day,
            amount_cents=entry.amount_cents,
            alias=entry.identifier,
            name=who.name if who else "",
            born=who.born if who else "",
            place=who.place if who else "",
            status=status.value,
            creditor=entry.creditor,
            key=key,
        )
        record_id, alias, alike = await self._seat.door.add_named_aid(aid)
        return Filed(record_id, replace(entry, identifier=alias, someone=None), status, alike=alike)

    async def promise(self, entry: Entry) -> AsyncIterator[Reserved]:
        """Promise help, and yield what the network knows of it; the last one is `done`."""
        door, whole = self._seat.at(doors.reservations), await self._with_need(entry)
        listed = await door.reservations()
        if self._before is not None and (found := self._made(listed, whole, self._before)) is not None:
            self._before = None
            yield Reserved(found, Beside(), done=True)
            return
        self._before = frozenset(one.record_id for one in listed)
        wanted = Promise(
            whole.identifier,
            whole.facet,
            whole.amount_cents,
            visibility=whole.visibility,
            creditor=whole.creditor,
            need=whole.need,
            period_from=whole.period_from,
            period_to=whole.period_to,
            until_ms=until_ms(whole.until, whole.facet, fields.now()),
        )
        last = None
        try:
            async for last in door.reserve(wanted):
                yield last
        except MagliaError as error:
            if not error.code.value.startswith("network."):
                self._before = None  # refused: nothing was promised
            raise
        if last is None or not last.done:
            raise MagliaError(Code.NETWORK_ANSWER, cause="the end of a check is missing")
        self._before = None

    def _made(self, listed: list[Reservation], entry: Entry, before: frozenset[str]) -> Reservation | None:
        """Return the promise that a lost line left behind."""
        for one in listed:
            same = (one.identifier, one.facet, one.amount_cents or 0) == (
                entry.identifier,
                entry.facet,
                entry.amount_cents,
            )
            if same and one.record_id not in before and one.state in OPEN and one.reserved_by == self._seat.user:
                return one
        return None

    async def confirm(self, held: Reservation, entry: Entry, reason: str) -> AsyncIterator[Reserved]:
        """Have the network asked anew and make a promise help given; the last one says what is wanted, or nothing."""
        door = self._seat.at(doors.reservations)
        last = None
        try:
            async for last in door.confirm(held.record_id, entry.day, entry.amount_cents, reason):
                yield last
        except MagliaError as error:
            if error.code is not Code.INPUT_RESERVATION_OVER:
                raise
            found = await door.reservation(held.record_id)
            if found.state != "confirmed":
                raise
            yield Reserved(found, Beside(), done=True, wants="nothing")  # confirmed, and the answer was lost
            return
        if last is None or not last.done:
            raise MagliaError(Code.NETWORK_ANSWER, cause="the end of a check is missing")

    async def give_promised(self, entry: Entry, held: Reservation | None, reason: str) -> AsyncIterator[Reserved]:
        """Promise unless it is promised already, then confirm unless something is to be read first."""
        if held is None:
            last = None
            async for last in self.promise(entry):
                yield last
            if last is None or (not is_clear(last) and not reason):
                return
            held = last.reservation
        async for one in self.confirm(held, entry, reason):
            yield one

    async def undo(self, filed: Filed) -> Reservation | None:
        """Take back what was filed; return the promise that it is again, if it is one."""
        door = self._seat.at(doors.reservations)
        if filed.status is AidStatus.RESERVED and not filed.entry.is_by_name:
            await door.release(filed.record_id)
            return None
        again = await self._seat.at(doors.records).undo_aid(filed.record_id)
        if again is None or again.status != AidStatus.RESERVED:
            return None
        found = await door.reservation(again.id)
        return found if found.state in OPEN else None

    async def defer(self, entry: Entry, key: str) -> str:
        """File the check for when the network is back; return its id."""
        question = Question(entry.identifier, entry.facet, Purpose.AID_OVERLAP.value)
        return await self._seat.at(doors.waiting).defer(question, key)

    async def _with_need(self, entry: Entry) -> Entry:
        """Return help with the supply, the creditor and the period of a need on file; raise `input.need_unknown`."""
        if not entry.need.upper().startswith("B-"):
            return entry
        found = await self._seat.at(doors.needs).needs(entry.identifier)
        name = entry.need.upper()
        one = next((one for one in found if one.is_open and one.name.upper() == name), None)
        if one is None:
            raise MagliaError(Code.INPUT_NEED_UNKNOWN)
        if one.facet != entry.facet:
            raise MagliaError(Code.INPUT_FIELD, field="facet")
        return replace(
            entry,
            need=one.need,
            creditor=one.creditor or entry.creditor,
            period_from=one.period_from,
            period_to=one.period_to,
        )


def is_clear(found: Reserved) -> bool:
    """Whether a check shows nothing and nobody's word is missing, so that help may be given without a reason."""
    check = found.beside.check
    if check is None or not check.complete or found.beside.others or found.beside.exceeds_cents:
        return False
    return not (check.findings or check.omitted or check.left_out)


def can_be_deferred(entry: Entry, code: str) -> bool:
    """Whether a check that could not be made for the reason `code` may be put off until the network is back."""
    return code in {away.value for away in AWAY} and not entry.is_by_name and entry.facet in frozenset(Facet)


def filed_of(found: Reserved, entry: Entry) -> Filed:
    """Return what a reservation put on file: help given, or promised."""
    one = found.reservation
    given = one.state == "confirmed"
    status = AidStatus.GIVEN if given else AidStatus.RESERVED
    cents = one.amount_cents or 0
    day = one.day or entry.day
    filed = replace(entry, amount_cents=cents, day=day, until=Until.NONE if given else entry.until)
    return Filed(one.record_id, filed, status, one.undo_until_ms if given else 0, 0 if given else one.reserved_until_ms)
