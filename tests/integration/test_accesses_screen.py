"""What one can do on ACCESSI with an archive that pulls left, without any network."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.support.audit_folder import audit_folder, let_in, quick_key
from tests.support.screens import keys_shown, text_of, wait_for
from tui.app import Console
from tui.audit.verify import verify
from tui.profile import load_profile
from tui.screens.accesses.screen import AccessesScreen

SIZE = (80, 24)


@pytest.fixture
def sara(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    quick_key(monkeypatch)
    monkeypatch.chdir(tmp_path)
    return audit_folder(tmp_path, "full")


def console(profile: Path) -> Console:
    return Console(load_profile(profile, "it"), lock_after_s=0)


async def ready(pilot: Pilot[None]) -> None:
    await let_in(pilot)
    await wait_for(pilot, "F4 cerca voci")


def searches(profile: Path) -> list[dict[str, Any]]:
    path = profile.with_suffix(".audit") / "searches.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


async def test_nothing_is_searched_unasked_and_each_search_is_kept_with_what_was_sought(sara: Path) -> None:
    async with console(sara).run_test(size=SIZE) as pilot:
        await ready(pilot)
        assert "registrata a suo nome" in text_of(pilot.app)
        assert searches(sara) == []
        pilot.app.screen.query_one("#member", Input).value = "mensa-est"
        await pilot.press("enter")
        shown = await wait_for(pilot, "rifiuti")
        assert "[/bad]" in shown
        assert "\x1b" not in shown
        pilot.app.screen.query_one("#since", Input).value = "01/01/2027"
        pilot.app.screen.query_one("#until", Input).value = "31/01/2027"
        await pilot.press("f3")
        await wait_for(pilot, "FUORI ORARIO")
    assert [(one["user"], one["kind"], one["wanted"]["member"]) for one in searches(sara)] == [
        ("sara", "entries", "mensa-est"),
        ("sara", "signals", "mensa-est"),
    ]


async def test_a_file_holds_every_entry_found_and_not_the_page_that_is_shown(
    sara: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.screens.accesses.search.PAGE", 2)
    async with console(sara).run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("f4")
        shown = await wait_for(pilot, "Righe 1-2 di")
        await pilot.press("f7")
        await wait_for(pilot, "ESPORTA")
        await pilot.press("right", "enter")
        await wait_for(pilot, "Scritto")
    found = int(shown.partition("Righe 1-2 di ")[2].split()[0])
    with (tmp_path / "voci-trovate.csv").open(encoding="utf-8-sig", newline="") as file:
        _head, *rows = csv.reader(file, delimiter=";")
    assert found > 2
    assert len(rows) == found


async def test_a_signal_leads_to_its_entries_and_an_entry_to_both_sides_of_its_question(sara: Path) -> None:
    async with console(sara).run_test(size=SIZE) as pilot:
        await ready(pilot)
        pilot.app.screen.query_one("#since", Input).value = "01/01/2027"
        pilot.app.screen.query_one("#until", Input).value = "31/01/2027"
        await pilot.press("f3")
        await wait_for(pilot, "FUORI ORARIO")
        await pilot.press("enter")
        await wait_for(pilot, "domanda fatta")
        await pilot.press("enter")
        await wait_for(pilot, "La domanda nei due registri")
        await pilot.press("right", "enter")
        shown = await wait_for(pilot, "domanda ricevuta")
        assert "rifiuti" not in shown


async def test_what_is_no_day_or_no_body_is_said_and_nothing_is_searched(sara: Path) -> None:
    async with console(sara).run_test(size=SIZE) as pilot:
        await ready(pilot)
        pilot.app.screen.query_one("#since", Input).value = "31/02/2027"
        await pilot.press("f4")
        await wait_for(pilot, "!!")
        pilot.app.screen.query_one("#since", Input).value = ""
        pilot.app.screen.query_one("#member", Input).value = "nessuno"
        await pilot.press("f4")
        await wait_for(pilot, "Nessun registro di «nessuno»")
        shown = await wait_for(pilot, "tra i Registri (3)")
        assert "F4 cerca voci" in shown  # the table says again what can be done
        await pilot.press("backspace")
        await wait_for(pilot, "[nome breve")  # the cursor is where the name is to be mended
    assert searches(sara) == []


async def test_a_log_that_was_not_read_is_named_where_nothing_is_found_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick_key(monkeypatch)
    async with console(audit_folder(tmp_path, "partial")).run_test(size=SIZE) as pilot:
        await ready(pilot)
        missing = "Ricerca PARZIALE: registri degli enti letti 2 su 3, senza onlus-ponte."
        assert missing in text_of(pilot.app)
        pilot.app.screen.query_one("#member", Input).value = "onlus-ponte"
        pilot.app.screen.query_one("#operator", Input).value = "zzz"
        await pilot.press("f4")
        await wait_for(pilot, "Il registro di onlus-ponte non è stato letto")
        pilot.app.screen.query_one("#member", Input).value = ""
        await pilot.press("f4")
        await wait_for(pilot, "Nessuna voce così")
        await pilot.press("f3")
        shown = await wait_for(pilot, "Nessun segnale")
        assert shown.index(missing) < shown.index("Nessun segnale")


async def test_a_comparison_can_be_stopped_and_done_again(sara: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = threading.Event()

    def slow(archive: Any, known: Any, tell: Callable[[str], object]) -> Any:
        tell("caritas")
        held.wait(20)
        return verify(archive, known, tell)

    with monkeypatch.context() as patched:
        patched.setattr("tui.audit.day.verify", slow)
        async with console(sara).run_test(size=SIZE) as pilot:
            await ready(pilot)
            await pilot.press("f5")
            await wait_for(pilot, "Si ricalcola il registro caritas")
            await pilot.press("f9")
            await wait_for(pilot, "Confronto fermato")
            patched.undo()
            quick_key(patched)
            await pilot.press("f5")  # waits for the first one to let go of the archive
            held.set()
            shown = await wait_for(pilot, "Differenze: 1")
            assert "DIFF  CONTENUTO DIVERSO" in shown
            await pilot.press("enter")
            await wait_for(pilot, "[ Chiudi ]")


@pytest.mark.parametrize("lang", ["it", "en"])
def test_every_key_of_the_screen_is_in_its_last_line(lang: str) -> None:
    shown = keys_shown(AccessesScreen, lang)
    assert {*AccessesScreen.OWN} <= shown
    assert {action.key for action in shown} >= {"f1", "f10"}
