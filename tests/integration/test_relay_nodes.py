"""Whole nodes that are reached through a relay alone, and relays that lie: what a relay can do, and what it can't."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
import pytest_asyncio

from maglia.core.identity import Card
from node.rpc.exchange import ExchangeDoor
from registry import relay_splicing
from registry.rpc import relay as relay_rpc
from tests.integration.node_world import PATIENCE_S, Site, joined, line, until
from tests.integration.registry_world import World, make_template, served
from tests.support.relay_world import NAME, ServedRelay, make_relay, relayed, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
ASKER, HIDDEN, OTHER = "comune-prova", "parrocchia-prova", "mensa-prova"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with served(make_template(tmp_path_factory.mktemp("relay-nodes") / "registry")) as registry:
        yield registry


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sites(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Site]:
    found = await joined(world, tmp_path_factory.mktemp("sites"), ASKER, HIDDEN, OTHER)
    return {site.member: site for site in found}


async def is_answered(card: Card, asker: Site) -> bool:
    """Return whether the body of a card answers a stream, under that card's own certificate."""
    try:
        async with line(card, asker.keys.peer) as stream:
            return await stream.is_served()
    except grpc.aio.AioRpcError:
        return False


async def comes_true(found: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await found():  # noqa: ASYNC110 - what is awaited tells nobody
            await asyncio.sleep(0.1)


async def test_a_node_is_reached_through_its_relay_also_after_the_relay_was_away(
    world: World, sites: dict[str, Site], tmp_path: Path
) -> None:
    hidden, file = sites[HIDDEN], tmp_path / "relay" / "relay.json"
    made = make_relay(world, tmp_path / "relay")
    async with hidden.serving(via=file):
        card = hidden.published()
        assert (card.endpoint, card.relay) == (made.public, NAME)
        assert not await is_answered(card, sites[ASKER]), "no relay, and yet somebody answers"
        for _ in range(2):
            async with serving(world, tmp_path / "relay") as relay:
                await until(lambda relay=relay: relay.attendances.is_attended(HIDDEN))  # type: ignore[misc]
                await comes_true(lambda: is_answered(card, sites[ASKER]))
    async with hidden.serving():
        card = hidden.published()
        assert (card.endpoint, card.relay) == (hidden.settings().peer, "")
        await comes_true(lambda: is_answered(card, sites[ASKER]))


@pytest.fixture(scope="module")
def asked() -> Iterator[list[str]]:
    """Count the streams that any node's door for questions lets in."""
    opened: list[str] = []
    honest = ExchangeDoor.Ask

    def ask(self: ExchangeDoor, requests: Any, context: Any) -> Any:
        opened.append("ask")
        return honest(self, requests, context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ExchangeDoor, "Ask", ask)
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hidden(
    world: World,
    sites: dict[str, Site],
    asked: list[str],  # noqa: ARG001 - counts from the start
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[ServedRelay]:
    """Yield a relay through which two nodes are reached; tests turn it into a rogue."""
    folder = tmp_path_factory.mktemp("rogue") / "relay"
    async with (
        relayed(world, folder) as relay,
        sites[HIDDEN].serving(via=folder / "relay.json"),
        sites[OTHER].serving(via=folder / "relay.json"),
    ):
        attendances = relay.running.attendances
        await until(lambda: attendances.is_attended(HIDDEN) and attendances.is_attended(OTHER))
        yield relay


class Rogue:
    """Stands where bytes pass between caller and node, and does with them as it likes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.passed: list[bytes] = []
        self.to_node: Callable[[int, bytes], bytes] = lambda _number, chunk: chunk
        self.to_caller: Callable[[int, bytes], bytes] = lambda _number, chunk: chunk
        self._honest = relay_splicing.exchange
        monkeypatch.setattr(relay_rpc, "exchange", self._exchange)

    async def _exchange(self, caller: Any, from_node: AsyncIterator[bytes], *rest: Any) -> AsyncIterator[bytes]:
        async def changed() -> AsyncIterator[bytes]:
            number = 0
            async for chunk in from_node:
                self.passed.append(chunk)
                yield self.to_caller(number, chunk)
                number += 1

        number = 0
        async for chunk in self._honest(caller, changed(), *rest):
            self.passed.append(chunk)
            yield self.to_node(number, chunk)
            number += 1


@pytest.mark.usefixtures("hidden")
async def test_a_relay_reads_nothing_of_what_it_carries(
    sites: dict[str, Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    rogue = Rogue(monkeypatch)
    async with line(sites[HIDDEN].published(), sites[ASKER].keys.peer) as stream:
        assert await stream.is_served()
        seen = b"".join(rogue.passed)
        assert HIDDEN.encode() in seen, "the server name is what a relay must know"
        for secret in (stream.hello.hello.challenge, b"ExchangeService", ASKER.encode(), sites[ASKER].keys.peer.der):
            assert secret not in seen


@pytest.mark.usefixtures("hidden")
async def test_a_relay_that_takes_callers_to_another_member_is_found_out(
    sites: dict[str, Site], asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(asked)
    monkeypatch.setattr(relay_splicing, "member_in", lambda _name, _network: OTHER)
    assert not await is_answered(sites[HIDDEN].published(), sites[ASKER])
    assert len(asked) == before
    monkeypatch.undo()
    await comes_true(lambda: is_answered(sites[HIDDEN].published(), sites[ASKER]))


def flipped(chunk: bytes) -> bytes:
    """Return a chunk with one bit changed in its last byte."""
    return chunk[:-1] + bytes([chunk[-1] ^ 1])


@pytest.mark.usefixtures("hidden")
@pytest.mark.parametrize("way", ["to_node", "to_caller"])
@pytest.mark.parametrize("number", [0, 1, 2])
async def test_a_changed_bit_ends_the_connection(
    sites: dict[str, Site], monkeypatch: pytest.MonkeyPatch, way: str, number: int
) -> None:
    rogue = Rogue(monkeypatch)
    setattr(rogue, way, lambda at, chunk: flipped(chunk) if at == number else chunk)
    assert not await is_answered(sites[HIDDEN].published(), sites[ASKER])


@pytest.mark.usefixtures("hidden")
async def test_what_was_said_before_can_not_be_said_again(
    sites: dict[str, Site], asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rogue, said = Rogue(monkeypatch), list[bytes]()
    rogue.to_node = lambda _number, chunk: said.append(chunk) or chunk  # type: ignore[func-returns-value]

    async def recorded() -> bool:
        said.clear()
        return await is_answered(sites[HIDDEN].published(), sites[ASKER])

    await comes_true(recorded)
    assert said
    opened = len(asked)
    rogue.to_node = lambda number, _chunk: b"".join(said) if number == 0 else b""
    assert not await is_answered(sites[HIDDEN].published(), sites[ASKER])
    assert len(asked) == opened, "the node took the recording for a caller"
