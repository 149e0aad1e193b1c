"""What an operator does on STATO: look again, take the table away, be told how to be helped."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.support.fake_node import PASSWORD, FakeNode
from tests.support.fake_status import FULL, REFUSED, WELL
from tests.support.screens import text_of, wait_for
from tui.app import Console
from tui.profile import load_profile
from tui.screens.work import GoTo

SIZE = (80, 24)


@pytest.fixture
async def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeNode]:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    monkeypatch.chdir(tmp_path)
    served = await FakeNode(tmp_path).start()
    yield served
    await served.stop()


def console(node: FakeNode, state: str, lang: str = "it") -> Console:
    (node.folder / "status-state").write_text(state)
    return Console(load_profile(node.profile("anna"), lang))


async def at_status(pilot: Pilot[None], until: str) -> str:
    await wait_for(pilot, " / ")
    pilot.app.post_message(GoTo("status"))
    return await wait_for(pilot, until)


async def test_the_worst_is_on_top_with_its_command_and_the_counts_below(node: FakeNode) -> None:
    async with console(node, FULL).run_test(size=SIZE) as pilot:
        await at_status(pilot, "1 PROBLEMA, 2 AVVISI, 6 OK.")
        shown = (await wait_for(pilot, "20 %  MUTO da 17 giorni")).splitlines()
    assert "PROBLEMA Ora del computer    avanti di 4 min 12 s" in shown[1]
    assert "-> sudo timedatectl set-ntp true" in shown[2]
    assert "-> avvisare il responsabile o chi amministra il nodo" in "".join(shown)
    assert all(len(line) <= SIZE[0] for line in shown)


async def test_a_second_look_replaces_the_first_and_a_failed_one_does_not(node: FakeNode) -> None:
    async with console(node, FULL).run_test(size=SIZE) as pilot:
        await at_status(pilot, "1 PROBLEMA")
        (node.folder / "status-state").write_text(REFUSED)
        await pilot.press("f2")
        shown = await wait_for(pilot, "Sopra c'è l'esame di prima.")
        assert "PROBLEMA Ora del computer" in shown
        assert "L'archivio dei dati non è disponibile." in shown
        (node.folder / "status-state").write_text(WELL)
        await pilot.press("f2")
        shown = await wait_for(pilot, "9 OK.")
        assert "PROBLEMA" not in shown
        assert "Nessuna domanda nel periodo." in shown
        await pilot.press("f8")
        shown = " ".join((await wait_for(pilot, "--support")).replace("│", "").split())
        assert "maglia-node doctor --dir CARTELLA --support assistenza.tar.gz" in shown
        assert "non ha dati di persone, operatori o chiavi" in shown


async def test_the_table_is_taken_away_as_a_file(node: FakeNode, tmp_path: Path) -> None:
    async with console(node, REFUSED).run_test(size=SIZE) as pilot:
        await at_status(pilot, "non è disponibile")
        await pilot.press("f7")  # nothing yet
        await pilot.pause()
        assert "CSV" not in text_of(pilot.app)
        (node.folder / "status-state").write_text(FULL)
        await pilot.press("f2")
        await wait_for(pilot, "1 PROBLEMA")
        await pilot.press("f7")
        await wait_for(pilot, "CSV")
        await pilot.press("tab", "enter")
        await wait_for(pilot, "Scritto: ")
    [file] = tmp_path.glob("*.csv")  # noqa: ASYNC240 - a small file
    text = file.read_text("utf-8-sig")
    rows = list(csv.reader(text.splitlines(), delimiter=";"))
    assert rows[0] == ["Stato", "Parte", "Che cosa", "Rimedio"]
    assert rows[3] == ["PROBLEMA", "Ora del computer", "avanti di 4 min 12 s", "sudo timedatectl set-ntp true"]
    assert "\x1b" not in text
