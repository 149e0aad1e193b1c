"""What operators are told of a check after they read it: what changed, once, and nothing that changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from maglia.core.codes import Code
from maglia.core.notices import NoticeKind
from maglia.core.vocabulary import AidStatus, Kind, Purpose, Role, Silence
from node.checks.late_answers import LateAnswers
from node.checks.late_findings import LateFindings
from node.domain.household import HouseholdState, PersonState
from node.domain.late import figures, news, seen
from node.domain.model import Operator
from node.domain.reservations import Other, Sight, Step, sight_of
from node.inbox import Inbox, Kept
from node.ports import SilentError
from node.store.sql import SqlStore
from tests.clerk import TODAY, StoppedClock, open_store, person, record
from tests.unit.test_check import FINDING, SHORT, World, fails, says

CLOCK = StoppedClock()
ANNA = Operator("anna", "Anna", Role.VOLUNTEER)
OTHER = Other("alfa", Kind.PARISH.value, "", "food_parcel", "2025-05", "given", same_need=False)
PARTIAL = Sight("V-1", asked=3, answered=2)
AWAY = fails(SilentError(Silence.UNREACHABLE))


@pytest.fixture
def store(tmp_path: Path) -> SqlStore:
    return open_store(tmp_path / "node.db", CLOCK)


@pytest.fixture
def inbox(store: SqlStore) -> Inbox:
    return Inbox(store)


@pytest.fixture
async def late(inbox: Inbox) -> AsyncIterator[LateAnswers]:
    late = LateAnswers(inbox, settle_s=0.05)
    yield late
    await late.close()


def told(inbox: Inbox) -> Sequence[Kept]:
    return inbox.list(ANNA, everything=False)


async def until_told(inbox: Inbox, count: int) -> list[Kept]:
    async with asyncio.timeout(10):
        while len(told(inbox)) < count:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.01)
    return list(told(inbox))


def test_only_what_an_operator_would_act_on_is_news() -> None:
    assert news(replace(PARTIAL, answered=3, complete=True), PARTIAL).kind is NoticeKind.CHECK_COMPLETE
    assert news(replace(PARTIAL, others=(OTHER,)), PARTIAL).kind is NoticeKind.CHECK_FOUND
    assert news(PARTIAL, replace(PARTIAL, answered=1)).kind is None
    assert news(replace(PARTIAL, others=(OTHER,)), replace(PARTIAL, others=(OTHER,))).kind is None
    twice = news(replace(PARTIAL, others=(OTHER, OTHER)), replace(PARTIAL, others=(OTHER,)))
    assert twice.more == (OTHER,)


async def test_a_household_is_complete_only_where_everybody_was_asked_about() -> None:
    world = World()
    world.send()
    state = await world.end()
    asked = PersonState("V-1", state)
    left = PersonState("V-2", unverified=Code.CONSENT_MISSING)
    assert seen(HouseholdState("N-1", [asked])).complete
    both = seen(HouseholdState("N-1", [asked, left]))
    assert (both.complete, both.asked, both.answered) == (False, 3, 3)
    assert figures(1.0, both)["complete"] == 0


async def test_a_body_that_is_back_completes_a_check_and_its_operator_is_told(inbox: Inbox, late: LateAnswers) -> None:
    world = World()
    world.script.replies["beta"] = AWAY
    world.send()
    shown = await world.settled("alfa", "beta", "gamma")
    with late.after(world.check, "anna", 1000.5) as note:
        note(shown)
    assert not shown.complete
    await asyncio.sleep(0.1)
    assert not told(inbox)
    world.script.replies["beta"] = says()
    await world.check.ask_again({"beta"})
    [one] = await until_told(inbox, 1)
    assert (one.notice.kind, one.notice.check_id) == (NoticeKind.CHECK_COMPLETE, "V-1")
    assert one.notice.params == {
        "asked_at": 1_000_500,
        "asked": 3,
        "answered": 3,
        "found": 0,
        "more": 0,
        "complete": 1,
        "left_out": 0,
    }


async def test_what_was_found_is_told_at_once_whatever_stops_the_node_then(inbox: Inbox) -> None:
    world = World()
    world.script.replies |= {"beta": AWAY, "gamma": AWAY}
    world.send()
    await world.settled("alfa", "beta", "gamma")
    late = LateAnswers(inbox, settle_s=60.0)
    late.follow(world.check, "anna", 1.0)
    world.script.replies["beta"] = says(FINDING)
    await world.check.ask_again({"beta"})
    [one] = await until_told(inbox, 1)
    assert (one.notice.kind, one.notice.params["more"]) == (NoticeKind.CHECK_FOUND, 1)
    world.script.replies["gamma"] = says(FINDING)
    await world.check.ask_again({"gamma"})
    await asyncio.sleep(0.1)
    [same] = told(inbox)
    assert (same.notice.kind, same.notice.params["more"]) == (NoticeKind.CHECK_COMPLETE, 2)
    await late.close()
    assert told(inbox) == [same]


async def test_what_is_found_while_others_are_silent_is_told_and_so_is_the_end(inbox: Inbox, late: LateAnswers) -> None:
    world = World()
    world.script.replies |= {"beta": AWAY, "gamma": AWAY}
    world.send()
    await world.settled("alfa", "beta", "gamma")
    late.follow(world.check, "anna", 1.0)
    world.script.replies["beta"] = says(FINDING, FINDING)
    await world.check.ask_again({"beta"})
    [found] = await until_told(inbox, 1)
    assert (found.notice.kind, found.notice.params["more"]) == (NoticeKind.CHECK_FOUND, 2)
    inbox.read(ANNA, found.number)  # what was read is not written over
    world.script.replies["gamma"] = says()
    await world.check.ask_again({"gamma"})
    [end] = await until_told(inbox, 1)
    assert (end.notice.kind, end.notice.params["found"], end.notice.params["more"]) == ("check_complete", 2, 0)


async def test_answers_that_come_together_are_told_together(inbox: Inbox, late: LateAnswers) -> None:
    world = World()
    world.script.replies |= dict.fromkeys(("alfa", "beta", "gamma"), AWAY)
    world.send()
    await world.settled("alfa", "beta", "gamma")
    late.follow(world.check, "anna", 1.0)
    world.script.replies |= dict.fromkeys(("alfa", "beta", "gamma"), says(FINDING))
    await world.check.ask_again({"alfa", "beta", "gamma"})
    [one] = await until_told(inbox, 1)
    assert (one.notice.kind, one.notice.params["more"]) == (NoticeKind.CHECK_COMPLETE, 3)
    await asyncio.sleep(0.1)
    assert len(told(inbox)) == 1


async def test_of_a_complete_check_nothing_more_is_told(inbox: Inbox, late: LateAnswers) -> None:
    world = World()
    world.send()
    state = await world.end()
    assert seen(state).complete
    late.follow(world.check, "anna", 1.0, seen(state))
    await world.check.ask_again({"alfa"})
    await asyncio.sleep(0.1)
    assert not told(inbox)


async def test_who_answered_late_beside_a_promise_is_asked_once_more_to_let_it_know(
    inbox: Inbox, store: SqlStore
) -> None:
    promised = replace(record(person(1)), status=AidStatus.RESERVED, reserved_until=CLOCK.now() + 3_600)
    record_id = store.reserve(promised, Purpose.AID_OVERLAP, 6, "anna")
    world, late = World(SHORT), LateFindings(store, inbox)
    gates = [world.script.hold(name) for name in ("beta", "gamma")]
    world.script.replies["beta"] = says(FINDING)
    world.send()
    shown = sight_of(await world.end())
    late.follow(world.check, store.add_sight(record_id, Step.RESERVE, shown, "anna"), shown)
    for gate in gates:
        gate.set()
    [one] = await until_told(inbox, 1)
    assert (one.notice.kind, one.notice.operator) == (NoticeKind.PROMISE_FOUND, "")
    assert one.notice.params == {"record": record_id[:8], "given": 0}
    async with asyncio.timeout(10):
        while len(world.ends().get("beta", ())) < 2:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    assert {name: [end.outcome for end in ends] for name, ends in world.ends().items()} == {
        "alfa": ["answered"],
        "beta": ["late", "answered"],
        "gamma": ["late"],
    }
    assert len(store.reservation(record_id).late) == len(told(inbox)) == 1
    await late.close()


async def test_all_of_a_body_is_told_that_nothing_more_was_found_beside_a_promise(
    inbox: Inbox, store: SqlStore
) -> None:
    promised = replace(record(person(1)), status=AidStatus.RESERVED, reserved_until=CLOCK.now() + 3_600)
    record_id = store.reserve(promised, Purpose.AID_OVERLAP, 6, "anna")
    world, late = World(SHORT), LateFindings(store, inbox)
    world.script.replies["beta"] = AWAY
    world.send()
    shown = sight_of(await world.end())
    late.follow(world.check, store.confirm(record_id, TODAY, None, shown, "urgente", "anna"), shown)
    world.script.replies["beta"] = says()
    await world.check.ask_again({"beta"})
    [one] = await until_told(inbox, 1)
    assert one.notice.kind is NoticeKind.PROMISE_COMPLETE
    assert one.notice.params == {"record": record_id[:8], "given": 1}
    await late.close()


async def test_a_check_is_watched_for_a_time_only(inbox: Inbox) -> None:
    world, late = World(), LateAnswers(inbox, reask_s=0.05, settle_s=0.0)
    world.script.replies["beta"] = AWAY
    world.send()
    await world.settled("alfa", "beta", "gamma")
    late.follow(world.check, "anna", 1.0)
    await asyncio.sleep(0.2)
    world.script.replies["beta"] = says()
    await world.check.ask_again({"beta"})
    await asyncio.sleep(0.1)
    assert not told(inbox)
    await late.close()
