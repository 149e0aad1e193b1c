"""A node whose PostgreSQL is killed and comes back: refusals with a code meanwhile, nothing acknowledged lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
import pytest

from maglia.core.errors import Code
from maglia.core.passwords import hash_password
from maglia.core.vocabulary import Role
from maglia.v1 import operator_pb2 as pb
from maglia.v1.operator_pb2_grpc import OperatorServiceStub
from maglia.wire.channel import open_channel
from maglia.wire.status import error_of
from node.domain.model import Operator
from node.folder import SystemClock, open_store
from tests.clerk import fictional_code
from tests.integration.node_world import Site, joined
from tests.integration.registry_world import NETWORK, make_template, served
from tests.postgres import NoPostgresError, OwnServer, fresh_database, own_postgres

if TYPE_CHECKING:
    from maglia.v1.operator_pb2_grpc import OperatorServiceAsyncStub

PASSWORD = "una parola lunga"
ACKNOWLEDGED = 12
DOWN_S = 2.5
"""Longer than the loops beside the doors take to come round: half a node must not be left."""


@pytest.fixture
def server() -> Iterator[OwnServer]:
    """Yield a server that may be killed."""
    try:
        with own_postgres() as server:
            yield server
    except NoPostgresError as why:
        pytest.skip(str(why))


class Counter:
    """The counter of a body: somebody who has logged in, and what was acknowledged to them."""

    def __init__(self, stub: OperatorServiceAsyncStub, auth: tuple[tuple[str, str]]) -> None:
        self._stub = stub
        self._auth = auth
        self.acknowledged = 0
        self.tried = 0

    async def give(self) -> Code | None:
        """Record one aid, each for another person; return why it was refused, if it was."""
        self.tried += 1
        request = pb.AddAidRequest(
            identifier=fictional_code(self.tried),
            facet="food_parcel",
            basis="consent",
            date="2026-01-07",
            amount_cents=1000,
            status="given",
            visibility="network",
        )
        try:
            await self._stub.AddAid(request, metadata=self._auth, timeout=30)
        except grpc.aio.AioRpcError as failure:
            return error_of(failure).code
        self.acknowledged += 1
        return None

    async def status(self) -> pb.GetStatusResponse:
        return await self._stub.GetStatus(pb.GetStatusRequest(), metadata=self._auth, timeout=30)

    async def verify(self) -> pb.VerifyLogResponse:
        return await self._stub.VerifyLog(pb.VerifyLogRequest(), metadata=self._auth, timeout=30)


@asynccontextmanager
async def counter(site: Site) -> AsyncIterator[Counter]:
    async with open_channel(site.settings().front, site.member, NETWORK, site.keys.front.certificate) as channel:
        stub: OperatorServiceAsyncStub = OperatorServiceStub(channel)
        opened = await stub.LoginOperator(pb.LoginOperatorRequest(user="anna", password=PASSWORD))
        yield Counter(stub, (("authorization", f"Bearer {opened.token}"),))


async def test_a_node_refuses_while_its_database_is_gone_and_goes_on_when_it_is_back(
    tmp_path: Path, server: OwnServer
) -> None:
    with fresh_database(server.url) as url:
        async with served(make_template(tmp_path / "registry")) as world:
            [site] = await joined(world, tmp_path, "parrocchia-nord")
            store, _ = open_store(site.folder, site.keys, SystemClock(), url)
            store.add_operator(Operator("anna", "Anna", Role.MANAGER), hash_password(PASSWORD))
            store.close()
            async with site.serving(database_url=url), counter(site) as anna:
                await _lose_it_and_find_it_again(anna, server)
                assert await anna.give() is None
                status, log = await anna.status(), await anna.verify()
                assert anna.acknowledged <= status.records <= anna.tried
                assert log.ok
                async with asyncio.timeout(60):
                    # The log's writer works again: each enrolment is an entry.
                    while (await anna.status()).awaiting:  # noqa: ASYNC110 - it tells nobody
                        await asyncio.sleep(0.1)
                grown = await anna.verify()
                assert (grown.ok, grown.size >= anna.acknowledged) == (True, True)
                for act in (server.kill, server.start):
                    await asyncio.to_thread(act)
                assert await anna.give() is None, "nobody asked meanwhile, so nobody is refused"


async def _lose_it_and_find_it_again(anna: Counter, server: OwnServer) -> None:
    while anna.acknowledged < ACKNOWLEDGED:
        assert await anna.give() is None
    killing = asyncio.create_task(asyncio.to_thread(server.kill))
    while (first := await anna.give()) is None:
        assert anna.tried < 5_000, "nobody noticed"
    await killing
    await asyncio.sleep(DOWN_S)
    refused = [first, *[await anna.give() for _ in range(3)]]
    assert refused == [Code.STORAGE_UNAVAILABLE] * 4
    await asyncio.to_thread(server.start)
