"""A node whose log was rolled back, wiped or forked: it says so, answers nobody, and goes on so after a restart."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from maglia.core.errors import Code
from maglia.v1.exchange_pb2 import AskRequest, AskResponse
from maglia.v1.operator_pb2 import GetStatusRequest, GetStatusResponse, VerifyLogRequest, VerifyLogResponse
from maglia.v1.operator_pb2_grpc import OperatorServiceStub
from maglia.wire.channel import open_channel
from maglia.wire.convert import QUESTION
from maglia.wire.envelope import seal
from maglia.wire.evidence import encode_bound
from node.folder import ADMIN_FILE
from node.log.guard import FORK_FILE, NOTE_FILE
from tests.integration.node_world import Site, joined, line, until
from tests.integration.registry_world import NETWORK, Body, World, copy_of, make_template, served
from tests.peer_world import bind, question

WIPED = ("DELETE FROM log_entry", "DELETE FROM log_tile", "DELETE FROM log_checkpoint")
CUT = ("DELETE FROM log_entry WHERE idx >= 2", "DELETE FROM log_checkpoint WHERE size > 2")
FAST = {"checkpoint_s": 0.1}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("office") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


async def ask(site: Site, asker: Body) -> str:
    """Put one question; return the code of the refusal, or what else came."""
    async with line(site.card(), asker.tls) as held:
        asked = replace(question(), asker=asker.member, addressee=site.member)
        bound, body = bind(asked, held.hello.hello.challenge)
        envelope = seal(QUESTION, NETWORK, encode_bound(bound), asker.identity)
        await held.call.write(AskRequest(question=envelope, body=body))
        response = await held.call.read()
        assert isinstance(response, AskResponse)
        kind = response.WhichOneof("kind")
        return response.refusal.code if kind == "refusal" else str(kind)


async def state(site: Site) -> tuple[GetStatusResponse, VerifyLogResponse]:
    """Return what the node says of itself, and of its log."""
    token = json.loads((site.folder / ADMIN_FILE).read_text())["token"]
    auth = (("authorization", f"Bearer {token}"),)
    async with open_channel(site.settings().front, site.member, NETWORK, site.keys.front.certificate) as channel:
        stub = OperatorServiceStub(channel)
        status = await stub.GetStatus(GetStatusRequest(), metadata=auth)
        return status, await stub.VerifyLog(VerifyLogRequest(), metadata=auth)


async def is_silenced(site: Site, asker: Body, code: Code = Code.LOG_FORK) -> None:
    """Expect everything that a node with a forked or altered log shows and does."""
    status, report = await state(site)
    assert code.value in status.problems
    assert not status.ready
    assert not report.ok
    assert await ask(site, asker) == code
    assert (site.folder / FORK_FILE).exists()


async def is_sound(site: Site, asker: Body) -> None:
    status, report = await state(site)
    assert (list(status.problems), status.ready, report.ok) == ([], True, True)
    assert await ask(site, asker) == "answer"


async def witnessed(site: Site, asker: Body) -> None:
    """Serve until some entries are cosigned."""
    async with site.serving(**FAST):
        for _ in range(3):
            assert await ask(site, asker) == "answer"
        await until(lambda: kept_size(site) >= 3)
        await is_sound(site, asker)


def kept_size(site: Site) -> int:
    path = site.folder / NOTE_FILE
    return int(path.read_bytes().split(b"\n", 2)[1]) if path.exists() else 0


@contextlib.contextmanager
def changed(site: Site, *statements: str) -> Iterator[None]:
    """Change a stopped node's database; put it back afterwards."""
    database, before = site.folder / "node.db", site.folder / "before.db"
    copy(database, before)
    with contextlib.closing(sqlite3.connect(database)) as opened, opened:
        for statement in statements:
            opened.execute(statement)
    yield
    copy(before, database)


def copy(source: Path, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(source)) as old, contextlib.closing(sqlite3.connect(target)) as new:
        old.backup(new)


@pytest.mark.parametrize("statements", [WIPED, CUT], ids=["wiped", "cut"])
@pytest.mark.parametrize("known_to", ["file", "witness"])
async def test_a_log_put_back_silences_its_node_until_somebody_acts(
    world: World, tmp_path: Path, statements: tuple[str, ...], known_to: str
) -> None:
    [asker] = await world.joined("mensa-ovest")
    [site] = await joined(world, tmp_path, "parrocchia-nord")
    await witnessed(site, asker)
    with changed(site, *statements):
        if known_to == "witness":
            (site.folder / NOTE_FILE).unlink()
        async with site.serving(**FAST):
            await is_silenced(site, asker)
            # It grows past what the witness saw; that makes it no truer.
            for _ in range(8):
                assert await ask(site, asker) == Code.LOG_FORK
        async with site.serving(**FAST):
            await is_silenced(site, asker)
    async with site.serving(**FAST):
        await is_silenced(site, asker)
    (site.folder / FORK_FILE).unlink()
    async with site.serving(**FAST):
        await is_sound(site, asker)


@pytest.mark.parametrize("statements", [WIPED, CUT], ids=["wiped", "cut"])
async def test_it_is_found_while_the_registry_is_away(
    template: Path, tmp_path: Path, statements: tuple[str, ...]
) -> None:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        [asker] = await world.joined("mensa-ovest")
        [site] = await joined(world, tmp_path, "parrocchia-nord")
        await witnessed(site, asker)
    async with site.serving():
        status, report = await state(site)
        assert (status.ready, report.ok) == (True, True)
        assert await ask(site, asker) == "answer", "the last cosignature serves on"
    with changed(site, *statements):
        async with site.serving():
            await is_silenced(site, asker)


async def test_an_altered_entry_silences_its_node_from_the_start(world: World, tmp_path: Path) -> None:
    [asker] = await world.joined("mensa-ovest")
    [site] = await joined(world, tmp_path, "parrocchia-nord")
    await witnessed(site, asker)
    with changed(site, "UPDATE log_entry SET leaf = CAST(leaf || X'00' AS BLOB) WHERE idx = 1"):
        async with site.serving(**FAST):
            await is_silenced(site, asker, Code.LOG_DAMAGED)
            assert "entry 1," in (site.folder / FORK_FILE).read_text()


async def test_a_log_that_grew_another_past_is_refused_by_the_witness_while_serving(
    world: World, tmp_path: Path
) -> None:
    [asker] = await world.joined("mensa-ovest")
    [site] = await joined(world, tmp_path, "parrocchia-nord")
    await witnessed(site, asker)
    async with site.serving(checkpoint_s=0.5):
        await is_sound(site, asker)
        # As if another node had the same key: the witness saw more than this log ever had.
        origin = f"maglia/{NETWORK}/{site.member}"
        seen = world.parts.witness.counts.witnessed(origin)
        assert seen is not None
        further = replace(seen, size=seen.size + 1000, root=bytes(32))
        assert world.parts.witness.counts.remember(further, b"", seen.size)
        await until((site.folder / FORK_FILE).exists)
        await is_silenced(site, asker)


async def test_without_cosignatures_a_node_warns_then_stops_answering(template: Path, tmp_path: Path) -> None:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        [asker] = await world.joined("mensa-ovest")
        [site] = await joined(world, tmp_path, "parrocchia-nord")
        await witnessed(site, asker)
    async with site.serving(cosignature_max_s=1e9):
        assert Code.LOG_STALE not in (await state(site))[0].problems
    async with site.serving(cosignature_max_s=12):
        await until_problem(site, Code.LOG_STALE)
        assert await ask(site, asker) == "answer"
        await until_problem(site, Code.LOG_UNWITNESSED)
        assert await ask(site, asker) == Code.LOG_UNWITNESSED
        status, report = await state(site)
        assert (status.ready, report.ok) == (False, True)
        assert not (site.folder / FORK_FILE).exists()


async def test_a_log_that_does_not_grow_stays_cosigned(world: World, tmp_path: Path) -> None:
    [asker] = await world.joined("mensa-ovest")
    [site] = await joined(world, tmp_path, "parrocchia-nord")
    await witnessed(site, asker)
    async with site.serving(checkpoint_s=0.1, cosignature_max_s=4):
        first = (site.folder / NOTE_FILE).read_bytes()
        await until(lambda: (site.folder / NOTE_FILE).read_bytes() != first)
        assert await ask(site, asker) == "answer"


async def until_problem(site: Site, code: Code) -> None:
    async with asyncio.timeout(20):
        while code.value not in (await state(site))[0].problems:  # noqa: ASYNC110 - the node tells nobody
            await asyncio.sleep(0.1)
