"""The ceiling: bare grpc.aio servers over mutual TLS that send back bytes of an answer's size, and do nothing else.

Each is a process of its own, with the ports, certificates and options of a node.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import grpc

from benchmarks.measure import Slice, loop_calls
from benchmarks.streaming import Fed, drive
from maglia.wire.certificates import TlsIdentity, make_certificate
from maglia.wire.channel import SERVER_OPTIONS, open_channel, peer_credentials

NETWORK = "bench"
UNARY = "/bench.Echo/Unary"
STREAM = "/bench.Echo/Stream"
_DAY_S = 86_400


@dataclass(frozen=True)
class EchoServer:
    """A running server: how to reach it and whom it lets in."""

    name: str
    endpoint: str
    certificate: bytes
    client: TlsIdentity
    pid: int

    def channel(self) -> grpc.aio.Channel:
        """Return a channel to it."""
        return open_channel(self.endpoint, self.name, NETWORK, self.certificate, self.client)


@contextmanager
def echo_servers(count: int, answer_bytes: int, processes: int = 0) -> Iterator[list[EchoServer]]:
    """Run `count` servers that answer with `answer_bytes` bytes, each in a process, or in so many `processes`."""
    context = multiprocessing.get_context("spawn")
    client = make_certificate("client", NETWORK, _DAY_S, time.time())
    started: list[Any] = []
    servers: list[EchoServer] = []
    names = [f"echo-{number}" for number in range(count)]
    try:
        for first in range(processes or count):
            ours, theirs = context.Pipe()
            its = names[first :: processes or count]
            process = context.Process(target=_run, args=(its, client.certificate, answer_bytes, theirs), daemon=True)
            process.start()
            started.append(process)
            theirs.close()  # so that a server that died is an error here, not a wait
            for name, (port, certificate) in zip(its, ours.recv(), strict=True):
                servers.append(EchoServer(name, f"127.0.0.1:{port}", certificate, client, process.pid or 0))
        yield servers
    finally:
        for process in started:
            process.terminate()
            process.join()


def _run(names: Sequence[str], client: bytes, answer_bytes: int, ready: Connection) -> None:
    asyncio.run(_serve(names, client, os.urandom(answer_bytes), ready))


async def _serve(names: Sequence[str], client: bytes, answer: bytes, ready: Connection) -> None:
    async def unary(_request: bytes, _context: object) -> bytes:
        return answer

    async def stream(requests: AsyncIterator[bytes], _context: object) -> AsyncIterator[bytes]:
        async for _ in requests:
            yield answer

    handlers: dict[str, Any] = {"Unary": grpc.unary_unary_rpc_method_handler(unary)}
    handlers["Stream"] = grpc.stream_stream_rpc_method_handler(stream)
    servers, served = [], []
    for name in names:
        identity = make_certificate(name, NETWORK, _DAY_S, time.time())  # here: a key leaves no process
        server = grpc.aio.server(options=SERVER_OPTIONS)
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("bench.Echo", handlers),))
        port = server.add_secure_port("127.0.0.1:0", peer_credentials(identity, lambda: None, client))
        await server.start()
        servers.append(server)
        served.append((port, identity.certificate))
    ready.send(served)
    await asyncio.gather(*(server.wait_for_termination() for server in servers))


@asynccontextmanager
async def open_echo(server: EchoServer, request_bytes: int, *, warm: bool = True) -> AsyncIterator[EchoClient]:
    """Connect to a server, its channel and stream warm unless they are to open with the first call."""
    async with server.channel() as channel:
        client = EchoClient(server, channel, os.urandom(request_bytes))
        if warm:
            await client.unary_call()
            await client.stream(1, 0.05)
        yield client


class EchoClient:
    """Calls one server with requests of a question's size."""

    def __init__(self, server: EchoServer, channel: grpc.aio.Channel, request: bytes) -> None:
        self._server = server
        self._request = request
        self._unary: Any = channel.unary_unary(UNARY)
        self._channel = channel
        self._call: Any = None

    async def unary_call(self) -> None:
        """Make one unary call."""
        await self._unary(self._request)

    async def unary(self, in_flight: int, seconds: float) -> Slice:
        """Return a slice of unary calls."""
        return await loop_calls(self.unary_call, in_flight, seconds, [self._server.pid])

    async def stream(self, in_flight: int, seconds: float) -> Slice:
        """Return a slice of messages on one bidirectional stream."""
        if self._call is None:
            self._call = self._channel.stream_stream(STREAM)()
        fed = Fed(self._call, lambda _: self._request)
        return (await drive(fed, in_flight, seconds, [self._server.pid])).slice
