"""PERSONA as it is painted, in each of its states."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from maglia.core.translation import tr
from tests.support.fake_node import PASSWORD, in_own_process
from tests.support.fake_person import NOW_MS, SLOW
from tests.support.scenarios import ANOTHER, ANYONE, THIRD
from tests.support.screens import still, text_of, wait_for
from tui.app import Console
from tui.profile import load_profile
from tui.screens.person import desk as person_desk
from tui.screens.person import doing as person_doing
from tui.screens.person import screen as person
from tui.screens.person.screen import PersonScreen

SMALL, LARGE = (80, 24), (120, 40)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with in_own_process(tmp_path_factory.mktemp("person"), "tests.support.fake_person") as place:
        yield place


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    monkeypatch.delenv("NO_COLOR", raising=False)
    for module in (person, person_desk, person_doing):
        monkeypatch.setattr(module, "now_ms", lambda: NOW_MS)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def console(folder: Path, lang: str = "it") -> Console:
    return Console(load_profile(folder / "anna.toml", lang))


STATES: list[tuple[str, str, tuple[str, str], str]] = [
    ("empty", "", ("Leggere la tessera", "Scan the card"), ""),
    ("error", "XYZ", ("Codice non valido", "Invalid code"), ""),
    ("loading", SLOW, ("Lettura in corso", "Reading..."), ""),
    ("nothing", ANOTHER, ("non c'è ancora nulla", "nothing of this person here yet"), ""),
    ("partial", THIRD, ("Il controllo delle regole non risponde", "The policy engine does not answer"), "3"),
    ("full", ANYONE, ("Resta 1 ente da avvisare", "1 body is still to be told"), "1"),
]
"""Each state: its name, whose code is read, what is waited for, the key of what is looked at."""
VIEWS = "23456"


async def read(pilot: Pilot[None], code: str, until: str) -> str:
    """Go on to another person, and return what is shown of them."""
    await pilot.press("f4")
    pilot.app.screen.query_one("#code", Input).value = code
    if code:
        await pilot.press("f2")
    await wait_for(pilot, until)
    return text_of(pilot.app)


async def settled(pilot: Pilot[None]) -> str:
    """Return what is shown once it changes no more."""
    before = ""
    while before != (shown := text_of(pilot.app)):
        before = shown
        await pilot.pause(0.1)
    return shown


def window(shown: str) -> str:
    """Return the window that stands over a screen: what is behind it may be painted or not."""
    lines = shown.splitlines()
    first = next(at for at, line in enumerate(lines) if "┌─ CORRE" in line)
    last = next(at for at, line in enumerate(lines[first:], first) if "└" in line)
    left, right = lines[first].index("┌─ CORRE"), lines[first].rindex("┐")
    return "\n".join(line[left : right + 1] for line in lines[first : last + 1])


async def opened(pilot: Pilot[None]) -> None:
    """Go to the screen."""
    await wait_for(pilot, "Emporio Nord / anna")
    pilot.app.action_go_to("person")  # type: ignore[attr-defined]
    await wait_for(pilot, "─ PERSON")
    still(pilot.app)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("lang", ["it", "en"])
async def test_what_is_read_in_each_state(folder: Path, snapshot: Any, lang: str, size: tuple[int, int]) -> None:
    shown = {}
    async with console(folder, lang).run_test(size=size) as pilot:
        await opened(pilot)
        for name, code, until, key in STATES:
            await read(pilot, code, until[lang == "en"])
            await pilot.press(*key)
            shown[name] = await settled(pilot)
        for key in VIEWS if lang == "it" else "":
            await pilot.press(key)
            shown[f"view {key}"] = await settled(pilot)
        await pilot.press("1", "f3")
        await wait_for(pilot, tr("CORREGGI AIUTO", lang))
        shown["correction"] = window(await settled(pilot))
    keys = shown["full"].splitlines()[-1]
    for action in (*PersonScreen.OWN, next(one for one in PersonScreen.ACTIONS if one.key == "f10")):
        assert f"{action.shown} {tr(action.words, lang)}" in keys
    assert "\x1b" not in "".join(shown.values())
    for name, text in shown.items():
        assert text == snapshot(name=name)


def test_full_in_colours(folder: Path, snap_compare: Any) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await opened(pilot)
        await read(pilot, ANYONE, "Resta 1 ente da avvisare")
        await pilot.pause()

    assert snap_compare(console(folder), terminal_size=SMALL, run_before=run)
