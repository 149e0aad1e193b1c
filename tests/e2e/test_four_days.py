"""The four people's days on the screens, over the demo's real nodes, registry, rules and logs."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input, Select

from tests.e2e.live import LiveNetwork
from tests.support.screens import wait_for
from tui import scanning
from tui.app import Console
from tui.profile import load_profile

pytestmark = pytest.mark.xdist_group("network")
SIZE = (80, 24)


@pytest.fixture(autouse=True)
def papers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the consoles were started; a busy machine must not turn a card reader into a person."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(scanning, "GAP_S", 5.0)
    return tmp_path


@asynccontextmanager
async def at_console(profile: str, password: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pilot[None]]:
    monkeypatch.setenv("MAGLIA_PASSWORD", password)
    console = Console(load_profile(Path(profile), "it"), lock_after_s=0)
    async with console.run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / ")
        yield pilot


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def answer(pilot: Pilot[None], name: str) -> None:
    """Give an answer of the question that stands before everything else."""
    await pilot.click(next(one for one in pilot.app.screen.query(Button) if one.name == name))


def write(pilot: Pilot[None], **texts: str) -> None:
    for name, text in texts.items():
        pilot.app.screen.query_one(f"#{name}", Input).value = text


def choose(pilot: Pilot[None], name: str, value: str) -> None:
    choice: Select[str] = pilot.app.screen.query_one(name, Select)
    choice.value = value


async def test_a_volunteers_day(network: LiveNetwork, papers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scan, read the verdict, promise, give with a reason, undo, look at the person, at the notices and at the node."""
    case = network.case("overlap")
    node = network.node(case["asker"])
    async with at_console(node["profile"], node["operators"][0]["password"], monkeypatch) as pilot:
        choose(pilot, "#facet", case["facet"])
        await pilot.press("tab", "tab", *case["identifier"], "enter")
        shown = await wait_for(pilot, "POSSIBILE SOVRAPPOSIZIONE")
        assert "La decisione resta all'operatore" in shown
        await pilot.press("f3")
        shown = await wait_for(pilot, "REGISTRA AIUTO")
        assert case["identifier"] in shown
        write(pilot, amount="20,00", day="21/11/2026")
        await pilot.press("f3")
        await wait_for(pilot, "Per la consegna: F2.")
        await pilot.press("f2")
        shown = await wait_for(pilot, "Motivo")
        assert "Non ancora consegnato: c'è solo l'impegno" in shown
        choose(pilot, "#reason", "agreed")
        await pilot.press("f2")
        await wait_for(pilot, "Annullabile fino alle")
        await pilot.press("f9")
        await wait_for(pilot, "Annullare quanto appena salvato?")
        await answer(pilot, "undo")
        await wait_for(pilot, "Torna un impegno, ancora aperto.")
        await pilot.press("f9")
        await wait_for(pilot, "Annullare questo impegno?")
        await answer(pilot, "undo")
        await wait_for(pilot, "Annullato")
        await pilot.app.run_action("go_to('person')")
        await wait_for(pilot, case["identifier"])
        await pilot.app.run_action("go_to('inbox')")
        await wait_for(pilot, "AVVISI")
        await pilot.app.run_action("go_to('status')")
        shown = await wait_for(pilot, "Ora del computer")
        assert "PROBLEMA" not in shown
        await pilot.press("f10")
        shown = await wait_for(pilot, "VAI A")
        for elsewhere in ("ACCREDITAMENTO", "BANDO", "ACCESSI"):
            assert elsewhere not in shown
    assert not [name for name in names_in(papers) if case["identifier"] in name]


async def test_a_comune_officers_day(network: LiveNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin at the calls for applicants, then a case with its protocol: who gave, how much, what is left."""
    case = network.case("same_need")
    node = network.node(case["asker"])
    async with at_console(node["profile"], node["operators"][0]["password"], monkeypatch) as pilot:
        await wait_for(pilot, "CONTROLLO BANDO")
        await pilot.app.run_action("go_to('check')")
        await wait_for(pilot, "Pratica")
        choose(pilot, "#facet", case["facet"])
        choose(pilot, "#purpose", case["purpose"])
        write(pilot, code=case["identifier"])
        write(pilot, case="PG/2026/0001")
        await pilot.press("f2")
        await wait_for(pilot, "STESSO BISOGNO (=): 1 aiuto.")
        await pilot.app.run_action("go_to('person')")
        await wait_for(pilot, "PERSONA")


async def test_the_accreditation_offices_day(network: LiveNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    """The queue, one body's history, the nodes' health, who is in office; no person anywhere."""
    paolo = network.sheet["officers"][0]
    codes = {case["identifier"] for case in network.sheet["planted"]}
    async with at_console(paolo["profile"], paolo["password"], monkeypatch) as pilot:
        shown = await wait_for(pilot, "ATTIVO")
        seen = [shown]
        for part, words in (("2", "REGOLARE"), ("3", "Sara"), ("4", "2026")):
            await pilot.press(part)
            seen.append(await wait_for(pilot, words))
        await pilot.press("1", "f4")
        seen.append(await wait_for(pilot, "STORIA"))
        await pilot.press("escape", "f10")
        shown = await wait_for(pilot, "VAI A")
        for elsewhere in ("VERIFICA", "PERSONA", "RINVII"):
            assert elsewhere not in shown
    assert not [code for code in codes for text in seen if code in text]


async def test_an_auditors_day(network: LiveNetwork, tmp_path: Path) -> None:
    """Open the key, read every log, compare them, look for signals, search; the searched one's code is nowhere."""
    sara = network.sheet["auditors"][0]
    profile = own_folder(sara["profile"], tmp_path)
    console = Console(load_profile(profile, "it"), lock_after_s=0)
    bodies = len(network.members())
    async with console.run_test(size=SIZE) as pilot:
        await wait_for(pilot, "Frase")
        write(pilot, password=sara["passphrase"])
        await pilot.press("enter")
        await wait_for(pilot, "Nessun registro letto finora.")
        await pilot.press("f2")
        await wait_for(pilot, f"Registri letti: {bodies + 1} su {bodies + 1}")
        await pilot.press("f5")
        await wait_for(pilot, f"Registri letti: {bodies} di {bodies}, e quello dell'ufficio.")
        await pilot.press("f3")
        await wait_for(pilot, "[1 Interrogazioni]")
        await pilot.press("f4")
        shown = await wait_for(pilot, "Questa ricerca viene registrata a suo nome.")
        assert not [case for case in network.sheet["planted"] if case["identifier"] in shown]
        await pilot.press("f10")
        shown = await wait_for(pilot, "VAI A")
        for elsewhere in ("VERIFICA", "PERSONA", "ACCREDITAMENTO"):
            assert elsewhere not in shown


def own_folder(profile: str, folder: Path) -> Path:
    """A copy of an official's profile with its key, so that what is read lies in the test's own folder."""
    source = Path(profile)
    folder = folder / "profili"
    folder.mkdir()
    for path in source.parent.glob(f"{source.stem}*"):
        if path.is_file():
            shutil.copy(path, folder)
    for name in re.findall(r'^(?:network_file|ca_file) = "(.+)"$', source.read_text("utf-8"), re.MULTILINE):
        shutil.copy(source.parent / name, folder / name)
    return folder / source.name
