"""Whoever holds the line, or the other end's TLS key, says again what was truly said before: over real TLS."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import grpc
import pytest

from maglia.core import pseudonym as oprf
from maglia.core.checkpoint import NoteKey
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import log_origin
from maglia.v1.directory_pb2 import GetMetadataRequest
from maglia.v1.enrolment_pb2 import PublishCardRequest
from maglia.v1.enrolment_pb2_grpc import EnrolmentServiceStub
from maglia.wire.certificates import TlsIdentity
from maglia.wire.channel import SERVER_OPTIONS, open_channel, peer_credentials
from node.folder import SystemClock
from node.network.registry import RegistryClient
from node.network.trust import NetworkTrust
from node.ports import Evaluating
from tests.audit_world import AUDITOR_KEY, AuditedBody, audited, official, official_tls
from tests.integration.registry_world import NETWORK, Body, World, make_template, served
from tests.peer_world import PARISH, MemoryTrust, tls
from tui.audit.archive import Archive, LogState
from tui.audit.client import RemoteLog
from tui.audit.pull import Pull
from tui.audit.source import Party

MENSA, PONTE, EST = "onlus-mensa", "onlus-ponte", "onlus-est"


@dataclass
class Replaying(grpc.GenericRpcHandler):
    """Stands before a server with that server's own certificate: passes calls on, or says again what it heard."""

    upstream: grpc.aio.Channel
    heard: dict[tuple[str, str], list[bytes]] = field(default_factory=dict)
    again: dict[tuple[str, str], list[bytes]] = field(default_factory=dict)

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[bytes, bytes]:
        method = str(details.method)

        async def answer(request: bytes, context: grpc.aio.ServicerContext[bytes, bytes]) -> AsyncIterator[bytes]:
            kept = self.again.get(_asked(method, request))
            try:
                messages = kept if kept is not None else await self._passed_on(method, request)
            except grpc.aio.AioRpcError as error:
                await context.abort(error.code(), error.details() or "", tuple(error.trailing_metadata() or ()))
            for message in messages:
                yield message

        return grpc.unary_stream_rpc_method_handler(answer)

    async def _passed_on(self, method: str, request: bytes) -> list[bytes]:
        call: grpc.aio.UnaryStreamMultiCallable[bytes, bytes] = self.upstream.unary_stream(method)
        found = [message async for message in call(request, timeout=10)]
        self.heard[_asked(method, request)] = found
        return found

    def say_again(self) -> None:
        """From now on answer what was asked before as it was answered then."""
        self.again = dict(self.heard)


def _asked(method: str, request: bytes) -> tuple[str, str]:
    """Return what a call asks for, whatever else its request tells."""
    file = GetMetadataRequest.FromString(request).filename if method.endswith("GetMetadata") else ""
    return method, file


@asynccontextmanager
async def replaying(
    identity: TlsIdentity, caller: TlsIdentity, upstream: grpc.aio.Channel
) -> AsyncIterator[tuple[Replaying, str]]:
    """Serve a replayer under the certificate of whom it stands before; yield it and its address."""
    handler = Replaying(upstream)
    server = grpc.aio.server(options=SERVER_OPTIONS)
    server.add_generic_rpc_handlers((handler,))
    port = server.add_secure_port("127.0.0.1:0", peer_credentials(identity, lambda: None, caller.certificate))
    await server.start()
    try:
        yield handler, f"127.0.0.1:{port}"
    finally:
        await server.stop(None)


@dataclass
class Held:
    """A body whose line to the registry somebody else holds, with the registry's own TLS key."""

    world: World
    body: Body
    registry: Replaying
    client: RegistryClient
    folder: Path

    def trust(self) -> NetworkTrust:
        """Return what the body trusts, over the same folder: again, as after a restart."""
        return NetworkTrust(self.folder, self.world.known, self.client, SystemClock(), poll_s=60)


@pytest.fixture
async def held(tmp_path: Path) -> AsyncIterator[Held]:
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(served(make_template(tmp_path / "registry")))
        mensa, _ = await world.joined(MENSA, PONTE)
        upstream = world.peer(mensa.tls)
        standing = await stack.enter_async_context(replaying(world.secrets.peer, mensa.tls, upstream))
        client = RegistryClient(replace(world.known, registry_peer=standing[1]), mensa.tls)
        stack.push_async_callback(client.close)
        (tmp_path / "trust").mkdir()
        yield Held(world, mensa, standing[0], client, tmp_path / "trust")


async def test_an_older_directory_truly_signed_and_said_again_is_refused_before_and_after_a_restart(held: Held) -> None:
    trust = held.trust()
    await trust.start()
    held.registry.say_again()
    frozen, held.registry.again = held.registry.again, {}
    await held.world.joined(EST)
    desk = await held.world.office("anna")
    await desk.suspend(PONTE)
    await trust.refresh()
    assert set(trust.directory().members) >= {MENSA, EST}
    held.registry.again = frozen
    with pytest.raises(MagliaError) as failure:
        await trust.refresh()
    assert failure.value.code is Code.DIRECTORY_ROLLBACK
    again = held.trust()
    with pytest.raises(MagliaError) as failure:
        await again.start()
    assert failure.value.code is Code.DIRECTORY_ROLLBACK
    for each in (trust, again):
        assert EST in each.directory().members
        with pytest.raises(MagliaError) as failure:
            each.peer(PONTE)
        assert failure.value.code is Code.MEMBER_INACTIVE


async def test_an_older_card_said_again_replaces_no_newer_one(held: Held) -> None:
    [est] = await held.world.joined(EST)
    trust = held.trust()
    await trust.start()
    held.registry.say_again()
    frozen, held.registry.again = held.registry.again, {}
    est.renew()
    await EnrolmentServiceStub(held.world.front()).PublishCard(PublishCardRequest(card=est.card(2)))
    await trust.refresh()
    assert trust.peer(EST).card.certificate == est.tls.der
    held.registry.again = {asked: said for asked, said in frozen.items() if asked[0].endswith("ListCards")}
    await trust.refresh()
    again = held.trust()
    await again.start()
    for each in (trust, again):
        assert each.peer(EST).card.certificate == est.tls.der


async def test_an_evaluation_said_again_is_none_of_another_person(held: Held, tmp_path: Path) -> None:
    key_set, _ = await held.world.key_sets(tmp_path / "client", MENSA)
    first, second = oprf.blind(b"cf:XQZXQW80A01H501X"), oprf.blind(b"cf:XQZXQW80A02H501Y")
    truly = await held.client.evaluate(key_set, [first.element], Evaluating(enrolment=False))
    oprf.combine(key_set, [first.element], truly)
    held.registry.say_again()
    again = await held.client.evaluate(key_set, [second.element], Evaluating(enrolment=False))
    with pytest.raises(MagliaError) as failure:
        oprf.combine(key_set, [second.element], again)
    assert failure.value.code is Code.PSEUDONYM_PROOF


@dataclass
class Read:
    """An auditor who reads one body's log through somebody who holds that body's line and TLS key."""

    node: AuditedBody
    body: Replaying
    archive: Archive
    log: RemoteLog

    async def pull(self) -> LogState:
        key = NoteKey(log_origin(PARISH.id, NETWORK), PARISH.key.private.public_key())
        witness = NoteKey("prova.witness", AUDITOR_KEY.private.public_key())
        pull = Pull(self.archive, witness, {}, lambda _progress: None)
        [state] = await pull.run([Party(PARISH.id, key, self.log)])
        return state


@pytest.fixture
async def read(tmp_path: Path) -> AsyncIterator[Read]:
    async with AsyncExitStack() as stack:
        trust, sara = MemoryTrust(appointed=[official()]), official_tls("sara")
        node = await stack.enter_async_context(audited(tmp_path, trust, PARISH))
        await node.fill(300)
        own = tls(PARISH.id)
        upstream = open_channel(node.endpoint, PARISH.id, NETWORK, own.certificate, sara)
        stack.push_async_callback(upstream.close)
        handler, address = await stack.enter_async_context(replaying(own, sara, upstream))
        channel = open_channel(address, PARISH.id, NETWORK, own.certificate, sara)
        stack.push_async_callback(channel.close)
        archive = Archive.open(tmp_path / "audit")
        stack.callback(archive.close)
        yield Read(node, handler, archive, RemoteLog(channel, NETWORK, "sara", PARISH.id, AUDITOR_KEY))


@pytest.mark.parametrize("method", ["GetHead", "ReadLog", ""], ids=["the head", "the pages", "both"])
async def test_pages_and_heads_of_a_log_said_again_are_found(read: Read, method: str) -> None:
    assert (await read.pull()).problem == ""
    read.body.say_again()
    frozen, read.body.again = read.body.again, {}
    await read.node.fill(200)
    honest = await read.pull()
    assert (honest.problem, honest.size > 500) == ("", True)
    read.body.again = {asked: said for asked, said in frozen.items() if asked[0].endswith(method)}
    await read.node.fill(10)
    state = await read.pull()
    assert state.problem in {"log.fork", "log.broken"}
    assert read.archive.leaves(PARISH.id, 0, 501) == read.node.log.read(0, 501), "what was read before stays"
