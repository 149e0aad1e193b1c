"""STATO as it is painted, in each of its states, in both languages and sizes."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.fake_node import PASSWORD, in_own_process
from tests.support.fake_status import FULL, LOADING, OLD, PARTIAL, REFUSED, WELL
from tests.support.screens import still, wait_for
from tests.support.shots import in_looks
from tui.app import Console
from tui.profile import load_profile
from tui.screens.work import GoTo

COMES = {
    FULL: ("1 PROBLEMA, 2 AVVISI", "1 PROBLEM, 2 WARNINGS"),
    WELL: ("9 OK.", "9 OK."),
    PARTIAL: ("non si leggono", "can't be read"),
    LOADING: ("Esame del nodo in corso", "The node is examined"),
    REFUSED: ("non è disponibile", "is not available"),
    OLD: ("di prima che si potesse", "of before it could"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with in_own_process(tmp_path_factory.mktemp("status")) as place:
        yield place


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    monkeypatch.delenv("NO_COLOR", raising=False)
    with monkeypatch.context() as there:
        there.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def at_status(until: str, *, charted: bool) -> Callable[[Pilot[None]], Awaitable[None]]:
    async def run(pilot: Pilot[None]) -> None:
        await wait_for(pilot, " / ")
        pilot.app.post_message(GoTo("status"))
        await wait_for(pilot, until)
        if charted:
            await wait_for(pilot, "20 %")
        still(pilot.app)

    return run


@pytest.mark.parametrize(("state", "lang", "size"), in_looks(COMES, FULL, "{state}-{look}"))
def test_states(folder: Path, snap_compare: Any, state: str, lang: str, size: str) -> None:
    (folder / "status-state").write_text(state)
    profile = replace(load_profile(folder / "anna.toml", lang), path=Path("anna.toml"))
    console = Console(profile)
    until = COMES[state][lang == "en"]
    assert snap_compare(console, terminal_size=size, run_before=at_status(until, charted=state in {FULL, OLD}))
