"""From application to activity and suspension, over real TLS, with the officers' own keys."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey, fingerprint
from maglia.core.officer import check_draft, officer_key_id
from maglia.v1 import directory_pb2, enrolment_pb2, office_pb2
from maglia.v1.directory_pb2_grpc import DirectoryServiceStub
from maglia.v1.enrolment_pb2_grpc import EnrolmentServiceStub
from maglia.wire.convert import APPLICATION, open_card, seal_message
from registry import metadata
from registry.domain.change import Change
from registry.domain.membership import Act
from tests.integration.registry_world import (
    NETWORK,
    OFFICERS,
    Body,
    World,
    copy_of,
    make_template,
    refused,
    served,
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("office") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


async def test_a_body_enters_by_two_signatures_and_a_token(world: World, tmp_path: Path) -> None:
    body = Body("onlus-ponte")
    applied = await world.apply(body)
    assert (applied.state, applied.fingerprint) == ("applied", fingerprint(body.identity.public))

    anna, ivo = await world.office("anna"), await world.office("ivo")
    first = await anna.sign(await anna.prepare(body.member))
    assert (list(first.signed_by), first.threshold, first.published) == (["anna"], 2, False)
    with pytest.raises(MagliaError) as unpublished:
        await world.trusted(tmp_path / "client")
    assert unpublished.value.code is Code.DIRECTORY_UNTRUSTED

    draft = await ivo.prepare(body.member)
    assert list(draft.signed_by) == ["anna"]
    second = await ivo.sign(draft)
    assert (second.published, second.version) == (True, 1)
    member = (await world.directory(tmp_path / "client")).member(body.member)
    assert member.identity_key == body.identity.public

    assert (await world.activate(body, await world.token(body.member))).state == "active"
    cards = await DirectoryServiceStub(world.peer(body.tls)).ListCards(directory_pb2.ListCardsRequest())
    assert (cards.revision, cards.more) == (1, False)
    assert open_card(cards.cards[0], NETWORK, body.member, member.identity_key).certificate == body.tls.der


async def test_the_same_officer_twice_is_refused(world: World, tmp_path: Path) -> None:
    await world.apply(Body("onlus-ponte"))
    anna = await world.office("anna")
    await anna.sign(await anna.prepare("onlus-ponte"))
    with refused(Code.MEMBER_SECOND_OFFICER):
        await anna.sign(await anna.prepare("onlus-ponte"))
    with pytest.raises(MagliaError):
        await world.trusted(tmp_path / "client")


async def test_an_officer_signs_with_their_own_key_alone(world: World) -> None:
    await world.apply(Body("onlus-ponte"))
    anna = await world.office("anna")
    draft = await anna.prepare("onlus-ponte")
    for stranger in (OFFICERS["ivo"], SigningKey.generate()):
        with refused(Code.MEMBER_SIGNATURE):
            await anna.sign(draft, stranger)
    request = office_pb2.SignDraftRequest(
        draft=draft.draft, key_id=officer_key_id(OFFICERS["anna"].public), signature=bytes(64)
    )
    with refused(Code.MEMBER_SIGNATURE):
        await anna.stub.SignDraft(request, metadata=anna.bearer)


async def test_what_online_keys_sign_is_no_directory(world: World, tmp_path: Path) -> None:
    """A registry taken over may hold every online key and one officer's: still nobody is added."""
    await world.joined("onlus-ponte")
    await world.apply(Body("intruso"))
    draft = world.parts.drafts.prepare([Change(Act.APPROVE, "intruso")])
    online, anna = world.secrets.online, OFFICERS["anna"]
    signatures = {
        officer_key_id(key.public): key.sign(draft.signed) for key in (online.snapshot, online.suspensions, anna)
    }
    with pytest.raises(MagliaError) as unpublished:
        metadata.join_targets(world.known.root, draft.signed, signatures)
    assert unpublished.value.code is Code.DIRECTORY_UNTRUSTED

    forged = [{"keyid": key_id, "sig": signature.hex()} for key_id, signature in signatures.items()]
    files = world.parts.files
    files.save_metadata(
        "2.targets.json", json.dumps({"signed": json.loads(draft.signed), "signatures": forged}).encode()
    )
    files.set_version("targets", 2)
    for path, content in draft.targets.items():
        files.save_target(metadata.prefixed(path, content), content)
    files.save_metadata("2.snapshot.json", metadata.sign_snapshot(2, 2, 1, online.snapshot, time.time()))
    files.save_metadata("timestamp.json", metadata.sign_timestamp(9, 2, online.snapshot, time.time(), 3600))
    with pytest.raises(MagliaError) as untrusted:
        await world.trusted(tmp_path / "client")
    assert untrusted.value.code is Code.DIRECTORY_UNTRUSTED
    assert "signed by 1/2" in untrusted.value.cause


async def test_officers_sign_nothing_but_the_files_they_are_shown(world: World) -> None:
    await world.apply(Body("onlus-ponte"))
    draft = world.parts.drafts.prepare([Change(Act.APPROVE, "onlus-ponte")])
    assert set(check_draft(draft.signed, draft.targets).members) == {"onlus-ponte"}
    changed = {**draft.targets, "directory.json": draft.targets["directory.json"] + b" "}
    wider = draft.signed.replace(b'"suspensions.json"', b'"directory.json"', 1)
    for signed, targets in (
        (draft.signed, changed),
        (draft.signed, {}),
        (wider, draft.targets),
        (draft.signed + b" ", draft.targets),
        (b"[]", draft.targets),
    ):
        with pytest.raises(MagliaError) as untrue:
            check_draft(signed, targets)
        assert untrue.value.code is Code.DIRECTORY_DRAFT


async def test_a_publication_closes_other_drafts(world: World, tmp_path: Path) -> None:
    for name in ("onlus-ponte", "onlus-est"):
        await world.apply(Body(name))
    anna, ivo = await world.office("anna"), await world.office("ivo")
    waiting = await anna.prepare("onlus-est")
    await anna.sign(waiting)
    await world.approve("onlus-ponte")
    with refused(Code.DIRECTORY_DRAFT):
        await ivo.sign(waiting)
    assert (await world.approve("onlus-est")).version == 2
    assert set((await world.directory(tmp_path / "client")).members) == {"onlus-ponte", "onlus-est"}


async def test_a_changed_application_voids_the_signature_on_the_earlier_one(world: World) -> None:
    body = Body("onlus-ponte")
    await world.apply(body)
    anna, ivo = await world.office("anna"), await world.office("ivo")
    draft = await anna.prepare(body.member)
    await anna.sign(draft)
    await world.apply(body, facets=["food_parcel", "loan"])
    with refused(Code.DIRECTORY_DRAFT):
        await ivo.sign(draft)
    assert list((await ivo.prepare(body.member)).signed_by) == []


async def test_incomplete_applications_wait_and_are_completed(world: World) -> None:
    body = Body("onlus-ponte")
    assert (await world.apply(body, referent="")).state == "documents_missing"
    anna = await world.office("anna")
    shown = await anna.stub.GetMember(office_pb2.GetMemberRequest(member=body.member), metadata=anna.bearer)
    assert (list(shown.missing), shown.summary.state) == (["referent"], "documents_missing")
    with refused(Code.MEMBER_STATE):
        await anna.prepare(body.member)
    assert (await world.apply(body)).state == "applied"
    await world.approve(body.member)
    with refused(Code.MEMBER_STATE):
        await world.apply(body)


async def test_an_application_is_the_keys_own(world: World) -> None:
    body, other = Body("onlus-ponte"), Body("onlus-ponte")
    forged = seal_message(APPLICATION, NETWORK, body.application(), other.identity)
    with refused(Code.MEMBER_SIGNATURE):
        await EnrolmentServiceStub(world.front()).Apply(enrolment_pb2.ApplyRequest(application=forged))
    await world.apply(body)
    with refused(Code.MEMBER_SIGNATURE):
        await world.apply(other)
    with refused(Code.MEMBER_KEY_TAKEN):
        await world.apply(Body("onlus-est", identity=body.identity))
    with refused(Code.MEMBER_APPLICATION):
        await world.apply(Body("onlus-est"), kind="banca")


async def test_a_tax_code_of_an_admitted_body_is_taken(world: World) -> None:
    body = Body("onlus-ponte")
    await world.apply(body)
    await world.approve(body.member)
    with refused(Code.MEMBER_FISCAL_CODE):
        await world.apply(Body("onlus-est"), fiscal_code=body.application().fiscal_code)


async def test_a_token_is_used_once_by_its_body_alone(world: World) -> None:
    ponte, est = Body("onlus-ponte"), Body("onlus-est")
    for body in (ponte, est):
        await world.apply(body)
    with refused(Code.MEMBER_STATE):
        await world.token(ponte.member)
    await world.approve(ponte.member, est.member)
    first = await world.token(ponte.member)
    second = await world.token(ponte.member)
    await world.token(est.member)
    for wrong in ("", first, "x" * 32):
        with refused(Code.MEMBER_TOKEN):
            await world.activate(ponte, wrong)
    with refused(Code.MEMBER_TOKEN):
        await world.activate(est, second)
    await world.activate(ponte, second)
    ponte.renew()  # the very same card would be the same activation said again
    with refused(Code.MEMBER_TOKEN_USED):
        await world.activate(ponte, second)


async def test_an_expired_token_is_refused(template: Path, tmp_path: Path) -> None:
    async with served(copy_of(template, tmp_path / "registry"), token_s=0.001) as world:
        body = Body("onlus-ponte")
        await world.apply(body)
        await world.approve(body.member)
        with refused(Code.MEMBER_TOKEN_EXPIRED):
            await world.activate(body, await world.token(body.member))


async def test_a_card_is_replaced_by_a_later_one_of_the_member(world: World) -> None:
    (body,) = await world.joined("onlus-ponte")
    stub = EnrolmentServiceStub(world.front())
    body.renew()
    for card, code in (
        (body.card(1), Code.MEMBER_CARD),
        (body.card(2, SigningKey.generate()), Code.MEMBER_SIGNATURE),
        (Body("onlus-est").card(2), Code.MEMBER_UNKNOWN),
    ):
        with refused(code):
            await stub.PublishCard(enrolment_pb2.PublishCardRequest(card=card))
    assert (await stub.PublishCard(enrolment_pb2.PublishCardRequest(card=body.card(2)))).sequence == 2
    cards = await DirectoryServiceStub(world.peer(body.tls)).ListCards(directory_pb2.ListCardsRequest(since=1))
    assert (len(cards.cards), cards.revision) == (1, 2)


async def _news(world: World, body: Body) -> AsyncIterator[int]:
    """Yield the timestamp versions that a member hears of."""
    stub = DirectoryServiceStub(world.peer(body.tls))
    async for heard in stub.WatchNews(directory_pb2.WatchNewsRequest()):
        yield heard.timestamp_version


async def test_one_officer_suspends_at_once(world: World, tmp_path: Path) -> None:
    ponte, est = await world.joined("onlus-ponte", "onlus-est")
    stopped, others = (_news(world, body) for body in (ponte, est))
    await anext(stopped)
    before = await anext(others)
    anna = await world.office("anna")
    await anna.suspend(ponte.member)

    assert await anext(others) > before
    with refused(Code.MEMBER_INACTIVE):
        await anext(stopped)
    with refused(Code.MEMBER_INACTIVE):
        await DirectoryServiceStub(world.peer(ponte.tls)).ListCards(directory_pb2.ListCardsRequest())
    assert [member.id for member in (await world.directory(tmp_path / "client")).active()] == [est.member]
    with refused(Code.MEMBER_STATE):
        await anna.suspend(ponte.member)

    await world.apply(Body("onlus-nord"))
    await world.approve("onlus-nord")
    active = [member.id for member in (await world.directory(tmp_path / "client")).active()]
    assert active == ["onlus-est", "onlus-nord"]


async def test_clients_follow_later_versions_and_refuse_earlier_ones(world: World, tmp_path: Path) -> None:
    await world.joined("onlus-ponte")
    old = {name: world.parts.files.metadata(name) for name in ("timestamp.json",)}
    world.parts.publisher.refresh()
    newer = await world.trusted(tmp_path / "client")
    world.parts.files.save_metadata("timestamp.json", old["timestamp.json"] or b"")
    with pytest.raises(MagliaError) as rolled_back:
        await world.trusted(tmp_path / "client")
    assert rolled_back.value.code is Code.DIRECTORY_ROLLBACK
    assert newer.version > 1


async def test_expired_metadata_is_refused_until_signed_again(template: Path, tmp_path: Path) -> None:
    folder = copy_of(template, tmp_path / "registry")
    async with served(folder, timestamp_s=1) as world:
        await world.joined("onlus-ponte")
        assert metadata.expiry(world.parts.files.metadata("timestamp.json") or b"") > 0
    async with served(folder, timestamp_s=0.001) as world:
        world.parts.publisher.refresh()
        with pytest.raises(MagliaError) as expired:
            await world.trusted(tmp_path / "client")
        assert expired.value.code is Code.DIRECTORY_EXPIRED
    async with served(folder) as world:
        world.parts.publisher.refresh()
        assert (await world.trusted(tmp_path / "client")).expires > 0


async def test_the_board_shows_who_signed(world: World) -> None:
    await world.apply(Body("onlus-ponte"))
    anna = await world.office("anna")
    await anna.sign(await anna.prepare("onlus-ponte"))
    listed = await anna.stub.ListMembers(office_pb2.ListMembersRequest(), metadata=anna.bearer)
    (summary,) = listed.members
    assert (summary.state, list(summary.signed_by), summary.threshold) == ("applied", ["anna"], 2)
    assert [event.action for event in world.parts.members.history("onlus-ponte")] == ["apply", "sign"]
