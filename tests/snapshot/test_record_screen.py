"""REGISTRA as it is painted, in each of its states."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Select

from tests.support.fake_node import PASSWORD, in_own_process
from tests.support.scenarios import ANYONE
from tests.support.screens import still, wait_for
from tui import fields
from tui.app import Console
from tui.profile import load_profile
from tui.screens.check import turns as check_turns
from tui.screens.record.entry import Until
from tui.screens.record.fields import RecordFields

Run = Callable[[Pilot[None]], Awaitable[None]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with in_own_process(tmp_path_factory.mktemp("counter"), "tests.support.fake_counter") as place:
        yield place


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(fields, "now", lambda: datetime(2026, 11, 21, 12, 1))
    monkeypatch.setattr(check_turns, "monotonic", lambda: 0.0)
    with monkeypatch.context() as there:
        there.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def console(folder: Path, lang: str = "it") -> Console:
    return Console(load_profile(folder / "bruno.toml", lang))


def recording(facet: str, until: str, *keys: str, code: str = ANYONE, promise: Until | None = None) -> Run:
    """Write help for a person without a check, press keys, wait until something is said."""

    async def run(pilot: Pilot[None]) -> None:
        await wait_for(pilot, " / bruno")
        pilot.app.action_go_to("record")  # type: ignore[attr-defined]
        await wait_for(pilot, "F9")
        still(pilot.app)
        choice: Select[str] = pilot.app.screen.query_one("#facet", Select)
        choice.value = facet
        if promise is not None:
            pilot.app.screen.query_one(RecordFields).promise(promise)
        for name, text in (("code", code), ("amount", "40,00" if code else "")):
            pilot.app.screen.query_one(f"#{name}", Input).value = text
        await wait_for(pilot, "0pen0pen" if code else "F6")
        if code:
            await wait_for(pilot, " 4 ")  # how many live together
        await pilot.press(*keys)
        for part in until.split("|"):
            await wait_for(pilot, part)
        await pilot.pause(0.2)

    return run


def refused(facet: str, until: str) -> Run:
    """Check a person whom the network is not asked about, and go on to REGISTRA."""

    async def run(pilot: Pilot[None]) -> None:
        await wait_for(pilot, " / bruno")
        choice: Select[str] = pilot.app.screen.query_one("#facet", Select)
        choice.value = facet
        pilot.app.screen.query_one("#code", Input).value = ANYONE
        await pilot.press("f2")
        await wait_for(pilot, "consen")
        await pilot.press("f3")
        await wait_for(pilot, until)
        await wait_for(pilot, "0pen0pen")
        await wait_for(pilot, "Nucleo 4")
        still(pilot.app)

    return run


@pytest.mark.parametrize(
    ("lang", "size", "run"),
    [
        ("it", (80, 24), recording("food_parcel", "F6", code="")),
        ("en", (120, 40), recording("heating", "are asked...", "f2")),
        ("it", (80, 24), recording("food_parcel", "Non ancora consegnato", "f2")),
        ("en", (80, 24), recording("basic_goods", "It can be undone until", "f2", promise=Until.NONE)),
        ("it", (120, 40), refused("rent_arrears", "NON VERIFICATO")),
        ("it", (80, 24), recording("gas", "TROVATO DOPO", "f5")),
    ],
    ids=["empty", "reserving", "reason", "saved", "refused_wide", "list"],
)
def test_states(folder: Path, snap_compare: Any, lang: str, size: tuple[int, int], run: Run) -> None:
    assert snap_compare(console(folder, lang), terminal_size=size, run_before=run)
