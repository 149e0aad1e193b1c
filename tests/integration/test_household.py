"""A household across real nodes: two of four have consented, and of the other two nothing leaves."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest

from maglia.core.entry import Entry, EntryKind
from maglia.core.exchange import Question
from maglia.core.identifiers import TypedInput
from maglia.core.pseudonym import blind_all
from maglia.sql.engine import open_sqlite
from maglia.sql.log import SqlLogBackend
from maglia.v1 import operator_pb2 as pb
from maglia.wire.entries import decode_entry
from maglia.wire.exchange import decode_question
from node.network.peers import PeerStreams
from node.ports import SignedAnswer
from tests.clerk import fictional_code, person
from tests.integration.node_world import PATIENCE_S, Site, joined, until
from tests.integration.registry_world import NETWORK, PASSWORD, World, copy_of, make_template, served
from tests.integration.test_epoch_rotation import Counter, counter, ready
from tui import doors
from tui.commands.base import Result
from tui.commands.check import ask_household
from tui.entering import at
from tui.exits import Exit
from tui.model import Question as Typed
from tui.profile import Profile

EST, MENSA, PONTE = NAMES = ("onlus-est", "onlus-mensa", "onlus-ponte")
FOUR = [fictional_code(number) for number in (1, 2, 3, 4)]
VERIFIED = FOUR[:2]
CHILD = fictional_code(5)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("household") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


class Wire:
    """Every question that leaves a node of this process, and everything that one blinds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bodies: list[bytes] = []
        self.blinded: list[TypedInput] = []
        real_ask = PeerStreams.ask

        async def sent(
            peers: PeerStreams, member: str, question_id: bytes, body: bytes, asker_entry: bytes
        ) -> SignedAnswer:
            self.bodies.append(body)
            return await real_ask(peers, member, question_id, body, asker_entry)

        def blinded(inputs: Sequence[TypedInput], *lanes: object) -> object:
            self.blinded += inputs
            return blind_all(inputs, *lanes)  # type: ignore[arg-type]  # passed on

        monkeypatch.setattr(PeerStreams, "ask", sent)
        monkeypatch.setattr("node.pseudonyms.blind_all", blinded)

    def questions(self) -> list[Question]:
        return [decode_question(body) for body in self.bodies]


async def check(site: Site, code: str) -> Result:
    """Ask as `maglia check CODE --household` does."""
    (site.folder / "front.pem").write_bytes(site.keys.front.certificate)
    profile = Profile(site.settings().front, site.member, NETWORK, site.folder / "front.pem", "anna")
    return await ask_household(profile, Typed(code, "food_parcel", "aid_overlap"))


async def live_together(site: Site, adults: Sequence[str], *minors: str) -> None:
    """Put a household on file as `maglia household set` does."""
    (site.folder / "front.pem").write_bytes(site.keys.front.certificate)
    profile = Profile(site.settings().front, site.member, NETWORK, site.folder / "front.pem", "anna")
    async with at(doors.persons, profile, PASSWORD) as door:
        await door.set_household(adults, minors, "")


def enrolled(site: Site) -> set[bytes]:
    """Return what a body calls everybody that it has helped."""
    with closing(sqlite3.connect(site.folder / "node.db")) as database:
        return {row[0] for row in database.execute("SELECT pseudonym FROM pseudonym")}


def entries(site: Site) -> list[Entry]:
    return [decode_entry(one.leaf) for one in SqlLogBackend(open_sqlite(site.folder / "node.db")).entries(0, 1_000)]


async def test_two_of_four_are_verified_and_nothing_of_the_others_leaves(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    est_site, mensa_site, ponte_site = await joined(world, tmp_path, *NAMES)
    async with AsyncExitStack() as stack:
        est, mensa = [await stack.enter_async_context(counter(site)) for site in (est_site, mensa_site)]
        async with counter(ponte_site) as ponte:
            for code in FOUR:
                await mensa.help(code)
            await ponte.help(FOUR[1])
            for code in VERIFIED:
                await est.consent(code)
            await live_together(est_site, FOUR, CHILD)
            await until(ready(world, 1, *NAMES))
            for body in (mensa, ponte):
                await _enrolled(body)
            wire, before = Wire(monkeypatch), len(entries(est_site))
            result = await check(est_site, FOUR[0])

        assert (result.status, result.document["complete"], result.document["verdict"]) == (
            Exit.OVERLAP,
            False,
            "similar",
        )
        assert result.document["on_file"] == {"source": "operator", "persons": 5, "asked": [1, 2, 3, 4]}
        assert f"Minori, non chiesti: {CHILD}." in result.lines
        assert "?? nucleo: 2 di 4 verificati: il risultato è parziale." in result.lines
        assert [line for line in result.lines if line.startswith("MANCA")] == [
            f"MANCA     persona {number}, {FOUR[number - 1]}, "
            "Manca il consenso: leggere l'informativa, registrarlo e ripetere."
            for number in (3, 4)
        ]
        assert sorted(found["person"] for found in _findings(result)) == [1, 2, 2]

        questions = wire.questions()
        assert sorted(question.addressee for question in questions) == [MENSA] * 2 + [PONTE] * 2
        assert [len(question.subjects) for question in questions] == [1] * 4
        known = enrolled(mensa_site)
        to_mensa = {each.pseudonym for one in questions if one.addressee == MENSA for each in one.subjects}
        assert (len(known), len(to_mensa & known)) == (4, 2)
        assert set(wire.blinded) == {person(number).pseudonym_input() for number in (1, 2)}
        answered = [entry.kind for site in (mensa_site, ponte_site) for entry in entries(site)]
        assert answered.count(EntryKind.ANSWERED) == 4

        logged = entries(est_site)[before:]
        asked = [entry.check_id for entry in logged if entry.kind is EntryKind.ASKED]
        assert sorted(asked.count(one) for one in set(asked)) == [2, 2]
        assert [entry.code for entry in logged if entry.kind is EntryKind.REFUSED] == ["consent.missing"] * 2
        await _when_a_silent_body_returns(est, ponte_site)


async def _enrolled(body: Counter) -> None:
    """Wait until all that was recorded last has its pseudonyms: the office hears of it later."""
    async with asyncio.timeout(PATIENCE_S):
        while (await body.stub.GetStatus(pb.GetStatusRequest(), metadata=body.bearer)).awaiting:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.05)


def _findings(result: Result) -> list[dict[str, int]]:
    found = result.document["findings"]
    assert isinstance(found, list)
    return found


async def _when_a_silent_body_returns(est: Counter, ponte_site: Site) -> None:
    """What it knows of each comes late, into the household's own stream."""
    question = pb.CheckRequest(identifier=VERIFIED[0], facet="food_parcel", purpose="aid_overlap", follow=True)
    request = pb.CheckHouseholdRequest(question=question, others=VERIFIED[1:])
    states: list[pb.CheckHouseholdResponse] = []

    async def read() -> None:
        async for state in est.stub.CheckHousehold(request, metadata=est.bearer):
            states.append(state)

    reading = asyncio.create_task(read())
    await until(lambda: bool(states) and not states[-1].whole.waiting)
    assert ([body.member for body in states[-1].whole.silent], states[-1].whole.complete) == ([PONTE], False)
    async with counter(ponte_site), asyncio.timeout(PATIENCE_S):
        while not states[-1].whole.complete:
            await est.stub.RetrySilent(pb.RetrySilentRequest(check_id=states[-1].whole.check_id), metadata=est.bearer)
            await asyncio.sleep(0.2)
    reading.cancel()
    last = states[-1]
    assert (len(last.whole.findings), [one.complete for one in last.persons]) == (3, [True, True])
