"""A card's life with whole nodes: renewed while it serves, old and new side by side, never a stranger's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest

from maglia.core.errors import Code, MagliaError
from maglia.core.identity import Card, SigningKey
from maglia.core.identity import fingerprint as fingerprint_of
from maglia.core.vocabulary import CARD_OVERLAP_S
from maglia.v1 import directory_pb2, enrolment_pb2, office_pb2
from maglia.v1.directory_pb2_grpc import DirectoryServiceStub
from maglia.v1.enrolment_pb2_grpc import EnrolmentServiceStub
from maglia.v1.envelope_pb2 import Envelope
from maglia.wire.certificates import TlsIdentity
from maglia.wire.convert import seal_card
from maglia.wire.status import error_of
from node.card import CARD_FILE, OwnCard, first_card
from node.keys import KEYSTORE_FILE
from registry.trust import Trust
from tests.integration.node_world import Line, Site, applied, free_port, joined, line, prepared, until
from tests.integration.registry_world import (
    NETWORK,
    OFFICERS,
    PASSPHRASE,
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


async def publish(world: World, card: Envelope) -> None:
    """Publish a card as a node does."""
    request = enrolment_pb2.PublishCardRequest(card=card)
    await EnrolmentServiceStub(world.front()).PublishCard(request)


async def asker(world: World, name: str = "mensa-ovest") -> Body:
    """Return a body without a node of its own: the tests speak for it."""
    [body] = await world.joined(name)
    return body


async def is_admitted(site: Site, body: Body) -> bool:
    """Return whether the node serves a body's present certificate; a refusal of the card is the only other answer."""
    try:
        async with line(site.published(), body.tls) as held:
            return await held.is_served()
    except (grpc.aio.AioRpcError, asyncio.CancelledError):
        return False


async def test_a_serving_node_renews_its_card_and_no_stream_is_cut(world: World, tmp_path: Path) -> None:
    caller = await asker(world)
    [site] = await joined(world, tmp_path, "parrocchia-nord")
    first = site.published()
    async with site.serving(card_s=3600, card_renew_s=2):
        # A card from before the setting lives too long for it: renewed at the start.
        at_start = site.published()
        assert at_start.sequence > first.sequence
        assert at_start.not_after - time.time() <= 3600
        async with line(at_start, caller.tls) as held:
            await until(lambda: site.published().sequence > at_start.sequence)
            await until(lambda: site.card() == site.published())
            renewed = site.published()
            assert renewed.certificate != at_start.certificate
            assert await held.is_served()
            async with line(renewed, caller.tls) as fresh:  # presented without a restart
                assert await fresh.is_served()
            assert await held.is_served()


async def test_a_callers_former_card_counts_for_the_overlap_and_no_longer(world: World, tmp_path: Path) -> None:
    caller = await asker(world)
    [site] = await joined(world, tmp_path, "parrocchia-nord")
    former = Body(caller.member, caller.identity, caller.log)
    former.tls = caller.tls
    async with site.serving(card_overlap_s=3.0, directory_poll_s=1.0):
        async with line(site.published(), former.tls) as held:
            caller.renew()
            await publish(world, caller.card(2))
            async with asyncio.timeout(20):
                while not await is_admitted(site, caller):  # noqa: ASYNC110 - the other side tells nobody
                    await asyncio.sleep(0.05)
            assert await held.is_served()
            assert await is_admitted(site, former)
            assert await _end_of(held) is Code.MEMBER_CARD
        assert not await is_admitted(site, former)
        assert await is_admitted(site, caller)


async def _end_of(held: Line) -> Code:
    """Return with which code a stream ends on which nobody says anything."""
    with pytest.raises(grpc.aio.AioRpcError) as failure:
        async with asyncio.timeout(20):
            await held.call.read()
    return error_of(failure.value).code


async def test_old_and_new_card_count_at_the_registry_through_a_restart(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAGLIA_REGISTRY_DATABASE_URL", database_url)
    folder = make_template(tmp_path / "registry")
    async with served(folder) as world:
        body = await asker(world)
        before = body.tls
        body.renew()
        await publish(world, body.card(2))
    async with served(folder) as world:
        for identity in (before, body.tls):
            assert await _sequences(world, identity) == [1, 2]
        later = Trust(world.parts.members, world.parts.files, lambda: time.time() + CARD_OVERLAP_S)
        assert later.member_of(body.tls.der).id == body.member
        with pytest.raises(MagliaError) as failure:
            later.member_of(before.der)
        assert failure.value.code is Code.MEMBER_CARD


async def _sequences(world: World, identity: TlsIdentity) -> list[int]:
    """Return the numbers of the cards that the registry serves to whoever presents this certificate."""
    stub = DirectoryServiceStub(world.peer(identity))
    cards = (await stub.ListCards(directory_pb2.ListCardsRequest(), timeout=20)).cards
    return [enrolment_pb2.Card.FromString(card.payload).sequence for card in cards]


async def test_a_member_that_publishes_card_after_card_fills_nothing(world: World) -> None:
    body = await asker(world)
    for sequence in range(2, 9):
        body.renew()
        await publish(world, body.card(sequence))
    assert await _sequences(world, body.tls) == [5, 6, 7, 8]


async def test_a_changed_address_is_published_without_the_office(world: World, tmp_path: Path) -> None:
    [site] = await joined(world, tmp_path, "parrocchia-nord")
    moved = f"127.0.0.1:{free_port()}"
    caller = await asker(world)
    before = site.published()
    async with site.serving(peer=moved):
        after = site.published()
        assert (after.endpoint, after.certificate) == (moved, before.certificate)
        assert await is_admitted(site, caller)


async def test_a_card_that_the_registry_never_confirmed_is_published_again(world: World, tmp_path: Path) -> None:
    """The registry took the card, and the node died before it heard so: its new key is on disk beside the old one."""
    [site] = await joined(world, tmp_path, "parrocchia-nord")
    own = OwnCard(site.folder, site.settings(card_s=3600), world.known, site.keys, PASSPHRASE)
    before = (site.folder / KEYSTORE_FILE).read_bytes()
    await own.renew()
    assert own.tls().der == site.published().certificate
    (site.folder / KEYSTORE_FILE).write_bytes(before)  # as if restored from yesterday's backup
    again = OwnCard(site.folder, site.settings(card_s=3600), world.known, site.keys, PASSPHRASE)
    await again.renew()
    assert again.tls().der == site.published().certificate == site.card().certificate


async def test_without_the_registry_a_current_card_serves_on(world: World, tmp_path: Path) -> None:
    [site] = await joined(world, tmp_path, "parrocchia-nord")
    away = world.known.__class__(**{**vars(world.known), "registry_front": f"127.0.0.1:{free_port()}"})
    own = OwnCard(site.folder, site.settings(card_s=3600), away, site.keys, PASSPHRASE)
    await own.start()
    assert own.tls().der == site.card().certificate
    assert site.keys.next_peer is not None
    await OwnCard(site.folder, site.settings(card_s=3600), world.known, site.keys, PASSPHRASE).start()
    assert site.keys.next_peer is None
    assert site.keys.peer.der == site.published().certificate
    moved = OwnCard(site.folder, site.settings(peer=f"127.0.0.1:{free_port()}"), away, site.keys, PASSPHRASE)
    with pytest.raises(MagliaError) as failure:
        await moved.start()  # nobody would find it where its card says
    assert failure.value.code is Code.NETWORK_OFFICE


async def test_a_card_in_its_last_days_is_a_problem(world: World, tmp_path: Path) -> None:
    [site] = await joined(world, tmp_path, "parrocchia-nord")
    own = OwnCard(site.folder, site.settings(), world.known, site.keys, PASSPHRASE)
    assert own.problems() == []
    # Thirty days are left at sixty of ninety; here the same card should have lived eight times as long.
    late = OwnCard(site.folder, site.settings(card_s=720 * 86_400), world.known, site.keys, PASSPHRASE)
    assert late.problems() == [Code.MEMBER_CARD]


async def test_a_join_cut_short_after_the_registrys_word_is_mended_by_the_same_command(
    world: World, tmp_path: Path
) -> None:
    site = prepared(world, tmp_path / "mensa-est", "mensa-est")
    await applied(site, 1)
    await world.approve("mensa-est")
    token = await world.token("mensa-est")

    async def join() -> None:
        await first_card(site.folder, site.settings(), world.known, site.keys, token)

    # What a kill leaves behind: the registry has the card, and the node only what it wrote before it sent it.
    (site.folder / CARD_FILE).mkdir()
    with pytest.raises((OSError, MagliaError)):
        await join()
    (site.folder / CARD_FILE).rmdir()
    await join()
    assert site.card() == site.published()
    with pytest.raises(MagliaError) as again:
        await join()
    assert again.value.code is Code.MEMBER_TOKEN_USED


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"key": "stranger"}, Code.MEMBER_SIGNATURE),
        ({"member": "mensa-est"}, Code.MEMBER_SIGNATURE),
        ({"ended": True}, Code.MEMBER_CARD),
        ({"sequence": 1}, Code.MEMBER_CARD),
        ({"network": "altra"}, Code.MEMBER_SIGNATURE),
        ({"sequence": 2**63 - 1}, Code.MEMBER_CARD),
        ({"sequence": 2**64 - 1}, Code.MEMBER_CARD),
        ({"endpoint": "unix:///tmp/socket:1"}, Code.MEMBER_CARD),
        ({"endpoint": "127.0.0.1:7001,127.0.0.1:7002"}, Code.MEMBER_CARD),
    ],
    ids=[
        "signed by a stranger",
        "of another member",
        "expired",
        "not later",
        "of another network",
        "that none could replace",
        "beyond what is kept",
        "at a socket of the caller's machine",
        "at two addresses",
    ],
)
async def test_the_registry_refuses_cards_that_are_not_the_members_own(
    world: World, change: dict[str, object], code: Code
) -> None:
    body, other = await world.joined("mensa-ovest", "mensa-est")
    now = int(time.time())
    ended = bool(change.get("ended"))
    card = Card(
        str(change.get("network", NETWORK)),
        str(change.get("member", body.member)),
        int(str(change.get("sequence", 2))),
        body.tls.der,
        str(change.get("endpoint", "127.0.0.1:7001")),
        now - 7200,
        now - 3600 if ended else now + 3600,
    )
    key = SigningKey.generate() if change.get("key") else body.identity
    with refused(code):
        await publish(world, seal_card(card, key))
    assert world.parts.members.card(other.member) is not None


async def test_a_lost_identity_key_is_a_new_application(world: World, tmp_path: Path) -> None:
    [site] = await joined(world, tmp_path, "parrocchia-nord")
    again = prepared(world, tmp_path / "again", site.member)
    with pytest.raises(MagliaError) as failure:
        await applied(again, 1)
    assert failure.value.code in {Code.MEMBER_SIGNATURE, Code.MEMBER_STATE}
    anew = prepared(world, tmp_path / "anew", "parrocchia-nord-2")
    with pytest.raises(MagliaError) as failure:
        await applied(anew, 1)  # the office revokes the lost body first
    assert failure.value.code is Code.MEMBER_FISCAL_CODE
    change = office_pb2.Change(act="revoke", member=site.member, reason="chiave persa")
    for user in OFFICERS:
        desk = await world.office(user)
        request = office_pb2.PrepareDraftRequest(changes=[change])
        await desk.sign(await desk.stub.PrepareDraft(request, metadata=desk.bearer))
    fingerprint, state = await applied(anew, 1)
    assert (fingerprint, state) == (fingerprint_of(anew.keys.identity.public), "applied")
