"""A person's request at one body, from the document seen to the answer: whom it asks, what it keeps, what it names."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from maglia.core.access import Access, AccessEvent, LogReading, NamesApproval
from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code
from maglia.core.identity import SigningKey
from maglia.core.vocabulary import EndState, Facet, PseudonymClass, Purpose, Role, Silence
from maglia.v1.envelope_pb2 import Envelope
from maglia.v1.report_pb2_grpc import ReportServiceServicer
from maglia.wire.access import open_approval
from node.access.collecting import Collecting
from node.access.reporting import Reporting
from node.domain.access_case import AccessCase, NamesApproved, Part, PartState, due_on
from node.domain.access_report import AccessOutcome, FoundAccess, merge
from node.domain.model import Operator
from node.entries import Entries
from node.network.reports import ReportCalls
from node.pseudonyms import Pseudonyms
from tests.clerk import TODAY, fictional_code, open_store, person
from tests.peer_world import (
    COMUNE,
    NETWORK,
    OTHER,
    PARISH,
    Answerer,
    Body,
    MemoryEvaluator,
    MemoryTrust,
    OneKey,
    answerer,
    refused,
    served,
    tls,
)
from tests.report_world import DPO, Liar, approved

CODE = fictional_code(1)
OLGA = Operator("olga", "Olga", Role.MANAGER)
QUESTION = bytes([1]) * 16


@dataclass
class World:
    """Three bodies with logs; the person asks at one of them."""

    trust: MemoryTrust
    bodies: dict[str, Answerer]
    reporting: Reporting
    stack: AsyncExitStack
    evaluator: MemoryEvaluator = field(default_factory=MemoryEvaluator)

    @property
    def here(self) -> Answerer:
        return self.bodies[OTHER.id]

    async def serve(self, body: Body, report: ReportServiceServicer | None = None) -> None:
        node = self.bodies[body.id]
        await self.stack.enter_async_context(served(body, self.trust, node.door(), report or node.report_door()))

    async def log(self, body: Body, entry: Entry, mark: int | None = None) -> None:
        """Put an entry about the person in a body's log."""
        node = self.bodies[body.id]
        made = Pseudonyms(self.evaluator, node.store, node.clock)
        key_set = self.trust.keys().network_set(PseudonymClass.PERSON)
        own = (await made.of_subject(person(1), key_set)).of[body.id]
        entries = Entries(node.log, OneKey(), node.clock)
        month, sealed = entries.seal([own])
        shown = entries.seal_shown(month, [mark]) if mark is not None else b""
        await entries.write(replace(entry, key_month=month, sealed=sealed, shown=shown, count=1))

    async def collect(self, number: int) -> AccessCase:
        states = [state async for state in self.reporting.collect(OLGA, number)]
        assert not states[-1].waiting
        return states[-1].case

    async def opened(self, **changes: str) -> AccessCase:
        return await self.reporting.open(OLGA, CODE, **{"document": "CI finta 1", **changes})


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        trust = MemoryTrust(appointed=[DPO])
        bodies = {body.id: stack.enter_context(answerer(tmp_path, trust, body)) for body in (COMUNE, PARISH, OTHER)}
        node = bodies[OTHER.id]
        entries = Entries(node.log, OneKey(), node.clock)
        calls = ReportCalls(NETWORK, OTHER.key, lambda: tls(OTHER.id), trust.peer)
        disclosing = node.disclosing()
        collecting = Collecting(OTHER.id, node.store, entries, trust, calls, disclosing, node.clock)
        stack.push_async_callback(collecting.close)
        made = Pseudonyms(MemoryEvaluator(), node.store, node.clock)
        opened_from = NETWORK, OTHER.id, node.store, entries, trust, made
        reporting = Reporting(*opened_from, disclosing, collecting, node.clock, bytes(32))
        yield World(trust, bodies, reporting, stack)


def asked(peer: Body, question: bytes = QUESTION, operator: str = "anna") -> Entry:
    about = Purpose.AID_OVERLAP, Facet.FOOD_PARCEL
    return Entry(EntryKind.ASKED, 1_000, peer.id, question, *about, operator=operator)


def answered(peer: Body, question: bytes = QUESTION) -> Entry:
    made = replace(asked(peer, question, ""), kind=EntryKind.ANSWERED, outcome=EndState.ANSWERED)
    return replace(made, time_ms=2_000)


def states(case: AccessCase) -> dict[str, tuple[PartState, str]]:
    return {part.member: (part.state, part.code) for part in case.parts}


TOLD = (PartState.TOLD, "")


async def test_what_both_sides_say_is_told_once_and_who_is_away_is_named_and_asked_again(world: World) -> None:
    await world.log(PARISH, asked(COMUNE))
    await world.log(COMUNE, answered(PARISH), mark=3)
    await world.log(OTHER, asked(PARISH, bytes([2]) * 16, "olga"))
    await world.serve(PARISH)
    case = await world.collect((await world.opened()).number)
    assert states(case) == {OTHER.id: TOLD, PARISH.id: TOLD, COMUNE.id: (PartState.SILENT, "card_expired")}
    by_asker = {one.asker: one for one in merge(case.parts)}
    about = Purpose.AID_OVERLAP, Facet.FOOD_PARCEL
    assert by_asker == {
        PARISH.id: FoundAccess(PARISH.id, COMUNE.id, AccessOutcome.UNKNOWN, 1_000, *about, told_by=(PARISH.id,)),
        OTHER.id: FoundAccess(OTHER.id, PARISH.id, AccessOutcome.NO_ANSWER, 1_000, *about, told_by=(OTHER.id,)),
    }
    await world.serve(COMUNE)
    before = len(world.bodies[PARISH.id].entries())
    again = await world.collect(case.number)
    assert states(again) == {OTHER.id: TOLD, PARISH.id: TOLD, COMUNE.id: TOLD}
    assert len(world.bodies[PARISH.id].entries()) == before  # who told is not asked again
    whole = {one.asker: one for one in merge(again.parts)}
    shown = replace(by_asker[PARISH.id], outcome=AccessOutcome.SHOWN, categories=("facet", "kind", "status", "month"))
    assert whole[PARISH.id] == replace(shown, told_by=(COMUNE.id, PARISH.id))


async def test_the_request_is_in_the_log_of_each_side_before_anybody_is_asked(world: World) -> None:
    await world.serve(PARISH)
    case = await world.opened()
    assert world.here.entries(EntryKind.ACCESS_REPORT) == []
    await world.collect(case.number)
    own = world.here.entries(EntryKind.ACCESS_REPORT)
    assert {(one.peer, one.operator, one.check_id, one.outcome) for one in own} == {
        (member, "olga", "C-0001", "asked") for member in (COMUNE.id, PARISH.id, OTHER.id)
    }
    [theirs] = world.bodies[PARISH.id].entries(EntryKind.ACCESS_REPORT)
    sent = next(one for one in own if one.peer == PARISH.id)
    assert (theirs.peer, theirs.question_id, theirs.question_hash) == (OTHER.id, sent.question_id, sent.question_hash)
    assert len({one.question_id for one in own}) == 3  # nothing in common to two bodies


async def test_an_earlier_report_is_told_but_not_the_one_that_is_being_made(world: World) -> None:
    await world.serve(PARISH)
    first = await world.collect((await world.opened()).number)
    assert merge(first.parts) == []
    second = await world.collect((await world.opened()).number)
    found = merge(second.parts)
    assert {(one.asker, one.answerer, one.outcome) for one in found} == {
        (OTHER.id, member, AccessOutcome.REPORTED) for member in (COMUNE.id, PARISH.id, OTHER.id)
    }


async def test_names_come_with_an_approval_of_this_request_alone(world: World) -> None:
    for body in (PARISH, COMUNE):
        await world.serve(body)
    await world.log(PARISH, asked(COMUNE))
    case = await world.collect((await world.opened()).number)
    assert [one.operator for one in merge(case.parts)] == [""]
    wanted = world.reporting.names_wanted(case.number)
    signed = [(_read(world, approved(one)), approved(one)) for one in wanted]
    other = (await world.opened()).number
    with refused(Code.POLICY_NAMES):
        world.reporting.approve(OLGA, other, signed)
    with refused(Code.POLICY_NAMES):
        world.reporting.approve(OLGA, case.number, [])
    world.reporting.approve(OLGA, case.number, signed)
    named = await world.collect(case.number)
    assert [one.operator for one in merge(named.parts)] == ["anna"]
    assert all(part.reading is not None and part.reading.named for part in named.parts)
    assert named.names is not None
    assert (named.names.official, named.names.name) == (DPO.id, DPO.name)


def _read(world: World, envelope: bytes) -> NamesApproval:
    return open_approval(Envelope.FromString(envelope), NETWORK, world.trust.directory(), TODAY)


def _liar(*accesses: Access, **reading: object) -> Liar:
    told = LogReading(**{"entries": 9, **reading})  # type: ignore[arg-type]  # fields, by name
    return Liar(PARISH, lambda: iter([(accesses, told)]))


async def test_names_that_nobody_approved_are_not_held_though_a_body_sends_them(world: World) -> None:
    told = Access(QUESTION, AccessEvent.ASKED, 1_000, COMUNE.id, Purpose.AID_OVERLAP, operator="Anna Fittizi")
    await world.serve(PARISH, _liar(told, named=True))
    case = await world.collect((await world.opened()).number)
    part = next(one for one in case.parts if one.member == PARISH.id)
    assert part.accesses == (replace(told, operator=""),)
    assert part.reading is not None
    assert not part.reading.named
    wanted = world.reporting.names_wanted(case.number)
    for_others = [(_read(world, one := approved(r)), one) for r in wanted if r.addressee != PARISH.id]
    world.reporting.approve(OLGA, case.number, for_others)
    assert [one.operator for one in merge((await world.collect(case.number)).parts) if one.asker == PARISH.id] == [""]
    world.reporting.approve(OLGA, case.number, [(_read(world, one := approved(r)), one) for r in wanted])
    named = merge((await world.collect(case.number)).parts)
    assert [one.operator for one in named if one.asker == PARISH.id] == ["Anna Fittizi"]


async def test_an_approval_on_file_that_the_officer_did_not_sign_opens_no_names_here_either(world: World) -> None:
    await world.log(OTHER, asked(PARISH))
    case = await world.opened()
    request = case.requests[OTHER.id]
    for wrong in ({"key": SigningKey(b"x" * 32)}, {"commitment": bytes(32)}, {"expires": date(2025, 5, 31)}):
        forged = approved(request, **wrong)
        names = NamesApproved(DPO.id, DPO.name, date(2025, 7, 1), "chiesto", {OTHER.id: forged})
        world.here.store.approve_names(case.number, names, "olga")
        told = await world.collect(case.number)
        assert [one.operator for one in merge(told.parts)] == [""]
    names = NamesApproved(DPO.id, DPO.name, date(2025, 7, 1), "chiesto", {OTHER.id: approved(request)})
    world.here.store.approve_names(case.number, names, "olga")
    assert [one.operator for one in merge((await world.collect(case.number)).parts)] == ["anna"]


async def test_a_body_whose_page_nobody_could_show_is_named_and_the_others_are_told(world: World) -> None:
    await world.log(OTHER, asked(PARISH))
    await world.serve(PARISH, _liar(first_ms=2**62, forgotten_months=("9999-12",)))
    case = await world.collect((await world.opened()).number)
    assert states(case)[PARISH.id] == (PartState.REFUSED, Code.NETWORK_ANSWER)
    assert [(one.asker, one.outcome) for one in merge(case.parts)] == [(OTHER.id, AccessOutcome.UNKNOWN)]


async def test_what_a_body_told_stays_when_it_is_away_the_next_time(world: World) -> None:
    await world.serve(PARISH)
    await world.log(PARISH, asked(COMUNE))
    case = await world.collect((await world.opened()).number)
    world.reporting.approve(
        OLGA, case.number, [(_read(world, one := approved(r)), one) for r in world.reporting.names_wanted(case.number)]
    )
    del world.trust.endpoints[PARISH.id]
    again = await world.collect(case.number)
    assert (states(again)[PARISH.id][0], len(merge(again.parts))) == (PartState.TOLD, 1)
    [kept] = [part for part in again.parts if part.member == PARISH.id]
    assert (kept.code, kept.reading and kept.reading.named) == (Silence.CARD_EXPIRED, False)
    await world.serve(PARISH)
    [told] = [part for part in (await world.collect(case.number)).parts if part.member == PARISH.id]
    assert (told.code, told.reading and told.reading.named) == ("", True)


def all_of(folder: Path, body: Body) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob(f"{body.id}.db*"))


async def test_everything_is_there_after_a_restart_and_nothing_of_it_in_clear(world: World, tmp_path: Path) -> None:
    await world.serve(PARISH)
    await world.log(PARISH, asked(COMUNE))
    case = await world.collect((await world.opened()).number)
    again = open_store(tmp_path / f"{OTHER.id}.db")
    assert again.access_case(case.number) == case
    again.close()
    stored = all_of(tmp_path, OTHER)
    assert all(secret not in stored for secret in (CODE.encode(), b"CI finta", case.requests[PARISH.id].salt))


async def test_a_closed_request_keeps_its_dates_and_forgets_the_person(world: World) -> None:
    case = await world.collect((await world.opened()).number)
    world.reporting.close(OLGA, case.number)
    left = world.here.store.access_case(case.number)
    assert (left.document, left.requests, left.parts, left.closed_on) == ("", {}, (), TODAY)
    for act in (
        lambda: world.reporting.close(OLGA, case.number),
        lambda: world.reporting.extend(OLGA, case.number, "ferie"),
        lambda: world.reporting.names_wanted(case.number),
    ):
        with refused(Code.INPUT_REPORT_CLOSED):
            act()
    with refused(Code.INPUT_REPORT_CLOSED):
        await world.collect(case.number)
    world.here.store.keep_access_part(case.number, Part(PARISH.id))  # one that was on its way
    assert world.here.store.access_case(case.number).parts == ()
    assert world.here.store.remove_old_access_cases() == 0
    world.here.clock.day = TODAY + timedelta(days=800)
    assert world.here.store.remove_old_access_cases() == 1
    with refused(Code.INPUT_REPORT):
        world.reporting.state(case.number)


async def test_the_time_is_extended_once_and_before_it_is_over(world: World) -> None:
    first, second = await world.opened(), await world.opened(received="2025-05-02")
    forgotten = await world.opened(received="2025-01-01")  # overdue, and to be answered all the same
    assert forgotten.due_on == date(2025, 2, 1)
    world.reporting.close(OLGA, forgotten.number)
    assert (first.due_on, second.due_on) == (date(2025, 7, 1), date(2025, 6, 2))
    listed = [state.case.number for state in world.reporting.cases()]
    assert listed == [second.number, first.number, forgotten.number]
    longer = world.reporting.extend(OLGA, first.number, "molte risposte").case
    assert (longer.due_on, longer.extended_on) == (date(2025, 9, 1), TODAY)
    world.here.clock.day = date(2025, 6, 3)
    for number in (first.number, second.number):
        with refused(Code.INPUT_REPORT_LATE):
            world.reporting.extend(OLGA, number, "ancora")


async def test_a_request_that_cannot_be_right_is_not_put_on_file(world: World) -> None:
    for wrong in ({"document": " "}, {"received": "2025-06-02"}, {"received": "2018-05-24"}, {"received": "ieri"}):
        with pytest.raises(Exception, match=r"input\.(missing|field|date)"):
            await world.opened(**wrong)
    with refused(Code.INPUT_IDENTIFIER_LENGTH):
        await world.reporting.open(OLGA, "XQZ", "CI finta 1")
    with refused(Code.BUDGET_OPERATOR):
        await world.reporting.open(Operator("nora", "Nora", Role.NODE_ADMIN), CODE, "CI finta 1")
    assert world.reporting.cases() == []
    for number in (0, 7, 2**40):
        with refused(Code.INPUT_REPORT):
            world.reporting.state(number)


@pytest.mark.parametrize(
    ("received", "due", "extended"),
    [
        ("2026-01-31", "2026-02-28", "2026-04-30"),
        ("2028-01-31", "2028-02-29", "2028-04-30"),
        ("2026-02-28", "2026-03-28", "2026-05-28"),
        ("2026-11-30", "2026-12-30", "2027-02-28"),
        ("2026-12-31", "2027-01-31", "2027-03-31"),
        ("2026-03-05", "2026-04-05", "2026-06-05"),
    ],
)
def test_a_month_ends_on_its_day_or_on_the_months_last(received: str, due: str, extended: str) -> None:
    day = date.fromisoformat(received)
    assert (due_on(day), due_on(day, extended=True)) == (date.fromisoformat(due), date.fromisoformat(extended))
