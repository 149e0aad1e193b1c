"""Two officers at once on ACCREDITAMENTO: what waits for each, what lapses, which step of the keys follows."""

from __future__ import annotations

import re

from textual.pilot import Pilot
from textual.widgets import Input

from maglia.core.epochs import EpochAct
from maglia.v1 import office_pb2
from tests.integration.registry_world import OFFICERS, Body, World
from tests.integration.test_office_screen import Office, at_console, choose, finish, office, sign, write
from tests.support.screens import text_of, wait_for

__all__ = ["office"]


async def admitted(world: World, name: str, **fields: object) -> None:
    """Have a body admitted; it has not joined yet."""
    await world.apply(Body(name), **fields)
    await world.approve(name)


def flat(shown: str) -> str:
    """Return what a window says as one line, whatever its width."""
    return re.sub(r"[│┃\s]+", " ", shown)


async def declare(pilot: Pilot[None]) -> None:
    """Declare a call, first with all of its form wrong."""
    await pilot.press("4")
    await wait_for(pilot, "Nessuna procedura")
    await pilot.press("f2")
    shown = await wait_for(pilot, "[ ] Comune-Est")
    assert "Mensa" not in shown  # no public body
    await write(pilot, "tante", "#cap")
    await pilot.press("f2")
    shown = await wait_for(pilot, "Nome breve: ")
    assert "Protocollo: Il campo «protocollo dell'atto» manca." in shown
    assert "Limite: Il campo «limite di persone» non è valido" in shown
    assert "!! un numero intero, da 1 a 1.000.000" in shown
    for field, text in (("#id", "bando-luce"), ("#act", "PG/2026/8"), ("#cap", "300"), ("#expires", "31/12/2190")):
        await write(pilot, text, field)
    pilot.app.screen.query_one("#id", Input).focus()
    await pilot.press("enter")
    await wait_for(pilot, "«enti della procedura» manca")
    await pilot.click("#tick-comune-est")
    pilot.app.screen.query_one("#id", Input).focus()
    await pilot.press("enter")
    assert "nessuna -> PG/2026/8, 300, fino al 31/12/2190, comune-est" in flat(await finish(pilot))
    await wait_for(pilot, "1 di 2 firme")


async def test_of_two_drafts_that_wait_the_one_that_lapses_is_named_before_and_after(office: Office) -> None:
    await admitted(office.world, "comune-est", kind="comune", ipa_code="c_x001", purposes=["call_for_applicants"])
    async with at_console(office.anna) as anna, at_console(office.ivo) as ivo:
        await declare(anna)
        await anna.press("5")
        shown = await wait_for(anna, "procedura bando-luce")
        assert "la sua c'è già" in shown
        await anna.press("f3")
        assert "Firma questa bozza" not in await wait_for(anna, "Nuove regole")
        await anna.press("escape")

        await ivo.press("5", "1", "f6")
        await wait_for(ivo, "Bozze (1)")
        await ivo.press("down")
        await wait_for(ivo, "(comune-est)")
        await choose(ivo, "Nuovo atto")
        await wait_for(ivo, "Lasciare vuoto")
        await write(ivo, "PG/2026/99", "#protocol")
        await write(ivo, "01/01/2020", "#expiry")
        await ivo.press("enter")
        await wait_for(ivo, "«Comune-Est» è scaduto")
        await write(ivo, "31/12/2198", "#expiry")
        await ivo.press("enter")
        shown = flat(await finish(ivo))
        assert "decadono, e vanno ripetute, le altre bozze aperte" in shown
        assert "procedura bando-luce (Anna)" in shown
        await wait_for(ivo, "1 di 2 firme")

        await anna.press("1", "f6")
        await wait_for(anna, "Bozze (2)")  # though the part was read when there was one
        await anna.press("home")
        await wait_for(anna, "(comune-est)")
        await sign(anna)
        shown = await wait_for(anna, "Pubblicato: elenco")
        assert "Decadute, da ripetere: procedura bando-luce." in shown


async def take_step(world: World, act: EpochAct) -> None:
    for user in OFFICERS:
        desk = await world.office(user)
        request = office_pb2.PrepareDraftRequest(changes=[office_pb2.Change(act=act)])
        await desk.sign(await desk.stub.PrepareDraft(request, metadata=desk.bearer))


async def test_only_the_step_of_the_keys_that_follows_is_offered_and_who_is_not_ready_is_named(office: Office) -> None:
    await take_step(office.world, EpochAct.START)
    async with at_console(office.anna) as anna:
        await anna.press("2")
        await wait_for(anna, "MAI SENTITO")
        await anna.press("f3")
        shown = await wait_for(anna, "Passa alle nuove chiavi")
        assert "Annuncia nuove chiavi" not in shown
        assert "Abbandona le vecchie chiavi" not in shown
        await anna.press("escape")
        await choose(anna, "Passa alle nuove chiavi")
        shown = await wait_for(anna, "Pronti: 0 enti su 1.")
        assert "NON PRONTI: mensa-est." in shown
        await anna.press("enter")
        shown = await wait_for(anna, "Non tutti gli enti sono pronti")
        assert "nominandoli in «Senza»" in shown
        assert "maglia office" not in text_of(anna.app)


async def step(pilot: Pilot[None], words: str, **fields: str) -> str:
    """Begin a step of a change of keys with what is written; return what is shown before it is signed."""
    await choose(pilot, words)
    await wait_for(pilot, "Motivo")
    for field, text in fields.items():
        await write(pilot, text, f"#{field}")
    await pilot.press("enter")
    return flat(await wait_for(pilot, "[ Firma ]"))


async def test_a_change_of_keys_is_told_to_the_other_officer_with_its_reason_and_who_is_out(
    office: Office,
) -> None:
    async with at_console(office.anna) as anna, at_console(office.ivo) as ivo:
        await anna.press("2")
        await wait_for(anna, "MAI SENTITO")
        await step(anna, "Annuncia nuove chiavi", reason="un primo motivo")
        await anna.press("escape")
        await step(anna, "Annuncia nuove chiavi", reason="furto di una copia")
        await finish(anna)
        await wait_for(anna, "1 di 2 firme")

        await ivo.press("2")
        assert "Cambio delle chiavi: ha firmato Anna, manca una firma." in flat(await wait_for(ivo, "5 Bozze (1)"))
        await ivo.press("5")
        await wait_for(ivo, "Motivo: furto di una copia")
        await sign(ivo)
        await wait_for(ivo, "Pubblicato: elenco")
        await anna.press("f6")
        shown = await wait_for(anna, "non pronti 1 enti su 1.")
        assert "Bozze (1)" not in shown

        await choose(anna, "Passa alle nuove chiavi")
        await wait_for(anna, "NON PRONTI: mensa-est.")
        await write(anna, "chiusa per sempre", "#reason")
        await write(anna, "mensa est", "#without")
        await anna.press("enter")
        shown = await wait_for(anna, "non è nella rete")
        assert "NON PRONTI: mensa-est." in shown, "the form stays"
        await write(anna, "Mensa-Est", "#without")
        await anna.press("enter")
        assert "!! Senza attendere: mensa-est." in flat(await finish(anna))
        await wait_for(anna, "1 di 2 firme")
        await ivo.press("f6")
        await wait_for(ivo, "!! Senza attendere: mensa-est.")
        assert "!! Senza attendere: mensa-est." in flat(await sign(ivo))
        await wait_for(ivo, "Pubblicato: elenco")
