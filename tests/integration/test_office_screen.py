"""What two officers do on ACCREDITAMENTO, each at their own console, against a served registry."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from maglia.core.identity import fingerprint
from maglia.core.official import decode_request
from maglia.core.translation import tr
from tests.integration.registry_world import PASSWORD, Body, World, make_template, served
from tests.integration.test_console_office import PASSPHRASE, profile_of, request_of
from tests.support import fake_office
from tests.support.fake_office import FakeOffice
from tests.support.screens import text_of, wait_for
from tui.app import Console
from tui.profile import load_profile
from tui.screens.office.screen import OfficeScreen

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
    return await finish(pilot)


async def finish(pilot: Pilot[None]) -> str:
    """Sign what is shown; return it."""
    shown = await wait_for(pilot, "[ Firma ]")
    await pilot.press("right", "enter")
    await wait_for(pilot, "Frase segreta")
    await write(pilot, PASSPHRASE)
    await pilot.press("enter")
    return shown


async def lose_session(pilot: Pilot[None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Read again while the registry knows nobody, until the login is asked for; then it knows everybody again."""
    monkeypatch.setattr(fake_office, "USERS", ())
    await pilot.press("f6")
    await wait_for(pilot, "ACCESSO")
    monkeypatch.undo()


async def log_in_again(pilot: Pilot[None]) -> None:
    """Write the password where it is asked for."""
    pilot.app.screen.query_one("#password", Input).value = fake_office.PASSWORD
    await pilot.press("enter")


async def choose(pilot: Pilot[None], words: str) -> None:
    """Choose one of the acts of the row by its number."""
    await pilot.press("f3")
    shown = await wait_for(pilot, words)
    number = next(line for line in shown.splitlines() if words in line).split(words)[0].split()[-1]
    await pilot.press(number)


async def refuse_and_sign(pilot: Pilot[None], heard: str) -> None:
    """Sign an admission, after a voice that reads something else and a passphrase that is another's."""
    await pilot.press("f2")
    await wait_for(pilot, "legge ad alta voce")
    await write(pilot, fingerprint(bytes(32)))
    await pilot.press("enter")
    await wait_for(pilot, "richiamare il referente")
    await pilot.press("f2")
    await wait_for(pilot, "legge ad alta voce")
    await write(pilot, heard)
    await pilot.press("enter")
    await wait_for(pilot, "[ Firma ]")
    await pilot.press("right", "enter")
    await wait_for(pilot, "Frase segreta")
    await write(pilot, "sbagliata")
    await pilot.press("enter")
    await wait_for(pilot, "!! ")
    await pilot.press("escape")
    await wait_for(pilot, "Non è stato fatto nulla.")
    assert "0/2" in text_of(pilot.app)
    seen = await sign(pilot, heard.lower().replace("-", " "))
    assert "Entra: onlus-ponte, Onlus [/bad] Ponte (ODV)" in seen
    assert f"impronta: {heard}" in seen
    await wait_for(pilot, "1 di 2 firme. Serve una seconda firma.")


async def read_token(pilot: Pilot[None]) -> str:
    """Issue the activation code; return it as it is read from the screen, where it then is no more."""
    await pilot.press("f2")
    await wait_for(pilot, "[ Emetti ]")
    await pilot.press("right", "enter")
    shown = await wait_for(pilot, "Leggerlo ad alta voce")
    found = re.search(r"(?:[0-9a-f]{4} ){7}[0-9a-f]{4}", shown)
    assert found is not None
    await pilot.press("enter")
    shown = await wait_for(pilot, "Codice emesso")
    assert found[0][:9] not in shown
    return found[0].replace(" ", "")


async def suspend(pilot: Pilot[None]) -> None:
    """Stop the body under the cursor; at first only almost."""
    for answer in (["enter"], ["right", "enter"]):  # the harmless answer has the focus
        await pilot.press("f9")
        await wait_for(pilot, "SOSPENDI SUBITO")
        await write(pilot, "chiave smarrita")
        await pilot.press("enter")
        await wait_for(pilot, "[ SOSPENDI ]")
        await pilot.press(*answer)
        await wait_for(pilot, "Non è stato fatto nulla." if answer == ["enter"] else "Sospeso: Onlus")
    await wait_for(pilot, "SOSPESO")


async def test_two_officers_admit_a_body_stop_it_and_take_it_back(office: Office) -> None:
    heard = fingerprint(office.waiting.identity.public)
    async with at_console(office.anna) as anna:
        shown = text_of(anna.app)
        assert "Onlus [/bad] Ponte (onlus-ponte)" in shown
        assert f"Impronta {heard} (confrontare a voce col referente)" in shown
        assert "Coda (1)" in shown
        await refuse_and_sign(anna, heard)
        await wait_for(anna, "1/2")
        await anna.press("f2")
        await wait_for(anna, "la sua c'è già")

    async with at_console(office.ivo) as ivo:
        await wait_for(ivo, "Serve una seconda firma (ammissione): Anna ha già firmato.")
        seen = await sign(ivo, heard)
        assert "Ha già firmato: Anna" in seen
        await wait_for(ivo, "Pubblicato: elenco")
        await wait_for(ivo, "APPROVATO")
        await office.world.activate(office.waiting, await read_token(ivo))
        await ivo.press("f6")
        await wait_for(ivo, "Ente attivo.")
        await suspend(ivo)
        await ivo.press("f6")
        await wait_for(ivo, "F3 per riammetterlo o revocarlo")
        await choose(ivo, "Riammetti")
        await wait_for(ivo, "RIAMMISSIONE")
        await write(ivo, "chiave ritrovata")
        await ivo.press("enter")
        await wait_for(ivo, "[ Firma ]")
        await ivo.press("right", "enter")
        await wait_for(ivo, "Frase segreta")
        await write(ivo, PASSPHRASE)
        await ivo.press("enter")
        await wait_for(ivo, "1 di 2 firme")

    async with at_console(office.anna) as anna:
        await anna.press("5")
        shown = await wait_for(anna, "riammissione onlus-ponte")
        assert "Serve una seconda firma: Ivo ha già firmato." in shown
        await sign(anna)
        await wait_for(anna, "Pubblicato: elenco")
        await wait_for(anna, "Nessuna bozza da firmare")
        await anna.press("1")
        await wait_for(anna, "Onlus [/bad] Ponte (onlus-ponte)")
        await anna.press("f4")
        shown = await wait_for(anna, "riammissione pubblicata")
        assert "chiave smarrita" in shown


def tables_in(folder: Path) -> list[Path]:
    return [file for file in folder.iterdir() if file.suffix in {".csv", ".xlsx"}]


@pytest.mark.long
async def test_two_officers_look_after_the_network(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    person = decode_request(request_of("sara", tmp_path), "sara.request.json")
    async with at_console(office.anna) as anna:
        await anna.press("3")
        await wait_for(anna, "Nessun revisore")
        await anna.press("f2")
        await wait_for(anna, "NOMINA")
        await write(anna, "nessuno.json", "#file")
        await write(anna, "PG/2026/7", "#protocol")
        await write(anna, f"{date.today():%d/%m/%Y}", "#expiry")
        await anna.press("enter")
        await wait_for(anna, "!! ")  # said in the form, where what is written stays
        await write(anna, "sara.request.json", "#file")
        await anna.press("enter")
        await wait_for(anna, "legge ad alta voce")
        await write(anna, person.fingerprint)
        await anna.press("enter")
        shown = await wait_for(anna, "[ Firma ]")
        assert "Nomina: sara, Sara Verdi" in shown
        assert person.fingerprint in shown
        await anna.press("right", "enter")
        await wait_for(anna, "Frase segreta")
        await write(anna, PASSPHRASE)
        await anna.press("enter")
        await wait_for(anna, "1 di 2 firme")

    async with at_console(office.ivo) as ivo:
        await ivo.press("5")
        shown = await wait_for(ivo, "nomina sara")
        assert person.fingerprint in shown
        await sign(ivo, person.fingerprint.lower())
        await wait_for(ivo, "Pubblicato: elenco")
        await ivo.press("3")
        await wait_for(ivo, "Sara Verdi")
        await ivo.press("f7")
        await wait_for(ivo, "ESPORTA")
        await ivo.press("right", "enter")
        await wait_for(ivo, "Scritto")
        assert tables_in(tmp_path)
        await ivo.press("2")
        await wait_for(ivo, "mensa-est")
        await choose(ivo, "Annuncia nuove chiavi")
        await wait_for(ivo, "NUOVE CHIAVI")
        await write(ivo, "cambio annuale", "#reason")
        await ivo.press("enter")
        shown = await wait_for(ivo, "[ Firma ]")
        assert "Periodi delle chiavi: in uso 1 -> in uso 1, annunciato 2" in shown
        assert "Motivo: cambio annuale" in shown
        await ivo.press("escape")
        await wait_for(ivo, "Non è stato fatto nulla.")


@pytest.fixture
async def fixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeOffice]:
    """An office whose answers are fixed."""
    monkeypatch.setenv("MAGLIA_PASSWORD", fake_office.PASSWORD)
    served_office = fake_office.office()
    await served_office.start(tmp_path)
    yield served_office
    await served_office.stop()


@pytest.mark.parametrize("lang", ["it", "en"])
async def test_keys_clicks_and_names(fixed: FakeOffice, lang: str) -> None:
    async with Console(load_profile(fixed.folder / "paolo.toml", lang), lock_after_s=0).run_test(size=SIZE) as pilot:
        shown = await wait_for(pilot, "onlus-ponte)")
        for action in OfficeScreen.OWN:
            assert f"{action.shown} {tr(action.words, lang)}" in shown.splitlines()[-1]
        assert f"F10 {tr('Vai', lang)}" in shown.splitlines()[-1]
        assert "\x1b" not in shown
        assert "[/bad] APS" in shown
        line = next(line for line in shown.splitlines() if "2 " in line)
        await pilot.click(offset=(line.index("2 "), 1))
        await wait_for(pilot, "caritas-nord")
        await pilot.press("f9", "4", "f3")  # nothing to stop among the nodes
        await wait_for(pilot, {"it": "Dichiara", "en": "Declare"}[lang])
        await pilot.press("2")  # a number of the menu, not the part of that number
        await wait_for(pilot, "[affitto-2026 ")
        assert "[4 " in text_of(pilot.app)


async def test_a_long_queue_is_paged_and_a_lost_session_asks_again(
    fixed: FakeOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Console(load_profile(fixed.folder / "molti.toml", "it"), lock_after_s=0).run_test(size=SIZE) as pilot:
        await wait_for(pilot, "Righe 1-200 di 205")
        await lose_session(pilot, monkeypatch)
        monkeypatch.setenv("MAGLIA_PASSWORD", fake_office.PASSWORD)
        await log_in_again(pilot)
        shown = await wait_for(pilot, "Accesso rifatto. Ripetere ciò che si era interrotto")
        assert "Righe 1-200 di 205" in shown
        assert "ACCESSO" not in shown
        assert "scaduta. Accedere" not in shown


async def test_the_palette_finds_what_may_be_done_with_the_row(fixed: FakeOffice) -> None:
    async with Console(load_profile(fixed.folder / "paolo.toml", "it"), lock_after_s=0).run_test(size=SIZE) as pilot:
        await wait_for(pilot, "onlus-ponte)")
        await pilot.press("down")
        await wait_for(pilot, "aps-lanterna)")
        await pilot.press("ctrl+p", *"scarta")
        await wait_for(pilot, "Scarta la domanda")
        await pilot.press("down", "enter")
        await wait_for(pilot, "SCARTA LA DOMANDA")


async def test_a_day_that_is_none_is_said_whole_beside_its_field(fixed: FakeOffice) -> None:
    async with Console(load_profile(fixed.folder / "paolo.toml", "it"), lock_after_s=0).run_test(size=SIZE) as pilot:
        await wait_for(pilot, "onlus-ponte)")
        await pilot.press("4")
        await wait_for(pilot, "F2 dichiara")
        await pilot.press("f2")
        await wait_for(pilot, "Un bando di uno")
        await write(pilot, "31/02/2027", "#expires")
        await wait_for(pilot, "!! non è un giorno: gg/mm/aaaa ")


async def test_nothing_is_said_of_a_queue_that_nobody_has_read(
    fixed: FakeOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MAGLIA_PASSWORD")
    async with Console(load_profile(fixed.folder / "paolo.toml", "it"), lock_after_s=0).run_test(size=SIZE) as pilot:
        await wait_for(pilot, "ACCESSO")
        beneath = "\n".join(str(one.content) for one in pilot.app.screen_stack[0].query(Static))
        assert "Nessun ente" not in beneath


async def test_what_is_written_in_forms_outlives_a_closed_window_until_it_is_given_up(fixed: FakeOffice) -> None:
    profile = load_profile(fixed.folder / "paolo.toml", "it")
    async with Console(profile, lock_after_s=0).run_test(size=SIZE) as pilot:
        await wait_for(pilot, "onlus-ponte)")
        await pilot.press("4")
        await wait_for(pilot, "F2 dichiara")
        await pilot.press("f2")
        await wait_for(pilot, "Un bando di uno")
        await write(pilot, "bando-luce", "#id")
        await write(pilot, "PG/2026/8", "#act")
        await pilot.press("escape")
        await wait_for(pilot, "Quanto è scritto resta qui")
        await pilot.press("1")
        await wait_for(pilot, "onlus-ponte)")
        await pilot.press("down")
        await wait_for(pilot, "aps-lanterna)")
        await choose(pilot, "Scarta la domanda")
        await wait_for(pilot, "SCARTA LA DOMANDA")
        await write(pilot, "il referente non")
        await pilot.pause(0.7)  # longer than a draft waits for the next key
    async with Console(profile, lock_after_s=0).run_test(size=SIZE) as pilot:
        await wait_for(pilot, "onlus-ponte)")
        await pilot.press("down")
        await wait_for(pilot, "aps-lanterna)")
        await choose(pilot, "Scarta la domanda")
        await wait_for(pilot, "[il referente non ")
        await pilot.press("escape", "4")
        await wait_for(pilot, "F2 dichiara")
        await pilot.press("f2")
        shown = await wait_for(pilot, "[bando-luce ")
        assert "[PG/2026/8 " in shown
        await pilot.click("Button")
        await wait_for(pilot, "Non è stato fatto nulla.")
        await pilot.press("f2")
        assert "bando-luce" not in await wait_for(pilot, "Un bando di uno")


async def test_one_officer_gives_back_and_discards_and_forms_refuse_nothing_written(fixed: FakeOffice) -> None:
    async with Console(load_profile(fixed.folder / "paolo.toml", "it"), lock_after_s=0).run_test(size=SIZE) as pilot:
        await wait_for(pilot, "onlus-ponte)")
        await pilot.press("down")
        await wait_for(pilot, "aps-lanterna)")
        await choose(pilot, "Restituisci")
        await wait_for(pilot, "ripresenta la domanda")
        await write(pilot, "manca la pagina 2")
        await pilot.press("enter")
        await wait_for(pilot, "DOCUMENTI MANCANTI. manca la pagina 2")
        await choose(pilot, "Scarta la domanda")
        await wait_for(pilot, "SCARTA LA DOMANDA")
        await pilot.press("enter")  # without a reason nothing happens
        await wait_for(pilot, "Non è stato fatto nulla.")
        await choose(pilot, "Scarta la domanda")
        await wait_for(pilot, "SCARTA LA DOMANDA")
        await write(pilot, "il referente non esiste")
        await pilot.press("enter")
        await wait_for(pilot, "[ Scarta ]")
        await pilot.press("right", "enter")
        await wait_for(pilot, "Scartata: Lanterna")
        await pilot.press("down", "down", "down")
        await wait_for(pilot, "caritas-nord)")
        await choose(pilot, "Nuovo atto")
        await wait_for(pilot, "Lasciare vuoto")
        await pilot.press("enter")
        shown = await wait_for(pilot, "!! ")
        assert "[x] Spesa" in shown
        await pilot.press("escape", "4")
        await wait_for(pilot, "ambito-nord")
        await choose(pilot, "Cambia questa procedura")
        await wait_for(pilot, "[affitto-2026 ")
        await write(pilot, "tante", "#cap")
        await pilot.press("enter")
        await wait_for(pilot, "!! ")
        assert "tante" in text_of(pilot.app)
    assert [type(call).__name__ for call in fixed.calls] == ["ReturnApplicationRequest", "DiscardApplicationRequest"]
