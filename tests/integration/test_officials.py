"""Auditors and the data-protection officer at a served registry: appointed by two officers, known by TLS."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import pytest

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import NetworkRole
from maglia.v1 import audit_pb2, directory_pb2, office_pb2
from maglia.v1.audit_pb2_grpc import AuditServiceStub
from maglia.v1.directory_pb2_grpc import DirectoryServiceStub
from maglia.wire.certificates import TlsIdentity, make_certificate
from registry.trust import Trust
from tests.integration.registry_world import NETWORK, OFFICERS, Body, World, copy_of, make_template, refused, served
from tests.support.officials import LAST_DAY, Person, appointment, dismissal, sign, sign_as


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("officials") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


async def head(world: World, identity: TlsIdentity) -> audit_pb2.GetHeadResponse:
    """Read the head of the registry's log, as an auditor may."""
    return await AuditServiceStub(world.peer(identity)).GetHead(audit_pb2.GetHeadRequest(), timeout=20)


async def history(world: World, name: str) -> list[str]:
    desk = await world.office("anna")
    request = office_pb2.GetHistoryRequest(member=name)
    entries = (await desk.stub.GetHistory(request, metadata=desk.bearer)).entries
    return [entry.leaf.decode() for entry in entries]


async def test_two_officers_appoint_and_dismiss(world: World, tmp_path: Path) -> None:
    sara, dario = Person("sara"), Person("dario", NetworkRole.DPO)
    appointments = [appointment(sara), appointment(dario)]
    first = await sign_as(world, "anna", appointments)
    assert (first.published, list(first.signed_by)) == (False, ["anna"])
    assert world.parts.publisher.directory() is None
    second = await sign_as(world, "ivo", appointments)
    assert second.published
    officials = (await world.directory(tmp_path / "trust")).officials
    assert {name: (one.role, one.act_expiry) for name, one in officials.items()} == {
        "sara": (NetworkRole.AUDITOR, LAST_DAY),
        "dario": (NetworkRole.DPO, LAST_DAY),
    }
    assert officials["sara"].certificate == sara.tls.der
    held = await AuditServiceStub(channel := world.peer(sara.tls)).GetHead(audit_pb2.GetHeadRequest(), timeout=20)
    assert held.size > 0
    with refused(Code.SESSION_ROLE):
        await head(world, dario.tls)

    await sign(world, dismissal("sara"))
    assert set((await world.directory(tmp_path / "trust")).officials) == {"dario"}
    with refused(Code.MEMBER_CARD):  # on the connection that was open before
        await AuditServiceStub(channel).GetHead(audit_pb2.GetHeadRequest(), timeout=20)
    with pytest.raises(grpc.aio.AioRpcError) as failure:
        await head(world, sara.tls)
    assert failure.value.code() is grpc.StatusCode.UNAVAILABLE  # no handshake any more
    told = await history(world, "sara")
    assert [action for line in told for action in ("sign", "appoint", "dismiss") if f'"action":"{action}"' in line] == [
        "sign",
        "sign",
        "appoint",
        "sign",
        "sign",
        "dismiss",
    ]


async def test_the_directory_of_bodies_keeps_its_officials_and_the_other_way_round(
    world: World, tmp_path: Path
) -> None:
    sara = Person("sara")
    await sign(world, appointment(sara))
    await world.joined("onlus-ponte")
    directory = await world.directory(tmp_path / "trust")
    assert (set(directory.members), set(directory.officials)) == ({"onlus-ponte"}, {"sara"})
    await sign(world, appointment(sara, act_protocol="PG/2027/1"))
    directory = await world.directory(tmp_path / "trust")
    assert (set(directory.members), directory.officials["sara"].act_protocol) == ({"onlus-ponte"}, "PG/2027/1")
    stub = DirectoryServiceStub(world.peer(sara.tls))
    assert len((await stub.ListCards(directory_pb2.ListCardsRequest(), timeout=20)).cards) == 1


async def test_one_officer_stops_an_official_at_once_and_for_good(world: World, tmp_path: Path) -> None:
    sara = Person("sara")
    await sign(world, appointment(sara))
    stub = AuditServiceStub(world.peer(sara.tls))
    await stub.GetHead(audit_pb2.GetHeadRequest(), timeout=20)
    anna = await world.office("anna")
    await anna.suspend("sara")
    with refused(Code.MEMBER_NO_OFFICE):
        await stub.GetHead(audit_pb2.GetHeadRequest(), timeout=20)
    with refused(Code.MEMBER_NO_OFFICE):
        await head(world, sara.tls)
    with refused(Code.MEMBER_STATE):
        await anna.suspend("sara")
    await world.joined("onlus-ponte")
    await anna.suspend("onlus-ponte")
    world.parts.publisher.refresh()
    assert (await world.directory(tmp_path / "trust")).officials == {}
    await sign(world, dismissal("sara"))
    with refused(Code.MEMBER_ID_TAKEN):
        await sign_as(world, "anna", [appointment(Person("sara"))])
    with refused(Code.MEMBER_ID_TAKEN):
        await world.apply(Body("sara"))
    await sign(world, appointment(Person("sara-verdi")))


async def test_an_official_whose_act_is_over_is_refused_by_the_registrys_clock(world: World) -> None:
    sara = Person("sara")
    today = datetime.now(UTC).date()
    await sign(world, appointment(sara, act_expiry=today.isoformat()))
    assert (await head(world, sara.tls)).size > 0
    later = Trust(world.parts.members, world.parts.files, lambda: time.time() + 86_400)
    with pytest.raises(MagliaError) as failure:
        later.official_of(sara.tls.der)
    assert failure.value.code is Code.MEMBER_NO_OFFICE


SHORT = make_certificate("sara", NETWORK, 86_400, time.time()).der
OTHER = make_certificate("anna", NETWORK, 10**9, time.time()).der
ELSEWHERE = make_certificate("sara", "altra", 10**9, time.time()).der


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": "registry"}, Code.INPUT_FIELD),
        ({"id": "S"}, Code.INPUT_FIELD),
        ({"id": "another"}, Code.INPUT_FIELD),
        ({"role": "accreditation_officer"}, Code.INPUT_FIELD),
        ({"role": "chief"}, Code.INPUT_FIELD),
        ({"name": ""}, Code.INPUT_FIELD),
        ({"act_protocol": ""}, Code.INPUT_FIELD),
        ({"act_expiry": "31/12/2199"}, Code.INPUT_FIELD),
        ({"act_expiry": "2020-01-01"}, Code.MEMBER_ACT_EXPIRED),
        ({"identity_key": b"short"}, Code.INPUT_FIELD),
        ({"identity_key": OFFICERS["anna"].public}, Code.MEMBER_OFFICIAL_KEY),
        ({"certificate": SHORT}, Code.INPUT_OFFICIAL_DAYS),
        ({"certificate": OTHER}, Code.INPUT_OFFICIAL_CERTIFICATE),
        ({"certificate": ELSEWHERE}, Code.INPUT_OFFICIAL_CERTIFICATE),
        ({"certificate": b"none"}, Code.INPUT_OFFICIAL_CERTIFICATE),
    ],
)
async def test_what_would_open_nothing_or_more_is_not_drafted(
    world: World, changes: dict[str, Any], code: Code
) -> None:
    sara = Person("sara")
    change = office_pb2.Change(act="appoint", member="sara", official=sara.official(**changes))
    if "id" in changes and changes["id"] != "another":
        change.member = changes["id"]
    with refused(code):
        await sign_as(world, "anna", [change])


async def test_a_name_or_a_key_is_one_persons_or_one_bodys(world: World) -> None:
    [body] = await world.joined("onlus-ponte")
    waiting = Body("mensa-est")
    await world.apply(waiting)
    sara = Person("sara")
    await sign(world, appointment(sara))
    for wanted, code in (
        (appointment(Person("onlus-ponte")), Code.MEMBER_ID_TAKEN),
        (appointment(Person("mensa-est")), Code.MEMBER_ID_TAKEN),
        (appointment(Person("sara")), Code.MEMBER_ID_TAKEN),  # under another key: dismissed first
        (appointment(Person("dario", key=sara.key)), Code.MEMBER_OFFICIAL_KEY),
        (appointment(Person("dario", key=body.identity)), Code.MEMBER_OFFICIAL_KEY),
        (dismissal("dario"), Code.MEMBER_NO_OFFICIAL),
        (dismissal("onlus-ponte"), Code.MEMBER_NO_OFFICIAL),
        (office_pb2.Change(act="dismiss", member="sara"), Code.INPUT_FIELD),
        (office_pb2.Change(act="appoint", member="sara"), Code.INPUT_FIELD),
        (office_pb2.Change(act="revoke", member="sara", reason="prova"), Code.MEMBER_UNKNOWN),
        (office_pb2.Change(act="dismiss", member="sara", reason="x", official=sara.official()), Code.INPUT_FIELD),
    ):
        with refused(code):
            await sign_as(world, "anna", [wanted])
    with refused(Code.INPUT_FIELD):
        await sign_as(world, "anna", [appointment(sara), dismissal("sara")])
    with refused(Code.MEMBER_ID_TAKEN):
        await world.apply(Body("sara"))
    with refused(Code.MEMBER_KEY_TAKEN):
        await world.apply(Body("sara-onlus", sara.key))


async def test_an_officers_account_for_auditors_still_reads_the_budgets(world: World) -> None:
    desk = await world.office("sara")
    assert (await desk.stub.GetBudgets(office_pb2.GetBudgetsRequest(), metadata=desk.bearer)).day
