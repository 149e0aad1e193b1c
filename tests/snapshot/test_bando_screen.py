"""CONTROLLO BANDO as it reads in each of its states and steps, in both languages; two of them with their colours."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.fake_batches import BatchNode
from tests.support.fake_node import in_own_process
from tests.support.screens import still, text_of, wait_for
from tests.support.shots import SMALL, WIDE, console, unmoved
from tui.screens.bando import check as bando_check

__all__ = ["unmoved"]
pytestmark = pytest.mark.usefixtures("unmoved")
WORDS = {
    "it": {
        "list": "Invio apre un bando",
        "empty": "Nessun bando controllato",
        "loading": "Lettura in corso...",
        "error": "Non letto. F6 prova di nuovo.",
        "file": "domande.csv",
        "columns": "Nucleo N17",
        "errors": "le altre 1.201",
        "running": "612 su",
        "done": "F6 chiede di nuovo",
        "row": "RIGA 17",
        "export": "esiti-affitto-2026.xlsx",
    },
    "en": {
        "list": "Enter opens a call",
        "empty": "No call was checked",
        "loading": "Reading...",
        "error": "Not read. F6 tries again.",
        "file": "domande.csv",
        "columns": "Household N17",
        "errors": "other 1,201",
        "running": "612 of",
        "done": "F6 asks who is missing",
        "row": "ROW 17",
        "export": "results-affitto-2026.xlsx",
    },
}


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with one file in it, of one day."""
    folder = tmp_path / "ufficio"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(bando_check, "STILL_S", 600.0)
    (folder / "domande.csv").write_text("Cod. fiscale;Famiglia\nX;1\n")
    os.utime(folder / "domande.csv", (1_795_257_660, 1_795_257_660))


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[BatchNode]:
    served = BatchNode(tmp_path)
    await served.start()
    yield served
    await served.stop()


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    ("lang", "size"),
    [
        ("it", SMALL),
        pytest.param("en", SMALL, marks=pytest.mark.long),
        pytest.param("it", WIDE, marks=pytest.mark.long),
        pytest.param("en", WIDE, marks=pytest.mark.long),
    ],
    ids=["it-80", "en-80", "it-120", "en-120"],
)
async def test_every_state_and_step_reads_well(
    node: BatchNode, lang: str, size: tuple[int, int], snapshot: Any
) -> None:
    words = WORDS[lang]
    async with console(node.folder, lang, "ugo").run_test(size=size) as pilot:

        async def at(name: str, *keys: str) -> None:
            await pilot.press(*keys)
            await wait_for(pilot, words[name])
            await pilot.pause(0.1)
            assert text_of(pilot.app) == snapshot(name=name)

        await at("list")
        node.user = "nora"
        await at("empty", "f6")
        node.user = "lia"
        await at("loading", "f6")
        node.user = "piero"
        await at("error", "f6")
        node.user = "ugo"
        await pilot.press("f6")
        await wait_for(pilot, words["list"])
        await at("file", "f2")
        await at("columns", *"domande.csv", "tab", *"affitto-2026", "f2")
        await at("errors", "f2")
        await at("running", "f2")
        node.gate.set()
        await at("done")
        await at("row", "enter")
        await pilot.press("escape")
        await at("export", "f2")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with in_own_process(tmp_path_factory.mktemp("calls"), module="tests.support.fake_batches") as folder:
        yield folder


@pytest.mark.parametrize(("lang", "size"), [("it", SMALL), ("en", WIDE)], ids=["it-80", "en-120"])
def test_rows_with_their_colours(served: Path, lang: str, size: tuple[int, int], snap_compare: Any) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await wait_for(pilot, WORDS[lang]["list"])
        await pilot.press("enter")
        await wait_for(pilot, WORDS[lang]["done"])
        still(pilot.app)

    assert snap_compare(console(served, lang, "ugo"), terminal_size=size, run_before=run)
