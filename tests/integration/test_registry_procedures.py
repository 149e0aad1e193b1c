"""Evaluations under a procedure, over real TLS: whose it must be, until when, and how much of its cap there is."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from maglia.core.errors import Code
from maglia.core.pseudonym import ALL_SHARES, KeySet, blind
from maglia.core.vocabulary import PseudonymClass
from maglia.v1 import office_pb2, pseudonyms_pb2
from maglia.v1.pseudonyms_pb2_grpc import PseudonymServiceStub
from registry.ports import SpentInProcedure
from tests.integration.registry_world import OFFICERS, Body, World, copy_of, make_template, refused, served

CALL = office_pb2.Procedure(
    id="affitto-2099", act="PG/2099/9", cap=5, expires="2099-12-31", members=["ambito", "comune"]
)
ELEMENT = blind(b"cf:XQZXQW80A01H501X").element
DAY_S = 86_400
PERSON = PseudonymClass.PERSON


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("procedures") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry"), elements_a_day=2) as world:
        yield world


async def join(world: World, *names: str) -> list[Body]:
    """Let public bodies enter, and declare the procedure."""
    bodies = [Body(name) for name in names]
    for body in bodies:
        await world.apply(body, kind="comune", ipa_code=f"c_{body.member}", purposes=["rent_subsidy"])
    await world.approve(*names)
    for body in bodies:
        await world.activate(body, await world.token(body.member))
    await declare(world, CALL)
    return bodies


async def declare(world: World, called: office_pb2.Procedure) -> None:
    request = office_pb2.PrepareDraftRequest(changes=[office_pb2.Change(act="declare", procedure=called)])
    for user in OFFICERS:
        desk = await world.office(user)
        await desk.sign(await desk.stub.PrepareDraft(request, metadata=desk.bearer))


async def evaluate(
    world: World, body: Body, key_set: KeySet, count: int, procedure: str = CALL.id, use: int = 1
) -> Sequence[pseudonyms_pb2.Part]:
    request = pseudonyms_pb2.EvaluateRequest(
        key_set=key_set.digest,
        epoch=key_set.epoch,
        mask=int(ALL_SHARES),
        elements=[ELEMENT] * count,
        use=pseudonyms_pb2.Use.ValueType(use),
        procedure=procedure,
        evaluation_id=bytes(16),
    )
    return (await PseudonymServiceStub(world.peer(body.tls)).Evaluate(request)).parts


async def test_a_procedure_has_its_own_cap_apart_from_the_day(world: World, tmp_path: Path) -> None:
    ambito, comune = await join(world, "ambito", "comune")
    network, _ = await world.key_sets(tmp_path / "client", comune.member)
    for count in (3, 1):
        assert len(await evaluate(world, comune, network, count)) == 1
    with refused(Code.BUDGET_PROCEDURE):
        await evaluate(world, comune, network, 2)
    await evaluate(world, comune, network, 1)
    with refused(Code.BUDGET_PROCEDURE):
        await evaluate(world, comune, network, 1)
    await evaluate(world, ambito, network, 5)  # another body's count of the same procedure
    await evaluate(world, comune, network, 2, procedure="")
    with refused(Code.BUDGET_MEMBER):
        await evaluate(world, comune, network, 1, procedure="")


async def test_an_enrolment_is_under_no_procedure(world: World, tmp_path: Path) -> None:
    _, comune = await join(world, "ambito", "comune")
    _, own = await world.key_sets(tmp_path / "client", comune.member)
    with refused(Code.INPUT_FIELD):
        await evaluate(world, comune, own, 1, use=pseudonyms_pb2.USE_ENROLMENT)


async def test_who_may_name_a_procedure_until_when(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, comune, other = await join(world, "ambito", "comune", "valle")
    network, _ = await world.key_sets(tmp_path / "client", comune.member)
    for body, name, code in (
        (comune, "affitto-2098", Code.INPUT_PROCEDURE),
        (other, CALL.id, Code.POLICY_PROCEDURE_MEMBER),
    ):
        with refused(code):
            await evaluate(world, body, network, 1, procedure=name)
    soon = office_pb2.Procedure()
    soon.CopyFrom(CALL)
    soon.expires = time.strftime("%Y-%m-%d", time.gmtime())
    await declare(world, soon)
    procedures = world.parts.evaluation._grants._procedures
    await evaluate(world, comune, network, 1)
    monkeypatch.setattr(procedures, "_clock", lambda: time.time() + DAY_S)
    with refused(Code.POLICY_PROCEDURE_EXPIRED):
        await evaluate(world, comune, network, 1)
    assert procedures._counts.spent() == [SpentInProcedure(CALL.id, "comune", PERSON, 1)]


async def test_a_body_that_may_no_longer_ask_on_such_a_basis_has_no_procedure(world: World, tmp_path: Path) -> None:
    _, comune = await join(world, "ambito", "comune")
    network, _ = await world.key_sets(tmp_path / "client", comune.member)
    less = office_pb2.Change(act="change", member="comune", purposes=["referral"])
    for user in OFFICERS:
        desk = await world.office(user)
        request = office_pb2.PrepareDraftRequest(changes=[less])
        await desk.sign(await desk.stub.PrepareDraft(request, metadata=desk.bearer))
    with refused(Code.MEMBER_NOT_ENTITLED):
        await evaluate(world, comune, network, 1)


async def test_what_was_spent_survives_a_restart_and_a_wider_cap_goes_on_from_there(
    template: Path, tmp_path: Path
) -> None:
    folder = copy_of(template, tmp_path / "registry")
    async with served(folder) as world:
        _, comune = await join(world, "ambito", "comune")
        network, _ = await world.key_sets(tmp_path / "client", comune.member)
        await evaluate(world, comune, network, 5)
    async with served(folder) as world:
        with refused(Code.BUDGET_PROCEDURE):
            await evaluate(world, comune, network, 1)
        wider = office_pb2.Procedure()
        wider.CopyFrom(CALL)
        wider.cap = 7
        await declare(world, wider)
        await evaluate(world, comune, network, 2)
        with refused(Code.BUDGET_PROCEDURE):
            await evaluate(world, comune, network, 1)


async def test_what_cannot_be_counted_is_not_evaluated(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, comune = await join(world, "ambito", "comune")
    network, _ = await world.key_sets(tmp_path / "client", comune.member)
    counts, evaluator = world.parts.evaluation._grants._procedures._counts, world.parts.evaluation._evaluator

    def fail(*_values: object) -> bool:
        raise OperationalError("INSERT", {}, OSError("disk full"))

    def never(*_values: object) -> None:
        raise AssertionError("evaluated")

    with monkeypatch.context() as patch:
        patch.setattr(counts, "spend", fail)
        patch.setattr(evaluator, "evaluate", never)
        with refused(Code.STORAGE_UNAVAILABLE):
            await evaluate(world, comune, network, 1)
    assert counts.spent() == []
    await evaluate(world, comune, network, 5)


async def test_officers_and_auditors_read_what_is_spent(world: World, tmp_path: Path) -> None:
    _, comune = await join(world, "ambito", "comune")
    network, own = await world.key_sets(tmp_path / "client", comune.member)
    await evaluate(world, comune, network, 3)
    await evaluate(world, comune, network, 2, procedure="")
    await evaluate(world, comune, own, 4, procedure="", use=pseudonyms_pb2.USE_ENROLMENT)
    for user in ("anna", "sara"):
        desk = await world.office(user)
        found = await desk.stub.GetBudgets(office_pb2.GetBudgetsRequest(), metadata=desk.bearer)
        today = [(one.member, getattr(one, "class"), one.use, one.elements, one.limit) for one in found.today]
        assert today == [("comune", "person", "check", 2, 2), ("comune", "person", "enrolment", 4, 5000)]
        called = [(one.procedure, one.member, one.elements, one.cap, one.expires) for one in found.procedures]
        assert called == [
            ("affitto-2099", "ambito", 0, 5, "2099-12-31"),
            ("affitto-2099", "comune", 3, 5, "2099-12-31"),
        ]
        one = await desk.stub.GetBudgets(office_pb2.GetBudgetsRequest(member="ambito"), metadata=desk.bearer)
        assert [(getattr(line, "class"), line.use, line.elements) for line in one.today] == [
            ("person", "check", 0),
            ("person", "enrolment", 0),
            ("person", "report", 0),
            ("need", "check", 0),
            ("need", "enrolment", 0),
        ]
        assert [line.member for line in one.procedures] == ["ambito"]
        with refused(Code.MEMBER_UNKNOWN):
            await desk.stub.GetBudgets(office_pb2.GetBudgetsRequest(member="nessuno"), metadata=desk.bearer)
