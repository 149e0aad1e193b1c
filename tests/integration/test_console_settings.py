"""IMPOSTAZIONI: what is saved counts at once, and what is wrong is not saved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Select

from tests.support.fake_node import PASSWORD, FakeNode
from tests.support.screens import wait_for
from tui.app import Console
from tui.profile import load_profile
from tui.screens.work import GoTo
from tui.settings import ConsoleSettings, load_settings, save_settings
from tui.themes import CONTRAST, LIGHT

SIZE = (80, 24)


@pytest.fixture
async def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeNode]:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    served = await FakeNode(tmp_path).start()
    yield served
    await served.stop()


def console(node: FakeNode) -> Console:
    return Console(load_profile(node.profile("anna"), "it"))


async def at_settings(pilot: Pilot[None]) -> None:
    await wait_for(pilot, " / anna")
    pilot.app.post_message(GoTo("settings"))
    await wait_for(pilot, "Le impostazioni stanno nel file anna.settings")


def choose(pilot: Pilot[None], name: str, value: str) -> None:
    choice: Select[str] = pilot.app.screen.query_one(name, Select)
    choice.value = value


def write(pilot: Pilot[None], name: str, text: str) -> None:
    pilot.app.screen.query_one(name, Input).value = text


async def test_what_is_saved_counts_at_once_and_the_next_time(node: FakeNode, tmp_path: Path) -> None:
    folder = tmp_path / "carte"
    folder.mkdir()
    async with console(node).run_test(size=SIZE) as pilot:
        await at_settings(pilot)
        choose(pilot, "#theme", "contrast")
        choose(pilot, "#printer", "roll")
        write(pilot, "#lock_minutes", "1")
        write(pilot, "#papers", str(folder))
        write(pilot, "#columns", "32")
        await pilot.press("f2")
        await wait_for(pilot, "Salvato.")
        assert pilot.app.theme == CONTRAST
        assert pilot.app.lock._after_s == 60.0  # type: ignore[attr-defined]
        pilot.app.post_message(GoTo("check"))
        await wait_for(pilot, "VERIFICA")
        await pilot.press("f8")
        await wait_for(pilot, "pronti da stampare")
    saved = load_settings(node.folder / "anna.settings")
    assert saved == ConsoleSettings("", "contrast", 1, "roll", 32, str(folder))
    assert console(node).lock._after_s == 60.0
    [paper] = folder.iterdir()
    lines = paper.read_text("ascii").splitlines()
    assert paper.suffix == ".txt"
    assert 24 < max(map(len, lines)) <= 32


async def test_what_is_wrong_is_said_beside_what_it_may_be_and_not_saved(node: FakeNode) -> None:
    save_settings(node.folder / "anna.settings", ConsoleSettings(theme="light"))
    async with console(node).run_test(size=SIZE) as pilot:
        await at_settings(pilot)
        choose(pilot, "#theme", "dark")
        write(pilot, "#lock_minutes", "500")
        await pilot.press("f2")
        shown = await wait_for(pilot, "!!")
        assert "«Blocco» non va bene: minuti senza toccare nulla, da 0 (mai) a 120." in " ".join(
            shown.replace("│", "").split()
        )
        assert pilot.app.screen.query_one("#lock_minutes", Input).has_focus
        assert pilot.app.theme == LIGHT
        write(pilot, "#papers", "/non/c'è")
        await pilot.press("f2")
        shown = await wait_for(pilot, "serve una cartella che c'è")
        assert "«Blocco» non va bene" in shown, "all that is wrong is said at once"
        assert pilot.app.screen.query_one("#lock_minutes", Input).has_focus
        write(pilot, "#lock_minutes", "5")
        await pilot.press("f2")
        await wait_for(pilot, "serve una cartella che c'è")
        assert pilot.app.screen.query_one("#papers", Input).has_focus
        await pilot.press("f4", "f2")
        await wait_for(pilot, "Salvato.")
    assert load_settings(node.folder / "anna.settings") == ConsoleSettings()
