"""`maglia-node host` with real processes: bodies side by side on one machine, and one that moves to another."""

from __future__ import annotations

import asyncio
import ctypes.util
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from demo.forks import Ran
from maglia.core.network_file import encode_network_file
from maglia.processes import Ledger, is_running
from maglia.v1.envelope_pb2 import Envelope
from maglia.wire.convert import open_card
from maglia.wire.envelope import parse
from node.__main__ import app
from node.config import load_settings
from node.hosting.plan import Host
from node.hosting.units import template as unit_template
from node.keys import load_keys
from tests.integration.node_world import free_port, typed, until
from tests.integration.registry_world import NETWORK, World, copy_of, make_template, served
from tests.opa_binary import required_opa
from tests.support.commands import run

EST, SUD = "mensa-est", "mensa-sud"
UNDER_FILTER = shutil.which("systemd-analyze") and ctypes.util.find_library("seccomp")
COUNTS = ("rows", "log_size", "log_root")
LISTS = ("territory", "facets", "purposes")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("hosting") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


@dataclass
class Machine:
    """One machine that hosts, and its administrator."""

    root: Path
    world: World

    @property
    def host(self) -> Host:
        return Host(self.root)

    async def ran(self, *words: str, **environment: str) -> Ran:
        """Run a command; in this process, but for what a body's own command says."""
        given = {"PATH": os.environ["PATH"], "MAGLIA_HOST_DIR": str(self.root), "LANG": "C.UTF-8", **environment}
        if words[0] == "run":
            return await asyncio.to_thread(run, "node", "host", *words, environment=given)
        ran = await asyncio.to_thread(CliRunner().invoke, app, ["host", *words], env=given)
        return Ran(ran.exit_code, ran.stdout, ran.stderr)

    async def did(self, *words: str, **environment: str) -> dict[str, Any]:
        ran = await self.ran(*words, "--json", **environment)
        assert ran.status == 0, ran
        found: dict[str, Any] = json.loads(ran.out)
        return found

    async def failed(self, *words: str, **environment: str) -> tuple[int, str]:
        ran = await self.ran(*words, "--json", **environment)
        assert ran.err == ""
        return ran.status, json.loads(ran.out)["code"]

    async def began(self) -> None:
        first = free_port()
        ports = f"{first}-{min(first + 40, 65535)}"
        await self.did("init", "--address", "127.0.0.1", "--ports", ports, "--same-user")

    async def joined(self, member: str, number: int) -> dict[str, Any]:
        """Take a body from nothing to activity, as its host does."""
        known, form = self.root.parent / "rete.json", self.root.parent / f"{member}.toml"
        known.write_bytes(encode_network_file(self.world.known))
        fields = {name: [text] if name in LISTS else text for name, text in typed(member, number).items()}
        form.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in fields.items()))
        added = await self.did("add", member, "--network-file", str(known))
        assert (await self.did("run", member, "apply", "--file", str(form)))["state"] == "applied"
        await self.world.approve(member)
        await self.did("run", member, "join", await self.world.token(member))
        return added

    async def states(self) -> dict[str, tuple[bool, bool, bool]]:
        listed = (await self.did("list"))["bodies"]
        return {one["member"]: (one["runs"], one["joined"], one["moved"]) for one in listed}

    def published(self, member: str) -> str:
        """Return where the registry says that a body is reached."""
        stored = self.world.parts.members.card(member)
        assert stored is not None
        keys = load_keys(self.host.folder(member), self.host.passphrase(member))
        return open_card(parse(Envelope, stored.envelope), NETWORK, member, keys.identity.public).endpoint


@pytest.fixture
async def machines(world: World, tmp_path: Path) -> AsyncIterator[tuple[Machine, Machine]]:
    both = Machine(tmp_path / "uno", world), Machine(tmp_path / "due", world)
    try:
        for each in both:
            await each.began()
        yield both
    finally:
        for each in both:
            await each.ran("stop")


async def test_a_hosted_body_serves_and_leaves_with_all_that_it_has(
    machines: tuple[Machine, Machine], tmp_path: Path
) -> None:
    here, there = machines
    await here.joined(EST, 1)
    assert await here.failed("remove", EST) == (1, "storage.hosted")
    assert (await here.did("start"))["members"] == [EST]
    assert await here.states() == {EST: (True, True, False)}
    archive, secret = tmp_path / "est.maglia-node", {"MAGLIA_ARCHIVE_PASSPHRASE": "una frase per il viaggio"}
    left = await here.did("export", EST, "--out", str(archive), **secret)
    assert await here.states() == {EST: (False, True, True)}
    assert await here.failed("start", EST) == (1, "storage.moved")
    arrived = await there.did("import", str(archive), **secret)
    assert {name: arrived[name] for name in COUNTS} == {name: left[name] for name in COUNTS}
    assert [load_settings(one.host.folder(EST)).remote for one in (here, there)] == [True, True]
    await here.did("remove", EST)
    assert not here.host.home(EST).exists()
    assert await there.states() == {EST: (False, True, False)}


@pytest.mark.long
async def test_bodies_side_by_side_and_one_that_moves_away(machines: tuple[Machine, Machine], tmp_path: Path) -> None:
    here, there = machines
    est, sud = await here.joined(EST, 1), await here.joined(SUD, 2)
    assert len({one[door] for one in (est, sud) for door in ("peer", "front")}) == 4
    assert here.host.passphrase(EST) != here.host.passphrase(SUD)
    assert await here.failed("remove", EST) == (1, "storage.hosted")
    started = await here.did("start")
    assert started["members"] == [EST, SUD]
    assert await here.states() == {EST: (True, True, False), SUD: (True, True, False)}
    pids = [json.loads((here.host.folder(one) / "ready.json").read_bytes())["pid"] for one in (EST, SUD)]
    assert len(set(pids)) == 2
    await here.did("run", EST, "operator", "add", "anna", "--role", "volunteer", MAGLIA_PASSWORD="una password")

    os.kill(pids[1], signal.SIGKILL)  # one body's fault is not the other's
    killed = Ledger(here.root / "processes.json").read()[SUD]
    await until(lambda: not is_running(killed))
    assert await here.states() == {EST: (True, True, False), SUD: (False, True, False)}

    archive, secret = tmp_path / "est.maglia-node", {"MAGLIA_ARCHIVE_PASSPHRASE": "una frase per il viaggio"}
    short = await here.failed("export", EST, "--out", str(archive), MAGLIA_ARCHIVE_PASSPHRASE="corta")
    assert short == (2, "input.passphrase")
    assert (await here.states())[EST] == (True, True, False)
    left = await here.did("export", EST, "--out", str(archive), **secret)
    assert await here.states() == {EST: (False, True, True), SUD: (False, True, False)}
    assert await here.failed("start", EST) == (1, "storage.moved")
    assert await here.failed("import", str(archive), **secret) == (1, "storage.exists")

    wrong = {"MAGLIA_ARCHIVE_PASSPHRASE": "un'altra frase segreta"}
    assert await there.failed("import", str(archive), **wrong) == (1, "storage.archive")
    assert await there.states() == {}
    assert not there.host.home(EST).exists()
    arrived = await there.did("import", str(archive), **secret)
    assert {name: arrived[name] for name in COUNTS} == {name: left[name] for name in COUNTS}
    assert arrived["rows"]["operator"] == 1
    assert here.published(EST) == est["peer"]
    await there.did("start", EST)
    assert there.published(EST) == arrived["peer"] != est["peer"]

    await here.did("remove", EST)
    assert not here.host.home(EST).exists()
    assert list(await here.states()) == [SUD]
    assert list(await there.states()) == [EST]


async def test_a_bodys_program_that_does_not_run_is_told_and_leaves_nothing(
    machines: tuple[Machine, Machine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, _ = machines
    (tmp_path / "rete.json").write_bytes(encode_network_file(here.world.known))
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert await here.failed("add", EST, "--network-file", str(tmp_path / "rete.json")) == (1, "network.process")
    assert EST in (here.root / "host.log").read_text()
    assert await here.states() == {}
    assert list((here.root / "bodies").iterdir()) == []


async def test_what_a_host_refuses(machines: tuple[Machine, Machine], tmp_path: Path) -> None:
    here, _ = machines
    assert await here.failed("init", "--address", "127.0.0.1", "--same-user") == (1, "storage.exists")
    for words in (("start",), ("stop",), ("remove",), ("export", "--out", str(tmp_path / "x"))):
        given = {"MAGLIA_ARCHIVE_PASSPHRASE": "una frase per il viaggio"}
        assert await here.failed(words[0], "nessuno", *words[1:], **given) == (2, "input.host_unknown")
    assert await here.failed("add", EST, "--network-file", str(tmp_path / "none")) == (2, "input.file")
    (tmp_path / "bad.json").write_text("{}")
    bad = "add", EST, "--network-file", str(tmp_path / "bad.json")
    assert await here.failed(*bad) == (2, "input.file_content")
    assert await here.failed("add", "../est", "--network-file", str(tmp_path / "bad.json")) == (2, "input.field")
    assert await here.states() == {}
    assert list((here.root / "bodies").iterdir()) == []
    elsewhere = Machine(tmp_path / "tre", here.world)
    assert await elsewhere.failed("list") == (1, "storage.missing")
    for ports in ("7500", "7699-7500", "0-9"):
        assert (await elsewhere.failed("init", "--address", "x", "--ports", ports, "--same-user"))[0] == 2
    assert (await elsewhere.failed("init", "--address", "a b", "--same-user"))[0] == 2
    first = free_port()
    await elsewhere.did("init", "--address", "127.0.0.1", "--ports", f"{first}-{first + 1}", "--same-user")
    (tmp_path / "rete.json").write_bytes(encode_network_file(here.world.known))
    await elsewhere.did("add", EST, "--network-file", str(tmp_path / "rete.json"), "--no-remote")
    assert load_settings(elsewhere.host.folder(EST)).remote is False
    full = await elsewhere.failed("add", SUD, "--network-file", str(tmp_path / "rete.json"))
    assert full == (2, "input.host_ports")
    applied = elsewhere.host.folder(EST) / "application.bin"
    applied.touch()  # officers may have been read its key by now
    assert await elsewhere.failed("remove", EST) == (1, "storage.hosted")
    applied.unlink()
    await elsewhere.did("remove", EST)  # never asked to be let in: nothing is lost
    (tmp_path / "file").touch()
    on_file = Machine(tmp_path / "file", here.world)
    assert await on_file.failed("init", "--address", "127.0.0.1", "--same-user") == (1, "storage.folder")


@pytest.mark.long
@pytest.mark.skipif(not UNDER_FILTER, reason="needs systemd-analyze and libseccomp")
async def test_a_node_works_with_the_system_calls_that_its_unit_leaves_it(
    machines: tuple[Machine, Machine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, _ = machines
    await here.joined(EST, 1)
    unit, program = tmp_path / "unit", tmp_path / "python"
    unit.write_text(unit_template(here.root))
    ours = f'exec "{sys.executable}" -P -m tests.support.under_filter "{unit}" "{sys.executable}" "$@"'
    program.write_text(f'#!/bin/sh\ncd "{Path(__file__).parents[2]}" && PYTHONPATH=. {ours}\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    await here.did("start", EST, MAGLIA_OPA=str(required_opa()))
    assert await here.states() == {EST: (True, True, False)}
    pid = json.loads((here.host.folder(EST) / "ready.json").read_bytes())["pid"]
    assert "Seccomp:\t2" in Path(f"/proc/{pid}/status").read_text()  # noqa: ASYNC240 - at once
    monkeypatch.undo()
    ran = await here.ran("run", EST, "doctor")
    assert "PROBLEMA" not in ran.out, ran.out
    assert (here.host.folder(EST) / "opa" / "opa.log").exists(), "the engine is OPA, under the filter too"
    await here.did("run", EST, "operator", "add", "anna", "--role", "volunteer", MAGLIA_PASSWORD="una password")
