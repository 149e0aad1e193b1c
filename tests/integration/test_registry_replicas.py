"""Two registries over one PostgreSQL are one office: what one does, the other knows, signs after and does not undo."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import grpc
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from maglia.core.checkpoint import Checkpoint, NoteKey, sign_checkpoint
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID, SigningKey, log_origin
from maglia.core.log_check import verify_log
from maglia.core.pseudonym import ALL_SHARES, blind
from maglia.core.vocabulary import MemberState, PseudonymClass
from maglia.v1.directory_pb2 import ListCardsRequest, WatchNewsRequest
from maglia.v1.directory_pb2_grpc import DirectoryServiceStub
from maglia.v1.enrolment_pb2 import PublishCardRequest
from maglia.v1.enrolment_pb2_grpc import EnrolmentServiceStub
from maglia.v1.witness_pb2 import CosignRequest
from maglia.v1.witness_pb2_grpc import WitnessServiceStub
from maglia.wire.status import error_of
from registry import app
from registry.domain.budget import Use
from registry.evaluation import Wanted
from registry.store.database import Database
from registry.store.history import SqlHistory
from tests.integration.registry_world import NETWORK, Body, World, make_template, refused, replica_of, served

LONGEST_S = 20.0


@pytest.fixture
async def replicas(tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[World]]:
    """Yield two registries that serve the same network."""
    monkeypatch.setenv("MAGLIA_REGISTRY_DATABASE_URL", postgres)
    folder = make_template(tmp_path / "one")
    async with AsyncExitStack() as stack:
        worlds = [await stack.enter_async_context(served(folder))]
        worlds.append(await stack.enter_async_context(served(replica_of(folder, tmp_path / "other"))))
        yield worlds


async def test_a_suspension_at_one_ends_the_streams_of_the_other(replicas: list[World]) -> None:
    one, other = replicas
    (ponte,) = await one.joined("onlus-ponte")
    news = DirectoryServiceStub(await _trusting(other, ponte)).WatchNews(WatchNewsRequest())
    await news.read()
    await (await one.office("anna")).suspend("onlus-ponte")
    with refused(Code.MEMBER_INACTIVE):
        async with asyncio.timeout(LONGEST_S):
            while await news.read() is not grpc.aio.EOF:
                continue
    assert other.parts.members.members()[0].state is MemberState.SUSPENDED


async def _trusting(world: World, body: Body) -> grpc.aio.Channel:
    """Return a channel of a body to a replica, once that has heard of its card."""
    async with asyncio.timeout(LONGEST_S):
        while True:
            channel = world.peer(body.tls)
            try:
                await anext(aiter(DirectoryServiceStub(channel).WatchNews(WatchNewsRequest(), timeout=LONGEST_S)))
            except grpc.aio.AioRpcError:
                await asyncio.sleep(0.2)
            else:
                return channel


async def test_keys_published_at_one_are_served_at_the_other_before_it_heard(
    replicas: list[World], postgres: str, tmp_path: Path
) -> None:
    deaf = app.build(Database.open(Path(), postgres), replicas[1].settings, replicas[1].secrets)
    await replicas[0].joined("onlus-ponte")
    key_set, _ = await replicas[0].key_sets(tmp_path / "client", "onlus-ponte")
    wanted = Wanted(key_set.digest, key_set.epoch, int(ALL_SHARES), [blind(b"cf:XQZXQW").element], Use.CHECK, bytes(16))
    assert (await deaf.evaluation.evaluate("onlus-ponte", wanted)).elements
    with pytest.raises(MagliaError) as refusal:
        await deaf.evaluation.evaluate("onlus-ponte", replace(wanted, key_set=bytes(32)))
    assert refusal.value.code is Code.PSEUDONYM_KEY_SET


async def test_officers_who_sign_at_different_replicas_publish_together(replicas: list[World], tmp_path: Path) -> None:
    one, other = replicas
    await one.apply(Body("onlus-ponte"))
    anna, ivo = await one.office("anna"), await other.office("ivo")
    first = await anna.prepare("onlus-ponte")
    second = await ivo.prepare("onlus-ponte")
    assert second.draft == first.draft
    assert not (await anna.sign(first)).published
    assert (await ivo.sign(second)).published
    versions = one.parts.files.versions()
    for world in replicas * 3:
        world.parts.publisher.refresh()
    assert one.parts.files.versions()["timestamp"] == versions["timestamp"] + 6
    for number, world in enumerate(replicas):
        assert "onlus-ponte" in (await world.directory(tmp_path / f"client-{number}")).members


async def test_a_token_is_used_at_one_replica_alone(replicas: list[World]) -> None:
    one, other = replicas
    ponte = Body("onlus-ponte")
    await one.apply(ponte)
    await one.approve("onlus-ponte")
    token = await one.token("onlus-ponte")
    twin = copy.copy(ponte)
    twin.renew()  # the very same card would be the same activation said again
    both = one.activate(ponte, token), other.activate(twin, token)
    ended = await asyncio.gather(*both, return_exceptions=True)
    late = [error_of(each).code for each in ended if isinstance(each, grpc.aio.AioRpcError)]
    assert late == [Code.MEMBER_TOKEN_USED]
    assert one.parts.members.cards_revision() == 1


async def test_a_card_replaced_at_one_counts_at_the_other_for_the_overlap(replicas: list[World]) -> None:
    one, other = replicas
    (ponte,) = await one.joined("onlus-ponte")
    before = ponte.tls
    ponte.renew()
    await EnrolmentServiceStub(one.front()).PublishCard(PublishCardRequest(card=ponte.card(2)))
    await _trusting(other, ponte)
    for certificate in (before, ponte.tls):
        assert other.parts.trust.member_of(certificate.der).id == ponte.member
    stub = DirectoryServiceStub(other.peer(before))
    assert (await stub.ListCards(ListCardsRequest(), timeout=LONGEST_S)).revision == 2


async def test_what_one_witnessed_the_other_continues_and_never_contradicts(replicas: list[World]) -> None:
    (ponte,) = await replicas[0].joined("onlus-ponte")
    channels = [await _trusting(world, ponte) for world in replicas]
    origin = log_origin("onlus-ponte", NETWORK)

    def request(size: int, root: bytes, old_size: int) -> CosignRequest:
        note = sign_checkpoint(Checkpoint(origin, size, root), origin, ponte.log.private)
        return CosignRequest(checkpoint=note, old_size=old_size)

    right, fork = bytes([1]) * 32, bytes([2]) * 32
    assert (await WitnessServiceStub(channels[0]).Cosign(request(1, right, 0))).cosignature
    asked_again = await WitnessServiceStub(channels[1]).Cosign(request(1, fork, 0))
    assert (asked_again.cosignature, asked_again.known_size) == (b"", 1)
    for fork_size in (1, 2):
        with pytest.raises(grpc.aio.AioRpcError) as refusal:
            await WitnessServiceStub(channels[1]).Cosign(request(fork_size, fork, 1))
        assert error_of(refusal.value).code is Code.LOG_FORK
    assert (await WitnessServiceStub(channels[1]).Cosign(request(1, right, 1))).cosignature


async def test_acts_at_both_replicas_are_one_log(replicas: list[World], postgres: str) -> None:
    bodies = [Body(f"onlus-{number}") for number in range(8)]
    await asyncio.gather(*(replicas[number % 2].apply(body) for number, body in enumerate(bodies)))
    heads = [world.parts.office_log.checkpoint() for world in replicas]
    assert heads[0] == heads[1]
    database = Database.open(Path(), postgres)
    key: SigningKey = replicas[0].secrets.log
    report = verify_log(SqlHistory(database).log, NoteKey(log_origin(REGISTRY_ID, NETWORK), key.private.public_key()))
    database.close()
    assert (report.ok, report.size) == (True, len(bodies) + 1)  # the first entry is of root


async def test_a_database_put_back_silences_every_replica_that_saw_more(
    replicas: list[World], postgres: str, tmp_path: Path
) -> None:
    (ponte,) = await replicas[0].joined("onlus-ponte")
    channel = await _trusting(replicas[1], ponte)
    for world in replicas:
        world.parts.watch.start()
    database = Database.open(Path(), postgres)
    with database.transaction():  # as a standby that lagged behind has it
        for statement in (
            "DELETE FROM log_entry WHERE idx > 1",
            "DELETE FROM log_checkpoint",
            "DELETE FROM witnessed",
        ):
            database.change(text(statement))
    database.close()
    for world in replicas:
        world.parts.watch.look()
    key_set, _ = await replicas[0].key_sets(tmp_path / "client", "onlus-ponte")
    wanted = Wanted(key_set.digest, key_set.epoch, int(ALL_SHARES), [b"\1" * 32], Use.CHECK, bytes(16))
    for world in replicas:
        with pytest.raises(MagliaError) as refusal:
            await world.parts.evaluation.evaluate("onlus-ponte", wanted)
        assert refusal.value.code is Code.LOG_REWRITTEN
    with refused(Code.LOG_REWRITTEN):
        await WitnessServiceStub(channel).Cosign(CosignRequest())


async def test_evaluations_granted_by_both_replicas_are_one_log(replicas: list[World], tmp_path: Path) -> None:
    (ponte,) = await replicas[0].joined("onlus-ponte")
    key_set, _ = await replicas[0].key_sets(tmp_path / "client", "onlus-ponte")
    element = blind(b"cf:XQZXQW").element
    before = replicas[0].parts.office_log.history.log.size()
    wanted = [
        Wanted(key_set.digest, key_set.epoch, int(ALL_SHARES), [element], Use.CHECK, bytes([n]) * 16) for n in range(20)
    ]
    evaluations = (
        replicas[number % 2].parts.evaluation.evaluate(ponte.member, one) for number, one in enumerate(wanted)
    )
    await asyncio.gather(*evaluations)
    log = replicas[1].parts.office_log.history.log
    said = [json.loads(entry.leaf)["evaluation"] for entry in log.entries(before, 100)]
    assert sorted(said) == [one.evaluation.hex() for one in wanted]
    heads = [world.parts.office_log.checkpoint() for world in replicas]
    assert heads[0] == heads[1]
    key: SigningKey = replicas[0].secrets.log
    assert verify_log(log, NoteKey(log_origin(REGISTRY_ID, NETWORK), key.private.public_key())).ok
    today = datetime.now(UTC).date()
    assert replicas[0].parts.witness.counts.spent(ponte.member, PseudonymClass.PERSON, Use.CHECK, today) == len(wanted)


def test_a_registry_is_made_once_on_a_database_and_leaves_no_keys_where_it_is_not(
    tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobodys = make_url(postgres).set(database="nobodys").render_as_string(hide_password=False)
    monkeypatch.setenv("MAGLIA_REGISTRY_DATABASE_URL", nobodys)
    with pytest.raises(MagliaError) as refusal:
        make_template(tmp_path / "one")
    assert refusal.value.code is Code.STORAGE_UNAVAILABLE
    monkeypatch.setenv("MAGLIA_REGISTRY_DATABASE_URL", postgres)
    make_template(tmp_path / "one")
    with pytest.raises(MagliaError) as refusal:
        make_template(tmp_path / "another")
    assert refusal.value.code is Code.STORAGE_EXISTS
    assert sorted(path.name for path in (tmp_path / "another").iterdir()) == ["registry.toml"]
