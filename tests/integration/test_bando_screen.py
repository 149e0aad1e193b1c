"""What an officer does on CONTROLLO BANDO with keys and mouse, against a served front port."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Checkbox, Input, OptionList, Select, Static

from maglia.v1 import batch_pb2 as pb
from tests.support.fake_batches import MANY, NEW, PAUSED, RUNNING, BatchNode
from tests.support.fake_node import PASSWORD
from tests.support.scenarios import ANYONE
from tests.support.screens import text_of, wait_for
from tui import scanning
from tui.app import Console
from tui.batch_model import FileReading
from tui.profile import load_profile
from tui.screens.bando import check as bando_check
from tui.screens.bando.columns import ColumnsStep

SIZE = (80, 24)


@pytest.fixture
async def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BatchNode]:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    monkeypatch.setattr(bando_check, "STILL_S", 0.5)
    (tmp_path / "ufficio").mkdir()
    monkeypatch.chdir(tmp_path / "ufficio")
    (tmp_path / "ufficio" / "domande.csv").write_text("Cod. fiscale;Famiglia\nX;1\n")
    served = BatchNode(tmp_path)
    await served.start()
    yield served
    await served.stop()


def console(node: BatchNode, user: str = "ugo", lang: str = "it") -> Console:
    return Console(load_profile(node.profile(user), lang))


def written(path: str | Path) -> str:
    return Path(path).read_text("utf-8-sig")


def files() -> set[str]:
    return {path.name for path in Path.cwd().iterdir()}


def calls(node: BatchNode, kind: type) -> list[object]:
    return [call for call in node.calls if isinstance(call, kind)]


async def to_columns(pilot: Pilot[None], procedure: str = "affitto-2026") -> str:
    """Begin a call with the file of the folder, and come to its columns."""
    await wait_for(pilot, "Invio apre un bando")
    await pilot.press("f2")
    await wait_for(pilot, "domande.csv")
    await pilot.press("tab", "tab", "tab", "tab", "tab", "enter")
    await pilot.press(*procedure, "f2")
    return await wait_for(pilot, "[2 COLONNE]")


async def to_errors(pilot: Pilot[None]) -> str:
    await to_columns(pilot)
    await wait_for(pilot, "Nucleo N17")
    await pilot.press("f2")
    return await wait_for(pilot, "Si controllano le altre 1.201")


async def choose(pilot: Pilot[None], name: str, value: str, until: str) -> str:
    choice: Select[str] = pilot.app.screen.query_one(name, Select)
    choice.value = value
    shown = await wait_for(pilot, until)
    assert value.partition(" ")[2] in str(choice.query_one("#label", Static).content)
    return shown


async def to_rows(pilot: Pilot[None]) -> str:
    """Open the call that is done."""
    await wait_for(pilot, "Invio apre un bando")
    await pilot.press("enter")
    return await wait_for(pilot, "3 righe sono parziali")


async def test_a_file_goes_through_the_five_steps(node: BatchNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        shown = await to_errors(pilot)
        assert "agli atti" not in shown
        for sentence in ("ha 15 caratteri", "La stessa persona è già alla riga 17.", "registrato a suo nome"):
            assert sentence in shown
        assert not calls(node, pb.RunBatchRequest)
        await pilot.press("f7", "tab", "enter")
        await wait_for(pilot, "Scritto: scarti-affitto-2026.csv")
        await pilot.press("f2")
        shown = await wait_for(pilot, "612 su 1.201")
        assert "mancano" not in shown, "how long a silent body takes nobody knows"
        assert "?? Non rispondono: Onlus Ponte" in shown
        assert "Si aspetta: Croce Verde, " in shown
        assert "altro ente." in shown
        await wait_for(pilot, "1.201   si aspetta ancora")
        node.gate.set()
        shown = await wait_for(pilot, "?? 3 righe sono parziali: nel file restano PARZIALE, mai NESSUNO.")
        assert "Nessun riscontro 1.196   Riscontro 2   Parziali 3   Scartate 3" in shown
        assert "La decisione resta all'operatore: il sistema informa, non nega." in shown
        await pilot.press("f2")
        await wait_for(pilot, "esiti-affitto-2026.xlsx")
        pilot.app.screen.query_one("#with-ranking", Checkbox).value = True
        await pilot.press("f2")
        await wait_for(pilot, "Scritto: esiti-affitto-2026.xlsx")
        await wait_for(pilot, "esiti-affitto-2026-2.xlsx")
    assert files() == {
        "domande.csv",
        "scarti-affitto-2026.csv",
        "esiti-affitto-2026.xlsx",
        "elenco-affitto-2026.csv",
        "elenco-affitto-2026-chiave.csv",
    }
    assert "63;codice;" in written("scarti-affitto-2026.csv")
    assert ANYONE not in written("elenco-affitto-2026.csv")
    trial, opened = calls(node, pb.OpenBatchRequest)
    assert isinstance(trial, pb.OpenBatchRequest)
    assert isinstance(opened, pb.OpenBatchRequest)
    assert (trial.trial, opened.trial, opened.procedure) == (True, False, "affitto-2026")
    assert dict(opened.columns) == {"codice": "Cod. fiscale", "nucleo": "Famiglia", "fornitura": "POD"}


@pytest.mark.parametrize("key", ["f9", "f3"])
async def test_a_file_that_is_being_read_says_for_how_long_and_can_be_given_up(node: BatchNode, key: str) -> None:
    node.reads.clear()
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, "Invio apre un bando")
        await pilot.press("f2")
        await wait_for(pilot, "domande.csv")
        await pilot.press("tab", "tab", "tab", "tab", "tab", "enter")
        await pilot.press(*"affitto-2026", "f2")
        await wait_for(pilot, "Il nodo legge il file (1 kB) da 1 s. F9 smette")
        await pilot.press(key)
        shown = await wait_for(pilot, "Lettura fermata")
        assert "[1 FILE]" in shown
        node.reads.set()
        await pilot.press("f2")
        await wait_for(pilot, "[2 COLONNE]")


async def test_columns_are_read_as_they_are_chosen_and_remembered(node: BatchNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await to_columns(pilot)
        await wait_for(pilot, "Nucleo N17; Fornitura")
        await choose(pilot, "#map-codice", "", "Nessuna riga si legge finché")
        await pilot.press("f2")
        shown = await wait_for(pilot, "manca la colonna «codice»")
        assert "Scegliere qui sopra quale titolo" in shown
        assert all(isinstance(call, pb.OpenBatchRequest) and call.trial for call in calls(node, pb.OpenBatchRequest))
        await choose(pilot, "#map-codice", "0 Cod. fiscale", "Nucleo N17")
        await choose(pilot, "#map-fornitura", "", "Nucleo N17  ")
        assert "POD:IT001" not in text_of(pilot.app)
        await pilot.press("f2")
        await wait_for(pilot, "[3 ERRORI]")
        await pilot.press("f3")
        await to_columns(pilot)
        await wait_for(pilot, "Nucleo N17")
        assert "POD:IT001" not in text_of(pilot.app)
    assert "Cod. fiscale" not in written(load_profile(node.profile("ugo")).drafts.with_suffix(".columns"))


@pytest.mark.long
async def test_a_refusal_keeps_what_is_written_and_a_known_file_shows_its_answers(node: BatchNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, "Invio apre un bando")
        await pilot.press("f2")
        await wait_for(pilot, "[1 FILE]")
        await pilot.press("f2")
        await wait_for(pilot, "!!")
        await pilot.press("f3")
        await to_columns(pilot, "chiusa")
        await wait_for(pilot, "Nucleo N17")
        await pilot.press("f2")
        await wait_for(pilot, "31/12/2025")
        await pilot.press("f3")
        await wait_for(pilot, "[1 FILE]")
        assert pilot.app.screen.query_one("#procedure", Input).value == "chiusa"
        pilot.app.screen.query_one("#procedure", Input).value = "affitto-2026"
        node.known = True
        await pilot.press("f2")
        await wait_for(pilot, "[2 COLONNE]")
        await pilot.press("f2")
        shown = await wait_for(pilot, "era già stato controllato")
        assert "Risposte del 21/11/2026" in shown
    assert not calls(node, pb.RunBatchRequest)


async def test_a_run_is_stopped_goes_on_and_is_retried_until_the_node_goes_away(node: BatchNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await to_errors(pilot)
        await pilot.press("f2")
        await wait_for(pilot, "612 su")
        await pilot.press("f9")
        await wait_for(pilot, "F2 riprende da dove era")
        node.paused.clear()
        await pilot.press("f2")
        await wait_for(pilot, "612 su")
        node.gate.set()
        await wait_for(pilot, "F6 chiede di nuovo")
        node.gate.clear()
        await pilot.press("f6")
        await wait_for(pilot, "612 su")
        await node.stop()
        shown = await wait_for(pilot, "Il controllo va avanti sul nodo. F6 lo ritrova.")
        assert "!!" in shown
        assert "RISCONTRO" in shown
    runs = [(call.batch_id, call.retry) for call in node.calls if isinstance(call, pb.RunBatchRequest)]
    assert runs == [(NEW, False), (NEW, False), (NEW, True)]


async def test_a_run_that_stops_leads_to_no_files_and_files_of_a_run_that_goes_on_say_so(node: BatchNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await to_errors(pilot)
        await pilot.press("f2")
        await wait_for(pilot, "612 su")
        node.batches[NEW].MergeFrom(pb.Batch(matches=14, partial=1_187))
        node.answers.clear()
        await pilot.press("f9")
        await wait_for(pilot, "Si ferma")
        await pilot.press("f2")
        shown = await wait_for(pilot, "Si sta fermando")
        assert "[4 CONTROLLO]" in shown
        node.batches[NEW].partial = 0
        node.answers.set()
        await wait_for(pilot, "F2 riprende da dove era")
        node.paused.clear()
        await pilot.press("f2")
        await wait_for(pilot, "612 su")
        node.batches[NEW].MergeFrom(pb.Batch(matches=14, partial=1_184))
        await pilot.press("f2")
        await wait_for(pilot, "Riscontro 14")
        shown = await wait_for(pilot, "?? Il controllo non è finito")
        assert "[5 ESPORTA]" in shown
        node.gate.set()
        shown = await wait_for(pilot, "Riscontro 2 ")
        assert "non è finito" not in shown


async def test_a_closed_console_finds_its_run_and_its_draft_again(node: BatchNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await to_errors(pilot)
        await pilot.press("f2")
        await wait_for(pilot, "612 su")
        await pilot.press("f4", *"domande.csv", "tab", *"luce", "f2")
        await wait_for(pilot, "Nucleo N17; Fornitura")
        await choose(pilot, "#map-nucleo", "3 Ufficio [/bad]", "POD:IT001")
        await pilot.press("ctrl+q")
    assert node.batches[NEW].state == "running"
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, "[1 FILE]")
        assert pilot.app.screen.query_one("#file", Input).value == "domande.csv"
        await pilot.press("f2")
        await wait_for(pilot, "[2 COLONNE]")
        assert pilot.app.screen.query_one("#map-nucleo", Select).value == "3 Ufficio [/bad]"
        await pilot.press("f4")
        assert pilot.app.screen.query_one("#procedure", Input).value == ""
        await pilot.press("f3")
        await wait_for(pilot, "Invio apre un bando")
        await pilot.press("end", "enter")
        await wait_for(pilot, "612 su 1.201")
        node.gate.set()
        await wait_for(pilot, "3 righe sono parziali")


async def test_rows_are_looked_at_one_by_one_and_a_page_at_a_time(
    node: BatchNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "GAP_S", 5.0)
    async with console(node).run_test(size=SIZE) as pilot:
        await to_rows(pilot)
        await pilot.press("down", "down", "enter")
        shown = await wait_for(pilot, "RIGA 52")
        for said in ("Croce Verde non risponde", "Onlus [/bad] [red]x", "stesso nucleo della riga 17", "mai NESSUNO"):
            assert said in shown
        assert not {"\x1b", "\x07", "\u202e"} & set(shown)
        await pilot.press("enter")
        await wait_for(pilot, "Mostra")
        await pilot.click("#rows OptionList", offset=(3, 0))
        await wait_for(pilot, "RIGA 17")
        await pilot.press("escape", *ANYONE, "enter")
        await wait_for(pilot, "RIGA 17")
        await pilot.press("escape")
        await choose(pilot, "#which", "none", f"Righe 1-200 di {MANY}")
        rows = pilot.app.screen.query_one("#rows OptionList", OptionList)
        assert rows.option_count == 200
        rows.focus()
        await pilot.press("end", "pagedown")
        await wait_for(pilot, f"Righe 201-400 di {MANY}")
        await choose(pilot, "#which", "rejected", "SCARTATA")
        await pilot.press("f7", "tab", "enter")
        await wait_for(pilot, "Scritto: bando-affitto-2026.csv")
    assert ANYONE not in written("bando-affitto-2026.csv")
    assert len(written("bando-affitto-2026.csv").splitlines()) == 4


async def test_what_runs_is_stopped_and_deleting_asks_with_the_harmless_answer_first(node: BatchNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, "Invio apre un bando")
        await pilot.press("down", "f9")
        shown = await wait_for(pilot, "CANCELLARE IL CONTROLLO")
        assert f"bollette-2026, bollette.csv, 1.204 righe ({PAUSED})" in shown
        await pilot.press("enter")
        await wait_for(pilot, "bollette.csv")
        assert not calls(node, pb.DeleteBatchRequest)
        await pilot.press("f9")
        await wait_for(pilot, "CANCELLARE IL CONTROLLO")
        await pilot.press("tab", "enter")
        while "bollette.csv" in text_of(pilot.app):
            await pilot.pause(0.02)
        await pilot.press("end", "f9")
        while not calls(node, pb.PauseBatchRequest):
            await pilot.pause(0.02)
    assert calls(node, pb.DeleteBatchRequest) == [pb.DeleteBatchRequest(batch_id=PAUSED)]
    assert calls(node, pb.PauseBatchRequest) == [pb.PauseBatchRequest(batch_id=RUNNING)]


class Columns(App[None]):
    """The step of the columns alone."""

    def compose(self) -> Iterable[Widget]:
        yield ColumnsStep("it")


async def test_the_titles_of_another_file_take_the_place_of_those_before() -> None:
    async with Columns().run_test(size=SIZE) as pilot:
        step = pilot.app.query_one(ColumnsStep)
        for titles in (("Cod. fiscale", "Famiglia"), ("codice", "nucleo")):
            step.show(FileReading(titles, dict(zip(("codice", "nucleo"), titles, strict=True))))
            await pilot.pause()
            said = [str(one.query_one("#label", Static).content) for one in step.query(Select)][:2]
            assert said == list(titles)


async def test_all_that_a_file_lacks_is_said_at_once_with_the_cursor_at_the_first(node: BatchNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, "Invio apre un bando")
        await pilot.press("f2")
        await wait_for(pilot, "[1 FILE]")
        await pilot.press("f2")
        shown = await wait_for(pilot, "File: Il campo «File» manca.")
        assert "Bando: Il campo «Bando» manca." in shown
        await pilot.press(*"domande.csv", "f2", *"affitto-2026")
        await wait_for(pilot, "Scrivere il campo «Bando»")
        assert pilot.app.screen.query_one("#procedure", Input).value == "affitto-2026"
