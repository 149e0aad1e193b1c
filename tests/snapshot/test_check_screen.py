"""VERIFICA as it is painted, in each of its states."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Checkbox, Input, Select

from tests.support.fake_node import PASSWORD, in_own_process
from tests.support.scenarios import ANOTHER, ANYONE, THIRD
from tests.support.screens import still, wait_for
from tests.support.shots import without_drafts
from tui import fields
from tui.app import Console
from tui.profile import load_profile
from tui.screens.check import turns as check_turns

Run = Callable[[Pilot[None]], Awaitable[None]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with in_own_process(tmp_path_factory.mktemp("screens")) as place:
        yield place


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(fields, "now", lambda: datetime(2026, 11, 21, 10, 41))
    monkeypatch.setattr(check_turns, "monotonic", lambda: 0.0)


def console(folder: Path, user: str = "anna", lang: str = "it", suggestion: str | None = None) -> Console:
    without_drafts(folder)
    return Console(load_profile(folder / f"{user}.toml", lang), suggestion)


def asking(facet: str, until: str, *, consent: bool = True) -> Run:
    async def run(pilot: Pilot[None]) -> None:
        await wait_for(pilot, " / ")
        still(pilot.app)
        choice: Select[str] = pilot.app.screen.query_one("#facet", Select)
        choice.value = facet
        pilot.app.screen.query_one("#code", Input).value = ANYONE
        pilot.app.screen.query_one("#consent", Checkbox).value = consent
        await pilot.press("f2")
        await wait_for(pilot, until)

    return run


async def entered(pilot: Pilot[None]) -> None:
    await wait_for(pilot, "Emporio Nord / anna")
    still(pilot.app)


def test_empty(folder: Path, snap_compare: Any) -> None:
    suggestion = f"Provare: {ANYONE}, Spesa."
    assert snap_compare(console(folder, suggestion=suggestion), terminal_size=(80, 24), run_before=entered)


@pytest.mark.parametrize(
    ("name", "facet", "until"),
    [
        ("waiting", "heating", "0 su 12"),
        ("complete_none", "food_voucher", "tutti i 12 enti"),
        ("overlap", "canteen", "SOVRAPPOSIZIONE"),
        ("partial", "food_parcel", "PARZIALE"),
        ("refused", "rent_arrears", "Manca il consenso"),
        ("hostile", "gas", "MUTO"),
    ],
    ids=["waiting", "complete_none", "overlap", "partial", "refused", "hostile"],
)
def test_states(folder: Path, snap_compare: Any, name: str, facet: str, until: str) -> None:
    run = asking(facet, until, consent=name != "refused")
    assert snap_compare(console(folder), terminal_size=(80, 24), run_before=run)


def test_household(folder: Path, snap_compare: Any) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await wait_for(pilot, " / ")
        still(pilot.app)
        choice: Select[str] = pilot.app.screen.query_one("#facet", Select)
        choice.value = "food_parcel"
        for code in (ANYONE, ANOTHER, "NOME:7"):
            pilot.app.screen.query_one("#code", Input).value = code
            pilot.app.screen.query_one("#consent", Checkbox).value = code == ANYONE
            await pilot.press("f5")
        pilot.app.screen.query_one("#code", Input).value = THIRD
        await pilot.press("f2")
        await wait_for(pilot, "PARZIALE")

    assert snap_compare(console(folder), terminal_size=(80, 24), run_before=run)


def test_wide(folder: Path, snap_compare: Any) -> None:
    run = asking("canteen", "SOVRAPPOSIZIONE")
    assert snap_compare(console(folder), terminal_size=(120, 40), run_before=run)


def test_english(folder: Path, snap_compare: Any) -> None:
    run = asking("canteen", "POSSIBLE OVERLAP")
    assert snap_compare(console(folder, lang="en"), terminal_size=(80, 24), run_before=run)


def test_login(folder: Path, snap_compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAGLIA_PASSWORD")

    async def run(pilot: Pilot[None]) -> None:
        await wait_for(pilot, "ACCESSO")
        still(pilot.app)

    assert snap_compare(console(folder), terminal_size=(80, 24), run_before=run)
