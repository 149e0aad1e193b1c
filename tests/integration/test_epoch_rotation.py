"""A whole change of keys on three nodes: what is found stays found, and who sleeps is never read as nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from maglia.core.errors import Code, MagliaError
from maglia.v1 import office_pb2
from maglia.v1 import operator_pb2 as pb
from maglia.v1.operator_pb2_grpc import OperatorServiceStub
from maglia.wire.channel import open_channel
from node.folder import ADMIN_FILE
from registry.enrolment_budget import EnrolmentBudget
from tests.clerk import fictional_code
from tests.integration.node_world import PATIENCE_S, Site, joined, until
from tests.integration.registry_world import (
    NETWORK,
    OFFICERS,
    PASSWORD,
    World,
    copy_of,
    make_template,
    refused,
    served,
)

if TYPE_CHECKING:
    from maglia.v1.operator_pb2_grpc import OperatorServiceAsyncStub

QUICK = {"directory_poll_s": 0.2, "checkpoint_s": 0.5}
EST, MENSA, PONTE = NAMES = ("onlus-est", "onlus-mensa", "onlus-ponte")
CODE = fictional_code(1)
Found = tuple[str, bool, int, list[str]]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("epochs") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


@dataclass
class Counter:
    """An operator at one body."""

    stub: OperatorServiceAsyncStub
    bearer: Sequence[tuple[str, str]]
    admin: Sequence[tuple[str, str]]

    async def help(self, code: str) -> None:
        """Record help for a person who consents; return when nobody awaits a pseudonym any more."""
        consent = pb.AddConsentRequest(
            identifier=code, purposes=["aid_overlap"], notice_version="1", language="it", method="signed"
        )
        await self.stub.AddConsent(consent, metadata=self.bearer)
        await self.stub.AddAid(pb.AddAidRequest(identifier=code, facet="food_parcel"), metadata=self.bearer)
        async with asyncio.timeout(PATIENCE_S):
            while (await self.stub.GetStatus(pb.GetStatusRequest(), metadata=self.bearer)).awaiting:  # noqa: ASYNC110 - enrolment tells nobody
                await asyncio.sleep(0.05)

    async def consent(self, code: str) -> None:
        consent = pb.AddConsentRequest(
            identifier=code, purposes=["aid_overlap"], notice_version="1", language="it", method="signed"
        )
        await self.stub.AddConsent(consent, metadata=self.bearer)

    async def check(self, code: str = CODE) -> pb.CheckResponse:
        """Ask the network about a person."""
        request = pb.CheckRequest(identifier=code, facet="food_parcel", purpose="aid_overlap")
        states = [state async for state in self.stub.Check(request, metadata=self.bearer)]
        return states[-1]

    async def looked_up(self, code: str) -> tuple[pb.AccessCase, list[pb.AccessFound]]:
        """Take the person's request to know who looked them up, and return all that every body tells."""
        manager = pb.AddOperatorRequest(user="marta", name="Marta", role="manager", password=PASSWORD)
        await self.stub.AddOperator(manager, metadata=self.admin)
        login = await self.stub.LoginOperator(pb.LoginOperatorRequest(user="marta", password=PASSWORD))
        bearer = (("authorization", f"Bearer {login.token}"),)
        request = pb.OpenAccessReportRequest(identifier=code, document="CI finta 1")
        number = (await self.stub.OpenAccessReport(request, metadata=bearer)).case.number
        collect = pb.CollectAccessReportRequest(number=number)
        case = [one.case async for one in self.stub.CollectAccessReport(collect, metadata=bearer)][-1]
        get = pb.GetAccessReportRequest(number=number)
        pages = [page async for page in self.stub.GetAccessReport(get, metadata=bearer)]
        return case, [access for page in pages for access in page.accesses]

    async def repseudonymize(self, epoch: int = 0) -> list[pb.RepseudonymizeResponse]:
        request = pb.RepseudonymizeRequest(epoch=epoch)
        return [step async for step in self.stub.Repseudonymize(request, metadata=self.admin)]


@asynccontextmanager
async def counter(site: Site) -> AsyncIterator[Counter]:
    """Serve a node and log an operator in."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(site.serving(**QUICK))
        own = site.keys.front.certificate
        channel = await stack.enter_async_context(open_channel(site.settings().front, site.member, NETWORK, own))
        stub = OperatorServiceStub(channel)
        token = json.loads((site.folder / ADMIN_FILE).read_bytes())["token"]
        admin = (("authorization", f"Bearer {token}"),)
        added = pb.AddOperatorRequest(user="anna", name="Anna", role="volunteer", password=PASSWORD)
        await stub.AddOperator(added, metadata=admin)
        login = await stub.LoginOperator(pb.LoginOperatorRequest(user="anna", password=PASSWORD))
        yield Counter(stub, (("authorization", f"Bearer {login.token}"),), admin)


async def step(world: World, act: str, *without: str) -> office_pb2.SignDraftResponse:
    """Let both officers sign one step."""
    change = office_pb2.Change(act=act, without=without, reason="prova")
    for user in OFFICERS:
        desk = await world.office(user)
        draft = await desk.stub.PrepareDraft(office_pb2.PrepareDraftRequest(changes=[change]), metadata=desk.bearer)
        signed = await desk.sign(draft)
    assert signed.published
    return signed


def epochs(world: World) -> tuple[int, ...]:
    return world.parts.drafts.epochs.all


def ready(world: World, epoch: int, *members: str) -> Callable[[], bool]:
    """Return whether these bodies, and no other, are ready for an epoch."""
    return lambda: (
        {line.member.id for line in world.parts.board.lines()} - set(world.parts.board.unready(epoch)) == set(members)
    )


def found(state: pb.CheckResponse) -> Found:
    return state.verdict, state.complete, len(state.findings), [silent.reason for silent in state.silent]


def _no_room(*_asked: object, **_named: object) -> None:
    raise MagliaError(Code.BUDGET_MEMBER)


CLEAR: Found = ("none_known", True, 0, [])
OVERLAP: Found = ("similar", True, 2, [])


async def test_a_whole_rotation_changes_no_verdict(world: World, tmp_path: Path) -> None:
    sites = await joined(world, tmp_path, *NAMES)
    async with AsyncExitStack() as stack:
        est, mensa, ponte = [await stack.enter_async_context(counter(site)) for site in sites]
        for body in (mensa, ponte):
            await body.help(CODE)
        for code in (CODE, fictional_code(2)):
            await est.consent(code)

        async def asked() -> list[Found]:
            return [found(await est.check(code)) for code in (CODE, fictional_code(2))]

        await until(ready(world, 1, *NAMES))
        assert await asked() == [OVERLAP, CLEAR]
        for act in ("epoch_switch", "epoch_end"):
            with refused(Code.DIRECTORY_EPOCH):
                await step(world, act)
        with refused(Code.PSEUDONYM_NO_ROTATION):
            await mensa.repseudonymize()

        await step(world, "epoch_start")
        assert await asked() == [OVERLAP, CLEAR]
        await until(ready(world, 2, *NAMES))
        last = (await mensa.repseudonymize())[-1]
        assert (last.epoch, last.enrolled, last.awaiting) == (2, 1, 0)
        assert await asked() == [OVERLAP, CLEAR]
        with refused(Code.DIRECTORY_EPOCH):
            await step(world, "epoch_start")

        await step(world, "epoch_switch")
        assert epochs(world) == (2, 1)
        assert await asked() == [OVERLAP, CLEAR]
        await ponte.help(fictional_code(3))  # under both, while both are answered
        assert (await ponte.repseudonymize(1))[-1].awaiting == (await ponte.repseudonymize(2))[-1].awaiting == 0
        await until(ready(world, 2, *NAMES))

        await step(world, "epoch_end")
        assert epochs(world) == (2,)
        await until(ready(world, 1))
        assert await asked() == [OVERLAP, CLEAR]
        with refused(Code.PSEUDONYM_NO_ROTATION):
            await mensa.repseudonymize(1)

        case, accesses = await mensa.looked_up(CODE)
        assert ([part.state for part in case.parts], sorted(case.epochs)) == (["told"] * 3, [1, 2])
        by_whom = {(one.asker, one.answerer, one.outcome) for one in accesses}
        assert by_whom == {(EST, other, "shown") for other in (MENSA, PONTE)}
        assert len(accesses) == 2 * 5  # each of the five checks, those under keys that are over too
    acts = [event.action for event in world.parts.members.history("") if event.action.startswith("epoch_")]
    assert acts == ["epoch_start", "epoch_switch", "epoch_end"]


async def test_a_body_that_slept_through_it_answers_in_part_and_is_never_read_as_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sites = await joined(world, tmp_path, *NAMES)
    est_site, mensa_site, ponte_site = sites
    async with counter(mensa_site) as mensa, counter(est_site) as est:
        await est.consent(CODE)
        async with counter(ponte_site) as ponte:
            await ponte.help(CODE)
            await mensa.consent(CODE)
            await until(ready(world, 1, *NAMES))
            assert found(await est.check()) == ("similar", True, 1, [])

        await step(world, "epoch_start")  # ponte is asleep
        await until(ready(world, 2, EST, MENSA))
        with refused(Code.DIRECTORY_UNREADY):
            await step(world, "epoch_switch")
        with refused(Code.INPUT_FIELD):
            change = office_pb2.Change(act="epoch_switch", without=[PONTE])
            desk = await world.office("anna")
            await desk.stub.PrepareDraft(office_pb2.PrepareDraftRequest(changes=[change]), metadata=desk.bearer)
        await step(world, "epoch_switch", PONTE)
        until_asked = await est.check()
        assert (until_asked.complete, until_asked.verdict) == (False, "none_known")
        assert [silent.member for silent in until_asked.silent] == [PONTE]
        with refused(Code.DIRECTORY_UNREADY):
            await step(world, "epoch_end")
        with refused(Code.MEMBER_UNKNOWN):
            await step(world, "epoch_end", PONTE, "nessuno")
        await step(world, "epoch_end", PONTE)

        # Its keys have ended without it: awake, it says that it speaks in part, until it has enrolled anew.
        with monkeypatch.context() as patched:
            patched.setattr(EnrolmentBudget, "spend", _no_room)
            async with counter(ponte_site):
                partial = await est.check()
                assert (partial.complete, [one.reason for one in partial.silent]) == (False, ["coverage_partial"])
        async with counter(ponte_site):
            await until(ready(world, 2, *NAMES))
            assert found(await est.check()) == ("similar", True, 1, [])
