"""Anybody may apply, and nobody can disable the office by it: pages, quotas, claims that exclude nobody, discards."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import grpc
import pytest

from maglia.core.directory import DIRECTORY_PATH
from maglia.core.errors import Code
from maglia.core.identifiers import provisional_check_digit
from maglia.core.identity import SigningKey
from maglia.core.officer import check_draft, officer_key_id, sign_draft
from maglia.core.vocabulary import APPLICATIONS_WAITING, MAX_MESSAGE_BYTES, MemberState
from maglia.v1 import enrolment_pb2, office_pb2
from maglia.v1.enrolment_pb2_grpc import EnrolmentServiceStub
from maglia.v1.envelope_pb2 import Envelope
from maglia.wire.convert import APPLICATION
from maglia.wire.envelope import seal
from maglia.wire.status import error_of
from registry.ports import Event, MemberRecord
from registry.rpc.office import PAGE
from tests.integration.registry_world import (
    NETWORK,
    OFFICERS,
    PASSWORD,
    Body,
    Desk,
    World,
    copy_of,
    make_template,
    refused,
    served,
)
from tests.integration.test_console_office import maglia, profile_of
from tui.office_client import OfficeDoor
from tui.office_model import Change
from tui.profile import load_profile

PONTE = "onlus-ponte"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("office") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


async def discard(desk: Desk, member: str) -> None:
    request = office_pb2.DiscardApplicationRequest(member=member, reason="il referente non esiste")
    await desk.stub.DiscardApplication(request, metadata=desk.bearer)


async def shown(desk: Desk, member: str) -> office_pb2.MemberSummary:
    answer = await desk.stub.GetMember(office_pb2.GetMemberRequest(member=member), metadata=desk.bearer)
    return answer.summary


async def test_a_full_queue_of_the_longest_names_is_read_in_pages(world: World, tmp_path: Path) -> None:
    """As large as it can become; it is written where applications end up, since sending them takes a minute."""
    await world.joined(PONTE)
    await world.apply(Body("prima"))
    first = world.parts.members.member("prima")
    assert first is not None
    with world.parts.members.transaction():
        for number in range(APPLICATIONS_WAITING):
            name, key = f"onda-{number:04d}" + "x" * 31, SigningKey.generate().public
            flood = replace(first, id=name, name="\N{GRINNING FACE}" * 200, identity_key=key)
            world.parts.members.save_member(flood, Event(1.0, name, "apply", ""))
    anna, sizes, after, found = await world.office("anna"), [], "", []
    while True:
        request = office_pb2.ListMembersRequest(page_token=after)
        page = await anna.stub.ListMembers(request, metadata=anna.bearer)
        sizes.append(page.ByteSize())
        found += [one.member for one in page.members]
        after = page.next_page_token
        if not after:
            break
    assert len(found) == len(set(found)) == APPLICATIONS_WAITING + 2
    assert len(sizes) == -(-len(found) // PAGE)
    assert max(sizes) < MAX_MESSAGE_BYTES
    with refused(Code.INPUT_FIELD):
        await anna.stub.ListMembers(office_pb2.ListMembersRequest(page_token="ieri"), metadata=anna.bearer)
    status, listed = await maglia("--profile", profile_of(world, tmp_path, "anna"), "office", "list")
    assert (status, len(listed["members"])) == (0, len(found))


async def test_the_draft_of_a_large_network_fits_though_no_message_holds_it(world: World, tmp_path: Path) -> None:
    """Eighty bodies, each for all the comuni it may name; their applications are written where they end up."""
    province = [f"{number:06d}" for number in range(999_001, 999_401)]
    names = [f"ente-{number:03d}" for number in range(80)]
    with world.parts.members.transaction():
        for number, name in enumerate(names):
            first_10 = f"{number:010d}"
            code = first_10 + provisional_check_digit(first_10)
            body = Body(name)
            filed = body.application(fiscal_code=code, territory=province)
            payload = filed.SerializeToString()
            record = MemberRecord(
                id=name,
                name=filed.name,
                kind=filed.kind,
                state=MemberState.APPLIED,
                fiscal_code=code,
                identity_key=body.identity.public,
                log_key=body.log.public,
                application=payload,
                missing=(),
                applied_at=1.0,
                application_signature=seal(APPLICATION, NETWORK, payload, body.identity).signature,
            )
            world.parts.members.save_member(record, Event(1.0, name, "apply", ""))
    for user in ("anna", "ivo"):
        door = OfficeDoor(load_profile(profile_of(world, tmp_path, user)))
        try:
            await door.login(user, PASSWORD)
            draft = await door.prepare([Change("approve", name) for name in names])
            assert len(draft.targets[DIRECTORY_PATH]) > MAX_MESSAGE_BYTES
            check_draft(draft.signed, draft.targets)
            key = OFFICERS[user]
            done = await door.sign(draft.draft, officer_key_id(key.public), sign_draft(key, draft.signed))
        finally:
            await door.close()
    assert (done.published, done.version) == (True, 1)
    anna = profile_of(world, tmp_path, "anna")
    status, signed = await maglia("--profile", anna, "office", "revoke", names[0], "--reason", "prova")
    assert (status, signed["signed_by"]) == (0, ["anna"])
    with refused(Code.DIRECTORY_DRAFT):
        desk = await world.office("anna")
        await desk.stub.GetDraftFile(office_pb2.GetDraftFileRequest(draft="x", path="y"), metadata=desk.bearer).read()


async def test_one_address_sends_so_many_applications_an_hour(template: Path, tmp_path: Path) -> None:
    async with served(copy_of(template, tmp_path / "registry"), applications_an_hour=3) as world:
        await world.apply(Body(PONTE))
        await _refused(world)
        await world.apply(Body("mensa-est"))
        with pytest.raises(grpc.aio.AioRpcError) as over:
            await world.apply(Body("croce-verde"))
        error = error_of(over.value)
        assert error.code is Code.MEMBER_APPLICATIONS
        assert 3500 < int(error.params["seconds"]) <= 3600


async def _refused(world: World) -> None:
    """What is refused counts too: else checking it would cost whoever sends it nothing."""
    with refused(Code.MEMBER_APPLICATION):
        await world.apply(Body("nessuno"), kind="banca")


async def test_a_full_queue_takes_no_more_and_a_discard_makes_room(template: Path, tmp_path: Path) -> None:
    async with served(copy_of(template, tmp_path / "registry"), applications_waiting=2) as world:
        ponte, anna = Body(PONTE), await world.office("anna")
        await world.apply(ponte)
        await world.apply(Body("onda"))
        with refused(Code.MEMBER_QUEUE_FULL):
            await world.apply(Body("mensa-est"))
        assert (await world.apply(ponte)).state == "applied", "who waits already may correct the application"
        await discard(anna, "onda")
        await world.apply(Body("mensa-est"))
        await world.approve(PONTE)
        await world.apply(Body("onda"))


async def test_what_is_discarded_is_free_again_and_its_history_stays(world: World) -> None:
    squatter, owner, anna = Body(PONTE), Body(PONTE), await world.office("anna")
    await world.apply(squatter)
    await anna.sign(await anna.prepare(PONTE))
    with refused(Code.MEMBER_SIGNATURE):
        await world.apply(owner)
    await discard(anna, PONTE)
    with refused(Code.MEMBER_UNKNOWN):
        await discard(anna, PONTE)
    with refused(Code.MEMBER_UNKNOWN):
        await anna.prepare(PONTE)
    await world.apply(owner)
    assert list((await shown(anna, PONTE)).signed_by) == []
    await world.apply(Body("mensa-est", identity=squatter.identity))
    history = await anna.stub.GetHistory(office_pb2.GetHistoryRequest(member=PONTE), metadata=anna.bearer)
    said = [json.loads(entry.leaf) for entry in history.entries]
    assert [(one["actor"], one["action"]) for one in said] == [
        (PONTE, "apply"),
        ("anna", "sign"),
        ("anna", "discard"),
        (PONTE, "apply"),
    ]
    await world.approve(PONTE)
    with refused(Code.MEMBER_STATE):
        await discard(anna, PONTE)


async def test_a_claim_that_nobody_proved_excludes_nobody(world: World) -> None:
    owner, squatter, anna = Body(PONTE), Body("onda"), await world.office("anna")
    code = owner.application().fiscal_code
    await world.apply(squatter, fiscal_code=code)
    assert (await world.apply(owner)).state == "applied"
    assert list((await shown(anna, PONTE)).same_fiscal_code) == ["onda"]
    assert list((await shown(anna, "onda")).same_fiscal_code) == [PONTE]
    for members in ([PONTE], ["onda"], [PONTE, "onda"]):
        with refused(Code.MEMBER_FISCAL_CODE_CLAIMED):
            await anna.prepare(*members)
    await discard(anna, "onda")
    assert list((await shown(anna, PONTE)).same_fiscal_code) == []
    assert (await world.approve(PONTE)).published


async def test_what_nobody_touched_expires(template: Path, tmp_path: Path) -> None:
    async with served(copy_of(template, tmp_path / "registry"), application_s=0.001) as world:
        anna = await world.office("anna")
        for name in (PONTE, "onda", "mensa-est"):
            await world.apply(Body(name))
        back = office_pb2.ReturnApplicationRequest(member=PONTE, reason="manca l'atto")
        await anna.stub.ReturnApplication(back, metadata=anna.bearer)
        await anna.sign(await anna.prepare("mensa-est"))
        world.parts.queue.sweep()
        listed = await anna.stub.ListMembers(office_pb2.ListMembersRequest(), metadata=anna.bearer)
        assert [one.member for one in listed.members] == [PONTE, "mensa-est"]


async def test_an_application_holds_nothing_but_its_fields(world: World) -> None:
    body = Body(PONTE)
    padding = enrolment_pb2.ApplyRequest(application=Envelope(payload=bytes(20_000))).SerializeToString()
    payload = body.application().SerializeToString() + padding
    envelope = seal(APPLICATION, NETWORK, payload, body.identity)
    with refused(Code.INPUT_TOO_LARGE):
        await EnrolmentServiceStub(world.front()).Apply(enrolment_pb2.ApplyRequest(application=envelope))
    long = dict.fromkeys(("name", "act", "act_protocol", "referent", "contact", "runts_section"), "N" * 200)
    with refused(Code.MEMBER_APPLICATION):
        await world.apply(body, **long)


async def test_an_officer_discards_several_at_the_console(world: World, tmp_path: Path) -> None:
    for name in (PONTE, "onda-1", "onda-2"):
        await world.apply(Body(name))
    anna = profile_of(world, tmp_path, "anna")
    order = ("--profile", anna, "office", "discard")
    status, done = await maglia(*order, "onda-1", "onda-2", "--reason", "inventate")
    assert (status, done["members"]) == (0, ["onda-1", "onda-2"])
    status, denied = await maglia(*order, "onda-1", "--reason", "inventate")
    assert (status != 0, denied["code"]) == (True, "member.unknown")
    status, denied = await maglia(*order, PONTE, "--reason", " ")
    assert (status, denied["code"]) == (2, "input.missing")
    status, listed = await maglia("--profile", anna, "office", "list")
    assert [row["member"] for row in listed["members"]] == [PONTE]
    status, history = await maglia("--profile", anna, "office", "history", "onda-1")
    assert [(line["action"], line["detail"]) for line in history["entries"]][-1] == ("discard", "inventate")
