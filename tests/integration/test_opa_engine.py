"""The OPA server as a node's child: what it admits, and what happens when it dies, hangs or gets another bundle."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from maglia.core.bundle import build_bundle
from maglia.core.errors import Code, MagliaError
from maglia.policy.engine import DECISIONS
from maglia.policy.vectors.documents import PARISH_ASKS, changed
from node.policy import opa as opa_module
from node.policy.choose import open_policy
from node.policy.embedded import EmbeddedPolicy
from node.policy.opa import OpaPolicy
from node.ports import Policy, Ruling
from tests.opa_binary import required_opa

POLICIES = Path(__file__).parents[2] / "policies"
BUNDLE, REVISION = build_bundle(POLICIES)
LAST_MONTH = changed(PARISH_ASKS, query__months=36)


@pytest_asyncio.fixture
async def engine(tmp_path: Path) -> AsyncIterator[OpaPolicy]:
    running = await OpaPolicy.start(required_opa(), tmp_path / "opa", BUNDLE, REVISION)
    yield running
    await running.close()


@pytest_asyncio.fixture(params=["embedded", "opa"])
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Policy]:
    if request.param == "embedded":
        yield EmbeddedPolicy(BUNDLE, REVISION)
        return
    running = await OpaPolicy.start(required_opa(), tmp_path / "opa", BUNDLE, REVISION)
    yield running
    await running.close()


def shorter(tmp_path: Path) -> tuple[bytes, str]:
    """Return a bundle whose questions reach back 24 months, not 36."""
    folder = tmp_path / "shorter"
    shutil.copytree(POLICIES, folder)
    limits = folder / "maglia" / "limits" / "data.json"
    limits.write_text(limits.read_text().replace("36", "24"))
    return build_bundle(folder)


def of_rule(tmp_path: Path, rule: str) -> tuple[bytes, str]:
    """Return a bundle whose asker side is `rule` alone."""
    folder = tmp_path / "other"
    shutil.copytree(POLICIES, folder)
    (folder / "ask" / "ask.rego").write_text(f"package maglia.ask\n\n{rule}\n")
    return build_bundle(folder)


async def until_it_answers(engine: Policy) -> Ruling:
    async with asyncio.timeout(20):
        while True:
            try:
                return await engine.decide("ask", PARISH_ASKS)
            except MagliaError as error:
                assert error.code is Code.POLICY_UNAVAILABLE  # noqa: PT017 - every failure on the way counts
                await asyncio.sleep(0.05)


async def test_a_new_bundle_switches_at_once(either: Policy, tmp_path: Path) -> None:
    assert (await either.decide("ask", LAST_MONTH)).allow
    bundle, revision = shorter(tmp_path)
    await either.replace(bundle, revision)
    assert either.revision == revision
    assert await either.decide("ask", LAST_MONTH) == Ruling(False, ("policy.denied",), {}, revision)


@pytest.mark.parametrize(
    "rule",
    [
        "decision := ",
        "decision := undefined_function(1)",
        'decision := {"allow": true, "reasons": [], "revision": data.maglia.revision}',
        'decision := {"allow": false, "reasons": [], "revision": data.maglia.revision}',
        'decision := {"allow": false, "reasons": ["policy.denied"], "revision": "other"}',
        "decision := 1 if false",
        "decision := 1\n\ndecision := 2",
    ],
    ids=["syntax", "unknown function", "open door", "no reason", "other revision", "undefined", "conflict"],
)
async def test_a_bad_bundle_leaves_the_old_one(
    either: Policy, tmp_path: Path, rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opa_module, "SWITCH_S", 0.5)
    with pytest.raises(MagliaError) as refused:
        await either.replace(*of_rule(tmp_path, rule))
    assert refused.value.code is Code.POLICY_UNAVAILABLE
    assert await until_it_answers(either) == Ruling(True, (), {}, REVISION)
    assert either.revision == REVISION


async def test_a_bundle_on_trial_decides_nothing(
    engine: OpaPolicy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opa_module, "SWITCH_S", 0.5)
    open_door = 'decision := {"allow": true, "reasons": [], "revision": data.maglia.revision}'
    trial = asyncio.create_task(engine.replace(*of_rule(tmp_path, open_door)))
    rulings = []
    while not trial.done():
        rulings.append(await engine.decide("ask", {}))
        await asyncio.sleep(0.01)
    assert isinstance(trial.exception(), MagliaError)
    assert {(ruling.allow, ruling.revision) for ruling in rulings} == {(False, REVISION)}


async def test_a_bundle_of_another_revision_is_not_even_tried(either: Policy) -> None:
    with pytest.raises(MagliaError) as refused:
        await either.replace(BUNDLE, "000000000000")
    assert refused.value.code is Code.INPUT_MALFORMED
    assert (await either.decide("ask", PARISH_ASKS)).allow


async def test_a_dead_server_denies_and_comes_back(engine: OpaPolicy) -> None:
    first = engine.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    answers = [await asyncio.gather(engine.decide("ask", PARISH_ASKS), return_exceptions=True) for _ in range(20)]
    assert {failed.code for [failed] in answers if isinstance(failed, MagliaError)} == {Code.POLICY_UNAVAILABLE}
    assert (await until_it_answers(engine)).allow
    assert engine.pid not in {None, first}


async def test_a_frozen_server_denies_and_is_replaced(engine: OpaPolicy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opa_module, "TIMEOUT_S", 0.2)
    first = engine.pid
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    refused: list[Code] = []
    while engine.pid == first and len(refused) < opa_module.HANGS:
        # On a machine with much else to do the child may be found frozen, and be replaced, before the last refusal.
        try:
            assert (await engine.decide("ask", PARISH_ASKS)).allow
        except MagliaError as error:
            refused.append(error.code)
    assert set(refused) == {Code.POLICY_UNAVAILABLE}
    assert (await until_it_answers(engine)).allow
    assert engine.pid != first


def command_line(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")


def port_of(engine: OpaPolicy) -> int:
    assert engine.pid is not None
    address = next(part for part in command_line(engine.pid) if part.startswith("--addr="))
    return int(address.rpartition(":")[2])


@pytest.mark.parametrize(
    ("method", "path", "known", "status"),
    [
        ("POST", "/v1/data/maglia/ask/decision", False, 401),
        *(("POST", f"/v1/data/maglia/{decision}/decision", True, 200) for decision in DECISIONS),
        ("POST", "/v1/data/maglia/kinds/decision", True, 401),
        ("GET", "/health", True, 200),
        ("GET", "/health", False, 401),
        ("GET", "/v1/data/maglia/ask/decision", True, 401),
        ("POST", "/v1/data/maglia", True, 401),
        ("GET", "/v1/data", True, 401),
        ("GET", "/v1/policies", True, 401),
        ("PUT", "/v1/policies/ask", True, 401),
        ("DELETE", "/v1/policies/ask", True, 401),
        ("PATCH", "/v1/data/maglia", True, 401),
        ("POST", "/v1/query", True, 401),
        ("POST", "/v1/compile", True, 401),
        ("GET", "/v1/config", True, 401),
    ],
)
async def test_what_the_server_admits(engine: OpaPolicy, method: str, path: str, known: bool, status: int) -> None:
    client = engine._child.client if engine._child else None
    assert client is not None
    headers = dict(client.headers) if known else {"Authorization": "Bearer guessed"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, f"http://127.0.0.1:{port_of(engine)}{path}", json={"input": {}}) as response,
    ):
        assert response.status == status


def _readable(pid: int | None, folder: Path) -> bytes:
    """Return all that the process shows of itself and leaves in its folder."""
    shown = [Path(f"/proc/{pid}/environ"), Path(f"/proc/{pid}/cmdline")]
    return b"".join(path.read_bytes() for path in (*shown, *folder.rglob("*")) if path.is_file())


async def test_no_secret_where_others_can_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGLIA_PASSPHRASE", "not for children")
    again = await OpaPolicy.start(required_opa(), tmp_path / "again", BUNDLE, REVISION)
    try:
        client = again._child.client if again._child else None
        assert client is not None
        token = client.headers["Authorization"].removeprefix("Bearer ").encode()
        seen = _readable(again.pid, tmp_path / "again")
        assert token not in seen
        assert b"not for children" not in seen
        assert (tmp_path / "again").stat().st_mode & 0o077 == 0
    finally:
        await again.close()


async def test_a_server_run_by_someone_else(engine: OpaPolicy, tmp_path: Path) -> None:
    client = engine._child.client if engine._child else None
    assert client is not None
    token = client.headers["Authorization"].removeprefix("Bearer ")
    address = f"127.0.0.1:{port_of(engine)}"
    guest = await open_policy(BUNDLE, REVISION, tmp_path, address=address, token=token)
    assert (await guest.decide("ask", PARISH_ASKS)).allow
    await engine.replace(*shorter(tmp_path))
    with pytest.raises(MagliaError) as refused:
        await guest.decide("ask", LAST_MONTH)
    assert refused.value.code is Code.POLICY_STALE
    await guest.replace(*build_bundle(tmp_path / "shorter"))
    assert not (await guest.decide("ask", LAST_MONTH)).allow
    await guest.close()
    assert (await engine.decide("ask", PARISH_ASKS)).allow


async def test_a_wrong_token_opens_nothing(engine: OpaPolicy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opa_module, "SWITCH_S", 0.1)
    with pytest.raises(MagliaError) as refused:
        await OpaPolicy.attach("127.0.0.1", port_of(engine), "guessed", REVISION)
    assert refused.value.code is Code.POLICY_UNAVAILABLE


PARENT = """
import asyncio, os, pathlib, sys, time
from maglia.core.bundle import build_bundle
from node.policy.opa import OpaPolicy

async def main():
    opa, folder, policies = map(pathlib.Path, sys.argv[1:])
    engine = await OpaPolicy.start(opa, folder, *build_bundle(policies))
    print(engine.pid, flush=True)
    time.sleep(60)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_the_server_dies_with_a_killed_node(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(required_opa()), str(tmp_path / "opa"), str(POLICIES)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as node:
        assert node.stdout is not None
        child = int(node.stdout.readline())
        assert "--server" in command_line(child)
        node.kill()
    until = time.monotonic() + 10
    while time.monotonic() < until and _lives(child):
        time.sleep(0.02)
    if _lives(child):
        os.kill(child, signal.SIGKILL)
        pytest.fail("the server outlived its node")


def _lives(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


async def test_a_relative_folder_serves_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    running = await OpaPolicy.start(required_opa(), Path("node") / "opa", BUNDLE, REVISION)
    try:
        assert (await running.decide("ask", {})).revision == REVISION
    finally:
        await running.close()


async def test_a_program_below_a_folder_with_spaces_runs(tmp_path: Path) -> None:
    program = tmp_path / "my programs" / "opa"
    program.parent.mkdir()
    program.symlink_to(required_opa())
    running = await OpaPolicy.start(program, tmp_path / "opa", BUNDLE, REVISION)
    await running.close()
