"""What operators are told of a check after they read it: what changed, once, and nothing that changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from maglia.core.notices import NoticeKind
from maglia.core.vocabulary import Kind, Role, Silence
from node.domain.late import news, seen
from node.domain.model import Operator
from node.domain.reservations import Other, Sight
from node.inbox import Inbox, Kept
from node.late_answers import LateAnswers
from node.ports import SilentError
from tests.clerk import open_store
from tests.unit.test_check import FINDING, World, fails, says

ANNA = Operator("anna", "Anna", Role.VOLUNTEER)
OTHER = Other("alfa", Kind.PARISH.value, "", "food_parcel", "2025-05", "given", same_need=False)
PARTIAL = Sight("V-1", asked=3, answered=2)
AWAY = fails(SilentError(Silence.UNREACHABLE))


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(open_store(tmp_path / "node.db"))


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
        "left_out": 0,
    }


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
    world.script.replies["gamma"] = says()
    await world.check.ask_again({"gamma"})
    end, _ = await until_told(inbox, 2)
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
