"""Who looked a person up, asked of another body over its real door: what its log tells, and what it never does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio

from maglia.core.access import Access, AccessEvent
from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code
from maglia.core.identifiers import parse_need
from maglia.core.identity import SigningKey
from maglia.core.vocabulary import Basis, Facet, NetworkRole, PseudonymClass, Purpose, Role
from maglia.wire.entries import encode_entry
from node.domain.model import Operator
from node.entries import Entries
from node.ports import RefusedError
from node.store.monthly import MonthlyKeyFiles
from tests.clerk import person, record
from tests.peer_world import (
    COMUNE,
    OTHER,
    PARISH,
    Answerer,
    MemoryLog,
    MemoryTrust,
    OneKey,
    answerer,
    enrol,
    pseudonym,
    question,
    raw_stream,
    served,
    subject,
)
from tests.report_world import DPO, Asker, approved, asked_of

POD = parse_need("POD:IT001E12345678")
DETAIL = {"facet", "kind", "status", "month", "amount_band", "date", "amount", "body", "contact"}
PRESENCE = {"facet", "kind", "status", "month", "amount_band"}


@pytest_asyncio.fixture
async def parish(tmp_path: Path) -> AsyncIterator[Answerer]:
    """A parish that helped two persons, the first for a need too, and tells others who looked them up."""
    async with AsyncExitStack() as stack:
        trust = MemoryTrust(appointed=[DPO])
        node = stack.enter_context(answerer(tmp_path, trust))
        node.store.add_record(record(person(1), need=POD), "anna")
        node.store.add_record(record(person(2)), "anna")
        subjects = enumerate((person(1), person(2), POD), 1)
        enrol(node.store, {one.pseudonym_input(): pseudonym(number) for number, one in subjects})
        await stack.enter_async_context(served(PARISH, trust, node.door(), node.report_door()))
        yield node


async def put(node: Answerer, *subjects: int, need: int = 0, **changes: object) -> bytes:
    """Ask a comune's question about persons, and a need; return its id."""
    about = [subject(number) for number in subjects]
    about += [subject(need, PseudonymClass.NEED)] if need else []
    asked = replace(question(*about), **changes)  # type: ignore[arg-type]  # fields, by name
    async with raw_stream(node.trust) as stream:
        await stream.send(asked)
        await stream.read()
    return asked.question_id


async def log(node: Answerer, entry: Entry, *numbers: int) -> None:
    """Put an entry about persons in a body's log."""
    assert not isinstance(node.log, MemoryLog)
    entries = Entries(node.log, OneKey(), node.clock)
    month, sealed = entries.seal([pseudonym(number) for number in numbers])
    await entries.write(replace(entry, key_month=month, sealed=sealed, count=len(numbers)))


def asked_by_anna(peer: str = COMUNE.id, **changes: object) -> Entry:
    made = Entry(EntryKind.ASKED, 1_000, peer, bytes(16), Purpose.AID_OVERLAP, Facet.FOOD_PARCEL, operator="anna")
    return replace(made, **changes)  # type: ignore[arg-type]  # fields, by name


def refused_with(failure: pytest.ExceptionInfo[RefusedError]) -> str:
    return failure.value.code


async def test_the_person_learns_of_each_question_what_was_disclosed_and_of_nobody_else(parish: Answerer) -> None:
    shown = await put(parish, 1)
    at_presence = await put(parish, 1, purpose=Purpose.AID_OVERLAP)
    nothing = await put(parish, 1, purpose=Purpose.AID_OVERLAP, facet=Facet.FOOD_PARCEL)
    refused = await put(parish, 1, epoch=7)
    await put(parish, 2)
    accesses, reading = await Asker(parish.trust).ask(asked_of(1))
    told = {one.question_id: (one.event, set(one.categories)) for one in accesses}
    assert told == {
        shown: (AccessEvent.ANSWERED, DETAIL),
        at_presence: (AccessEvent.ANSWERED, PRESENCE),
        nothing: (AccessEvent.ANSWERED, set()),
        refused: (AccessEvent.REFUSED, set()),
    }
    first = accesses[0]
    assert (first.body, first.purpose, first.facet) == (COMUNE.id, Purpose.RENT_SUBSIDY, Facet.RENT_ARREARS)
    assert (first.time_ms, first.operator) == (int(parish.clock.instant * 1000), "")
    assert (reading.entries, reading.is_whole, reading.named) == (len(parish.entries()), True, False)
    assert (await Asker(parish.trust).ask(asked_of(9)))[0] == []


async def test_what_was_shown_under_the_persons_need_was_shown_of_them(parish: Answerer) -> None:
    await put(parish, 1, need=3)  # a record found twice is told under its need
    [alone] = (await Asker(parish.trust).ask(asked_of(1)))[0]
    assert set(alone.categories) == DETAIL


async def test_of_a_question_about_many_only_the_own_part_is_told(parish: Answerer) -> None:
    entries = Entries(parish.log, OneKey(), parish.clock)
    month, sealed = entries.seal([pseudonym(1), pseudonym(2)])
    batch = Entry(EntryKind.ANSWERED, 1_000, COMUNE.id, bytes(16), procedure="bando", outcome="answered")
    await entries.write(replace(batch, key_month=month, sealed=sealed, shown=entries.seal_shown(month, [0, 1])))
    asker = Asker(parish.trust)
    assert [one.categories for one in (await asker.ask(asked_of(1)))[0]] == [()]
    assert [one.categories for one in (await asker.ask(asked_of(2)))[0]] == [("facet", "kind", "status")]


async def test_what_the_body_itself_asked_is_told_and_the_operator_only_after_approval(parish: Answerer) -> None:
    parish.store.add_operator(Operator("anna", "Anna Fittizi", Role.VOLUNTEER), "hash")
    await log(parish, asked_by_anna(), 1)
    asker, request = Asker(parish.trust), asked_of(1)
    [unnamed], _ = await asker.ask(request)
    [named], reading = await asker.ask(request, approved(request))
    assert (unnamed.event, unnamed.body, unnamed.operator) == (AccessEvent.ASKED, COMUNE.id, "")
    assert (named, reading.named) == (replace(unnamed, operator="Anna Fittizi"), True)


@pytest.mark.parametrize(
    "change",
    [
        {"key": SigningKey(b"x" * 32)},
        {"official": "nessuno"},
        {"expires": date(2025, 5, 31)},
        {"request_id": bytes(16)},
        {"asker": COMUNE.id},
        {"addressee": COMUNE.id},
        {"network": "altra"},
        {"commitment": asked_of(2).commitment},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_an_approval_that_is_not_of_this_request_names_nobody(
    parish: Answerer, change: dict[str, object]
) -> None:
    await log(parish, asked_by_anna(), 1)
    request = asked_of(1)
    [told], reading = await Asker(parish.trust).ask(request, approved(request, **change))  # type: ignore[arg-type]
    assert (told.event, told.operator, reading.named) == (AccessEvent.ASKED, "", False)


async def test_an_officer_who_left_or_was_stopped_approves_nothing(parish: Answerer) -> None:
    await log(parish, asked_by_anna(), 1)
    request, asker = asked_of(1), Asker(parish.trust)
    for former in (replace(DPO, act_expiry="2025-05-31"), replace(DPO, role=NetworkRole.AUDITOR)):
        parish.trust.appointed = [former]
        assert not (await asker.ask(request, approved(request)))[1].named
    parish.trust.appointed = [DPO]
    parish.trust.suspended.add(DPO.id)
    assert not (await asker.ask(request, approved(request)))[1].named


async def test_the_request_is_logged_before_anything_is_told_and_told_of_later(parish: Answerer) -> None:
    asker, request = Asker(parish.trust), asked_of(1)
    assert (await asker.ask(request))[0] == (await asker.ask(request))[0] == []  # not of itself
    logged = parish.entries(EntryKind.ACCESS_REPORT)
    assert [(one.peer, one.question_id, one.outcome, one.count) for one in logged] == [
        (OTHER.id, request.request_id, "answered", 1)
    ] * 2
    later = replace(request, request_id=bytes([7]) * 16)
    told, _ = await asker.ask(later)
    assert [(one.event, one.body) for one in told] == [(AccessEvent.ANSWERED_REPORT, OTHER.id)] * 2


async def test_whoever_asks_under_the_id_of_a_request_is_told_of_all_the_same(parish: Answerer) -> None:
    request = asked_of(1)
    await log(parish, asked_by_anna(question_id=request.request_id), 1)
    hidden = Entry(EntryKind.ANSWERED, 1_000, OTHER.id, request.request_id, outcome="answered")
    await log(parish, hidden, 1)
    told, _ = await Asker(parish.trust).ask(request)
    assert [one.event for one in told] == [AccessEvent.ASKED, AccessEvent.ANSWERED]


async def test_without_a_document_seen_nothing_is_told_and_the_refusal_is_logged(parish: Answerer) -> None:
    await put(parish, 1)
    with pytest.raises(RefusedError) as failure:
        await Asker(parish.trust).ask(asked_of(1, identified=False))
    assert refused_with(failure) == Code.POLICY_DENIED
    [entry] = parish.entries(EntryKind.ACCESS_REPORT)
    assert (entry.outcome, entry.code) == ("refused", Code.POLICY_DENIED)


async def test_a_request_of_another_for_another_or_signed_by_another_is_refused(parish: Answerer) -> None:
    asker = Asker(parish.trust)
    for request in (asked_of(1, asker=COMUNE), asked_of(1, network="altra")):
        with pytest.raises(RefusedError) as failure:
            await asker.ask(request)
        assert refused_with(failure) == Code.MEMBER_ADDRESSEE
    elsewhere = replace(asked_of(1), addressee=COMUNE.id)
    parish.trust.endpoints[COMUNE.id] = parish.trust.endpoints[PARISH.id]
    with pytest.raises(Exception, match=r"unreachable|addressee"):
        await asker.ask(elsewhere)
    assert parish.entries(EntryKind.ACCESS_REPORT) == []


async def test_searches_are_few_a_day_and_a_flood_writes_no_entry_each(tmp_path: Path) -> None:
    trust = MemoryTrust()
    with answerer(tmp_path, trust) as node:
        async with served(PARISH, trust, node.door(), node.report_door(2)):
            asker = Asker(trust)
            for number in (1, 1):
                await asker.ask(asked_of(number))
            for _ in range(3):
                with pytest.raises(RefusedError) as failure:
                    await asker.ask(asked_of(1))
                assert refused_with(failure) == Code.BUDGET_REPORT
            assert (await Asker(trust, COMUNE).ask(asked_of(1, asker=COMUNE)))[0] == []
        await node.refusals.write()
        assert len(node.entries(EntryKind.ACCESS_REPORT)) == 3
        assert [(one.peer, one.code, one.count) for one in node.entries(EntryKind.REFUSALS)] == [
            (OTHER.id, Code.BUDGET_REPORT, 3)
        ]


async def test_a_month_whose_key_was_destroyed_is_named_and_the_rest_is_told(tmp_path: Path) -> None:
    trust, keys = MemoryTrust(), MonthlyKeyFiles(tmp_path / "keys", bytes(32))
    with answerer(tmp_path, trust) as node:
        entries = Entries(node.log, keys, node.clock)
        for _ in range(2):
            month, sealed = entries.seal([pseudonym(1)])
            await entries.write(asked_by_anna(key_month=month, sealed=sealed, basis=Basis.CONSENT))
            node.clock.instant += 40 * 86_400
        await entries.write(asked_by_anna(key_month=month, sealed=b"altered"))
        keys.destroy_before("2025-07")
        async with served(PARISH, trust, node.door(), node.report_door(months=keys)):
            accesses, reading = await Asker(trust).ask(asked_of(1))
        assert len(accesses) == 1
        assert (reading.forgotten_months, reading.unreadable, reading.is_whole) == (("2025-06",), 1, False)
        assert not (tmp_path / "keys" / "2025-06.key").exists()


async def test_many_accesses_come_in_pages_that_fit(tmp_path: Path) -> None:
    trust = MemoryTrust()
    with answerer(tmp_path, trust, log=(log_ := MemoryLog())) as node:
        entries = Entries(log_, OneKey(), node.clock)
        month, sealed = entries.seal([pseudonym(1)])
        made = [asked_by_anna(key_month=month, sealed=sealed, time_ms=number) for number in range(1, 1_235)]
        log_.append_many([encode_entry(one) for one in made])
        async with served(PARISH, trust, node.door(), node.report_door()):
            accesses, reading = await Asker(trust).ask(asked_of(1))
        assert [one.time_ms for one in accesses] == list(range(1, 1_235))
        assert (reading.first_ms, reading.entries) == (1, 1_235)


async def test_a_body_whose_directory_expired_tells_nothing(parish: Answerer) -> None:
    parish.trust.expired = True
    with pytest.raises(Exception, match="expired"):
        await Asker(parish.trust).ask(asked_of(1))


async def test_nothing_of_the_aid_is_in_what_leaves(parish: Answerer) -> None:
    await put(parish, 1)
    [told], _ = await Asker(parish.trust).ask(asked_of(1))
    assert "900" not in repr(told)
    assert {name for name, value in vars(told).items() if value} == {
        "question_id",
        "event",
        "time_ms",
        "body",
        "purpose",
        "facet",
        "categories",
    }
    assert isinstance(told, Access)
