"""A laptop whose lid is closed: its node stands still, and goes on where it stood, perhaps with another time of day."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sqlite3
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from demo.network import NETWORK
from maglia.core.entry import EntryKind
from maglia.core.vocabulary import Silence
from maglia.v1.operator_pb2 import CheckRequest, CheckResponse, LoginOperatorRequest
from maglia.v1.operator_pb2_grpc import OperatorServiceStub
from maglia.wire.channel import open_channel
from maglia.wire.entries import decode_entry
from tests.e2e.live import LiveNetwork
from tests.support.shifted_clock import ShiftedClock, why_not

if TYPE_CHECKING:
    from maglia.v1.operator_pb2_grpc import OperatorServiceAsyncStub

pytestmark = pytest.mark.xdist_group("small")

LATE_S = 5.0
GIVEN_UP_S = 120.0
PATIENCE_S = 90.0
HOUR, DAY = 3_600, 86_400


class Laptop:
    """One body's machine, which others ask; its lid may be closed."""

    def __init__(self, live: LiveNetwork, member: str) -> None:
        self._live, self.member = live, member

    def close(self) -> None:
        """Close the lid."""
        os.kill(self._live.process(self.member).pid, signal.SIGSTOP)

    def open(self) -> None:
        """Open it; one that is open stays so."""
        os.kill(self._live.process(self.member).pid, signal.SIGCONT)


@pytest.fixture
def laptop(small: LiveNetwork) -> Iterator[Laptop]:
    """Yield the machine of a body that gave food, and leave it awake, with its log whole."""
    laptop = Laptop(small, small.case("partial")["stop"])
    yield laptop
    laptop.open()
    small.wait_complete("overlap")
    for member in small.members():
        assert small.verify_log(member).document["ok"] is True


@asynccontextmanager
async def watched(live: LiveNetwork, case_id: str) -> AsyncIterator[AsyncIterator[CheckResponse]]:
    """Put a case's question and follow what is known of it, until closed."""
    case = live.case(case_id)
    node = live.node(case["asker"])
    operator = node["operators"][0]
    async with open_channel(node["front"], node["member"], NETWORK, live.certificate(node["member"])) as channel:
        stub: OperatorServiceAsyncStub = OperatorServiceStub(channel)
        reply = await stub.LoginOperator(LoginOperatorRequest(user=operator["user"], password=operator["password"]))
        asked = {"identifier": case["identifier"], "facet": case["facet"], "purpose": case["purpose"]}
        call = stub.Check(CheckRequest(**asked, follow=True), metadata=(("authorization", f"Bearer {reply.token}"),))
        try:
            yield aiter(call)
        finally:
            call.cancel()


async def until(states: AsyncIterator[CheckResponse], true: Callable[[CheckResponse], bool]) -> CheckResponse:
    """Return the first state of which something is true."""
    async with asyncio.timeout(GIVEN_UP_S + PATIENCE_S):
        async for state in states:
            if true(state):
                return state
    raise AssertionError("the check ended")


def silent(state: CheckResponse) -> list[tuple[str, str]]:
    return [(body.member, body.reason) for body in state.silent]


def ends(live: LiveNetwork, asker: str, check_id: str) -> dict[str, list[list[str]]]:
    """Return for each body asked by a check the end states of each of its questions, as the asker's log has them."""
    questions: dict[bytes, list[str]] = {}
    found: dict[str, list[list[str]]] = defaultdict(list)
    with contextlib.closing(sqlite3.connect(Path(live.node(asker)["data_dir"]) / "node.db")) as opened:
        for (leaf,) in opened.execute("SELECT leaf FROM log_entry ORDER BY idx"):
            entry = decode_entry(leaf)
            if entry.kind is EntryKind.ASKED and entry.check_id == check_id:
                found[entry.peer].append(questions.setdefault(entry.question_id, []))
            elif entry.question_id in questions and entry.kind is EntryKind.END_STATE:
                questions[entry.question_id].append(f"{entry.outcome} {entry.code}".strip())
    return found


async def test_what_a_laptop_says_when_it_wakes_up_completes_the_check(small: LiveNetwork, laptop: Laptop) -> None:
    asker = small.case("overlap")["asker"]
    awake = small.check(small.case("overlap")).document
    laptop.close()
    async with watched(small, "overlap") as states:
        asleep = await until(states, lambda state: not state.waiting)
        assert (asleep.complete, silent(asleep)) == (False, [(laptop.member, Silence.DEADLINE)])
        assert len(asleep.findings) < len(awake["findings"])
        await asyncio.sleep(max(0.0, LATE_S + 0.5 - asleep.elapsed_ms / 1000))
        laptop.open()
        woken = await until(states, lambda state: state.complete)
    assert (woken.late, woken.verdict, len(woken.findings)) == (1, awake["verdict"], len(awake["findings"]))
    assert ends(small, asker, woken.check_id)[laptop.member] == [["late"]]


@pytest.mark.long
async def test_a_laptop_that_slept_longer_than_anybody_waits_is_asked_again(small: LiveNetwork, laptop: Laptop) -> None:
    asker = small.case("overlap")["asker"]
    laptop.close()
    async with watched(small, "overlap") as states:
        await asyncio.sleep(GIVEN_UP_S + 30)
        laptop.open()
        woken = await until(states, lambda state: state.complete)
    first, *again = ends(small, asker, woken.check_id)[laptop.member]
    assert first in ([f"silent {Silence.DEADLINE}"], [f"silent {Silence.UNREACHABLE}"])
    assert again[-1] == ["answered"]
    assert all(len(each) == 1 for each in again)


@pytest.mark.long
async def test_a_console_that_slept_with_its_node_reads_what_came_meanwhile(small: LiveNetwork, laptop: Laptop) -> None:
    """Both sides sleep: first who answers, then who asked, who wakes up first."""
    asker = Laptop(small, small.case("overlap")["asker"])
    laptop.close()
    try:
        async with watched(small, "overlap") as states:
            await until(states, lambda state: not state.waiting)
            asker.close()
            await asyncio.sleep(20)
            asker.open()
            await asyncio.sleep(10)
            laptop.open()
            woken = await until(states, lambda state: state.complete)
    finally:
        asker.open()
    assert all(each == [each[0]] for each in ends(small, asker.member, woken.check_id)[laptop.member])


@pytest.fixture
def clocked(small: LiveNetwork, laptop: Laptop, tmp_path: Path) -> Iterator[Callable[..., ShiftedClock]]:
    """Yield what gives a body a clock of its own, and take it away afterwards."""
    if reason := why_not():
        pytest.skip(reason)
    given: list[str] = []

    def give(*names: str) -> ShiftedClock:
        clock = ShiftedClock(tmp_path)
        given.extend(names)
        for name in names:
            small.stop(name)
        for name in names:
            small.with_environment(clock.environment).start(name)
        return clock

    yield give
    laptop.open()
    for name in given:
        small.stop(name)
    for name in given:
        small.start(name)


@pytest.mark.long
@pytest.mark.parametrize("hours", [1, 7, 14])
async def test_a_laptop_that_wakes_in_the_morning_answers_within_a_minute(
    small: LiveNetwork, laptop: Laptop, clocked: Callable[..., ShiftedClock], hours: int
) -> None:
    """The same hours pass for everybody: more than the 4 after which an unwitnessed log answers nobody, and than the 8
    for which the officers' news may be used."""
    clock = clocked("registry", *small.members())
    small.wait_complete("overlap")
    laptop.close()
    async with watched(small, "overlap") as states:
        await until(states, lambda state: not state.waiting)
        clock.sleep(hours * HOUR)  # the office's machine too: it signs again as soon as it is awake
        laptop.open()
        woken = await until(states, lambda state: state.complete)
    assert ends(small, small.case("overlap")["asker"], woken.check_id)[laptop.member][-1] in (["late"], ["answered"])
    small.wait_complete("overlap")


@pytest.mark.long
@pytest.mark.parametrize("days", [-400, 3], ids=["to last year", "days ahead"])
async def test_a_clock_that_is_wrong_costs_answers_and_never_a_verdict(
    small: LiveNetwork, laptop: Laptop, clocked: Callable[..., ShiftedClock], days: int
) -> None:
    clock = clocked(laptop.member)
    small.wait_complete("overlap")
    expected = small.check(small.case("overlap")).document
    clock.set(days * DAY)
    until_then = time.monotonic() + 20
    seen = []
    while time.monotonic() < until_then:
        seen.append(small.check(small.case("overlap")).document)
    clock.set(0)
    assert {_right(each, expected, laptop.member) for each in seen} == {True}, seen
    small.wait_complete("overlap")
    assert small.check(small.case("overlap")).document["verdict"] == expected["verdict"]


@pytest.mark.long
async def test_a_check_goes_on_where_the_asking_laptop_wakes_hours_later(
    small: LiveNetwork, laptop: Laptop, clocked: Callable[..., ShiftedClock]
) -> None:
    asker = small.case("overlap")["asker"]
    clock = clocked(asker)
    small.wait_complete("overlap")
    laptop.close()
    async with watched(small, "overlap") as states:
        await until(states, lambda state: not state.waiting)
        Laptop(small, asker).close()
        await asyncio.sleep(3)
        clock.sleep(7 * HOUR)
        Laptop(small, asker).open()
        laptop.open()
        woken = await until(states, lambda state: state.complete)
    assert ends(small, asker, woken.check_id)[laptop.member][-1] in (["late"], ["answered"])


def _right(found: dict[str, Sequence[dict[str, str]]], expected: dict[str, object], away: str) -> bool:
    """Return whether an answer is the whole one, or says whom it lacks."""
    if found["complete"]:
        return (found["verdict"], found["findings"]) == (expected["verdict"], expected["findings"])
    return away in {body["member"] for body in found["silent"]} | {body["member"] for body in found["refused"]}
