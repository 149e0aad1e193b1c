"""A suspension reaches whole nodes in both roles, in the middle of a stream; a node cut off says so and stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from maglia.core.errors import Code, MagliaError
from maglia.wire.channel import open_channel
from maglia.wire.status import error_of
from node.health import DIRECTORY
from node.network.registry import News, RegistryClient
from tests.integration.node_world import PATIENCE_S, Line, Site, joined, line
from tests.integration.registry_world import NETWORK, World, copy_of, make_template, served


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("office") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


async def end_of(held: Line) -> Code:
    """Return with which code a stream ends on which nobody says anything."""
    with pytest.raises(grpc.aio.AioRpcError) as failure:
        async with asyncio.timeout(PATIENCE_S):
            await held.call.read()
    return error_of(failure.value).code


async def test_a_suspended_members_open_stream_is_ended_though_it_says_nothing(world: World, tmp_path: Path) -> None:
    [caller] = await world.joined("mensa-ovest")
    [site] = await joined(world, tmp_path, "parrocchia-nord")
    async with site.serving(directory_poll_s=600), line(site.published(), caller.tls) as held:
        assert await held.is_served()
        assert held.hello.timestamp_version > 0
        await (await world.office("anna")).suspend(caller.member)
        assert await end_of(held) is Code.MEMBER_INACTIVE
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            async with line(site.published(), caller.tls):
                pass
        assert error_of(failure.value).code is Code.MEMBER_INACTIVE


async def test_a_node_that_hears_nothing_ends_its_streams_at_expiry_and_says_so(template: Path, tmp_path: Path) -> None:
    async with served(copy_of(template, tmp_path / "registry"), timestamp_s=8.0) as world:
        [caller] = await world.joined("mensa-ovest")
        [site] = await joined(world, tmp_path, "parrocchia-nord")
        world.parts.publisher.refresh()  # signed anew now, and never again in this test
        async with site.serving(directory_poll_s=0.5):
            async with line(site.published(), caller.tls) as held:
                assert await health(site, DIRECTORY) == HealthCheckResponse.SERVING
                assert await end_of(held) is Code.DIRECTORY_EXPIRED
            await until_health(site, "", HealthCheckResponse.NOT_SERVING)


async def health(site: Site, service: str) -> int:
    """Ask a node's front port how it is."""
    async with open_channel(site.settings().front, site.member, NETWORK, site.keys.front.certificate) as channel:
        check: grpc.aio.UnaryUnaryMultiCallable[HealthCheckRequest, HealthCheckResponse] = channel.unary_unary(
            "/grpc.health.v1.Health/Check", HealthCheckRequest.SerializeToString, HealthCheckResponse.FromString
        )
        return (await check(HealthCheckRequest(service=service))).status


async def until_health(site: Site, service: str, status: int) -> None:
    """Wait until a node says that it is so."""
    async with asyncio.timeout(PATIENCE_S):
        while await health(site, service) != status:  # noqa: ASYNC110 - it is asked, it does not tell
            await asyncio.sleep(0.05)


async def test_news_go_on_when_the_own_card_is_renewed(world: World) -> None:
    """The channel under the former certificate is closed in the end; whoever listened on it must not fall silent."""
    [body] = await world.joined("mensa-ovest")
    client = RegistryClient(world.known, body.tls)
    heard: list[News] = []

    async def listen() -> None:
        while True:
            try:
                async for news in client.news():
                    heard.append(news)
            except MagliaError:
                await asyncio.sleep(0.05)

    listening = asyncio.create_task(listen())
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not heard:  # noqa: ASYNC110 - the list is all there is
                await asyncio.sleep(0.05)
            client.present(body.tls, grace_s=0.2)
            await client._closing.copy().pop()
            before = len(heard)
            world.parts.news.changed()
            while len(heard) <= before:
                await asyncio.sleep(0.05)
                world.parts.news.changed()
        assert not listening.done()
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await client.close()
