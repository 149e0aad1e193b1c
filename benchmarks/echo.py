"""The ceiling: bare grpc.aio servers over mutual TLS that send back bytes of an answer's size, and do nothing else.

Each is a process of its own, with the ports, certificates and options of a node.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import time
from collections.abc import AsyncIterator, Iterator
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
def echo_servers(count: int, answer_bytes: int) -> Iterator[list[EchoServer]]:
    """Run `count` servers, each in a process, that answer with `answer_bytes` bytes."""
    context = multiprocessing.get_context("spawn")
    client = make_certificate("client", NETWORK, _DAY_S, time.time())
    processes: list[Any] = []
    servers: list[EchoServer] = []
    try:
        for number in range(count):
            ours, theirs = context.Pipe()
            name = f"echo-{number}"
            process = context.Process(target=_run, args=(name, client.certificate, answer_bytes, theirs), daemon=True)
            process.start()
            processes.append(process)
            theirs.close()  # so that a server that died is an error here, not a wait
            port, certificate = ours.recv()
            servers.append(EchoServer(name, f"127.0.0.1:{port}", certificate, client, process.pid or 0))
        yield servers
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _run(name: str, client: bytes, answer_bytes: int, ready: Connection) -> None:
    identity = make_certificate(name, NETWORK, _DAY_S, time.time())  # here: a key leaves no process
    asyncio.run(_serve(identity, client, os.urandom(answer_bytes), ready))


async def _serve(identity: TlsIdentity, client: bytes, answer: bytes, ready: Connection) -> None:
    async def unary(_request: bytes, _context: object) -> bytes:
        return answer

    async def stream(requests: AsyncIterator[bytes], _context: object) -> AsyncIterator[bytes]:
        async for _ in requests:
            yield answer

    handlers: dict[str, Any] = {"Unary": grpc.unary_unary_rpc_method_handler(unary)}
    handlers["Stream"] = grpc.stream_stream_rpc_method_handler(stream)
    server = grpc.aio.server(options=SERVER_OPTIONS)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("bench.Echo", handlers),))
    port = server.add_secure_port("127.0.0.1:0", peer_credentials(identity, lambda: None, client))
    await server.start()
    ready.send((port, identity.certificate))
    await server.wait_for_termination()


@asynccontextmanager
async def open_echo(server: EchoServer, request_bytes: int) -> AsyncIterator[EchoClient]:
    """Connect to a server, its channel and stream warm."""
    async with server.channel() as channel:
        client = EchoClient(server, channel, os.urandom(request_bytes))
        await client.unary_call()
        await client.stream(1, 0.05)
        yield client


class EchoClient:
    """Calls one server with requests of a question's size."""

    def __init__(self, server: EchoServer, channel: grpc.aio.Channel, request: bytes) -> None:
        self._server = server
        self._request = request
        self._unary: Any = channel.unary_unary(UNARY)
        self._stream: Any = channel.stream_stream(STREAM)()

    async def unary_call(self) -> None:
        """Make one unary call."""
        await self._unary(self._request)

    async def unary(self, in_flight: int, seconds: float) -> Slice:
        """Return a slice of unary calls."""
        return await loop_calls(self.unary_call, in_flight, seconds, [self._server.pid])

    async def stream(self, in_flight: int, seconds: float) -> Slice:
        """Return a slice of messages on one bidirectional stream."""
        fed = Fed(self._stream, lambda _: self._request)
        return (await drive(fed, in_flight, seconds, [self._server.pid])).slice
