"""Bodies whose machines come and go, as a body that asks them all sees it over days.

Checks, what is heard, what is asked again, entries and verdicts are the node's own; in memory are the way to the
others, their answers and the log. Time is virtual, and everything random comes from one seed.
"""

from __future__ import annotations

import asyncio
import itertools
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import exp, inf
from random import Random

import pytest

from maglia.core.directory import Member
from maglia.core.exchange import Answer, Finding, Receipt, sha256
from maglia.core.vocabulary import AidStatus, AmountBand, Coverage, Facet, Kind, Role, Silence
from maglia.wire.exchange import encode_answer, encode_question
from node.checks.check import Check
from node.checks.recent import RecentChecks
from node.domain.model import Operator
from node.endings import OpenQuestions
from node.entries import Entries
from node.hearing import Planned, Timing
from node.ports import SignedAnswer, SilentError
from tests.clerk import StoppedClock
from tests.peer_world import ENTRY, Body, MemoryLog, OneKey, question
from tests.support.absence_judge import Judge, Knowledge
from tests.support.virtual_time import VirtualTime

HOUR_S, DAY_S = 3_600.0, 86_400.0
MOMENTS_S = 3.0, 5.0, HOUR_S, DAY_S
"""When a check is looked at, in seconds after it was asked."""
HOSTED_UPTIME = 0.999
_OPEN_S = 4.0
"""How long an answer is waited for where nobody is: as `node.network.peers` does."""
_MEDIAN_S, _SPREAD = 0.2, 0.9
"""Of the seconds that an answer takes over a slow line: their logarithm is normal, and one of 700 takes over 3 s."""


@dataclass(frozen=True)
class Uptime:
    """How much of the time a machine is there (0 to 1), and how many seconds it is mostly away."""

    share: float
    away_s: float


class Presence:
    """When one machine is there: spells of random length, each as long as chance has it, whatever came before."""

    def __init__(self, uptime: Uptime, horizon_s: float, random: Random) -> None:
        there_s = uptime.away_s * uptime.share / (1 - uptime.share)
        self._begins_there = random.random() < uptime.share
        self._turns: list[float] = []
        now, there = 0.0, self._begins_there
        while now < horizon_s:
            now += random.expovariate(1 / (there_s if there else uptime.away_s))
            self._turns.append(now)
            there = not there

    def is_there(self, now: float) -> bool:
        """Return whether the machine is there."""
        return self._begins_there ^ (bisect_right(self._turns, now) % 2 == 1)

    def back_in(self, now: float) -> float:
        """Return the seconds until it is there."""
        if self.is_there(now):
            return 0.0
        turn = bisect_right(self._turns, now)
        return self._turns[turn] - now if turn < len(self._turns) else inf


@dataclass(frozen=True)
class Plan:
    """One simulation. `hosted` counts the weakest bodies, whose nodes run on somebody else's machine."""

    seed: int
    bodies: int = 60
    hosted: int = 0
    checks: int = 100
    days: float = 2.0
    away_s: float = HOUR_S
    asker_share: float = 1.0
    probe_s: float = 15.0
    moments_s: tuple[float, ...] = MOMENTS_S


@dataclass
class Seen:
    """What was seen at one moment of all checks."""

    complete: int = 0
    answered: int = 0
    overlaps_shown: int = 0


@dataclass
class Outcome:
    """What became of a simulation's checks: what was seen at each moment, and every wrong verdict, in words."""

    checks: int
    bodies: int
    all_there: float
    """How probable it is that all bodies are there at once: the product of their uptimes."""
    overlaps: int = 0
    seen: dict[float, Seen] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    states: int = 0
    asked: set[bytes] = field(default_factory=set)
    """Ids of all questions."""
    log: MemoryLog = field(default_factory=MemoryLog)


def uptimes(plan: Plan, random: Random) -> list[Uptime]:
    """Return how each body's machine is there: 90 to 99 %, but for the weakest, who are hosted."""
    own = sorted(random.uniform(0.90, 0.99) for _ in range(plan.bodies))
    hosted = [HOSTED_UPTIME] * plan.hosted
    return [Uptime(share, plan.away_s) for share in [*hosted, *own[plan.hosted :]]]


def simulate(plan: Plan) -> Outcome:
    """Play one simulation from its seed."""
    time = VirtualTime()
    with pytest.MonkeyPatch.context() as patch:
        for module in ("node.checks.check", "node.hearing", "node.checks.recent"):
            patch.setattr(f"{module}.time", time)
        patch.setattr("node.checks.recent._SAVE_S", DAY_S)  # nothing is filed here, and each second would cost its own
        return time.run(_Days(plan, time).play())


class _Days:
    """Some days of one body that asks."""

    def __init__(self, plan: Plan, time: VirtualTime) -> None:
        self._plan, self._time = plan, time
        self._random = Random(plan.seed)  # of persons and bodies alone: the same in each plan of a seed
        self._horizon = plan.days * DAY_S + max(plan.moments_s)
        there = uptimes(plan, self._random)
        self._bodies = [Body(f"ente-{number}") for number in range(plan.bodies)]
        # The same seed gives each machine the same absences in each plan, whoever is hosted.
        self._there = {
            body.id: Presence(uptime, self._horizon, Random(f"{plan.seed}/{body.id}"))
            for body, uptime in zip(self._bodies, there, strict=True)
        }
        product = 1.0
        for uptime in there:
            product *= uptime.share
        self._outcome = Outcome(plan.checks, plan.bodies, product)
        self._outcome.seen = {moment: Seen() for moment in plan.moments_s}
        asker = Uptime(plan.asker_share, plan.away_s)
        self._me = Presence(asker, self._horizon, Random(f"{plan.seed}/me")) if plan.asker_share < 1 else None
        self._wire = _Wire(time, Random(f"{plan.seed}/line"), self._there, self._me)

    async def play(self) -> Outcome:
        recent = RecentChecks(self._wire, probe_s=self._plan.probe_s)
        asking_again = asyncio.create_task(recent.run())
        begins = sorted(self._random.uniform(0, self._plan.days * DAY_S) for _ in range(self._plan.checks))
        await asyncio.gather(*(self._check(recent, number, at) for number, at in enumerate(begins)))
        asking_again.cancel()
        await asyncio.gather(asking_again, return_exceptions=True)
        self._outcome.asked = self._wire.asked
        return self._outcome

    async def _check(self, recent: RecentChecks, number: int, at: float) -> None:
        """Ask about a person of their own, and look at the moments what is known."""
        await asyncio.sleep(at)
        if self._me is not None:
            await asyncio.sleep(min(self._me.back_in(at), self._horizon))  # nobody asks at a machine that is off
        begun = self._time.monotonic()
        known = self._known(Random(f"{self._plan.seed}/{number}"), begun)
        entries = Entries(self._outcome.log, OneKey(), StoppedClock())
        check = Check(f"V-{number}", "revision", self._wire, entries, Timing(), OpenQuestions())

        async def plan(members: Sequence[Member]) -> list[Planned]:
            return [self._wire.plan(member, check.check_id, known) for member in members]

        check.ask_anew = plan
        judge = Judge(known, begun)
        judging = asyncio.create_task(self._judge(check, judge))
        check.send(await plan([body.member for body in self._bodies]))
        recent.keep(Operator("anna", "Anna", Role.OFFICER), check)
        for moment, seen in self._outcome.seen.items():
            await asyncio.sleep(begun + moment - self._time.monotonic())
            state = check.state()
            seen.complete += state.complete
            seen.answered += state.answered
            seen.overlaps_shown += bool(known.at(begun)) and bool(state.shown)
        self._outcome.overlaps += bool(known.at(begun))
        judging.cancel()
        await asyncio.gather(judging, return_exceptions=True)
        self._outcome.states += judge.judged
        self._outcome.wrong += judge.wrong

    async def _judge(self, check: Check, judge: Judge) -> None:
        async for state in check.states(follow=True):
            judge.see(state, self._time.monotonic())

    def _known(self, random: Random, now: float) -> Knowledge:
        """Draw who knows of the person: from before, or from help that is put on file after the question was sent."""
        knowing = random.sample(self._bodies, random.choice([0, 0, 0, 1, 1, 2, 3]))
        since = {body.id: now + random.choice([-1.0, -1.0, random.uniform(0, DAY_S)]) for body in knowing}
        detailed = frozenset(body.id for body in knowing if random.random() < 0.5)
        return Knowledge(since, detailed)


class _Wire:
    """Fulfils `node.ports.Peers`: the way to bodies that may be away, of which the asker can't always tell at once."""

    def __init__(self, time: VirtualTime, random: Random, there: dict[str, Presence], me: Presence | None) -> None:
        self._time, self._random, self._there, self._me = time, random, there, me
        self._numbers: Iterator[int] = itertools.count(1)
        self._sent: dict[bytes, tuple[Planned, Knowledge]] = {}
        self.asked: set[bytes] = set()

    def plan(self, member: Member, check_id: str, known: Knowledge) -> Planned:
        """Return a question of its own to a body."""
        asked = question(addressee=Body(member.id), question_id=next(self._numbers).to_bytes(16, "big"))
        planned = Planned(member, asked, encode_question(asked), ENTRY, check_id)
        self._sent[asked.question_id] = planned, known
        self.asked.add(asked.question_id)
        return planned

    async def ask(self, member: str, question_id: bytes, body: bytes, asker_entry: bytes) -> SignedAnswer:
        planned, known = self._sent.pop(question_id)
        assert (planned.body, planned.entry, planned.member.id) == (body, asker_entry, member)
        if not self._is_there(member) and self._random.random() < 0.5:
            await asyncio.sleep(_OPEN_S)
            raise SilentError(Silence.UNREACHABLE)
        taken = _MEDIAN_S * exp(_SPREAD * self._random.gauss(0, 1))
        await self._travel(member, taken / 2)  # what was sent to a machine that sleeps waits on the line, for a while
        answered = _answer(planned, known, self._time.monotonic())
        await self._travel(member, taken / 2)
        return answered

    async def is_reachable(self, member: str) -> bool:
        await self._wake_up()
        if not self._is_there(member):
            await asyncio.sleep(_OPEN_S)
        return self._is_there(member)

    async def _travel(self, member: str, seconds: float) -> None:
        await asyncio.sleep(min(self._there[member].back_in(self._time.monotonic()), DAY_S))
        await asyncio.sleep(seconds)
        await self._wake_up()

    async def _wake_up(self) -> None:
        if self._me is not None:
            await asyncio.sleep(min(self._me.back_in(self._time.monotonic()), DAY_S))

    def _is_there(self, member: str) -> bool:
        return self._there[member].is_there(self._time.monotonic())


def _answer(planned: Planned, known: Knowledge, now: float) -> SignedAnswer:
    name, asked = planned.member.id, planned.question
    status, band = AidStatus.GIVEN, AmountBand.FROM_500
    finding = Finding(Facet.RENT_ARREARS, "2025-05", band, Kind.PARISH, status, same_need=name in known.same_need)
    slots = ((finding,) if name in known.at(now) else (),)
    body = encode_answer(Answer(asked.question_id, name, Coverage.FULL, slots, "revision", 3))
    sent = sha256(planned.body)
    receipt = Receipt(sent, sha256(body), planned.entry, bytes(32), asked.asker, asked.question_id)
    return SignedAnswer(sent, receipt, body, b"evidence")
