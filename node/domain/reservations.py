"""Reservations: help promised, with an end; what was shown beside it, and who of two comes first (design 8).

Rules without I/O: the argument that rests on them is docs/adr/0040.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import AidStatus, Purpose, Visibility, reservation_s
from node.domain.model import AidRecord
from node.domain.verdict import CheckState, Outcome, Shown

OMITTED, LEFT_OUT = "omitted", "left_out"
"""Why a body's word is not whole, beside why it is silent or refuses: not all of it fitted, it could not be asked."""


def reserved_until(record: AidRecord, now: float) -> float | None:
    """Return until when a record stored at `now` is promised, in seconds since the epoch; None of help given."""
    if record.status is not AidStatus.RESERVED:
        return None
    return now + reservation_s(record.facet) if record.reserved_until is None else record.reserved_until


def check_open(facet: str, day: date, today: date) -> None:
    """Raise `input.promise_over` where help promised on `day` is promised no more: it would begin anew on file.

    The hour of a promise that a list tells is not known: whole days are counted.
    """
    term_s = reservation_s(facet)
    if (today - day).days * 86_400 >= term_s:
        raise MagliaError(Code.INPUT_PROMISE_OVER, value=f"{day:%d/%m/%Y}", hours=term_s // 3600)


def instant_ms(instant: float) -> int:
    """Return an instant as it is told to others, in whole milliseconds: both sides of a tie compare these."""
    return int(instant * 1000)


class Promise(NamedTuple):
    """When a body promised, in milliseconds since the epoch, and its id. The smaller of two comes first."""

    at_ms: int
    member: str


class State(StrEnum):
    """Where a reservation stands."""

    TO_CHECK = "to_check"
    """Durable, and nobody has been shown what the network knows since."""
    TO_CONFIRM = "to_confirm"
    EXPIRED = "expired"
    CONFIRMED = "confirmed"
    RELEASED = "released"


class Step(StrEnum):
    """Which step of a reservation a check belongs to."""

    RESERVE = "reserve"
    CONFIRM = "confirm"


@dataclass(frozen=True)
class Other:
    """Another body's help or promise as a check showed it; what policy hides is empty or None.

    `member` is whom this body asked, for its own comparing; the operator reads `name`, or else `kind`, or that it is
    some body.
    """

    member: str
    kind: str
    name: str
    facet: str
    when: str
    status: str
    same_need: bool
    amount_band: str = ""
    amount_cents: int | None = None
    contact: str = ""
    reserved_at_ms: int | None = None
    reserved_until_ms: int | None = None

    @property
    def promise(self) -> Promise | None:
        """Return when it was promised and by whom; None of help given, and where that is not told."""
        if self.status != AidStatus.RESERVED or self.reserved_at_ms is None:
            return None
        return Promise(self.reserved_at_ms, self.member)

    def comes_before(self, mine: Promise) -> bool | None:
        """Return whether it comes before one's own promise: help given does; None where nobody can tell."""
        if self.status == AidStatus.GIVEN:
            return True
        return None if self.promise is None else self.promise < mine


class Standing(NamedTuple):
    """A record that was promised and still counts: it is open, or help given by now."""

    record_id: str
    is_given: bool


class Gap(NamedTuple):
    """A body whose word was missing or not whole, and why."""

    member: str
    reason: str


@dataclass(frozen=True)
class Sight:
    """What one check showed to an operator; `unchecked` is the code that refused it, where none could be made."""

    check_id: str = ""
    complete: bool = False
    asked: int = 0
    answered: int = 0
    gaps: tuple[Gap, ...] = ()
    others: tuple[Other, ...] = ()
    unchecked: str = ""

    @property
    def is_clear(self) -> bool:
        """Return whether everybody answered for all they have, and nothing was found."""
        return self.complete and not (self.gaps or self.others or self.unchecked)

    def items(self) -> Counter[tuple[object, ...]]:
        """Return what there is to be shown, each as often as it is there; a promise prolonged is no other one."""
        found = Counter[tuple[object, ...]](
            (one.member, one.facet, one.when, one.status, one.same_need, one.reserved_at_ms) for one in self.others
        )
        found.update({(gap.member,) for gap in self.gaps})
        if not self.complete and not self.gaps:
            found.update([("nobody answers for all", self.unchecked)])
        return found


def sight_of(state: CheckState) -> Sight:
    """Return what a check shows; a body that is awaited no longer is a gap."""
    gaps = [Gap(outcome.member.id, reason) for outcome in state.outcomes.values() if (reason := _gap(outcome))]
    gaps += [Gap(member, LEFT_OUT) for member in sorted(state.left_out)]
    return Sight(
        check_id=state.check_id,
        complete=state.complete,
        asked=state.asked,
        answered=state.answered,
        gaps=tuple(gaps),
        others=tuple(_other(shown) for shown in state.shown),
    )


def not_made(code: Code) -> Sight:
    """Return what is shown where the network could not be asked at all."""
    return Sight(unchecked=code.value)


def added(fresh: Sight, shown: Sight) -> list[Other]:
    """Return the help and promises of `fresh` that `shown` had not."""
    left = shown.items()
    found = []
    for one in fresh.others:
        [item] = Sight(others=(one,), complete=True).items()
        if left[item]:
            left[item] -= 1
        else:
            found.append(one)
    return found


def is_news(fresh: Sight, shown: Iterable[Sight]) -> bool:
    """Return whether a check shows what no earlier one had shown: help, a promise, or whose word is missing."""
    known = Counter[tuple[object, ...]]()
    for sight in shown:
        known |= sight.items()
    return bool(fresh.items() - known)


@dataclass(frozen=True)
class Reservation:
    """Help promised by this body, and what was shown beside it. Instants are seconds since the epoch."""

    record_id: str
    identifier: Identifier = field(repr=False)
    facet: str
    day: date
    amount_cents: int | None
    creditor: str
    need: Identifier | None
    status: AidStatus
    reserved_at: float
    reserved_until: float | None
    reserved_by: str
    purpose: Purpose = Purpose.AID_OVERLAP
    months: int = 6
    is_renewed: bool = False
    sights: Sequence[Sight] = ()
    late: Sequence[Other] = ()
    """Found after a check had been shown."""
    given_at: float | None = None
    """When it was confirmed."""
    visibility: Visibility = Visibility.NETWORK

    def state(self, now: float) -> State:
        """Return where it stands at an instant."""
        if self.status in {AidStatus.GIVEN, AidStatus.CORRECTED}:  # only help given is corrected
            return State.CONFIRMED
        if self.status is not AidStatus.RESERVED:
            return State.RELEASED
        if self.reserved_until is not None and self.reserved_until <= now:
            return State.EXPIRED
        return State.TO_CONFIRM if self.sights else State.TO_CHECK

    def ends_soon(self, now: float) -> bool:
        """Return whether it is open, and no more than a sixth of its time is left."""
        if self.reserved_until is None or self.state(now) not in {State.TO_CHECK, State.TO_CONFIRM}:
            return False
        return 6 * (self.reserved_until - now) <= self.reserved_until - self.reserved_at

    def promise(self, me: str) -> Promise:
        """Return when this body (`me`) promised."""
        return Promise(instant_ms(self.reserved_at), me)


def _gap(outcome: Outcome) -> str:
    if outcome.silence is not None:
        return outcome.silence.value
    if not outcome.has_answer:
        return outcome.refusal or "awaited"
    return OMITTED if outcome.omitted else ""


def _other(shown: Shown) -> Other:
    finding = shown.finding
    return Other(
        member=shown.asked.id if shown.asked else "",
        kind=shown.kind.value if shown.kind else "",
        name=shown.member.name if shown.member else "",
        facet=finding.facet.value,
        when=finding.day.isoformat() if finding.day else finding.month,
        status=finding.status.value,
        same_need=finding.same_need,
        amount_band=finding.amount_band.value if finding.amount_band else "",
        amount_cents=finding.amount_cents,
        contact=finding.contact,
        reserved_at_ms=finding.reserved_at_ms,
        reserved_until_ms=finding.reserved_until_ms,
    )
