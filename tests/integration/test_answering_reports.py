"""What bodies tell the registry of how others answer: signed, weighed, shown to officers and to the body itself."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest.mock import create_autospec

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maglia.core.answering import ANSWERING_DAYS, NONE, Answering
from maglia.core.bundle import build_bundle
from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import EndState
from maglia.v1 import answering_pb2 as pb
from maglia.v1 import office_pb2
from maglia.v1.answering_pb2_grpc import AnsweringServiceStub
from maglia.v1.envelope_pb2 import Envelope
from maglia.wire.answering import ANSWERING, MOST_ASKED, read_counts, seal_report
from maglia.wire.convert import seal_message
from maglia.wire.entries import encode_entry
from node.answering_rates import AnsweringRates
from node.answering_reports import AnsweringReports
from node.domain.answering import CountedDay, Line
from node.ports.answering import Place
from node.rpc.network import NetworkDoor
from registry.domain.answering import heaviest, weighed
from registry.store.answering import SqlAnsweringReports
from registry.store.database import Database
from registry.store.sightings import SqlSightings
from tests.clerk import StoppedClock, open_store
from tests.integration.registry_world import NETWORK, POLICIES, Body, World, copy_of, make_template, refused, served
from tests.peer_world import COMUNE, OTHER, PARISH, MemoryLog, MemoryTrust
from tui.board_text import answering_lines
from tui.office_model import NodeRow

TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(1)
GOOD, BAD = Answering(40, 36, 2, 1), Answering(40)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("answering") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


async def tell(
    world: World, asker: Body, lines: Mapping[str, Answering], day: date = YESTERDAY
) -> pb.TellAnsweringResponse:
    return await hand_in(world, asker, seal_report(NETWORK, asker.member, day, lines, asker.identity))


async def hand_in(world: World, asker: Body, report: Envelope) -> pb.TellAnsweringResponse:
    stub = AnsweringServiceStub(world.peer(asker.tls))
    return await stub.TellAnswering(pb.TellAnsweringRequest(report=report))


async def board(world: World) -> dict[str, office_pb2.NodeHealth]:
    desk = await world.office("anna")
    found = await desk.stub.GetBoard(office_pb2.GetBoardRequest(), metadata=desk.bearer)
    assert found.absence_days == 14
    return {node.member: node for node in found.nodes}


async def test_officers_and_the_body_itself_read_what_all_askers_say(world: World) -> None:
    alfa, beta, gamma, delta = await world.joined("alfa", "beta", "gamma", "delta")
    for asker in (beta, gamma, delta):
        await tell(world, asker, {"alfa": GOOD, "ghost": BAD, asker.member: GOOD})
    shown = await board(world)
    assert (read_counts(shown["alfa"].answering), shown["alfa"].askers) == (Answering(120, 108, 6, 3), 3)
    assert (read_counts(shown["beta"].answering), shown["beta"].askers) == (NONE, 0)
    assert set(shown) == {"alfa", "beta", "gamma", "delta"}
    told = await tell(world, alfa, {})
    assert (read_counts(told.counts), told.askers) == (Answering(120, 108, 6, 3), 3)
    await tell(world, beta, {"alfa": Answering(40, 36, 2, 2)})  # the same day again: a late answer came
    assert read_counts((await board(world))["alfa"].answering) == Answering(120, 108, 6, 4)

    # One that lies moves a rate by a third at most, and takes no answer back that others had.
    await tell(world, delta, {"alfa": Answering(MOST_ASKED)})
    lied = (await board(world))["alfa"]
    assert (read_counts(lied.answering), lied.missed_days) == (Answering(120, 72, 4, 3), 0)

    # A node that is there and that nobody reaches is told from one that is away.
    for days, asker in ((20, gamma), (18, delta)):
        await tell(world, asker, {"beta": BAD}, TODAY - timedelta(days))
    away = Database.open(world.folder)
    SqlSightings(away).heard("gamma", time.time() - 16.5 * 86_400, 1, ())
    away.close()
    shown = await board(world)
    assert [(one, shown[one].missed_days, shown[one].absent_days) for one in ("beta", "gamma", "delta")] == [
        ("beta", 20, 0),
        ("gamma", 0, 16),
        ("delta", 0, 0),
    ]
    rows = [NodeRow(one.member, "", "", "", 1, True, 1, 1, 1, absent_days=one.absent_days) for one in shown.values()]
    assert "!! gamma: assente da 16 giorni: proporre l'ospitalità." in answering_lines(rows, 14, "it")


async def test_only_the_askers_own_sound_word_of_a_finished_day_is_taken(world: World) -> None:
    alfa, beta = await world.joined("alfa", "beta")
    for day in (TODAY, TODAY + timedelta(1), TODAY - timedelta(ANSWERING_DAYS + 6)):
        with refused(Code.INPUT_FIELD):
            await tell(world, beta, {"alfa": GOOD}, day)
    for unsound in (Answering(1, 1, 1), Answering(MOST_ASKED + 1)):
        with refused(Code.INPUT_FIELD):
            await tell(world, beta, {"alfa": unsound})
    line = pb.AnsweringLine(member="alfa", counts=pb.AnsweringCounts(asked=1))
    for wrong in ({"lines": [line, line]}, {"day": "ieri"}, {"asker": "alfa"}, {"network": "altra"}):
        told = {"network": NETWORK, "asker": "beta", "day": YESTERDAY.isoformat(), "lines": [line]}
        report = pb.AnsweringReport(**told | wrong)  # type: ignore[arg-type]  # by name
        with refused(Code.INPUT_FIELD):
            await hand_in(world, beta, seal_message(ANSWERING, NETWORK, report, beta.identity))
    many = pb.AnsweringReport(network=NETWORK, asker="beta", day=YESTERDAY.isoformat(), lines=[line] * 2_001)
    with refused(Code.INPUT_TOO_LARGE):
        await hand_in(world, beta, seal_message(ANSWERING, NETWORK, many, beta.identity))
    with refused(Code.MEMBER_SIGNATURE):  # another's signed report, handed in as one's own
        await hand_in(world, beta, seal_report(NETWORK, "alfa", YESTERDAY, {"beta": BAD}, alfa.identity))
    assert read_counts((await board(world))["alfa"].answering) == NONE


@pytest.mark.parametrize("url", [False, True], ids=["sqlite", "any database"])
def test_days_are_forgotten_on_both_databases(tmp_path: Path, database_url: str, url: bool) -> None:
    database = Database.create(tmp_path, database_url if url else "")
    reports = SqlAnsweringReports(database)
    reports.keep("beta", YESTERDAY - timedelta(40), {"alfa": BAD}, b"1", YESTERDAY - timedelta(60))
    reports.keep("beta", YESTERDAY, {f"ente-{number}": GOOD for number in range(600)}, b"2", YESTERDAY - timedelta(35))
    told = reports.told(date(2020, 1, 1))
    assert (len(told), told["ente-599"]) == (600, [GOOD])
    assert reports.told(date(2020, 1, 1), "ente-7") == {"ente-7": [GOOD]}
    assert [(one.day, one.answered) for one in reports.asked_on(YESTERDAY, "ente-7")] == [(YESTERDAY.isoformat(), 39)]
    database.close()


def test_a_nodes_counts_are_kept_on_both_databases(tmp_path: Path, database_url: str) -> None:
    store, day = open_store(database_url or tmp_path / "node.db"), date(2025, 6, 1)
    first, second = Line(GOOD, 2**42, 1, 3), Line(BAD)
    store.keep_answering(day, Place(7, day), {(day, "alfa"): first, (day, "beta"): second}, {day: 2}, day)
    assert (store.counting_place(), store.answering_lines(day)[day, "alfa"]) == (Place(7, day), first)
    later = day + timedelta(1)
    store.keep_answering(later, Place(2**40, later), {(later, "alfa"): second}, {}, day)
    assert len(store.answering_lines(day)) == 3
    for _ in range(2):
        store.add_minute(day)
    store.told_answering(later, later)
    assert store.counted_days(day) == [CountedDay(day, 2, 2), CountedDay(later, told_on=later)]
    store.keep_answering(day, Place(0, day), {}, {}, later)
    assert (store.answering_lines(day), store.counted_days(day)) == ({}, [CountedDay(later, told_on=later)])
    store.close()


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=12))
def test_no_asker_counts_for_more_than_a_third_nor_more_than_the_middle_one(asked: list[int]) -> None:
    limit = heaviest(asked)
    kept = [min(one, limit) for one in asked]
    assert limit >= 1
    assert limit <= sorted(asked)[len(asked) // 2]
    if len(asked) > 2:
        assert max(kept) <= max(1, sum(kept) / 3)
    else:
        assert len(set(kept)) == 1


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500), st.integers(0, 500)), max_size=9)
)
def test_weighed_counts_are_counts(told: list[tuple[int, int, int, int]]) -> None:
    said = [Answering(sum(parts), *parts[1:]) for parts in told]
    assert weighed(said).is_sound
    assert weighed([GOOD]) == GOOD


class Registry:
    """Takes what it is told, or is away."""

    def __init__(self) -> None:
        self.told: list[tuple[date, dict[str, Answering]]] = []
        self.away = False

    async def tell(self, day: date, lines: Mapping[str, Answering]) -> tuple[Answering, int]:
        if self.away:
            raise MagliaError(Code.NETWORK_UNREACHABLE)
        self.told.append((day, dict(lines)))
        return GOOD, 3


async def test_who_was_asked_is_told_of_though_the_directory_expired(tmp_path: Path) -> None:
    clock, log, trust = StoppedClock(instant=1_748_779_200.0), MemoryLog(), MemoryTrust()
    store = open_store(tmp_path / "node.db", clock)
    for member in (PARISH.id, "gone"):
        asked = Entry(EntryKind.ASKED, 1_748_779_200_000, member, member[:4].encode() * 4, check_id="V-0")
        ended = replace(asked, kind=EntryKind.END_STATE, outcome=EndState.ANSWERED)
        log.append_many([encode_entry(asked), encode_entry(ended)])
    rates = AnsweringRates(store, log, clock)
    reports = AnsweringReports(store, rates, Registry(), clock)
    bundle, _ = build_bundle(POLICIES)
    made_of = trust.directory().member, lambda: bundle, rates, reports, clock
    door = NetworkDoor(COMUNE.id, trust, lambda member: f"relay-{member}", *made_of)

    async def told() -> pb.GetNetworkResponse:
        return await door.GetNetwork(pb.GetNetworkRequest(), create_autospec(grpc.aio.ServicerContext))

    fresh = await told()
    assert {one.member for one in fresh.members} == {PARISH.id, OTHER.id}
    assert (fresh.absence_days, fresh.members[0].relay) == (14, f"relay-{fresh.members[0].member}")
    trust.expired = True
    stale = await told()
    assert [(one.member, read_counts(one.counts)) for one in stale.members] == [(PARISH.id, Answering(1, 1))]
    assert stale.absence_days == 0
    store.close()


async def test_a_day_is_told_once_it_is_over_and_while_late_answers_may_change_it(tmp_path: Path) -> None:
    clock, registry = StoppedClock(instant=1_748_779_200.0), Registry()
    store = open_store(tmp_path / "node.db", clock)
    first = date(2025, 6, 1)
    log = MemoryLog()
    reports = AnsweringReports(store, AnsweringRates(store, log, clock), registry, clock)
    for member, end in (("alfa", EndState.SILENT), ("beta", EndState.ANSWERED)):
        asked = Entry(EntryKind.ASKED, 1_748_779_200_000, member, member.encode() * 4, check_id="V-0")
        log.append_many([encode_entry(asked), encode_entry(replace(asked, kind=EntryKind.END_STATE, outcome=end))])
    lines = {"alfa": Answering(1), "beta": Answering(1, 1)}

    async def told() -> list[tuple[date, dict[str, Answering]]]:
        registry.told.clear()
        await reports.tell()
        return list(registry.told)

    assert await told() == [(first - timedelta(1), {})]  # nothing of today; yesterday, to learn of oneself
    assert reports.own == (GOOD, 3)
    assert await told() == []
    clock.instant += 86_400
    registry.away = True
    with pytest.raises(MagliaError, match=Code.NETWORK_UNREACHABLE):
        await reports.tell()
    registry.away = False
    assert await told() == [(first, lines)]
    assert await told() == []
    days = []
    for _ in range(5):
        clock.instant += 86_400
        days.append(first in [day for day, _ in await told()])
    assert days == [True, True, True, False, False]
    store.close()
