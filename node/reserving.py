"""Reserve, then check, then confirm (design 8): so that of two who help at once neither goes unshown to the other.

The order is the whole point. A promise is durable, and enrolled or told as missing, before the network is asked about
it; it becomes help given only after a check that began later still, and only once an operator was shown all that this
check found, or whose word it lacks, and gave a reason. Nothing is refused to the person: the system informs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import (
    DEFAULT_MONTHS,
    MAX_MONTHS,
    AidStatus,
    Facet,
    Purpose,
    Visibility,
    reservation_s,
)
from node.ask import Asking
from node.checks.check import Check
from node.checks.late_findings import LateFindings
from node.checks.recent import RecentChecks
from node.domain import forms
from node.domain.model import AidRecord, Operator
from node.domain.reservations import Reservation, Sight, State, Step, is_news, not_made, sight_of
from node.domain.residual import Balance
from node.domain.verdict import CheckState
from node.inquiry import Inquiry
from node.needs import Balances
from node.ports import Clock, Store, Trust
from node.recording import Recording
from node.records import check_may_record, read_amount, read_purpose

ENROLLED_S = 3.0
"""Seconds that a check waits for the promise's own pseudonym: later, this body's answers say that they are partial."""
_LOOK_S = 0.02
_ASKED_FOR = (Purpose.AID_OVERLAP, Purpose.RENT_SUBSIDY, Purpose.UTILITY_SUBSIDY)
_NOT_ASKED = frozenset({"consent", "budget", "policy", "network", "directory", "pseudonym", "member", "version"})
"""Families of codes for which the network is not asked, and help may be given all the same, with a reason."""


class Wants(StrEnum):
    """What a confirmation still needs of its operator."""

    NOTHING = "nothing"
    REASON = "reason"
    """Something was found, or somebody's word is missing: read it, and say why help is given all the same."""
    READING = "reading"
    """A reason came, but there is something that nobody was shown before."""


@dataclass(frozen=True)
class Promised:
    """What an operator promises, valid in form, and what the network is asked about it."""

    record: AidRecord
    purpose: Purpose
    months: int


@dataclass(frozen=True)
class Progress:
    """A reservation and the check beside it, at one moment; `refused` is why the network was not asked.

    `balance` says how far the need is covered without this promise, and `exceeds_cents` by how much more than is owed
    there would be with it, at least. `sight` is what was shown, once the check is over; `wants` what a confirmation
    needs then.
    """

    reservation: Reservation
    state: CheckState | None = None
    refused: MagliaError | None = None
    balance: Balance | None = None
    exceeds_cents: int = 0
    sight: Sight | None = None
    wants: Wants | None = None


class Reserving:
    """Promises, checks and confirms for one body."""

    def __init__(
        self,
        store: Store,
        recording: Recording,
        wake: Callable[[], None],
        asking: Asking,
        recent: RecentChecks,
        late: LateFindings,
        trust: Trust,
        clock: Clock,
        enrolled_s: float = ENROLLED_S,
    ) -> None:
        """`wake` says that somebody may await a pseudonym."""
        self._store = store
        self._recording = recording
        self._wake = wake
        self._asking = asking
        self._recent = recent
        self._late = late
        self._trust = trust
        self._clock = clock
        self._balances = Balances(store, clock)
        self._enrolled_s = enrolled_s

    async def reserve(self, operator: Operator, promised: Promised) -> AsyncIterator[Progress]:
        """Store a promise, then ask the network about it, and yield what is known; the last has a `sight`.

        Raises `session.role`, `log.*`, `storage.*`. Whatever keeps the network from being asked is told, not raised.
        """
        check_may_record(operator)
        async with self._recording.of([promised.record]):
            record_id = self._store.reserve(promised.record, promised.purpose, promised.months, operator.user)
        self._wake()
        held = self._store.reservation(record_id)
        yield Progress(held)
        await self._wait_until_enrolled(record_id)
        check, progress = None, Progress(held)
        async for check, found in self._look(operator, held):  # noqa: B007 - the last one is used
            progress = _with(found, held.amount_cents)
            yield progress
        sight = _seen(progress)
        number = self._store.add_sight(record_id, Step.RESERVE, sight, operator.user)
        self._follow(check, number, sight)
        yield replace(progress, reservation=self._store.reservation(record_id), sight=sight)

    async def confirm(
        self, operator: Operator, record_id: str, *, day: str = "", amount_cents: int = 0, reason: str = ""
    ) -> AsyncIterator[Progress]:
        """Ask the network anew, then make the promise help given, unless a reason is wanted first; see `Wants`.

        `day` is ISO 8601, today when empty and none before the promise; an amount of 0 is the one promised.
        Raises `session.role`, `input.*`, `log.*`, `storage.*`.
        """
        check_may_record(operator)
        held = self._open(record_id)
        given_on = self._read_day(day, held)
        cents = read_amount(amount_cents, held.facet) if amount_cents else held.amount_cents
        why = forms.read_text(reason, "reason")
        check, progress = None, Progress(held)
        async for check, found in self._look(operator, held):  # noqa: B007 - the last one is used
            progress = _with(found, cents)
            yield progress
        sight, held = _seen(progress), self._open(held.record_id)
        wants = wanted(sight, held, why)
        if wants is Wants.NOTHING:
            number = self._store.confirm(held.record_id, given_on, cents, sight, why, operator.user)
        else:
            number = self._store.add_sight(held.record_id, Step.CONFIRM, sight, operator.user)
        self._follow(check, number, sight)
        yield replace(progress, reservation=self._store.reservation(held.record_id), sight=sight, wants=wants)

    def renew(self, operator: Operator, record_id: str) -> Reservation:
        """Promise for the same term once more; raise `session.role`, `input.reservation*`."""
        check_may_record(operator)
        held = self._open(record_id)
        self._store.renew(held.record_id, operator.user)
        return self._store.reservation(held.record_id)

    def release(self, operator: Operator, record_id: str) -> Reservation:
        """Take the promise back; raise `session.role`, `input.reservation*`."""
        check_may_record(operator)
        held = self._open(record_id)
        self._store.release(held.record_id, operator.user)
        return self._store.reservation(held.record_id)

    def held(self, operator: Operator) -> list[Reservation]:
        """Return the reservations to look at, by their end; raise `session.role`."""
        check_may_record(operator)
        return self._store.reservations()

    def one(self, operator: Operator, record_id: str) -> Reservation:
        """Return one as it is in force, by its number or the beginning of it; raise `session.role`, `input.*`."""
        beginning = record_id.strip().lower()
        listed = [held for held in self.held(operator) if beginning and held.record_id.startswith(beginning)]
        return listed[0] if len(listed) == 1 else self._store.reservation(record_id)

    def _open(self, record_id: str) -> Reservation:
        held = self._store.reservation(record_id)
        if held.state(self._clock.now()) not in {State.TO_CHECK, State.TO_CONFIRM}:
            raise MagliaError(Code.INPUT_RESERVATION_OVER)
        return held

    def _read_day(self, text: str, held: Reservation) -> date:
        today = self._clock.today()
        day = forms.read_iso_day(text, today) if text.strip() else today
        if day < held.day:
            raise MagliaError(Code.INPUT_DATE_EARLY, value=f"{day:%d/%m/%Y}", earliest=f"{held.day:%d/%m/%Y}")
        return day

    async def _wait_until_enrolled(self, record_id: str) -> None:
        """Wait for the promise's pseudonyms, so that whoever asks finds it; not for long, nor without a directory."""
        try:
            epochs = self._trust.directory().epochs.all
        except MagliaError:
            return
        loop = asyncio.get_running_loop()
        until = loop.time() + self._enrolled_s
        while self._store.awaits_pseudonym(record_id, epochs) and loop.time() < until:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(_LOOK_S)

    async def _look(self, operator: Operator, held: Reservation) -> AsyncIterator[tuple[Check | None, Progress]]:
        """Ask the network, and yield what is known until nobody is waited for; why not, where it can't be asked."""
        try:
            inquiry = self._inquiry(held)
            check = await self._asking.start(inquiry, operator)
        except MagliaError as error:
            if error.code.partition(".")[0] not in _NOT_ASKED:
                raise
            yield None, Progress(held, refused=error)
            return
        self._recent.keep(operator, check)
        async for state in check.states(follow=False):
            yield check, Progress(held, state, balance=self._balance(inquiry, state, held))

    def _inquiry(self, held: Reservation) -> Inquiry:
        """Return the question about a promise; raise `policy.facet` for help that is nobody else's business.

        Of a promise kept to this body nobody else learns which need it is for, nor who is paid.
        """
        if held.facet not in frozenset(Facet):
            raise MagliaError(Code.POLICY_FACET)
        asked = Inquiry(held.identifier, Facet(held.facet), held.purpose, held.months)
        if held.visibility is Visibility.ONLY_US:
            return asked
        return self._balances.about_need_of_promise(replace(asked, need=held.need, creditor=held.creditor), held)

    def _balance(self, inquiry: Inquiry, state: CheckState, held: Reservation) -> Balance | None:
        # A question that names no need finds out nothing of how far it is covered.
        if held.visibility is Visibility.ONLY_US:
            return None
        return self._balances.of(inquiry, state, without=held.record_id)

    def _follow(self, check: Check | None, number: int, sight: Sight) -> None:
        if check is not None:
            self._recent.beside(check.check_id, number)
            self._late.follow(check, number, sight)


def read_promise(record: AidRecord, purpose: str, months: int, until_ms: int, now: float) -> Promised:
    """Return what an operator promises from a record and what was typed beside it.

    `purpose` is for comparing aid when empty, `months` the usual ones when 0; `until_ms` is 0 for the term of the kind,
    else an end before that. Raises `input.*`.
    """
    if months > MAX_MONTHS:
        raise MagliaError(Code.INPUT_MONTHS, value=months)
    term = reservation_s(record.facet)
    until = until_ms / 1000 if until_ms else now + term
    if not now < until <= now + term + 1:
        raise MagliaError(Code.INPUT_RESERVATION_UNTIL, hours=int(term // 3600))
    return Promised(
        replace(record, status=AidStatus.RESERVED, reserved_until=min(until, now + term)),
        Purpose(read_purpose(purpose or Purpose.AID_OVERLAP, _ASKED_FOR)),
        months or DEFAULT_MONTHS,
    )


def wanted(sight: Sight, held: Reservation, reason: str) -> Wants:
    """Return what a confirmation needs after its own check: whatever this found must have been shown before."""
    if sight.is_clear:
        return Wants.NOTHING
    if not reason:
        return Wants.REASON
    return Wants.READING if is_news(sight, held.sights) else Wants.NOTHING


def _with(progress: Progress, cents: int | None) -> Progress:
    """Return it with what helping by this much would make too much."""
    exceeds = progress.balance.over_with(cents) if progress.balance is not None and cents else 0
    return replace(progress, exceeds_cents=exceeds)


def _seen(progress: Progress) -> Sight:
    if progress.refused is not None:
        return not_made(progress.refused.code)
    assert progress.state is not None, "a check has a state"  # noqa: S101 - the loop above yielded one
    return sight_of(progress.state)
