"""A client elsewhere: what is sent here goes on from another loopback address, so that a server sees another client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

OTHER = "127.0.0.2"
_PIECE = 64 * 1024


@asynccontextmanager
async def from_elsewhere(endpoint: str) -> AsyncIterator[str]:
    """Yield an endpoint whose connections reach `endpoint`, on 127.0.0.1, as if from another machine."""
    host, _, port = endpoint.rpartition(":")

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward = await asyncio.open_connection(host, int(port), local_addr=(OTHER, 0))
        await asyncio.gather(_pump(reader, onward[1]), _pump(onward[0], writer))

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(_PIECE):
            writer.write(piece)
            await writer.drain()
    writer.close()
