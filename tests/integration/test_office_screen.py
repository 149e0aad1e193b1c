"""What two officers do on ACCREDITAMENTO, each at their own console, against a served registry."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from maglia.core.identity import fingerprint
from tests.integration.registry_world import PASSWORD, Body, World, make_template, served
from tests.integration.test_console_office import PASSPHRASE, profile_of
from tests.support.screens import text_of, wait_for
from tui.app import Console
from tui.profile import load_profile

SIZE = (80, 24)


@dataclass(frozen=True)
class Office:
    """A served registry with two bodies in the network and one that waits; the officers' profiles."""

    world: World
    waiting: Body
    anna: Path
    ivo: Path


@pytest.fixture
async def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    async with served(make_template(tmp_path / "registry")) as world:
        await world.joined("mensa-est")
        waiting = Body("onlus-ponte")
        await world.apply(waiting, name="Onlus [/bad] Ponte")
        yield Office(world, waiting, *(profile_of(world, tmp_path, user) for user in ("anna", "ivo")))


@asynccontextmanager
async def at_console(profile: Path, size: tuple[int, int] = SIZE) -> AsyncIterator[Pilot[None]]:
    async with Console(load_profile(profile, "it"), lock_after_s=0).run_test(size=size) as pilot:
        await wait_for(pilot, "Ufficio / ")
        await wait_for(pilot, "Impronta")
        yield pilot


async def write(pilot: Pilot[None], text: str, field: str = "#words") -> None:
    pilot.app.screen.query_one(field, Input).value = text


async def sign(pilot: Pilot[None], heard: str = "") -> str:
    """Go from F2 to the signature; return what was shown before it was asked for."""
    await pilot.press("f2")
    if heard:
        await wait_for(pilot, "legge ad alta voce")
        await write(pilot, heard)
        await pilot.press("enter")
    shown = await wait_for(pilot, "[ Firma ]")
    await pilot.press("right", "enter")
    await wait_for(pilot, "Frase segreta")
    await write(pilot, PASSPHRASE)
    await pilot.press("enter")
    return shown


async def choose(pilot: Pilot[None], words: str) -> None:
    """Choose one of the acts of the row by its number."""
    await pilot.press("f3")
    shown = await wait_for(pilot, words)
    number = next(line for line in shown.splitlines() if words in line).split(words)[0].split()[-1]
    await pilot.press(number)


async def test_from_application_to_token(office: Office) -> None:
    heard = fingerprint(office.waiting.identity.public)
    async with at_console(office.anna) as anna:
        shown = text_of(anna.app)
        assert "Onlus [/bad] Ponte (onlus-ponte)" in shown
        assert f"Impronta {heard} (confrontare a voce col referente)" in shown
        assert "Coda (1)" in shown
        seen = await sign(anna, heard.lower().replace("-", " "))
        assert "Entra: onlus-ponte, Onlus [/bad] Ponte (odv)" in seen
        assert f"impronta: {heard}" in seen
        await wait_for(anna, "1 di 2 firme. Serve una seconda firma.")
        await wait_for(anna, "1/2")
        await anna.press("f2")
        await wait_for(anna, "la sua c'è già")

    async with at_console(office.ivo) as ivo:
        await wait_for(ivo, "Serve una seconda firma (ammissione): Anna ha già firmato.")
        seen = await sign(ivo, heard)
        assert "Ha già firmato: Anna" in seen
        await wait_for(ivo, "Pubblicato: elenco")
        await wait_for(ivo, "APPROVATO")
        await ivo.press("f2")
        await wait_for(ivo, "[ Emetti ]")
        await ivo.press("right", "enter")
        shown = await wait_for(ivo, "Leggerlo ad alta voce")
        code = "".join(re.search(r"(?:[0-9a-f]{4} ){7}[0-9a-f]{4}", shown)[0].split())  # type: ignore[index]
        await ivo.press("enter")
        shown = await wait_for(ivo, "Codice emesso")
        assert code[:4] not in shown
        await office.world.activate(office.waiting, code)
        await ivo.press("f6")
        await wait_for(ivo, "Ente attivo.")


async def test_a_wrong_voice_and_a_wrong_passphrase_sign_nothing(office: Office) -> None:
    async with at_console(office.anna) as anna:
        await anna.press("f2")
        await wait_for(anna, "legge ad alta voce")
        await write(anna, fingerprint(bytes(32)))
        await anna.press("enter")
        await wait_for(anna, "richiamare il referente")
        await anna.press("f2")
        await wait_for(anna, "legge ad alta voce")
        await write(anna, fingerprint(office.waiting.identity.public))
        await anna.press("enter")
        await wait_for(anna, "[ Firma ]")
        await anna.press("right", "enter")
        for said in ("Frase segreta", "!! "):
            await wait_for(anna, said)
            await write(anna, "sbagliata")
            await anna.press("enter")
        await wait_for(anna, "!! ")
        await anna.press("escape")
        await wait_for(anna, "Non è stato fatto nulla.")
        await anna.press("f6")
        assert "0/2" in await wait_for(anna, "In attesa")


async def test_one_officer_suspends_two_reinstate(office: Office) -> None:
    async with at_console(office.anna) as anna:
        await anna.press("down")
        await wait_for(anna, "Mensa-Est (mensa-est)")
        await anna.press("f9")
        await wait_for(anna, "SOSPENDI SUBITO")
        await write(anna, "chiave smarrita")
        await anna.press("enter")
        await wait_for(anna, "[ SOSPENDI ]")
        await anna.press("enter")  # the harmless answer has the focus
        await wait_for(anna, "Non è stato fatto nulla.")
        await anna.press("f9")
        await wait_for(anna, "SOSPENDI SUBITO")
        await write(anna, "chiave smarrita")
        await anna.press("enter")
        await wait_for(anna, "[ SOSPENDI ]")
        await anna.press("right", "enter")
        await wait_for(anna, "Sospeso: Mensa-Est. chiave smarrita")
        await wait_for(anna, "SOSPESO")
        await anna.press("f6")
        await wait_for(anna, "F3 per riammetterlo o revocarlo")
        await choose(anna, "Riammetti")
        await wait_for(anna, "RIAMMISSIONE")
        await write(anna, "chiave ritrovata")
        await anna.press("enter")
        shown = await wait_for(anna, "[ Firma ]")
        assert "mensa-est" in shown
        await anna.press("right", "enter")
        await wait_for(anna, "Frase segreta")
        await write(anna, PASSPHRASE)
        await anna.press("enter")
        await wait_for(anna, "1 di 2 firme")
    async with at_console(office.ivo) as ivo:
        await ivo.press("5")
        shown = await wait_for(ivo, "riammissione mensa-est")
        assert "Serve una seconda firma: Anna ha già firmato." in shown
        await sign(ivo)
        await wait_for(ivo, "Pubblicato: elenco")
        await wait_for(ivo, "Nessuna bozza da firmare")
