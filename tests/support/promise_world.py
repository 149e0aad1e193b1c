"""Bodies that promise and give help to the same person at the same time, over a network that delays, loses and parts.

Stores, policy, answering, asking, reserving and late findings are the node's own; in memory are the log, the registry's
part (pseudonyms are a keyed hash), and the way between bodies. Everything random comes from one seed.
"""

from __future__ import annotations

import asyncio
import hmac
import itertools
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import sha256
from maglia.core.identifiers import Identifier
from maglia.core.notices import NoticeKind
from maglia.core.pseudonym import KeySet
from maglia.core.vocabulary import AidStatus, Facet, Purpose, Role, Silence
from maglia.sql.engine import open_sqlite
from maglia.wire.convert import QUESTION
from maglia.wire.envelope import seal
from maglia.wire.evidence import encode_bound, keep
from maglia.wire.exchange import decode_question
from node.answer import Answering, Received, Stream
from node.ask import Asking
from node.checks.asked_late import AskedLate
from node.checks.check import Check
from node.checks.late_findings import LateFindings
from node.checks.recent import RecentChecks
from node.domain.inbox import short_name
from node.domain.model import Operator
from node.domain.reservations import Reservation, State
from node.domain.retention import LONGEST
from node.endings import OpenQuestions
from node.entries import Entries
from node.hearing import Timing
from node.inbox import Inbox
from node.inquiry import Inquiry
from node.policy.cached import CachedPolicy
from node.ports import Policy, SignedAnswer, SilentError
from node.pseudonyms import Found
from node.recording import Recording
from node.reserving import Progress, Promised, Reserving, Wants, read_promise
from node.store import tables
from node.store.migrations import migrate
from node.store.sql import SqlStore
from tests.clerk import CONSENT, FIELD_KEY, TODAY, person, record
from tests.peer_world import NETWORK, Body, MemoryLog, MemoryTrust, OneKey, bind, policy
from tests.support.virtual_time import VirtualTime

BODIES = tuple(Body(f"ente-{number}") for number in range(4))
EPOCH = 1
_START = 1_748_736_000.0


@dataclass
class Pace:
    """How the network is in one round."""

    start_s: float
    delay_s: float
    outage_s: float
    parted: float
    crash: float
    skew_s: float


@dataclass(frozen=True)
class Sim:
    """What all bodies of a round share."""

    time: VirtualTime
    random: Random
    pace: Pace
    order: Iterator[int] = field(default_factory=itertools.count)

    def moment(self, longest: float) -> float:
        """Return some seconds: mostly few."""
        return self.random.random() ** 2 * longest

    async def wait(self, longest: float) -> None:
        """Let some time pass."""
        await asyncio.sleep(self.moment(longest))


class SkewedClock:
    """A body's clock: the loop's time, off by its own seconds; the day stands still."""

    def __init__(self) -> None:
        self.time: VirtualTime | None = None
        self.skew = 0.0
        self.base = _START

    def now(self) -> float:
        return self.base + self.skew + (self.time.monotonic() if self.time else 0.0)

    def today(self) -> date:
        return TODAY


def pseudonym(member: str, subject: Identifier) -> bytes:
    """Return what a body would be asked a subject by."""
    return hmac.digest(member.encode(), subject.pseudonym_input(), "sha256")[:16]


class Registry:
    """The office, away for a part of each round."""

    def __init__(self) -> None:
        self.away: list[tuple[float, float]] = []
        self.time: VirtualTime | None = None

    @property
    def is_away(self) -> bool:
        now = self.time.monotonic() if self.time else 0.0
        return any(first <= now < last for first, last in self.away)


class KeptPseudonyms:
    """Fulfils what asking wants of `Pseudonyms`: whom a body asked about once, it knows while the office is away."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._kept: set[Identifier] = set()

    async def of_subject(self, subject: Identifier, key_set: KeySet, *_called: object, **_entry: object) -> Found:
        if self._registry.is_away and subject not in self._kept:
            raise MagliaError(Code.NETWORK_UNREACHABLE)
        self._kept.add(subject)
        return Found({member: pseudonym(member, subject) for member in key_set.members})


class Actor:
    """One body: what it stores outlives a crash, whatever it does at the moment does not."""

    def __init__(self, folder: Path, body: Body, trust: MemoryTrust, engine: Policy, registry: Registry) -> None:
        self.body = body
        self.clock = SkewedClock()
        database = open_sqlite(folder / f"{body.id}.db")
        migrate(database)
        self.store = SqlStore(database, FIELD_KEY, self.clock)
        self._parts = trust, engine, registry
        self._pseudonyms = KeptPseudonyms(registry)
        self._log = MemoryLog()
        self.entries = Entries(self._log, OneKey(), self.clock)
        late = AskedLate(self.store, Inbox(self.store)).note
        answered_from = body.id, self.store, self.entries, engine, trust, self.clock, lambda: LONGEST
        self.answering = Answering(*answered_from, daily_limit=10**9, told_late=late)
        self.is_down = False

    def start(self, sim: Sim, others: Sequence[Actor], kind: type[Reserving]) -> None:
        """Start what lives in the process, with nothing remembered."""
        trust, engine, _ = self._parts
        self.is_down, self.sim = False, sim
        self.clock.time = sim.time
        peers = Wire(self, {other.body.id: other for other in others}, sim)
        made_of = self.body.id, self.store, self.entries, engine, trust, peers, self._pseudonyms, self.clock, b"b" * 32
        asking = NotedAsking(*made_of, Timing(3.0, 5.0, 60.0), OpenQuestions())  # type: ignore[arg-type]  # stands in
        asking.begun, asking.order = {}, sim.order
        self.asking = asking
        self.recent = RecentChecks(peers, probe_s=1e9)
        self.late = LateFindings(self.store, Inbox(self.store), reask_s=600.0)
        self.wake = asyncio.Event()
        recording = Recording(self.store, self.entries)
        parts = self.store, recording, self.wake.set, asking, self.recent, self.late, trust, self.clock
        self.reserving = kind(*parts)
        self._enrolling = asyncio.create_task(self._enrol())

    async def stop(self) -> None:
        """Forget whatever is not stored."""
        self.is_down = True
        await self.late.close()
        self._enrolling.cancel()
        await asyncio.gather(self._enrolling, return_exceptions=True)

    async def _enrol(self) -> None:
        registry = self._parts[2]
        while True:
            self.wake.clear()
            await self.sim.wait(1.0)
            while registry.is_away:  # noqa: ASYNC110 - it comes back by itself
                await asyncio.sleep(2.0)
            found = self.store.awaiting(EPOCH, 100)
            named = [(one, hmac.digest(self.body.id.encode(), one.typed_input, "sha256")[:16]) for one in found]
            self.store.enrol(EPOCH, named)
            await self.wake.wait()


class NotedAsking(Asking):
    """Asking that notes when each check began, in the order of all that happens in a round."""

    begun: dict[str, int]
    order: Iterator[int]
    last = -1

    async def start(self, inquiry: Inquiry, operator: Operator, check_id: str = "") -> Check:
        self.last = next(self.order)
        check = await super().start(inquiry, operator, check_id)
        self.begun[check.check_id] = self.last
        return check


class Wire:
    """Fulfils `node.ports.Peers`: the way to the other bodies' own answering."""

    def __init__(self, me: Actor, others: dict[str, Actor], sim: Sim) -> None:
        self._me, self._others, self._sim = me, others, sim
        self._parted = {name for name in sorted(others) if sim.random.random() < sim.pace.parted}
        self._until = sim.time.monotonic() + sim.moment(30.0)

    async def ask(self, member: str, question_id: bytes, body: bytes, asker_entry: bytes) -> SignedAnswer:
        """Bring a question to the other body's own answering, and its answer back, unless either is lost."""
        other = self._others[member]
        await self._go(member, other)
        asked = decode_question(body)
        bound, again = bind(asked, bytes(32), entry=asker_entry)
        assert (again, asked.question_id) == (body, question_id)
        envelope = seal(QUESTION, NETWORK, encode_bound(bound), self._me.body.key)
        stream = Stream(asked.asker, bytes(32))
        received = Received(envelope.payload, body, keep(envelope))
        answered = await other.answering.answer(other.answering.read(received, stream))
        await self._go(member, other)
        return SignedAnswer(sha256(envelope.payload), answered.receipt, answered.body, b"")

    async def is_reachable(self, member: str) -> bool:
        return not self._is_lost(member, self._others[member])

    async def _go(self, member: str, other: Actor) -> None:
        await self._sim.wait(self._sim.pace.delay_s)
        if self._is_lost(member, other):
            raise SilentError(Silence.UNREACHABLE)

    def _is_lost(self, member: str, other: Actor) -> bool:
        return other.is_down or (member in self._parted and self._sim.time.monotonic() < self._until)


class PromiseWorld:
    """Bodies with stores that are kept from round to round; each round is about a person of its own."""

    def __init__(self, folder: Path) -> None:
        self._registry = Registry()
        trust = MemoryTrust(BODIES)
        self.actors = [Actor(folder, body, trust, CachedPolicy(policy()), self._registry) for body in BODIES]
        self._elapsed = 0.0

    def run(self, seed: int, patch: Any, kind: type[Reserving] = Reserving) -> Round:
        """Play one round; `patch` replaces the program's clock for its time."""
        random, time = Random(seed), VirtualTime()
        pace = Pace(
            start_s=random.choice([0.5, 0.5, 8.0]),
            delay_s=random.choice([0.1, 2.0, 12.0]),
            outage_s=random.choice([0.0, 0.0, 40.0]),
            parted=random.choice([0.0, 0.0, 0.5]),
            crash=random.choice([0.0, 0.0, 0.4]),
            skew_s=random.choice([0.0, 5.0]),
        )
        sim = Sim(time, random, pace)
        for module in ("node.checks.check", "node.hearing", "node.checks.recent"):
            patch.setattr(f"{module}.time", time)
        for module in ("node.ask", "node.checks.check", "node.questions"):
            patch.setattr(f"{module}.secrets", _Drawn(random))
        self._registry.time, self._registry.away = time, [(first := sim.moment(8.0), first + pace.outage_s)]
        for actor in self.actors:
            actor.clock.base, actor.clock.skew = _START + self._elapsed, random.choice([-1, 0, 1]) * pace.skew_s
        played = Round(self, sim, person(seed), kind)
        time.run(played.play())
        self._elapsed += time.monotonic() + 2 * pace.skew_s
        return played


@asynccontextmanager
async def at_work(world: PromiseWorld, time: VirtualTime, *consenting: Identifier) -> AsyncIterator[list[Actor]]:
    """Bodies over a quick network that loses nothing, where these persons have consented."""
    sim = Sim(time, Random(1), Pace(0.1, 0.1, 0.0, 0.0, 0.0, 0.0))
    for actor in world.actors:
        actor.start(sim, world.actors, Reserving)
        for who in consenting:
            actor.store.add_consent(who, CONSENT, "anna")
    yield world.actors
    for actor in world.actors:
        await actor.stop()


class _Drawn:
    """Stands in for `secrets` where a check draws its id, its questions' and their order."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def token_hex(self, size: int) -> str:
        return self._random.randbytes(size).hex()

    def token_bytes(self, size: int) -> bytes:
        return self._random.randbytes(size)

    def SystemRandom(self) -> Random:  # noqa: N802 - the name it stands in for
        return self._random


@dataclass
class Helper:
    """One body's part in a round."""

    actor: Actor
    operator: Operator
    record_id: str = ""
    reserved: int = -1
    confirmed_by: int = -1
    crashed: bool = False


class Round:
    """Several bodies help one person; afterwards `helpers` says who did, and in which order."""

    def __init__(self, world: PromiseWorld, sim: Sim, who: Identifier, kind: type[Reserving]) -> None:
        self._world, self._sim, self._who, self._kind = world, sim, who, kind
        self.helpers: list[Helper] = []

    async def play(self) -> None:
        actors, random = self._world.actors, self._sim.random
        for actor in actors:
            actor.start(self._sim, actors, self._kind)
            actor.store.add_consent(self._who, CONSENT, "anna")
        acting = random.sample(actors, random.randint(2, len(actors)))
        self.helpers = [Helper(actor, Operator("anna", "Anna", Role.OFFICER)) for actor in acting]
        await asyncio.gather(*(self._live(helper) for helper in self.helpers))
        await self._settle()
        for actor in actors:
            await actor.stop()

    async def _live(self, helper: Helper) -> None:
        """Help, and go on after a crash from what is stored."""
        await self._sim.wait(self._sim.pace.start_s)
        work = asyncio.create_task(self._help(helper))
        if self._sim.random.random() < self._sim.pace.crash:
            await asyncio.wait({work}, timeout=self._sim.moment(25.0))
            if not work.done():
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)
                helper.crashed = True
                await helper.actor.stop()
                await self._sim.wait(20.0)
                helper.actor.start(self._sim, self._world.actors, self._kind)
                work = asyncio.create_task(self._help(helper))
        await work

    async def _help(self, helper: Helper) -> None:
        held = self._open(helper)
        if held is None and not helper.record_id:
            async for progress in helper.actor.reserving.reserve(helper.operator, self._promised(helper)):
                if not helper.record_id:
                    helper.record_id, helper.reserved = progress.reservation.record_id, next(self._sim.order)
        reason = ""
        while self._open(helper) is not None:
            await self._sim.wait(6.0)
            if self._sim.random.random() < 0.05:
                helper.actor.reserving.release(helper.operator, helper.record_id)
                return
            last = await self._confirm(helper, reason)
            reason = "accordo telefonico"
            if last.wants is Wants.NOTHING:
                return

    async def _confirm(self, helper: Helper, reason: str) -> Progress:
        confirming = helper.actor.reserving.confirm(helper.operator, helper.record_id, reason=reason)
        return [progress async for progress in confirming][-1]

    def _promised(self, helper: Helper) -> Promised:
        facet = self._sim.random.choice([Facet.RENT_ARREARS, Facet.RENT_ARREARS, Facet.RENT_CURRENT])
        about = record(self._who, facet, TODAY, status=AidStatus.RESERVED, creditor="Immobiliare Àrgine")
        about = replace(about, period_from=date(2025, 1, 1), period_to=date(2025, 3, 31))
        return read_promise(about, Purpose.AID_OVERLAP, 6, 0, helper.actor.clock.now())

    def _open(self, helper: Helper) -> Reservation | None:
        """Return the person's open reservation as the body's list has it."""
        now = helper.actor.clock.now()
        for held in helper.actor.store.reservations():
            if held.identifier == self._who and held.state(now) in {State.TO_CHECK, State.TO_CONFIRM}:
                helper.record_id = held.record_id
                return held
        return None

    async def _settle(self) -> None:
        """Let all answers arrive, and whoever was silent be asked again."""
        await asyncio.sleep(100.0)
        for actor in self._world.actors:
            await actor.recent.ask_returned()
        await asyncio.sleep(100.0)

    def reservation(self, helper: Helper) -> Reservation:
        return helper.actor.store.reservation(helper.record_id)

    def notices(self, helper: Helper) -> set[NoticeKind]:
        """Return what a body's notices say of its promise."""
        kept = helper.actor.store.notices("anna", everything=True)
        return {one.notice.kind for one in kept if one.notice.params.get("record") == short_name(helper.record_id)}

    def given(self) -> list[Helper]:
        """Return who confirmed."""
        held = [helper for helper in self.helpers if helper.record_id]
        return [helper for helper in held if self.reservation(helper).status is AidStatus.GIVEN]

    def reasons(self, helper: Helper) -> list[tuple[str, bool]]:
        """Return the step of each sight of a reservation, and whether a reason is stored with it."""
        rows = helper.actor.store._db.rows(
            select(tables.reservation_sight.c.step, tables.reservation_sight.c.reason)
            .where(tables.reservation_sight.c.record_id == helper.record_id)
            .order_by(tables.reservation_sight.c.id),
            {},
        )
        return [(row.step, row.reason is not None) for row in rows]
