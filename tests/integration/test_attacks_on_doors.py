"""Attackers before the real ports of a registry, a node and a relay: older TLS or none, floods, bytes of every kind."""

from __future__ import annotations

import asyncio
import random
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
import pytest_asyncio

from maglia.core.errors import Code
from maglia.core.identity import REGISTRY_ID, relay_party
from maglia.core.pseudonym import blind
from maglia.core.vocabulary import MAX_MESSAGE_BYTES
from maglia.v1 import office_pb2
from maglia.v1.pseudonyms_pb2 import USE_CHECK, EvaluateRequest
from maglia.v1.pseudonyms_pb2_grpc import PseudonymServiceStub
from maglia.wire.certificates import TlsIdentity, der_to_pem
from maglia.wire.channel import open_channel
from maglia.wire.status import METADATA_KEY, error_of
from node.folder import SystemClock, open_store
from registry.evaluation import AT_A_COUNTER
from tests.integration.node_world import Site, joined, line
from tests.integration.registry_world import NETWORK, Body, World, make_template, served
from tests.support import raw_http2
from tests.support.matrix_world import every_rpc
from tests.support.relay_world import ServedRelay, relayed
from tests.torture.mutators import spoil

pytestmark = pytest.mark.asyncio(loop_scope="module")
NODE, CALLER = "parrocchia-nord", "onlus-est"
PATIENCE_S = 30.0
HEALTH = "/grpc.health.v1.Health/Check"


@dataclass(frozen=True)
class Port:
    """One port of a program, and the name and certificate of whoever listens there."""

    party: str
    address: str
    root: bytes


@dataclass(frozen=True)
class Doors:
    """A served network with one node, a body that calls, and a relay."""

    world: World
    site: Site
    caller: Body
    relay: ServedRelay

    def ports(self) -> dict[str, Port]:
        known, settings = self.world.known, self.site.settings()
        return {
            "registry front": Port(REGISTRY_ID, known.registry_front, known.front_certificate),
            "registry peer": Port(REGISTRY_ID, known.registry_peer, known.peer_certificate),
            "node front": Port(NODE, settings.front, self.site.keys.front.certificate),
            "node peer": Port(NODE, settings.peer, der_to_pem(self.site.card().certificate)),
            "relay nodes": Port(relay_party(self.relay.file.name), self.relay.file.nodes, self.relay.file.certificate),
        }

    async def serves(self) -> bool:
        """Return whether the node still answers another body, and the registry its board."""
        async with line(self.site.card(), self.caller.tls) as spoken:
            return await spoken.is_served() and (await self.world.office("anna")) is not None


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def doors(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Doors]:
    folder = tmp_path_factory.mktemp("doors")
    async with served(make_template(folder / "registry")) as world:
        [site] = await joined(world, folder, NODE)
        [caller] = await world.joined(CALLER)
        async with site.serving(), relayed(world, folder / "relay", status_s=0.1) as relay:
            found = Doors(world, site, caller, relay)
            for _ in range(300):
                if await _is_known(found):
                    break
                await asyncio.sleep(0.1)
            yield found


async def _is_known(doors: Doors) -> bool:
    try:
        return await doors.serves()
    except grpc.aio.AioRpcError:
        return False


PORTS = ("registry front", "registry peer", "node front", "node peer", "relay nodes")


@pytest.mark.parametrize("name", PORTS)
async def test_no_port_speaks_without_tls_and_none_completes_a_call_under_an_older_one(doors: Doors, name: str) -> None:
    port, caller = doors.ports()[name], doors.caller.tls if name.endswith("peer") else None
    assert await asyncio.to_thread(_in_clear, port) == b""
    served = await asyncio.to_thread(_called_by_hand, port, caller, ssl.TLSVersion.TLSv1_3)
    older = await asyncio.to_thread(_called_by_hand, port, caller, ssl.TLSVersion.TLSv1_2)
    assert (b"grpc-status" in served, b"network.tls" in served) == (True, False), "or the older one proves nothing"
    assert (b"grpc-status" in older, b"network.tls" in older) in {(True, True), (False, False)}
    async with grpc.aio.insecure_channel(port.address) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await _method(channel, "grpc.health.v1.Health/Check", asks=False, answers=False)(b"", timeout=5)
    assert failure.value.code() is grpc.StatusCode.UNAVAILABLE


def _in_clear(port: Port) -> bytes:
    """Speak HTTP/2 in clear, and return what the port says in answer before it hangs up."""
    with socket.create_connection(_address(port), timeout=PATIENCE_S) as raw:
        raw.sendall(raw_http2.call(HEALTH))
        return _rest(raw)


def _called_by_hand(port: Port, caller: TlsIdentity | None, version: ssl.TLSVersion) -> bytes:
    """Call a method that the port serves, under one version of TLS; return what it says, if anything."""
    request = raw_http2.call("/maglia.v1.RelayService/Attend" if port.party.endswith(relay_party("")) else HEALTH)
    try:
        return raw_http2.said(_address(port), port.party, NETWORK, port.root, caller, version, request)
    except OSError:  # refused in the handshake
        return b""


def _rest(raw: socket.socket) -> bytes:
    found = b""
    try:
        while piece := raw.recv(4096):
            found += piece
    except ConnectionError:
        return found
    return found


def _address(port: Port) -> tuple[str, int]:
    host, _, number = port.address.rpartition(":")
    return host, int(number)


@pytest.mark.parametrize("name", PORTS)
async def test_whatever_bytes_are_sent_to_any_method_it_is_answered_with_a_code_and_others_are_served(
    doors: Doors, name: str
) -> None:
    """Spoiled, nested, huge and random messages: of a member at the peer ports, of a stranger at the others."""
    port, drawn = doors.ports()[name], random.Random(name)
    identity = doors.caller.tls if name.endswith("peer") else None
    said: dict[str, str] = {}
    async with open_channel(port.address, port.party, NETWORK, port.root, identity) as channel:
        for path, method in every_rpc().items():
            made = _method(channel, path, asks=bool(method.client_streaming), answers=bool(method.server_streaming))
            for content in _contents(drawn):
                said[await _called(made, content, streams=bool(method.client_streaming))] = path
    assert not said.keys() & {"UNKNOWN", "INTERNAL", "DATA_LOSS"}, said
    assert await doors.serves()


def _contents(drawn: random.Random) -> Sequence[bytes]:
    sample = office_pb2.LoginRequest(user="anna", password="x" * 40).SerializeToString()
    deep = b"\x0b" * 40_000
    return [
        *(spoil(drawn, sample, [sample]) for _ in range(3)),
        deep,
        drawn.randbytes(300),
        bytes(MAX_MESSAGE_BYTES + 1),
    ]


def _method(channel: grpc.aio.Channel, path: str, *, asks: bool, answers: bool) -> Any:
    kinds: Any = {
        (False, False): channel.unary_unary,
        (False, True): channel.unary_stream,
        (True, False): channel.stream_unary,
        (True, True): channel.stream_stream,
    }
    return kinds[asks, answers](f"/{path}")


async def _called(made: Any, content: bytes, *, streams: bool) -> str:
    """Return the status with which a call of raw bytes ended, or that it was answered."""
    call = made(timeout=PATIENCE_S) if streams else made(content, timeout=PATIENCE_S)
    try:
        if streams:
            try:
                await call.write(content)
                await call.done_writing()
            except asyncio.InvalidStateError:
                pass  # refused before the first message
        if hasattr(call, "read"):
            async with asyncio.timeout(1):  # whoever waits for news was let in
                while await call.read() is not grpc.aio.EOF:
                    pass
        else:
            await call
    except grpc.aio.AioRpcError as failure:
        if "from Core" in (failure.details() or ""):
            return "not sent"  # the library's word on this side: the call had ended already
        by_us = any(key == METADATA_KEY for key, _ in failure.trailing_metadata() or ())
        return str(error_of(failure).code.value) if by_us else failure.code().name
    except TimeoutError:
        return "answered"
    finally:
        call.cancel()
    return "answered"


async def test_a_flood_of_refusals_writes_one_entry_a_minute_and_not_one_each(doors: Doors) -> None:
    before = _log_size(doors.site)
    async with line(doors.site.card(), doors.caller.tls) as spoken:
        for _ in range(1_500):
            assert await spoken.is_served()
    assert _log_size(doors.site) - before <= 3
    assert await doors.serves()


def _log_size(site: Site) -> int:
    store, log = open_store(site.folder, site.keys, SystemClock())
    try:
        return int(log.size())
    finally:
        store.close()


async def test_a_member_that_floods_the_pseudonym_service_keeps_no_other_waiting_for_its_end(
    doors: Doors, tmp_path: Path
) -> None:
    """How long others wait is measured elsewhere; here they are served before the flood, which waits behind itself."""
    key_set, _ = await doors.world.key_sets(tmp_path / "client", CALLER)
    element = blind(b"cf:XQZXQW80A01H501X").element

    def asked(count: int) -> EvaluateRequest:
        drawn = random.randbytes(16)
        values = {
            "key_set": key_set.digest,
            "epoch": key_set.epoch,
            "mask": 7,
            "use": USE_CHECK,
            "evaluation_id": drawn,
        }
        return EvaluateRequest(**values, elements=[element] * count)  # type: ignore[arg-type]  # fields, by name

    port = doors.ports()["registry peer"]
    called = port.address, port.party, NETWORK, port.root
    async with (
        open_channel(*called, doors.caller.tls) as flooding,
        open_channel(*called, doors.site.keys.peer) as other,
    ):
        flood = [asyncio.ensure_future(PseudonymServiceStub(flooding).Evaluate(asked(150))) for _ in range(60)]
        await asyncio.wait(flood, return_when=asyncio.FIRST_COMPLETED)
        for_others = (AT_A_COUNTER + 1, 1)  # in the flood's own queue, and at the one for counters
        await asyncio.gather(*(PseudonymServiceStub(other).Evaluate(asked(one)) for one in for_others))
        done = sum(one.done() for one in flood)
        ended = await asyncio.gather(*flood, return_exceptions=True)
    codes = {error_of(one).code for one in ended if isinstance(one, grpc.aio.AioRpcError)}
    assert done < len(flood) / 2, "most of the flood waits still, behind itself"
    assert codes == {Code.BUDGET_MEMBER}, "and it reaches its own limit, nobody else's"
