"""Without a decision nothing is answered: with either engine, whatever the cause, seen from outside, until it ends.

Each test asks over a real stream, reads the log, and reads what the node's health and status say. The bundles that fail
deny a question that says nothing, as the proof before their use demands, and fail at the questions of every day.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from maglia.core.bundle import build_bundle
from maglia.core.entry import EntryKind
from maglia.core.errors import Code
from node.health import Health
from node.policy import opa as opa_module
from node.policy.choose import open_policy
from node.policy.opa import OpaPolicy
from node.policy.watched import WatchedPolicy
from node.status import read_status
from tests.clerk import person, record
from tests.opa_binary import required_opa
from tests.peer_world import (
    PARISH,
    POLICIES,
    Answerer,
    MemoryLog,
    MemoryTrust,
    RawStream,
    answerer,
    enrol,
    pseudonym,
    question,
    raw_stream,
    read_answer,
    served,
    subject,
)

BUNDLE, REVISION = build_bundle(POLICIES)
DENIED = (
    'decision := {"allow": false, "reasons": ["policy.denied"], "revision": data.maglia.revision} if not input.asker'
)
RULES = {
    "undefined": "",
    "error": "decision := 1 if input.asker\n\ndecision := 2 if input.asker",
    "contradiction": 'decision := {"allow": true, "reasons": ["policy.denied"], "revision": data.maglia.revision} '
    "if input.asker",
    "other revision": 'decision := {"allow": true, "reasons": [], "release": {}, "revision": "other"} if input.asker',
}
"""Decisions on every day's questions that are none."""


def failing(folder: Path, rule: str) -> tuple[bytes, str]:
    """Return a bundle whose decision on a release is `rule` for whoever asks."""
    shutil.copytree(POLICIES, folder)
    (folder / "release" / "release.rego").write_text(f"package maglia.release\n\n{DENIED}\n\n{RULES[rule]}\n")
    return build_bundle(folder)


@dataclass
class Site:
    """A body that answers one asker, and what its administrator sees."""

    node: Answerer
    engine: WatchedPolicy
    stream: RawStream

    async def ask(self, number: int = 1) -> str:
        """Ask about one person; return the code of the refusal, or `answer`."""
        await self.stream.send(question(subject(number)))
        response = await self.stream.read()
        return response.refusal.code or str(response.WhichOneof("kind"))

    async def findings(self) -> tuple[int, str]:
        """Ask about the client; return how much was released, and by which rules the answer and its entry say."""
        await self.stream.send(question(subject(1)))
        answer, _ = read_answer(await self.stream.read())
        assert self.node.entries()[-1].policy_revision == answer.policy_revision
        return len(answer.slots[0]), answer.policy_revision

    async def told(self) -> tuple[bool, tuple[str, ...], bool]:
        """Return whether the node says that it is ready, its problems, and what its health service says."""
        status = read_status(PARISH.id, self.node.store, self.node.trust, self.engine, self.engine.problems())
        door = await Health(self.engine.problems).door()
        health = await door.Check(HealthCheckRequest(), None)  # type: ignore[arg-type]  # of no use to it
        return status.ready, status.problems, health.status == HealthCheckResponse.SERVING

    async def fails_closed(self, code: Code) -> None:
        """Expect of a client and of a stranger the same refusal, each with its entry, and the node to say why."""
        before = len(self.node.entries())
        assert [await self.ask(1), await self.ask(77)] == [code, code]
        entries = self.node.entries()[before:]
        assert [(entry.kind, entry.code) for entry in entries] == [(EntryKind.REFUSED, code.value)] * 2
        assert await self.told() == (False, (code.value,), False)

    async def is_well(self) -> None:
        """Expect answers, and nothing to be said about the engine."""
        await self.engine.look()
        assert await self.told() == (True, (), True)
        assert [await self.ask(1), await self.ask(77)] == ["answer", "answer"]

    async def until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not done():
                await asyncio.sleep(0.02)
                await self.engine.look()


@asynccontextmanager
async def site(folder: Path, engine: WatchedPolicy) -> AsyncIterator[Site]:
    """A body with one client on file."""
    try:
        with answerer(folder, MemoryTrust(), engine=engine, log=MemoryLog()) as node:
            node.store.add_record(record(person(1)), "anna")
            enrol(node.store, {person(1).pseudonym_input(): pseudonym(1)})
            async with served(PARISH, node.trust, node.door()), raw_stream(node.trust) as stream:
                yield Site(node, engine, stream)
    finally:
        await engine.close()


@pytest_asyncio.fixture(params=["embedded", "opa"])
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Site]:
    required_opa()
    engine = await open_policy(BUNDLE, REVISION, tmp_path / "opa", engine=request.param)
    assert engine.engine == request.param
    async with site(tmp_path, engine) as made:
        yield made


@pytest_asyncio.fixture
async def opa(tmp_path: Path) -> AsyncIterator[Site]:
    required_opa()
    async with site(tmp_path, await open_policy(BUNDLE, REVISION, tmp_path / "opa", engine="opa")) as made:
        yield made


def inner(site: Site) -> OpaPolicy:
    """Return the engine itself."""
    found = site.engine._inner
    assert isinstance(found, OpaPolicy)
    return found


async def test_what_is_no_decision_denies_until_the_rules_are_mended(either: Site, tmp_path: Path) -> None:
    for cause in RULES:
        code = Code.POLICY_STALE if cause == "other revision" else Code.POLICY_UNAVAILABLE
        await either.is_well()
        await either.engine.replace(*failing(tmp_path / cause, cause))
        await either.fails_closed(code)
        await either.engine.look()  # the same question is asked again, and is no better
        assert (await either.told())[1] == (code.value,)
        await either.engine.replace(BUNDLE, REVISION)
        await either.is_well()


async def test_no_ruling_outlives_its_rules(either: Site, tmp_path: Path) -> None:
    assert await either.ask() == "answer"
    assert await either.findings() == (1, REVISION)
    folder = tmp_path / "stricter"
    shutil.copytree(POLICIES, folder)
    levels = folder / "maglia" / "levels" / "data.json"
    levels.write_text(levels.read_text().replace('"detail"', '"nothing"'))
    bundle, revision = build_bundle(folder)
    await either.engine.replace(bundle, revision)
    assert await either.findings() == (0, revision)
    await either.engine.replace(BUNDLE, REVISION)
    assert await either.findings() == (1, REVISION)


async def test_rules_that_cannot_be_put_in_use_are_told_though_the_old_ones_decide(
    either: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opa_module, "SWITCH_S", 0.3)
    folder = tmp_path / "open"
    shutil.copytree(POLICIES, folder)
    (folder / "ask" / "ask.rego").write_text("package maglia.ask\n\ndecision := ")
    with pytest.raises(Exception, match=Code.POLICY_UNAVAILABLE):
        await either.engine.replace(*build_bundle(folder))
    assert await either.told() == (False, (Code.POLICY_STALE.value,), False)
    await either.engine.replace(BUNDLE, REVISION)
    await either.is_well()


async def test_a_dead_engine_denies_clients_and_strangers_until_it_lives(opa: Site) -> None:
    await opa.is_well()
    pid = inner(opa).pid
    assert pid is not None
    child = inner(opa)._child
    assert child is not None
    binary, child._binary = child._binary, Path("/nonexistent")
    os.kill(pid, signal.SIGKILL)
    await opa.until(lambda: bool(opa.engine.problems()))  # found though nobody asks
    await opa.fails_closed(Code.POLICY_UNAVAILABLE)
    child._binary = binary
    await opa.until(lambda: not opa.engine.problems())
    await opa.is_well()


async def test_an_engine_that_hangs_denies_until_it_is_replaced(opa: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opa_module, "TIMEOUT_S", 0.3)
    monkeypatch.setattr(opa_module, "HANGS", 4)
    first = inner(opa).pid
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    await opa.fails_closed(Code.POLICY_UNAVAILABLE)
    monkeypatch.setattr(opa_module, "TIMEOUT_S", 2.0)
    monkeypatch.setattr(opa_module, "HANGS", 1)
    await opa.until(lambda: not opa.engine.problems())
    assert inner(opa).pid != first
    await opa.is_well()


async def test_a_server_run_by_others_on_other_rules_denies_until_it_switches(opa: Site, tmp_path: Path) -> None:
    child = inner(opa)._child
    assert child is not None
    client = child.client
    assert client is not None
    token = client.headers["Authorization"].removeprefix("Bearer ")
    address = f"{client.host}:{client.port}"
    guest = await open_policy(BUNDLE, REVISION, tmp_path, address=address, token=token)
    other = tmp_path / "other"
    shutil.copytree(POLICIES, other)
    limits = other / "maglia" / "limits" / "data.json"
    limits.write_text(limits.read_text().replace("36", "24"))
    (tmp_path / "guest").mkdir()
    async with site(tmp_path / "guest", guest) as visited:
        await opa.engine.replace(*build_bundle(other))
        await visited.fails_closed(Code.POLICY_STALE)
        await opa.engine.replace(BUNDLE, REVISION)
        await visited.is_well()
