"""A node that dials out to a relay that says what no relay should: it goes on, and gives nothing away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest

from maglia.core.identity import SigningKey, relay_party
from maglia.core.relay_file import RelayFile
from maglia.v1.relay_pb2 import AttendResponse, RelayBeat, RelayCaller, RelayHello
from maglia.v1.relay_pb2_grpc import RelayServiceServicer, add_RelayServiceServicer_to_server
from maglia.wire.certificates import make_certificate
from maglia.wire.channel import front_credentials
from node.network import tunnel
from node.network.tunnel import Tunnel
from tests.integration.node_world import until

NETWORK, NAME = "prova", "comune-est"
HELLO = AttendResponse(hello=RelayHello(challenge=bytes(32), beat_ms=1_000))
IDENTITY = make_certificate(relay_party(NAME), NETWORK, 86_400, time.time())


class RudeRelay(RelayServiceServicer):
    """Says `words` on each stream and then waits; keeps what nodes said."""

    def __init__(self, words: list[AttendResponse]) -> None:
        self.words = words
        self.attended = 0
        self.proofs: list[bytes] = []
        self.carried = 0

    async def Attend(self, requests: AsyncIterator[Any], _context: object) -> AsyncIterator[AttendResponse]:  # noqa: N802 - the contract's name
        self.attended += 1
        for number, word in enumerate(self.words):
            yield word
            if number == 0:
                self.proofs.append((await anext(requests)).attendance.payload)
        await asyncio.sleep(60)

    async def Carry(self, requests: AsyncIterator[Any], _context: object) -> AsyncIterator[Any]:  # noqa: N802 - likewise
        self.carried += 1
        async for _ in requests:
            pass
        if self.carried < 0:
            yield


@asynccontextmanager
async def dialled(relay: RudeRelay) -> AsyncIterator[Tunnel]:
    """Let a node dial out to a rude relay; its own peer port takes anything."""
    server = grpc.aio.server()
    add_RelayServiceServicer_to_server(relay, server)
    port = server.add_secure_port("127.0.0.1:0", front_credentials(IDENTITY))
    await server.start()
    taken = await asyncio.start_server(_hold, "127.0.0.1", 0)
    file = RelayFile(NETWORK, NAME, "127.0.0.1:1", f"127.0.0.1:{port}", IDENTITY.certificate)
    peer = taken.sockets[0].getsockname()[1]
    dialling = Tunnel(NETWORK, "parrocchia", SigningKey(bytes(32)), file, f"127.0.0.1:{peer}")
    task = asyncio.create_task(dialling.run())
    try:
        yield dialling
        assert not task.done(), "the node stopped dialling"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await server.stop(None)
        taken.close()


async def _hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


@pytest.mark.parametrize(
    "words",
    [
        [],
        [AttendResponse(beat=RelayBeat())],
        [AttendResponse()],
        [AttendResponse(hello=RelayHello(challenge=b"short", beat_ms=1_000))],
    ],
    ids=["nothing", "no hello", "an empty word", "a short challenge"],
)
async def test_nothing_is_signed_for_a_relay_that_gives_no_challenge(
    words: list[AttendResponse], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tunnel, "_HELLO_S", 0.2)
    monkeypatch.setattr(tunnel, "_PAUSE_S", (0.01, 0.01))
    relay = RudeRelay(words)
    async with dialled(relay) as dialling:
        await until(lambda: relay.attended > 2)
        assert not dialling.is_attended
    assert not relay.proofs


async def test_a_relay_opens_no_more_connections_than_a_node_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tunnel, "MAX_CARRIED", 5)
    callers = [AttendResponse(caller=RelayCaller(ticket=bytes([number]) * 16)) for number in range(50)]
    relay = RudeRelay([HELLO, AttendResponse(beat=RelayBeat()), *callers])
    async with dialled(relay) as dialling:
        await until(lambda: relay.carried == 5)
        assert dialling.is_attended
        await asyncio.sleep(0.2)
        assert relay.carried == 5


async def test_a_silent_relay_is_left_and_dialled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tunnel, "_PAUSE_S", (0.01, 0.01))
    hello = AttendResponse(hello=RelayHello(challenge=bytes(32), beat_ms=0))
    relay = RudeRelay([hello, AttendResponse(beat=RelayBeat())])
    async with dialled(relay):
        await until(lambda: relay.attended > 1)
