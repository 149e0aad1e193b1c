"""What pictures of screens have in common: sizes, languages, and nothing that moves."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.fake_node import PASSWORD
from tests.support.screens import still, wait_for
from tui.app import Console
from tui.profile import load_profile

Run = Callable[[Pilot[None]], Awaitable[None]]
SMALL, WIDE = (80, 24), (120, 40)
LOOKS = [("it", SMALL), ("it", WIDE), ("en", SMALL), ("en", WIDE)]
LOOK_IDS = [f"{lang}-{width}x{height}" for lang, (width, height) in LOOKS]


def in_looks(states: Iterable[str], full: str, name: str = "{look}-{state}") -> Iterator[Any]:
    """Yield each state with its language and size, called `name`: what is full in every look, the others in the first.

    What differs from these by words or room alone is tried with the long tests.
    """
    for state in states:
        for look, (lang, size) in zip(LOOK_IDS, LOOKS, strict=True):
            marks = () if state == full or look == LOOK_IDS[0] else (pytest.mark.long,)
            yield pytest.param(state, lang, size, marks=marks, id=name.format(look=look, state=state))


@pytest.fixture
def unmoved(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Log in without a question, in colours, on a clock of one time zone."""
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv("NO_COLOR", raising=False)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def console(folder: Path, lang: str, user: str = "anna") -> Console:
    """Return a console of one of the scripted node's operators, who left nothing unsent before."""
    without_drafts(folder)
    return Console(load_profile(folder / f"{user}.toml", lang), lock_after_s=0)


def going_to(place: str, until: str, *steps: tuple[str, str]) -> Run:
    """Return what goes to a place and waits for a text there, then presses key after key, each until a text."""

    async def run(pilot: Pilot[None]) -> None:
        await wait_for(pilot, " / ")
        await pilot.app.run_action(f"go_to('{place}')")
        await wait_for(pilot, until)
        for key, text in steps:
            await pilot.press(key)
            await wait_for(pilot, text)
        still(pilot.app)

    return run


def without_drafts(folder: Path) -> None:
    """Forget what another test's console was writing when its picture was taken."""
    for path in folder.glob("*.drafts"):
        path.unlink()
