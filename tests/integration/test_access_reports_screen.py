"""What one can do on ACCESSO DEL CITTADINO, against a served front port."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TypeVar

import pytest
from pypdf import PdfReader
from textual.pilot import Pilot
from textual.widgets import Input

from maglia.v1 import operator_pb2 as pb
from tests.support.fake_node import PASSWORD, FakeNode
from tests.support.scenarios import ANYONE
from tests.support.screens import keys_shown, text_of, wait_for
from tui import scanning
from tui.app import Console
from tui.profile import load_profile
from tui.screens.reports.screen import AccessReportsScreen

T = TypeVar("T")


@pytest.fixture
async def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeNode]:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    monkeypatch.chdir(tmp_path)
    served = await FakeNode(tmp_path).start()
    yield served
    await served.stop()


def console(node: FakeNode, user: str = "ugo", lang: str = "it") -> Console:
    return Console(load_profile(node.profile(user), lang), lock_after_s=0)


async def at_reports(pilot: Pilot[None]) -> str:
    await wait_for(pilot, " / ugo")
    await pilot.app.run_action("go_to('reports')")
    return await wait_for(pilot, "C-0007")


async def opened(pilot: Pilot[None]) -> str:
    await at_reports(pilot)
    await pilot.press("down", "down", "enter")
    return await wait_for(pilot, "RESOCONTO PARZIALE")


def asked(node: FakeNode, kind: type[T]) -> list[T]:
    return [one for one in node.calls if isinstance(one, kind)]


async def test_a_request_needs_a_document_and_ends_with_who_is_missing(node: FakeNode) -> None:
    async with console(node).run_test(size=(80, 24)) as pilot:
        await at_reports(pilot)
        await pilot.press("f2")
        await wait_for(pilot, "NUOVA RICHIESTA")
        pilot.app.screen.query_one("#identifier", Input).value = ANYONE
        await pilot.press("f2")
        await wait_for(pilot, "!!")
        assert not asked(node, pb.OpenAccessReportRequest)
        pilot.app.screen.query_one("#document", Input).value = "CI finta 1"
        await pilot.press("f2")
        shown = await wait_for(pilot, "RESOCONTO PARZIALE")
        assert ANYONE not in shown
        assert "\x1b" not in shown
        assert [(one.identifier, one.document) for one in asked(node, pb.OpenAccessReportRequest)] == [
            (ANYONE, "CI finta 1")
        ]
        assert "Mensa Est" in shown
        assert [one.number for one in asked(node, pb.CollectAccessReportRequest)] == [7]


async def test_all_that_is_wrong_is_said_and_what_is_written_stays_until_it_is_on_file(node: FakeNode) -> None:
    async with console(node).run_test(size=(80, 24)) as pilot:
        await at_reports(pilot)
        await pilot.press("f2")
        await wait_for(pilot, "NUOVA RICHIESTA")
        await pilot.press(*"XQZ", "enter", "enter", *"31/02/2026", "f2")
        shown = await wait_for(pilot, "Correggere questi campi")
        assert all(f"!! {label}" in shown for label in ("Codice", "Documento", "Ricevuta"))
        assert pilot.app.focused is pilot.app.screen.query_one("#identifier", Input)
        pilot.app.screen.query_one("#document", Input).value = "CI finta 1"
        await pilot.press("escape")
        await wait_for(pilot, "Quanto era scritto è rimasto")
        await pilot.press("f2")
        await wait_for(pilot, "NUOVA RICHIESTA")
        fields = {one.id: one.value for one in pilot.app.screen.query(Input)}
        assert fields == {"identifier": "XQZ", "document": "CI finta 1", "received": "31/02/2026"}
        pilot.app.screen.query_one("#identifier", Input).value = ANYONE
        pilot.app.screen.query_one("#received", Input).value = ""
        await pilot.press("f2")
        await wait_for(pilot, "RESOCONTO PARZIALE")
        await pilot.press("f2")
        await wait_for(pilot, "NUOVA RICHIESTA")
        assert not any(one.value for one in pilot.app.screen.query(Input))


async def test_a_card_begins_a_request(node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "GAP_S", 5.0)
    async with console(node).run_test(size=(80, 24)) as pilot:
        await at_reports(pilot)
        await pilot.press(*ANYONE, "enter")
        await wait_for(pilot, "NUOVA RICHIESTA")
        assert pilot.app.screen.query_one("#identifier", Input).value == ANYONE


async def test_the_paper_is_written_in_the_persons_language_and_names_nobody(node: FakeNode, tmp_path: Path) -> None:
    async with console(node).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("f8")
        await wait_for(pilot, "In che lingua?")
        await pilot.press("right", "right", "enter")
        await wait_for(pilot, "report-c-0007.pdf")
    text = " ".join(page.extract_text() for page in PdfReader(tmp_path / "report-c-0007.pdf").pages)
    assert "PARTIAL REPORT" in text
    assert (tmp_path / "report-c-0007.pdf").stat().st_mode & 0o777 == 0o600


async def test_who_stops_watching_is_told_that_the_node_goes_on(node: FakeNode, tmp_path: Path) -> None:
    (tmp_path / "reports-state").write_text("slow")
    async with console(node).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("f6")
        await wait_for(pilot, "Mancano: Mensa Est, Onlus Ponte")
        await pilot.press("f9")
        await wait_for(pilot, "Il nodo continua a chiedere")
        await pilot.press("enter")
        await wait_for(pilot, "RESOCONTO PARZIALE")


async def test_more_time_needs_a_reason_and_an_end_says_what_is_forgotten(node: FakeNode) -> None:
    async with console(node).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("f4", "1")
        await wait_for(pilot, "Perché serve più tempo?")
        await pilot.press("enter")
        await pilot.press("f4", "1")
        await wait_for(pilot, "Perché serve più tempo?")
        await pilot.press(*"ferie", "enter")
        await wait_for(pilot, "prorogata")
        assert [one.reason for one in asked(node, pb.ExtendAccessReportRequest)] == ["ferie"]
        await pilot.press("f4")
        shown = await wait_for(pilot, "Chiudi: consegnato")
        assert "Proroga" not in shown
        await pilot.press("1")
        await wait_for(pilot, "dimenticano per sempre")
        await pilot.press("enter")
        assert not asked(node, pb.CloseAccessReportRequest)
        await pilot.press("f4", "1")
        await wait_for(pilot, "dimenticano per sempre")
        await pilot.press("right", "enter")
        await wait_for(pilot, "Chiusa con un resoconto PARZIALE:")
        assert [one.number for one in asked(node, pb.CloseAccessReportRequest)] == [7]


async def test_names_are_asked_for_in_a_file_and_filed_from_one(node: FakeNode, tmp_path: Path) -> None:
    async with console(node).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("f4", "3")
        await wait_for(pilot, "nomi-c-0007.json")
        written = json.loads((tmp_path / "nomi-c-0007.json").read_text())
        assert (written["case"], len(written["wanted"])) == ("C-0007", 4)
        approved = {"schema": "maglia.names-approval/1", "case": "C-0007", "approvals": []}
        (tmp_path / "approvati.json").write_text(json.dumps(approved))
        await pilot.press("f4", "4")
        await wait_for(pilot, "Quale file")
        await pilot.press(*"manca.json", "enter")
        await wait_for(pilot, "!!")
        await pilot.press("f4", "4")
        await wait_for(pilot, "Quale file")
        await pilot.press(*"approvati.json", "enter")
        await wait_for(pilot, "RESOCONTO PARZIALE")
    assert [one.number for one in asked(node, pb.AddNamesApprovalRequest)] == [7]


async def test_both_tables_are_exported(node: FakeNode, tmp_path: Path) -> None:
    async with console(node).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("f7")
        await wait_for(pilot, "Richieste di accesso, 4")
        await pilot.press("escape", "ctrl+g", "f7")
        await wait_for(pilot, "Accessi C-0007, 4")
        await pilot.press("right", "enter")
        await wait_for(pilot, "accessi-c-0007.csv")
    assert ANYONE not in (tmp_path / "accessi-c-0007.csv").read_text("utf-8-sig")


@pytest.mark.parametrize("lang", ["it", "en"])
def test_every_key_is_in_the_last_line(lang: str) -> None:
    assert keys_shown(AccessReportsScreen, lang) >= {*AccessReportsScreen.OWN}


async def test_volunteers_are_elsewhere(node: FakeNode) -> None:
    async with console(node, "anna").run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, " / anna")
        await pilot.press("f10")
        assert "ACCESSO DEL CITTADINO" not in await wait_for(pilot, "VAI A")
        await pilot.press("escape")
        await pilot.app.run_action("go_to('reports')")
        await pilot.pause()
        assert "VERIFICA" in text_of(pilot.app)
        assert "ACCESSO DEL CITTADINO" not in text_of(pilot.app)
