"""A check while its answers arrive: times, end states, what is verified, what is never taken back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pytest
import pytest_asyncio

from maglia.core.directory import Member
from maglia.core.entry import Entry, EntryKind, open_shown
from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import Answer, Finding, Receipt, sha256
from maglia.core.vocabulary import AidStatus, AmountBand, Coverage, EndState, Facet, Kind, Silence, Verdict
from maglia.wire.exchange import encode_answer, encode_question
from node.checks.check import Check
from node.domain.verdict import CheckState
from node.endings import OpenQuestions
from node.entries import Entries
from node.hearing import Planned, Timing, verify_answer
from node.ports import RefusedError, SignedAnswer, SilentError
from node.rpc.checks import state_message
from tests.clerk import StoppedClock
from tests.peer_world import ENTRY, MONTH_KEY, Body, MemoryLog, MemoryTrust, OneKey, question, refused

BODIES = tuple(Body(name) for name in ("alfa", "beta", "gamma"))
SENT = b"the question as sent"
FINDING = Finding(Facet.RENT_ARREARS, "2025-05", AmountBand.FROM_500, Kind.PARISH, AidStatus.GIVEN)
DETAILED = replace(FINDING, same_need=True, day=date(2025, 5, 1), body="alfa", contact="alfa@example.org")
SHORT = Timing(provisional_s=0.3, deadline_s=0.6, give_up_s=30.0)
LONG = Timing(provisional_s=30.0, deadline_s=60.0, give_up_s=60.0)

Reply = Callable[[Planned], SignedAnswer]


def planned(member: Member, number: int = 1, *, unreachable: Silence | None = None) -> Planned:
    asked = question(addressee=Body(member.id), question_id=number.to_bytes(16, "big"))
    return Planned(member, asked, encode_question(asked), ENTRY, "V-1", unreachable)


def answer_to(plan: Planned, *findings: Finding, **changes: object) -> Answer:
    slots = (tuple(findings),)
    made = Answer(plan.question.question_id, plan.member.id, Coverage.FULL, slots, "revision", 3)
    return replace(made, **changes)  # type: ignore[arg-type]  # fields, by name


def signed(plan: Planned, answer: Answer, **changes: object) -> SignedAnswer:
    body = encode_answer(answer)
    asker, asked = plan.question.asker, plan.question.question_id
    made = Receipt(sha256(SENT), sha256(body), plan.entry, bytes(32), asker, asked)
    receipt = replace(made, **changes)  # type: ignore[arg-type]  # fields, by name
    return SignedAnswer(sha256(SENT), receipt, body, b"the envelope of " + plan.member.id.encode())


def says(*findings: Finding, **changes: object) -> Reply:
    return lambda plan: signed(plan, answer_to(plan, *findings, **changes))


def fails(error: Exception) -> Reply:
    def reply(plan: Planned) -> SignedAnswer:
        assert plan
        raise error

    return reply


NOTHING = says()


@dataclass
class Script:
    """Fulfils `node.ports.Peers`: what each body says, once it may."""

    replies: dict[str, Reply]
    plans: dict[bytes, Planned] = field(default_factory=dict)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    asked_at: dict[str, float] = field(default_factory=dict)

    async def ask(self, member: str, question_id: bytes, body: bytes, asker_entry: bytes) -> SignedAnswer:
        plan = self.plans[question_id]
        assert (plan.body, plan.entry, plan.member.id) == (body, asker_entry, member)
        self.asked_at[member] = time.monotonic()
        if gate := self.gates.get(member):
            await gate.wait()
        return self.replies[member](plan)

    async def is_reachable(self, member: str) -> bool:
        return member in self.replies

    def hold(self, member: str) -> asyncio.Event:
        self.gates[member] = asyncio.Event()
        return self.gates[member]


class World:
    """One check of three bodies."""

    def __init__(self, timing: Timing = LONG) -> None:
        self.log = MemoryLog()
        self.trust = MemoryTrust(BODIES)
        self.script = Script({body.id: NOTHING for body in BODIES})
        self._numbers = iter(range(1, 100))
        entries = Entries(self.log, OneKey(), StoppedClock())
        self.check = Check("V-1", "revision", self.script, entries, timing, OpenQuestions())
        self.check.ask_anew = self._ask_anew

    async def _ask_anew(self, members: Sequence[Member]) -> list[Planned]:
        return [self._plan(member) for member in members]

    def _plan(self, member: Member, unreachable: Silence | None = None) -> Planned:
        plan = planned(member, next(self._numbers), unreachable=unreachable)
        self.script.plans[plan.question.question_id] = plan
        return plan

    def send(self, unreachable: Mapping[str, Silence] | None = None) -> None:
        reasons = unreachable or {}
        self.check.send([self._plan(body.member, reasons.get(body.id)) for body in BODIES])

    async def end(self) -> CheckState:
        """Return the last state of a check that is not followed."""
        return [state async for state in self.check.states(follow=False)][-1]

    async def settled(self, *members: str) -> CheckState:
        """Wait until these bodies have an end."""
        return await self.until(lambda state: all(state.outcomes[member].end for member in members))

    async def until(self, true: Callable[[CheckState], bool]) -> CheckState:
        """Wait until something is true."""
        async with asyncio.timeout(5):
            async for state in self.check.states(follow=True):
                if true(state):
                    return state
        raise AssertionError

    def ends(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in self.log.entries(EntryKind.END_STATE):
            found.setdefault(entry.peer, []).append(entry)
        return found


@pytest_asyncio.fixture
async def world() -> AsyncIterator[World]:
    world = World()
    yield world
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        if task.get_name() == "question":
            task.cancel()


async def test_nothing_known_is_complete_only_when_all_answered(world: World) -> None:
    world.send()
    state = await world.end()
    assert (state.verdict, state.complete, state.asked, state.answered, state.nothing) == (
        Verdict.NONE_KNOWN,
        True,
        3,
        3,
        3,
    )
    assert (state.waiting, state.provisional, state.silent) == (False, True, [])
    for body in BODIES:
        [end] = world.ends()[body.id]
        assert (end.outcome, end.code, end.check_id, end.policy_revision) == ("answered", "", "V-1", "revision")
        assert (end.peer_entry, len(end.answer_hash)) == (bytes(32), 32)
        assert end.evidence == b"the envelope of " + body.id.encode()


def test_nobody_asked_is_not_complete() -> None:
    assert not World().check.state().complete


async def test_a_finding_shows_at_once_and_the_strongest_verdict_stands(world: World) -> None:
    gate = world.script.hold("beta")
    world.script.replies |= {"alfa": says(DETAILED), "gamma": says(FINDING)}
    world.send()
    state = await world.settled("alfa", "gamma")
    assert (state.verdict, state.complete, state.waiting) == (Verdict.SAME_NEED, False, True)
    gate.set()
    state = await world.end()
    assert (state.complete, state.nothing, len(state.shown)) == (True, 1, 2)


async def test_whether_an_answer_held_anything_is_sealed_in_its_end_state_and_tells_by_no_size(world: World) -> None:
    world.script.replies |= {"alfa": says(FINDING), "beta": says(), "gamma": says()}
    world.send({"gamma": Silence.CARD_EXPIRED})
    await world.settled("alfa", "beta", "gamma")
    ends = {name: entry for name, [entry] in world.ends().items()}
    marks = {name: open_shown(MONTH_KEY, entry.shown) for name, entry in ends.items()}
    assert marks == {"alfa": [1], "beta": [0], "gamma": [0]}
    assert len({(len(entry.shown), entry.key_month) for entry in ends.values()}) == 1


async def test_who_has_not_answered_is_named_silent_from_the_provisional_time_on() -> None:
    world = World(SHORT)
    world.script.hold("beta")
    world.send()
    states = [state async for state in world.check.states(follow=False)]
    assert (states[0].provisional, states[0].silent, states[0].waiting) == (False, [], True)
    provisional = next(state for state in states if state.provisional)
    assert [(each.member.id, each.silence) for each in provisional.silent] == [("beta", Silence.DEADLINE)]
    assert provisional.waiting
    assert (states[-1].waiting, states[-1].complete, states[-1].verdict) == (False, False, Verdict.NONE_KNOWN)
    assert "beta" not in world.ends()


async def test_a_late_answer_is_verified_logged_as_late_and_changes_the_verdict() -> None:
    world = World(SHORT)
    gate = world.script.hold("beta")
    world.script.replies["beta"] = says(replace(DETAILED, body="beta"))
    world.send()
    assert (await world.end()).verdict is Verdict.NONE_KNOWN
    await asyncio.sleep(world.script.asked_at["beta"] + SHORT.deadline_s + 0.05 - time.monotonic())
    gate.set()
    state = await world.settled("beta")
    assert (state.verdict, state.complete, state.late) == (Verdict.SAME_NEED, True, 1)
    assert [shown.late for shown in state.shown] == [True]
    assert [end.outcome for end in world.ends()["beta"]] == [EndState.LATE.value]


@pytest.mark.parametrize("how", ["in time", "late", "asked again"])
async def test_no_state_names_a_giver_below_detail_or_whoever_has_nothing(how: str) -> None:
    """What screen, plain text and `--json` are made from: a name is told of the silent, while they are silent."""
    world = World(SHORT)
    gate = world.script.hold("beta") if how == "late" else asyncio.Event()
    world.script.replies["beta"] = fails(SilentError(Silence.UNREACHABLE)) if how == "asked again" else says(FINDING)
    world.send()
    before = await world.end()
    if how == "late":
        await asyncio.sleep(world.script.asked_at["beta"] + SHORT.deadline_s + 0.05 - time.monotonic())
        gate.set()
    if how == "asked again":
        world.script.replies["beta"] = says(FINDING)
        await world.check.ask_silent_again()
    state = await world.until(lambda state: state.complete)
    [shown] = state.shown
    assert (shown.kind, shown.member, shown.late, state.nothing) == (Kind.PARISH, None, False, 2)
    told = state_message(state, "2025-06-01")
    assert not any(body.id in str(told) or body.member.name in str(told) for body in BODIES)
    named = [body.name for body in state_message(before, "2025-06-01").silent]
    assert named == ([] if how == "in time" else ["Beta"])


async def test_a_forged_answer_that_is_late_is_no_answer() -> None:
    world = World(SHORT)
    gate = world.script.hold("beta")
    world.script.replies["beta"] = lambda plan: signed(plan, answer_to(plan, DETAILED), asker_entry=bytes(32))
    world.send()
    await world.end()
    gate.set()
    state = await world.settled("beta")
    assert (state.verdict, state.complete, state.late) == (Verdict.NONE_KNOWN, False, 0)
    assert [(end.outcome, end.code) for end in world.ends()["beta"]] == [("silent", Code.LOG_RECEIPT.value)]


async def test_nobody_is_awaited_for_ever() -> None:
    world = World(replace(LONG, give_up_s=0.2))
    world.script.hold("beta")
    world.send()
    state = await world.settled("beta")
    assert state.outcomes["beta"].silence is Silence.DEADLINE
    assert [(end.outcome, end.code) for end in world.ends()["beta"]] == [("silent", "deadline")]


@pytest.mark.parametrize(
    ("error", "reason", "code"),
    [
        (SilentError(Silence.UNREACHABLE), Silence.UNREACHABLE, "unreachable"),
        (SilentError(Silence.VERSION), Silence.VERSION, "version"),
        (RefusedError("directory.expired"), Silence.METADATA_EXPIRED, "directory.expired"),
        (RefusedError("member.inactive"), Silence.SUSPENDED_HERE, "member.inactive"),
        (MagliaError(Code.MEMBER_INACTIVE), Silence.SUSPENDED_HERE, "member.inactive"),
        (MagliaError(Code.MEMBER_CARD), Silence.CARD_EXPIRED, "member.card"),
        (MagliaError(Code.DIRECTORY_EXPIRED), Silence.METADATA_EXPIRED, "directory.expired"),
        (RefusedError("version.unsupported"), Silence.VERSION, "version.unsupported"),
        (RefusedError("budget.answer"), Silence.OVERLOADED, "budget.answer"),
        (RefusedError("storage.unavailable"), Silence.REFUSED_CONNECTION, "storage.unavailable"),
        (RefusedError("member.signature"), Silence.REFUSED_CONNECTION, "member.signature"),
        (ZeroDivisionError("what nobody foresaw"), Silence.REFUSED_CONNECTION, "network.answer"),
    ],
)
async def test_every_silence_has_its_reason_on_screen_and_in_the_log(
    world: World, error: Exception, reason: Silence, code: str
) -> None:
    world.script.replies["beta"] = fails(error)
    world.send()
    state = await world.end()
    assert [(each.member.id, each.silence) for each in state.silent] == [("beta", reason)]
    assert (state.complete, state.answered) == (False, 2)
    assert [(end.outcome, end.code) for end in world.ends()["beta"]] == [("silent", code)]
    assert world.check.unreached() == (set() if reason in {Silence.VERSION, Silence.SUSPENDED_HERE} else {"beta"})


async def test_a_body_without_a_current_card_is_not_asked_but_named(world: World) -> None:
    world.script.replies["beta"] = fails(AssertionError("asked"))
    world.send({"beta": Silence.CARD_EXPIRED})
    state = await world.end()
    assert [each.silence for each in state.silent] == [Silence.CARD_EXPIRED]


async def test_a_refusal_is_an_answer_and_not_a_complete_one(world: World) -> None:
    world.script.replies["beta"] = says(refusal=Code.MEMBER_NOT_ENTITLED.value, coverage=Coverage.PARTIAL)
    world.send()
    state = await world.end()
    assert (state.complete, state.answered, state.silent) == (False, 2, [])
    assert [(each.member.id, each.refusal) for each in state.refused] == [("beta", "member.not_entitled")]
    assert [(end.outcome, end.code) for end in world.ends()["beta"]] == [("refused", "member.not_entitled")]


async def test_partial_coverage_is_silence_with_a_reason_and_its_findings_show(world: World) -> None:
    world.script.replies["beta"] = says(FINDING, coverage=Coverage.PARTIAL)
    world.send()
    state = await world.end()
    assert [each.silence for each in state.silent] == [Silence.COVERAGE_PARTIAL]
    assert (state.verdict, state.complete, state.answered, state.nothing) == (Verdict.SIMILAR, False, 2, 2)


async def test_an_answer_that_could_not_be_logged_is_not_shown(world: World) -> None:
    world.script.replies["beta"] = says(DETAILED)
    world.log.down = True
    world.send()
    state = await world.end()
    assert (state.verdict, state.answered, state.shown) == (Verdict.NONE_KNOWN, 0, ())


async def test_silent_bodies_are_asked_again_with_new_questions(world: World) -> None:
    world.script.replies["beta"] = fails(SilentError(Silence.UNREACHABLE))
    world.send()
    await world.end()
    world.script.replies["beta"] = says(FINDING)
    assert await world.check.ask_silent_again() == 1
    state = await world.settled("beta")
    assert (state.verdict, state.complete) == (Verdict.SIMILAR, True)
    first, second = world.ends()["beta"]
    assert (first.outcome, second.outcome) == ("silent", "answered")
    assert first.question_id != second.question_id
    assert await world.check.ask_silent_again() == 0


async def test_asking_again_takes_nothing_back(world: World) -> None:
    world.script.replies["beta"] = says(replace(DETAILED, body="beta"), coverage=Coverage.PARTIAL)
    world.send()
    await world.end()
    world.script.replies["beta"] = fails(SilentError(Silence.UNREACHABLE))
    gate = world.script.hold("beta")
    assert await world.check.ask_silent_again() == 1
    assert world.check.state().verdict is Verdict.SAME_NEED  # still, while it is asked
    gate.set()
    state = await world.until(lambda _: len(world.ends()["beta"]) == 2)
    assert (state.verdict, state.complete) == (Verdict.SAME_NEED, False)


async def test_a_body_asked_again_may_refuse_what_it_answered(world: World) -> None:
    world.script.replies["beta"] = says(FINDING, coverage=Coverage.PARTIAL)
    world.send()
    await world.end()
    world.script.replies["beta"] = says(refusal=Code.BUDGET_ANSWER.value)
    await world.check.ask_silent_again()
    await world.until(lambda state: len(state.refused) == 1)


async def test_rows_keep_their_order_while_others_arrive(world: World) -> None:
    months = [f"2025-{month:02d}" for month in range(1, 5)]
    gate = world.script.hold("beta")
    world.script.replies |= {
        "alfa": says(*(replace(FINDING, month=month) for month in months)),
        "beta": says(*(replace(FINDING, month=month, facet=Facet.RENT_CURRENT) for month in months)),
    }
    world.send()
    before = [row.finding.month for row in (await world.settled("alfa")).shown]
    gate.set()
    rows = (await world.end()).shown
    assert len(rows) == 8
    assert [row.finding.month for row in rows if row.finding.facet is Facet.RENT_ARREARS] == before


async def test_what_did_not_fit_makes_the_shown_a_least(world: World) -> None:
    world.script.replies["alfa"] = says(*[replace(FINDING, month=f"2025-{month:02d}") for month in range(1, 13)] * 4)
    world.send()
    state = await world.end()
    assert state.omitted > 0
    assert len(state.shown) + state.omitted == 48
    assert world.check.state().complete


PLAN = planned(BODIES[0].member)
GOOD = answer_to(PLAN, FINDING)


def test_a_right_answer_verifies() -> None:
    assert verify_answer(PLAN, signed(PLAN, GOOD)) == GOOD


@pytest.mark.parametrize("part", ["question_hash", "answer_hash", "asker_entry", "asker", "question_id"])
@pytest.mark.parametrize("value", [b"\x01" * 32, b"", b"\x01" * 31])
def test_each_part_of_a_receipt_counts(part: str, value: bytes) -> None:
    with refused(Code.LOG_RECEIPT):
        verify_answer(PLAN, signed(PLAN, GOOD, **{part: value}))


@pytest.mark.parametrize(
    "wrong",
    [{"question_id": bytes(16)}, {"answerer": "beta"}, {"slots": ()}, {"slots": ((), ())}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_an_answer_is_to_this_question_by_this_body_for_each_subject(wrong: Mapping[str, object]) -> None:
    with refused(Code.NETWORK_ANSWER):
        verify_answer(PLAN, signed(PLAN, replace(GOOD, **wrong)))  # type: ignore[arg-type]  # fields, by name


def test_a_flipped_byte_anywhere_in_the_body_is_found() -> None:
    right = signed(PLAN, GOOD)
    for position in range(0, len(right.body), 7):
        flipped = bytearray(right.body)
        flipped[position] ^= 1
        with refused(Code.LOG_RECEIPT):
            verify_answer(PLAN, replace(right, body=bytes(flipped)))
