"""What an officer sees before signing: the whole application, every open draft, and the question on a terminal."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from maglia.core.identity import fingerprint
from registry.store.database import DATABASE_FILE
from tests.integration.registry_world import PASSWORD, Body, World, make_template, served
from tests.integration.test_console_office import PASSPHRASE, maglia, profile_of
from tests.support.fake_node import PYTHONPATH, ROOT


@dataclass(frozen=True)
class Desks:
    """A served registry with two bodies in the network and one that waits; the officers' profiles."""

    world: World
    waiting: Body
    anna: Path
    ivo: Path


@pytest.fixture
async def desks(tmp_path: Path) -> AsyncIterator[Desks]:
    async with served(make_template(tmp_path / "registry")) as world:
        await world.joined("onlus-ponte", "mensa-est")
        waiting = Body("nuova-odv")
        await world.apply(waiting)
        yield Desks(world, waiting, *(profile_of(world, tmp_path, user) for user in ("anna", "ivo")))


async def done(profile: Path, *command: str) -> Any:
    status, said = await maglia("--profile", profile, "office", *command)
    assert status == 0, said
    return said


async def test_everything_that_is_signed_can_be_seen_before(desks: Desks) -> None:
    shown = await done(desks.anna, "show", "nuova-odv")
    said = desks.waiting.application()
    for field in ("fiscal_code", "runts_number", "act", "act_protocol", "act_expiry", "referent", "contact"):
        assert shown["application"][field] == getattr(said, field)
    assert (shown["application"]["territory"], shown["application"]["is_signed"]) == (["999001"], True)
    assert shown["fingerprint"] == fingerprint(desks.waiting.identity.public)

    changed = await done(desks.anna, "change", "mensa-est", "--facets", "loan")
    assert changed["differences"] == ["mensa-est, aiuti: Spesa -> Prestito"]
    (listed,) = (await done(desks.ivo, "list"))["drafts"]
    assert (listed["differences"], listed["signer_names"]) == (changed["differences"], ["Anna"])
    assert (await done(desks.ivo, "show", "mensa-est"))["drafts"] == [listed]
    assert (await done(desks.ivo, "show", "onlus-ponte"))["drafts"] == []

    entering = ("approve", "nuova-odv", "--fingerprint", fingerprint(desks.waiting.identity.public).replace("-", " "))
    second = await done(desks.ivo, *entering)
    assert second["other_drafts"] == [
        {"draft": listed["draft"], "command": "maglia office change mensa-est --facets loan"}
    ]
    drafts = (await done(desks.anna, "list"))["drafts"]
    assert sorted(one["signer_names"] for one in drafts) == [["Anna"], ["Ivo"]]


async def test_a_draft_that_lies_is_listed_with_what_is_wrong(desks: Desks) -> None:
    await done(desks.anna, "change", "mensa-est", "--facets", "loan")
    with sqlite3.connect(desks.world.folder / DATABASE_FILE, timeout=20) as written:
        written.execute("UPDATE drafts SET changes = replace(changes, 'loan', 'gas')")
    (listed,) = (await done(desks.ivo, "list"))["drafts"]
    assert (listed["differences"], "mensa-est" in listed["problem"]) == ([], True)


async def typed(profile: Path, answers: str, *command: str) -> tuple[int, str]:
    """Run one command on a terminal where somebody types these lines; return its status and what it showed."""
    there, here = os.openpty()
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": PYTHONPATH, "LANG": "C.UTF-8"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tui", "--profile", str(profile), "office", *command),
        env=environment | {"MAGLIA_PASSWORD": PASSWORD, "MAGLIA_PASSPHRASE": PASSPHRASE},
        cwd=ROOT,
        stdin=here,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    os.write(there, answers.encode())
    out, _ = await process.communicate()
    os.close(there)
    os.close(here)
    return process.returncode or 0, out.decode()


async def test_on_a_terminal_the_fingerprint_is_asked_for_and_the_difference_confirmed(desks: Desks) -> None:
    heard = fingerprint(desks.waiting.identity.public).lower()
    status, said = await typed(desks.anna, f"{heard}\nn\n", "approve", "nuova-odv")
    assert (status, "Bozza non firmata" in said) == (4, True), said
    assert "Entra: nuova-odv" in said
    assert (await done(desks.anna, "list"))["drafts"] == []
    status, said = await typed(desks.anna, "4F A1\n", "approve", "nuova-odv")
    assert (status, "richiamare il referente" in said) == (4, True), said
    status, said = await typed(desks.anna, f"{heard}\ns\n", "approve", "nuova-odv")
    assert (status, "1 di 2 firme" in said) == (0, True), said
    status, said = await typed(desks.ivo, f"{heard}\n", "approve", "nuova-odv", "--yes")
    assert (status, "Pubblicato" in said) == (0, True), said
