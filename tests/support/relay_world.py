"""A relay served on loopback beside a registry, nodes that dial out to it by hand, and callers of every sort."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import grpc
from grpc.aio import EOF

from maglia.core.identity import SigningKey, relay_party, server_name
from maglia.core.network_file import encode_network_file
from maglia.core.relay_file import RelayFile, decode_relay_file
from maglia.v1.relay_pb2 import AttendRequest, AttendResponse, CarryRequest, CarryResponse, RelayBeat
from maglia.v1.relay_pb2_grpc import RelayServiceStub
from maglia.wire.channel import open_channel
from maglia.wire.relay import seal_attendance
from registry.relay_app import Relay, running
from registry.relay_config import load_settings
from registry.relay_setup import RELAY_FILE, initialize, load_identity
from tests.integration.node_world import PATIENCE_S, free_port
from tests.integration.registry_world import NETWORK, PASSPHRASE, Body, World

NAME = "comune-est"
_PATIENT = {"directory_poll_s": 0.2, "member_openings": 1_000, "hello_s": PATIENCE_S, "pickup_s": PATIENCE_S}
"""News are heard quickly, and nobody is let go because the machine is busy."""


@dataclass(frozen=True)
class ServedRelay:
    """A relay, what it gives to nodes, and how both sides come to it."""

    folder: Path
    file: RelayFile
    running: Relay

    @asynccontextmanager
    async def channel(self) -> AsyncIterator[grpc.aio.Channel]:
        """Dial out as a node does."""
        async with open_channel(self.file.nodes, relay_party(NAME), NETWORK, self.file.certificate) as channel:
            yield channel

    @asynccontextmanager
    async def attended(self, body: Body, **wrong: object) -> AsyncIterator[HandNode]:
        """Attend for a body, with what is proved changed; raises what the relay refuses."""
        async with self.channel() as channel:
            node = HandNode(RelayServiceStub(channel).Attend(timeout=PATIENCE_S), channel)
            hello = (await node.read()).hello
            proved: dict[str, object] = {
                "network": NETWORK,
                "member": body.member,
                "relay_certificate": self.file.certificate_hash,
                "challenge": hello.challenge,
                "key": body.identity,
            } | wrong
            envelope = seal_attendance(
                cast("str", proved["network"]),
                cast("str", proved["member"]),
                cast("bytes", proved["relay_certificate"]),
                cast("bytes", proved["challenge"]),
                cast("SigningKey", proved["key"]),
            )
            await node.attendance.write(AttendRequest(attendance=envelope))
            assert (await node.read()).WhichOneof("kind") == "beat"
            yield node
            node.attendance.cancel()

    async def call(self, name: str | None, *, first: bytes | None = None, source: str = "127.0.0.1") -> TcpCaller:
        """Connect as a caller that names this server, or that says something else first."""
        host, _, port = self.file.public.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port), local_addr=(source, 0))
        hello = client_hello(name) if first is None else first
        writer.write(hello)
        return TcpCaller(reader, writer, hello)


@dataclass
class HandNode:
    """A node's side of the tunnel, held by hand."""

    attendance: grpc.aio.StreamStreamCall[AttendRequest, AttendResponse]
    channel: grpc.aio.Channel

    async def read(self) -> AttendResponse:
        """Return the relay's next word; raises why it ended."""
        response = await self.attendance.read()
        assert response is not EOF
        assert isinstance(response, AttendResponse)
        return response

    async def ticket(self) -> bytes:
        """Return the next caller's ticket, past any beats."""
        while (response := await self.read()).WhichOneof("kind") == "beat":
            await self.attendance.write(AttendRequest(beat=RelayBeat()))
        return response.caller.ticket

    async def take(self, ticket: bytes) -> Carried:
        """Take a caller."""
        call = RelayServiceStub(self.channel).Carry(timeout=PATIENCE_S)
        await call.write(CarryRequest(ticket=ticket))
        return Carried(call)


@dataclass
class Carried:
    """The node's end of one caller's connection."""

    call: grpc.aio.StreamStreamCall[CarryRequest, CarryResponse]

    async def read(self, size: int) -> bytes:
        """Return exactly so many bytes of the caller's."""
        found = b""
        while len(found) < size:
            response = await self.call.read()
            assert isinstance(response, CarryResponse), "ended early"
            found += response.chunk
        return found

    async def write(self, chunk: bytes) -> None:
        """Send bytes to the caller."""
        await self.call.write(CarryRequest(chunk=chunk))

    async def is_over(self) -> bool:
        """Return whether the relay ended it."""
        return (await self.call.read()) is EOF


@dataclass
class TcpCaller:
    """A caller's connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    hello: bytes

    async def rest(self) -> bytes:
        """Return everything that still comes, until the relay closes."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""

    def close(self) -> None:
        self.writer.transport.abort()


@asynccontextmanager
async def relayed(world: World, folder: Path, **flags: object) -> AsyncIterator[ServedRelay]:
    """Make a relay of the registry's network and serve it, with settings changed."""
    made = make_relay(world, folder)
    async with serving(world, folder, **flags) as running_now:
        yield ServedRelay(folder, made, running_now)


def make_relay(world: World, folder: Path) -> RelayFile:
    """Make a relay's folder as `maglia-registry relay init` does."""
    folder.mkdir(parents=True, exist_ok=True)
    network = folder / "given.json"
    network.write_bytes(encode_network_file(world.known))
    initialize(folder, network, NAME, f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}", PASSPHRASE)
    return decode_relay_file((folder / RELAY_FILE).read_bytes())


@asynccontextmanager
async def serving(world: World, folder: Path, **flags: object) -> AsyncIterator[Relay]:
    """Serve a relay that was made before."""
    settings = load_settings(folder, **_PATIENT | flags)
    async with running(folder, settings, world.known, load_identity(folder, PASSPHRASE)) as relay:
        yield relay


def client_hello(name: str | None) -> bytes:
    """Return the first bytes of a TLS client that calls a server of this name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    out = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), out, server_hostname=name)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        return out.read()
    raise AssertionError("nobody answered, and yet it went on")


def name_of(member: str) -> str:
    """Return the server name that callers of a member give."""
    return server_name(member, NETWORK)
