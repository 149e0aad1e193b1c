"""IMPOSTAZIONI as it is painted: as it begins, as it was set, refused and saved."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.support.fake_node import PASSWORD, in_own_process
from tests.support.screens import still, wait_for
from tests.support.shots import in_looks
from tui.app import Console
from tui.profile import load_profile
from tui.screens.work import GoTo
from tui.settings import ConsoleSettings, save_settings

STATES = {
    "empty": ("anna.settings", "anna.settings"),
    "set": ("anna.settings", "anna.settings"),
    "refused": ("!!", "!!"),
    "saved": ("Salvato.", "Saved."),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with in_own_process(tmp_path_factory.mktemp("settings")) as place:
        yield place


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    monkeypatch.delenv("NO_COLOR", raising=False)


def at_settings(state: str, until: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    async def run(pilot: Pilot[None]) -> None:
        await wait_for(pilot, " / ")
        pilot.app.post_message(GoTo("settings"))
        await wait_for(pilot, "anna.settings")
        if state == "refused":
            pilot.app.screen.query_one("#columns", Input).value = "20"
        if state in {"refused", "saved"}:
            await pilot.press("f2")
        await wait_for(pilot, until)
        still(pilot.app)

    return run


@pytest.mark.parametrize(("state", "lang", "size"), in_looks(STATES, "set", "{state}-{look}"))
def test_states(folder: Path, snap_compare: Any, state: str, lang: str, size: str) -> None:
    is_set = ConsoleSettings(theme="contrast", lock_minutes=5, printer="roll", papers="/srv/carte")
    save_settings(folder / "anna.settings", is_set if state == "set" else ConsoleSettings())
    console = Console(load_profile(folder / "anna.toml", lang))
    until = STATES[state][lang == "en"]
    assert snap_compare(console, terminal_size=size, run_before=at_settings(state, until))
