"""`maglia-registry relay` and `--via` as people run them: documents, sentences, exit statuses, and real processes."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
import pytest_asyncio
from typer.testing import CliRunner, Result

from maglia.core.errors import Code
from maglia.core.network_file import encode_network_file
from maglia.core.relay_file import decode_relay_file, encode_relay_file
from node.__main__ import app as node_app
from node.card import first_card
from node.network.tunnel import Tunnel
from registry.__main__ import app as registry_app
from tests.integration.node_world import PATIENCE_S, Site, applied, free_port, line
from tests.integration.registry_world import PASSPHRASE, Body, World, make_template, served
from tests.support.relay_world import NAME

pytestmark = pytest.mark.asyncio(loop_scope="module")
SECRETS = {"MAGLIA_PASSPHRASE": PASSPHRASE}
MEMBER = "parrocchia-prova"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with served(make_template(tmp_path_factory.mktemp("relay-commands") / "registry")) as registry:
        yield registry


@pytest.fixture(scope="module")
def network_file(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("given") / "rete.json"
    path.write_bytes(encode_network_file(world.known))
    return path


@pytest.fixture(scope="module")
def relay(network_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a relay made by its command."""
    folder = tmp_path_factory.mktemp("relay") / "relay"
    made = on_relay("init", folder, *options(network_file), "--json")
    assert made.exit_code == 0, made.output
    assert document(made)["fingerprint"] == decode_relay_file((folder / "relay.json").read_bytes()).fingerprint
    return folder


def options(network_file: Path, **changed: str) -> list[str]:
    values = {
        "network-file": str(network_file),
        "name": NAME,
        "public": f"127.0.0.1:{free_port()}",
        "nodes": f"127.0.0.1:{free_port()}",
    } | changed
    return [part for name, value in values.items() for part in (f"--{name}", value)]


def on_relay(command: str, folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(registry_app, ["relay", command, "--dir", str(folder), *arguments], env=SECRETS)


def on_node(command: str, folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(node_app, [command, "--dir", str(folder), *arguments], env=SECRETS)


def document(ran: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"public": "relay.example"}, 2, Code.INPUT_FIELD),
        ({"nodes": "10.0.0.1:1,10.0.0.2:1"}, 2, Code.INPUT_FIELD),
        ({"name": "Comune Est"}, 2, Code.INPUT_FIELD),
        ({"network-file": "/nowhere/rete.json"}, 2, Code.INPUT_FILE),
    ],
)
async def test_a_relay_that_was_asked_for_wrongly_is_not_made(
    network_file: Path, tmp_path: Path, changed: dict[str, str], status: int, code: Code
) -> None:
    made = on_relay("init", tmp_path / "relay", *options(network_file, **changed), "--json")
    assert (made.exit_code, document(made)["code"]) == (status, code)
    assert not (tmp_path / "relay" / "relay.json").exists()


async def test_a_relay_is_not_made_where_a_file_is(network_file: Path, tmp_path: Path) -> None:
    (tmp_path / "relay").touch()
    made = on_relay("init", tmp_path / "relay", *options(network_file), "--json")
    assert (made.exit_code, document(made)["code"]) == (1, Code.STORAGE_FOLDER)


async def test_a_relay_is_made_once(relay: Path, network_file: Path) -> None:
    again = on_relay("init", relay, *options(network_file), "--json")
    assert (again.exit_code, document(again)["code"]) == (1, Code.STORAGE_EXISTS)


@pytest.mark.parametrize("folder", ["", "nowhere"])
async def test_a_relay_that_does_not_serve_has_no_status(relay: Path, folder: str) -> None:
    asked = on_relay("status", relay / folder)
    assert asked.exit_code == 1
    assert "maglia-registry relay serve" in asked.output


async def test_a_relays_settings_are_its_own_and_no_others(relay: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGLIA_RELAY_BEATS", "1")
    served_wrongly = on_relay("serve", relay, "--json")
    assert (served_wrongly.exit_code, document(served_wrongly)["code"]) == (2, Code.INPUT_SETTING)


def node_options(network_file: Path) -> list[str]:
    where = ("--peer", f"127.0.0.1:{free_port()}", "--front", f"127.0.0.1:{free_port()}")
    return ["--network-file", str(network_file), "--member", MEMBER, *where]


async def test_a_relay_of_another_network_is_refused(relay: Path, network_file: Path, tmp_path: Path) -> None:
    other = json.loads((relay / "relay.json").read_bytes()) | {"network": "altra"}
    (tmp_path / "altro.json").write_text(json.dumps(other))
    given = [*node_options(network_file), "--via", str(tmp_path / "altro.json")]
    made = on_node("init", tmp_path / "node", *given, "--json")
    assert (made.exit_code, document(made)["code"]) == (2, Code.INPUT_FILE_CONTENT)
    assert not (tmp_path / "node").exists()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(world: World, relay: Path, network_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Return a node that was prepared with --via: its first card names the relay already."""
    folder = tmp_path_factory.mktemp("node") / "node"
    made = on_node("init", folder, *node_options(network_file), "--via", str(relay / "relay.json"))
    assert made.exit_code == 0, made.output
    found = Site(folder, MEMBER, world)
    await applied(found, 1)
    await world.approve(MEMBER)
    await first_card(folder, found.settings(), world.known, found.keys, await world.token(MEMBER))
    return found


async def test_the_first_card_names_the_relay(site: Site, relay: Path) -> None:
    file = decode_relay_file((relay / "relay.json").read_bytes())
    assert (site.card().endpoint, site.card().relay) == (file.public, NAME)
    assert site.published() == site.card()
    assert tomllib.loads((site.folder / "node.toml").read_text())["via"] == "relay.json"
    assert (site.folder / "relay.json").read_bytes() == encode_relay_file(file)


async def test_the_doctor_knows_the_relay_that_serve_was_given(
    site: Site, relay: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(site.folder, tmp_path / "node"))
    kept = (folder / "node.toml").read_text().splitlines(keepends=True)
    (folder / "node.toml").write_text("".join(line for line in kept if not line.startswith("via")))
    async with Site(folder, MEMBER, site.network).serving(via=relay / "relay.json"):
        assert f"tramite il relay «{NAME}»" in (await asyncio.to_thread(on_node, "doctor", folder)).output
        monkeypatch.setattr(Tunnel, "problems", lambda _tunnel: [Code.NETWORK_RELAY])
        assert "PROBLEMA Per gli altri enti" in (await asyncio.to_thread(on_node, "doctor", folder)).output


@asynccontextmanager
async def process(*command: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A program of the project as a process of its own; killed at the end if it still runs."""
    environment = {**os.environ, **SECRETS, "MAGLIA_NODE_ENGINE": "embedded"}
    started = await asyncio.create_subprocess_exec(sys.executable, "-m", *command, env=environment)
    try:
        yield started
    finally:
        if started.returncode is None:
            started.terminate()
            async with asyncio.timeout(PATIENCE_S):
                await started.wait()


@pytest.mark.long
async def test_a_killed_relay_starts_again_and_its_node_comes_back_by_itself(
    world: World, site: Site, relay: Path
) -> None:
    [asker] = await world.joined("comune-prova")

    async def is_attended() -> bool:
        said = on_relay("status", relay, "--json")
        members = document(said)["members"] if said.exit_code == 0 else []
        return [one["member"] for one in members if one["attending"]] == [MEMBER]

    async def told_by_doctor() -> bool:
        said = await asyncio.to_thread(on_node, "doctor", site.folder)
        return "PROBLEMA Per gli altri enti" in said.output

    async with process("node", "serve", "--dir", str(site.folder)):
        async with process("registry", "relay", "serve", "--dir", str(relay)) as first:
            await soon(is_attended)
            assert await answered(site, asker)
            said = await asyncio.to_thread(on_node, "doctor", site.folder)
            assert f"tramite il relay «{NAME}»" in said.output
            first.send_signal(signal.SIGKILL)
            await first.wait()
        assert not await answered(site, asker, tries=1)
        stopped = on_relay("status", relay)
        assert stopped.exit_code == 1, "a killed relay's last words were taken for its present ones"
        await soon(told_by_doctor)  # after a while, not at each hiccup
        async with process("registry", "relay", "serve", "--dir", str(relay)):
            await soon(is_attended)
            assert await answered(site, asker)


async def soon(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait as long as whole processes may take on a busy machine."""
    async with asyncio.timeout(4 * PATIENCE_S):
        while not await holds():  # noqa: ASYNC110 - what is awaited tells nobody
            await asyncio.sleep(0.2)


async def answered(site: Site, asker: Body, tries: int = 20) -> bool:
    """Return whether the node of a site answers a stream; its nodes hear of a new asker in a moment."""
    for _ in range(tries):
        try:
            async with line(site.published(), asker.tls) as stream:
                return await stream.is_served()
        except grpc.aio.AioRpcError:
            await asyncio.sleep(0.1)
    return False
