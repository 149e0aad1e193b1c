"""`maglia-node repseudonymize` in a process of its own: it ends what it began, though it was killed in the middle."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from maglia.core.entry import Entry, EntryKind, open_pseudonyms
from maglia.core.pseudonym import Part
from maglia.core.vocabulary import PseudonymClass
from maglia.wire.entries import decode_entry
from node import enrol
from node.__main__ import app as node_command
from node.folder import SystemClock, open_store
from node.keys import load_keys
from node.store.monthly import MonthlyKeyFiles
from registry.evaluation import Evaluation, Wanted
from tests.clerk import person, record
from tests.integration.node_world import Site, joined
from tests.integration.registry_world import PASSPHRASE, World, copy_of, make_template, served
from tests.integration.test_epoch_rotation import step
from tests.support.commands import run
from tests.support.counted import first_unexplained
from tests.support.fake_node import PYTHONPATH, ROOT

PERSONS = 3 * enrol._BATCH
LIMIT = 2 * PERSONS
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "PYTHONPATH": PYTHONPATH,
    "LANG": "C.UTF-8",
    "MAGLIA_PASSPHRASE": PASSPHRASE,
}


@dataclass
class Gate:
    """Lets some batches out of the registry, and holds the others back after they were counted."""

    open_for: int = 10**6
    served: int = 0
    opened: asyncio.Event = field(default_factory=asyncio.Event)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate, evaluate = Gate(), Evaluation.evaluate

    async def gated(self: Evaluation, member: str, wanted: Wanted) -> Part:
        part = await evaluate(self, member, wanted)
        gate.served += 1
        if gate.served > gate.open_for:
            await gate.opened.wait()
        return part

    monkeypatch.setattr(Evaluation, "evaluate", gated)
    return gate


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("repseudonymize") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry"), enrolments_a_day=LIMIT) as world:
        yield world


def command(site: Site, *options: str) -> tuple[str, ...]:
    return ("repseudonymize", "--dir", str(site.folder), *options)


@asynccontextmanager
async def repseudonymize(site: Site, *options: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start the command; it is gone afterwards."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "node", *command(site, *options)),
        env=ENVIRONMENT,
        cwd=ROOT,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def done(site: Site, *options: str) -> tuple[int, dict[str, Any]]:
    ran = await asyncio.to_thread(run, "node", *command(site, *options, "--json"), environment=ENVIRONMENT)
    assert ran.out, ran.err
    return ran.status, json.loads(ran.out)


@dataclass
class Inside:
    """What a node's database holds."""

    site: Site

    def __post_init__(self) -> None:
        self.keys = load_keys(self.site.folder, PASSPHRASE)
        self.store, self.backend = open_store(self.site.folder, self.keys, SystemClock())

    def help(self, persons: int) -> None:
        day = date.today()
        self.store.import_records(
            [record(person(number), day=day, source_key=str(number)) for number in range(persons)], "anna"
        )

    def enrolled(self, epoch: int) -> int:
        return self.store.enrolled_in(epoch)

    def logged(self) -> list[bytes]:
        """Return the pseudonym of every entry of an enrolment."""
        keys = MonthlyKeyFiles(self.site.folder / "log-keys", self.keys.wrapping_key)
        return [
            open_pseudonyms(keys.key(entry.key_month), entry.sealed)[0]
            for entry in self.entries()
            if entry.kind is EntryKind.ENROLMENT
        ]

    def entries(self) -> list[Entry]:
        """Return the whole log."""
        return [decode_entry(one.leaf) for one in self.backend.entries(0, self.backend.size())]


async def test_killed_in_the_middle_it_goes_on_from_there(world: World, tmp_path: Path, gate: Gate) -> None:
    [site] = await joined(world, tmp_path, "onlus-ponte")
    inside = Inside(site)
    inside.help(PERSONS)
    assert await done(site) == (1, {**(await done(site))[1], "code": "pseudonym.no_rotation"})
    status, told = await done(site, "--epoch", "1")
    assert (status, told["epoch"], told["enrolled"], told["awaiting"]) == (0, 1, PERSONS, 0)

    await step(world, "epoch_start")
    gate.open_for, gate.served = 1, 0
    async with repseudonymize(site) as process, asyncio.timeout(60):
        while not inside.enrolled(2) or gate.served < 3:  # noqa: ASYNC110 - what is awaited tells nobody
            await asyncio.sleep(0.05)
        process.kill()
        await process.wait()
    half = inside.enrolled(2)
    assert 0 < half < PERSONS
    gate.opened.set()

    status, told = await done(site)
    assert (status, told["epoch"], told["enrolled"], told["awaiting"]) == (0, 2, PERSONS, 0)
    assert [inside.enrolled(epoch) for epoch in (1, 2)] == [PERSONS, PERSONS]
    logged = inside.logged()
    assert len(set(logged)) == 2 * PERSONS
    assert len(logged) <= 3 * PERSONS - half  # what was logged and not stored is logged again
    assert all(len(inside.store.candidates(PseudonymClass.PERSON, epoch, logged)) == PERSONS for epoch in (1, 2))
    assert not world.parts.board.unready(2)
    counted = world.parts.witness.counts.enrolled("onlus-ponte", PseudonymClass.PERSON, 2)
    assert PERSONS < counted <= 2 * PERSONS
    assert first_unexplained(inside.entries()) == -1, "what a killed process logged awaits anew at the next start"


async def test_beside_a_running_node_it_shows_what_that_does(world: World, tmp_path: Path) -> None:
    [site] = await joined(world, tmp_path, "onlus-ponte")
    Inside(site).help(10)
    async with site.serving(directory_poll_s=0.2):
        status, refused = await done(site)
        assert (status, refused["code"]) == (1, "pseudonym.no_rotation")
        await step(world, "epoch_start")
        async with asyncio.timeout(20):
            while (await done(site))[0]:  # noqa: ASYNC110 - likewise
                await asyncio.sleep(0.1)
        assert Inside(site).enrolled(2) == 10
        async with repseudonymize(site) as process:
            out, _ = await process.communicate()
        assert "Nessuno in attesa" in out.decode()


async def test_what_the_registry_does_not_grant_today_ends_it_and_is_told(world: World, tmp_path: Path) -> None:
    [site] = await joined(world, tmp_path, "onlus-ponte")
    Inside(site).help(LIMIT + 200)
    status, told = await done(site, "--epoch", "1")
    assert (status, told["code"]) == (4, "budget.member")
    assert str(LIMIT) in told["message"]
    # The day is used up to its last hundred.
    assert LIMIT - 100 <= Inside(site).enrolled(1) <= LIMIT
    await step(world, "epoch_start")
    async with site.serving(directory_poll_s=0.2), asyncio.timeout(40):
        found = await examined(site)
        while found["result"] == "ok" or "periodo 2" not in found["found"]:
            await asyncio.sleep(0.2)
            found = await examined(site)
    assert found["result"] == "warning"
    assert "cambio di chiavi in corso: periodo 1, in attesa: " in found["found"]
    assert f"limite giornaliero di {LIMIT} codici" in found["found"]
    assert "Riprendere domani" in found["found"]
    assert found["repair"] == f"maglia-node state --dir {site.folder}"


async def examined(site: Site) -> dict[str, str]:
    """Return what the doctor says of a serving node's enrolment."""
    ask = ("doctor", "--dir", str(site.folder), "--json")
    ran = await asyncio.to_thread(CliRunner(env={"MAGLIA_PASSPHRASE": PASSPHRASE}).invoke, node_command, ask)
    [found] = [one for one in json.loads(ran.stdout)["checks"] if one["name"] == "Iscrizione"]
    return dict(found)
