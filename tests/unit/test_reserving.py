"""Reserving at one body: what keeps the network from being asked, what is refused, and what a crash leaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from maglia.core.errors import Code
from maglia.core.identifiers import Identifier, parse_need
from maglia.core.notices import NoticeKind
from maglia.core.vocabulary import FOOD_RESERVATION_S, AidStatus, Basis, Purpose, Role, Visibility
from node.check_file import CheckFile
from node.checks.check import Check
from node.checks.late_answers import LateAnswers
from node.checks.late_findings import LateFindings
from node.checks.recent import RecentChecks
from node.domain.model import Operator
from node.domain.needs import NewNeed
from node.domain.reservations import Sight, State
from node.following import Followers
from node.inbox import Inbox
from node.inquiry import Inquiry
from node.recording import Recording
from node.reserving import Progress, Promised, Reserving, Wants, read_promise
from tests.clerk import CONSENT, TODAY, person, record
from tests.peer_world import refused
from tests.support.promise_world import Actor, PromiseWorld, at_work
from tests.support.virtual_time import VirtualTime

ANNA = Operator("anna", "Anna", Role.VOLUNTEER)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> PromiseWorld:
    return PromiseWorld(tmp_path_factory.mktemp("reserving"))


@pytest.fixture
def time() -> Iterator[VirtualTime]:
    made = VirtualTime()
    with pytest.MonkeyPatch.context() as patch:
        for module in ("node.checks.check", "node.hearing", "node.checks.recent"):
            patch.setattr(f"{module}.time", made)
        yield made


def promised(who: Identifier, actor: Actor, visibility: Visibility = Visibility.NETWORK) -> Promised:
    about = record(who, "rent_arrears", TODAY, status=AidStatus.RESERVED, visibility=visibility)
    return read_promise(about, Purpose.AID_OVERLAP, 6, 0, actor.clock.now())


async def last(progress: AsyncIterator[Progress]) -> Progress:
    return [one async for one in progress][-1]


async def reserve(actor: Actor, who: Identifier) -> str:
    return (await last(actor.reserving.reserve(ANNA, promised(who, actor)))).reservation.record_id


def test_without_consent_nothing_is_asked_and_help_is_given_for_a_reason(
    world: PromiseWorld, time: VirtualTime
) -> None:
    who = person(50_001)

    async def work() -> None:
        async with at_work(world, time) as [actor, *_]:
            done = await last(actor.reserving.reserve(ANNA, promised(who, actor)))
            assert done.refused is not None
            assert (done.refused.code, done.state) == (Code.CONSENT_MISSING, None)
            number = done.reservation.record_id
            confirming = [await last(actor.reserving.confirm(ANNA, number, reason=why)) for why in ("", "urgenza")]
            assert [one.wants for one in confirming] == [Wants.REASON, Wants.NOTHING]
            assert actor.store.reservation(number).state(actor.clock.now()) is State.CONFIRMED

    time.run(work())


def test_a_promise_from_before_the_consent_is_seen_by_others_after_it(world: PromiseWorld, time: VirtualTime) -> None:
    who = person(50_009)

    async def work() -> None:
        async with at_work(world, time) as [first, second, *_]:
            without = replace(promised(who, first).record, consent=None)
            await last(first.reserving.reserve(ANNA, replace(promised(who, first), record=without)))
            second.store.add_consent(who, CONSENT, "anna")
            assert (await seen(second, who)).is_clear
            first.store.add_consent(who, CONSENT, "anna")
            assert [one.status for one in (await seen(second, who)).others] == [AidStatus.RESERVED]

    time.run(work())


async def seen(actor: Actor, who: Identifier) -> Sight:
    sight = (await last(actor.reserving.reserve(ANNA, promised(who, actor)))).sight
    assert sight is not None
    return sight


def test_a_clear_check_asks_for_no_reason_and_two_operators_confirm_once(
    world: PromiseWorld, time: VirtualTime
) -> None:
    who = person(50_002)

    async def work() -> None:
        async with at_work(world, time, who) as [actor, *_]:
            number = await reserve(actor, who)
            both = [last(actor.reserving.confirm(ANNA, number, amount_cents=30_00)) for _ in range(2)]
            done = await asyncio.gather(*both, return_exceptions=True)
            assert sum(isinstance(one, Progress) and one.wants is Wants.NOTHING for one in done) == 1
            [error] = [one for one in done if isinstance(one, Exception)]
            assert getattr(error, "code", None) is Code.INPUT_RESERVATION_OVER
            held = actor.store.reservation(number)
            assert (held.amount_cents, len(held.sights)) == (30_00, 2)

    time.run(work())


def started_again(actor: Actor) -> tuple[Reserving, RecentChecks]:
    """Return what a process of a body's node makes of its store."""
    inbox, trust = Inbox(actor.store), actor._parts[0]
    late = LateFindings(actor.store, inbox)
    file = CheckFile(actor.store, actor.asking, actor.clock)
    recent = RecentChecks(actor.asking._peers, file=file, following=Followers(LateAnswers(inbox), late))
    recording = Recording(actor.store, actor.entries)
    return Reserving(actor.store, recording, actor.wake.set, actor.asking, recent, late, trust, actor.clock), recent


def test_what_a_silent_body_knows_is_told_beside_the_promise_after_a_restart(
    world: PromiseWorld, time: VirtualTime
) -> None:
    who = person(50_012)

    async def work() -> None:
        async with at_work(world, time, who) as [actor, other, *_]:
            actor.store.add_operator(ANNA, "hash")
            await reserve(other, who)
            other.is_down = True
            reserving, _ = started_again(actor)
            done = await last(reserving.reserve(ANNA, promised(who, actor)))
            assert done.sight is not None
            assert ([gap.member for gap in done.sight.gaps], done.sight.others) == ([other.body.id], ())
            await asyncio.sleep(100.0)

            _, recent = started_again(actor)
            await recent.ask_returned()
            other.is_down = False
            await recent.ask_returned()
            await asyncio.sleep(100.0)
            found = actor.store.reservation(done.reservation.record_id).late
            assert [(one.member, one.status) for one in found] == [(other.body.id, AidStatus.RESERVED)]
            [told] = [kept.notice for kept in Inbox(actor.store).list(ANNA, everything=True)]
            assert told.kind is NoticeKind.PROMISE_FOUND

    time.run(work())


def test_a_promise_put_on_file_as_a_record_is_confirmed_or_released(world: PromiseWorld, time: VirtualTime) -> None:
    who = person(50_010)

    async def work() -> None:
        async with at_work(world, time, who) as [actor, *_]:
            given, back = (actor.store.add_record(promised(who, actor).record, "anna") for _ in range(2))
            assert actor.reserving.release(ANNA, back).state(0) is State.RELEASED
            done = await last(actor.reserving.confirm(ANNA, given[:8]))
            assert (done.wants, done.reservation.state(0)) == (Wants.NOTHING, State.CONFIRMED)

    time.run(work())


def test_a_promise_kept_to_this_body_is_asked_about_without_need_and_creditor(
    world: PromiseWorld, time: VirtualTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, need = person(50_011), parse_need("POD:IT001E12345678")
    asked: list[tuple[Identifier | None, str]] = []

    async def work() -> None:
        async with at_work(world, time, who) as [actor, *_]:
            start = actor.asking.start

            async def heard(inquiry: Inquiry, operator: Operator) -> Check:
                asked.append((inquiry.need, inquiry.creditor))
                return await start(inquiry, operator)

            monkeypatch.setattr(actor.asking, "start", heard)
            for visibility in (Visibility.NETWORK, Visibility.ONLY_US):
                about = promised(who, actor, visibility)
                about = replace(about, record=replace(about.record, need=need, creditor="Immobiliare Àrgine"))
                number = (await last(actor.reserving.reserve(ANNA, about))).reservation.record_id
                await last(actor.reserving.confirm(ANNA, number, reason="urgenza"))

    time.run(work())
    assert asked == [(need, "Immobiliare Àrgine")] * 2 + [(None, "")] * 2


def test_what_cannot_be_is_refused_before_anybody_is_asked(world: PromiseWorld, time: VirtualTime) -> None:
    who, admin = person(50_003), Operator("root", "Root", Role.NODE_ADMIN)

    async def work() -> None:
        async with at_work(world, time, who) as [actor, *_]:
            number, desk = await reserve(actor, who), actor.reserving
            day = {"early": f"{TODAY - timedelta(days=1)}", "late": f"{TODAY + timedelta(days=1)}"}
            asked = len(actor.asking.begun)
            for code, attempt in (
                (Code.INPUT_DATE_EARLY, desk.confirm(ANNA, number, day=day["early"])),
                (Code.INPUT_DATE_FUTURE, desk.confirm(ANNA, number, day=day["late"])),
                (Code.INPUT_AMOUNT_NEGATIVE, desk.confirm(ANNA, number, amount_cents=-1)),
                (Code.INPUT_TEXT_LONG, desk.confirm(ANNA, number, reason="x" * 201)),
                (Code.INPUT_RESERVATION, desk.confirm(ANNA, "0" * 32)),
                (Code.SESSION_ROLE, desk.confirm(admin, number)),
                (Code.SESSION_ROLE, desk.reserve(admin, promised(who, actor))),
            ):
                with refused(code):
                    await last(attempt)
            for act in (desk.renew, desk.release):
                with refused(Code.SESSION_ROLE):
                    act(admin, number)
            with refused(Code.SESSION_ROLE):
                desk.held(admin)
            assert len(actor.asking.begun) == asked
            desk.release(ANNA, number)
            with refused(Code.INPUT_RESERVATION_OVER):
                await last(desk.confirm(ANNA, number))

    time.run(work())


def test_a_promise_that_ends_while_the_network_is_asked_is_not_given(world: PromiseWorld, time: VirtualTime) -> None:
    who = person(50_004)

    async def work() -> None:
        async with at_work(world, time, who) as [actor, *_]:
            about = promised(who, actor)
            number = (await last(actor.reserving.reserve(ANNA, about))).reservation.record_id
            confirming = actor.reserving.confirm(ANNA, number)
            await anext(confirming)
            actor.clock.skew += 2 * FOOD_RESERVATION_S * 20
            try:
                with refused(Code.INPUT_RESERVATION_OVER):
                    await last(confirming)
            finally:
                actor.clock.skew = 0.0
            assert actor.store.reservation(number).status is AidStatus.RESERVED

    time.run(work())


def test_a_body_that_dies_at_any_step_leaves_a_promise_or_help_with_its_confirmation(
    world: PromiseWorld, time: VirtualTime
) -> None:
    who, states = person(50_005), set[State]()

    async def dies_after(work: Coroutine[Any, Any, object], steps: int) -> bool:
        task = asyncio.create_task(work)
        for _ in range(steps):
            await asyncio.sleep(0.01)
            if task.done():
                return False
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return True

    async def work() -> None:
        async with at_work(world, time, who) as [actor, *_]:
            for steps in range(1, 60, 3):
                await dies_after(last(actor.reserving.reserve(ANNA, promised(who, actor))), steps)
                for held in _of(actor, who):
                    states.add(held.state(actor.clock.now()))
                    await dies_after(last(actor.reserving.confirm(ANNA, held.record_id, reason="urgenza")), steps)
                    after = actor.store.reservation(held.record_id)
                    states.add(after.state(actor.clock.now()))
                    assert after.status is AidStatus.RESERVED or len(after.sights) > len(held.sights)
                    if after.status is AidStatus.RESERVED:
                        actor.reserving.release(ANNA, held.record_id)

    time.run(work())
    assert states == {State.TO_CHECK, State.TO_CONFIRM, State.CONFIRMED}


def _of(actor: Actor, who: Identifier) -> list[Any]:
    return [one for one in actor.store.reservations() if one.identifier == who and one.status is AidStatus.RESERVED]


ARGINE, OTHER_PAYEE = "Immobiliare Àrgine", "Condominio"
WINTER, SPRING = (date(2025, 1, 1), date(2025, 3, 31)), (date(2025, 4, 1), date(2025, 6, 30))


def for_winter(
    who: Identifier,
    actor: Actor,
    cents: int,
    creditor: str = ARGINE,
    period: tuple[date, date] = WINTER,
    visibility: Visibility = Visibility.NETWORK,
) -> Promised:
    about = promised(who, actor, visibility)
    first, last = period
    return replace(
        about,
        record=replace(
            about.record, creditor=creditor, period_from=first, period_to=last, amount_cents=cents, need=None
        ),
    )


def test_a_promise_tells_what_is_left_of_its_need_and_what_would_be_too_much(
    world: PromiseWorld, time: VirtualTime
) -> None:
    who = person(50_031)
    arrears = NewNeed(who, "rent_arrears", 900_00, Basis.CONSENT, creditor=ARGINE, period_from=WINTER[0])
    arrears = replace(arrears, period_to=WINTER[1])

    async def work() -> None:
        async with at_work(world, time, who) as [valle, borgo, *_]:
            await last(valle.reserving.reserve(ANNA, for_winter(who, valle, 500_00)))
            borgo.store.open_filed_need(arrears, "anna")

            async def told(mine: Promised) -> tuple[int | None, int]:
                done = await last(borgo.reserving.reserve(ANNA, mine))
                borgo.reserving.release(ANNA, done.reservation.record_id)
                return done.balance.residual_cents if done.balance else None, done.exceeds_cents

            assert await told(for_winter(who, borgo, 400_00)) == (400_00, 0)
            assert await told(for_winter(who, borgo, 450_00)) == (400_00, 50_00)
            unnamed = for_winter(who, borgo, 450_00, creditor="")
            assert await told(unnamed) == (400_00, 50_00)
            assert await told(for_winter(who, borgo, 450_00, period=SPRING)) == (None, 0)
            assert await told(for_winter(who, borgo, 450_00, creditor=OTHER_PAYEE)) == (None, 0)
            assert await told(for_winter(who, borgo, 450_00, visibility=Visibility.ONLY_US)) == (None, 0)

    time.run(work())


def test_a_confirmation_counts_what_is_given_and_a_second_promise_counts_the_first(
    world: PromiseWorld, time: VirtualTime
) -> None:
    who = person(50_032)
    arrears = NewNeed(who, "rent_arrears", 900_00, Basis.CONSENT, creditor=ARGINE, period_from=WINTER[0])
    arrears = replace(arrears, period_to=WINTER[1])

    async def work() -> None:
        async with at_work(world, time, who) as [borgo, *_]:
            borgo.store.open_filed_need(arrears, "anna")
            first = await last(borgo.reserving.reserve(ANNA, for_winter(who, borgo, 600_00)))
            given = await last(borgo.reserving.confirm(ANNA, first.reservation.record_id, amount_cents=950_00))
            assert (given.wants, given.exceeds_cents) == (Wants.NOTHING, 50_00)
            assert given.balance is not None
            assert (given.balance.residual_cents, given.balance.own.total_cents) == (900_00, 0)
            second = await last(borgo.reserving.reserve(ANNA, for_winter(who, borgo, 10_00)))
            assert second.balance is not None
            assert (second.balance.own.given_cents, second.balance.over_cents) == (950_00, 50_00)
            assert second.exceeds_cents == 60_00

    time.run(work())
