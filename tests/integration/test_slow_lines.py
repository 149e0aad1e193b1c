"""A body far away: the line takes its time for every packet, and is no worse for that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from maglia.wire.exchange import decode_answer, encode_question
from tests.peer_world import COMUNE, ENTRY, PARISH, MemoryTrust, answerer, peer_streams, question, served

EACH_WAY_S = 0.15
"""Of a satellite's line it is 0.3, of ADSL 0.03."""


@asynccontextmanager
async def slow_line(endpoint: str) -> AsyncIterator[str]:
    """Yield the address of a line on which all that is said arrives `EACH_WAY_S` later."""
    host, _, port = endpoint.rpartition(":")
    tasks: set[asyncio.Task[None]] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        while content := await reader.read(65_536):
            loop.call_later(EACH_WAY_S, writer.write, content)
        loop.call_later(EACH_WAY_S, writer.close)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * EACH_WAY_S)  # as TCP's own greeting takes
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        tasks.update(asyncio.create_task(carry(*pair)) for pair in ((reader, far_writer), (far_reader, writer)))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield "127.0.0.1:{1}".format(*server.sockets[0].getsockname())
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_body_far_away_is_reached_and_answers(tmp_path: Path) -> None:
    trust = MemoryTrust((COMUNE, PARISH))
    with answerer(tmp_path, trust) as far:
        async with served(PARISH, trust, far.door()), slow_line(trust.endpoints[PARISH.id]) as endpoint:
            trust.endpoints[PARISH.id] = endpoint
            peers, asked = peer_streams(trust), question()
            try:
                async with asyncio.timeout(20):
                    answered = await peers.ask(PARISH.id, asked.question_id, encode_question(asked), ENTRY)
            finally:
                await peers.close()
    assert decode_answer(answered.body).question_id == asked.question_id
