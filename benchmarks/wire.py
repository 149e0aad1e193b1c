"""How many bytes pass between a client and a server: a forwarder between them counts, TLS records and all.

What TCP and IP add (some 3 % of full packets, 40 bytes of each small one) is not in it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from maglia.core.endpoint import split_host

_CHUNK = 1 << 16


class Wire:
    """The bytes that passed so far, both directions together."""

    def __init__(self) -> None:
        self.carried = 0
        self.endpoint = ""

    def since(self, before: int, count: int) -> float:
        """Return the bytes of each of `count` operations since `carried` was `before`."""
        return (self.carried - before) / count


@asynccontextmanager
async def wire_to(endpoint: str) -> AsyncIterator[Wire]:
    """Yield a wire: whoever connects to its `endpoint` reaches the server at `endpoint`, `HOST:PORT`."""
    wire, target = Wire(), split_host(endpoint)
    under_way: set[asyncio.Task[None]] = set()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while chunk := await reader.read(_CHUNK):
                wire.carried += len(chunk)
                writer.write(chunk)
                await writer.drain()
        writer.close()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*target)
        for one in (pump(reader, far_writer), pump(far_reader, writer)):
            task = asyncio.create_task(one)
            under_way.add(task)
            task.add_done_callback(under_way.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    wire.endpoint = f"{host}:{port}"
    try:
        yield wire
    finally:
        server.close()
        for task in list(under_way):
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
