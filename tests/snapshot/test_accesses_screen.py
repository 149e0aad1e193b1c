"""ACCESSI of an auditor as it is painted: before anything was read, full, with a log left out, with a damaged copy."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.support.audit_folder import audit_folder, let_in, quick_key
from tests.support.screens import still, wait_for
from tests.support.shots import LOOK_IDS, LOOKS, SMALL, console, in_looks, unmoved
from tui.screens import names

__all__ = ["unmoved"]
pytestmark = pytest.mark.usefixtures("unmoved")
STATES = {
    "nothing": ((), ("Nessun registro letto", "No log was read")),
    "full": (("f4",), ("rifiuti", "refusals")),
    "partial": (("f5",), ("PARZIALE: esclusi", "PARTIAL: left out")),
    "error": ((), ("!!", "!!")),
}
READY = ("F4 cerca voci", "F4 searches")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick_key(monkeypatch)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    with pytest.MonkeyPatch.context() as patched:
        quick_key(patched)
        made = {state: tmp_path_factory.mktemp(state) for state in STATES}
        for state, folder in made.items():
            audit_folder(folder, state)
        yield made


def entering(state: str, lang: str, keys: tuple[str, ...], until: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    async def run(pilot: Pilot[None]) -> None:
        await let_in(pilot)
        if state in {"full", "partial"}:
            await wait_for(pilot, READY[lang == "en"])
            for name, day in (("#since", "01/01/2027"), ("#until", "31/01/2027")):
                pilot.app.screen.query_one(name, Input).value = day
        await pilot.press(*keys)
        await wait_for(pilot, until)
        still(pilot.app)

    return run


@pytest.mark.parametrize(("state", "lang", "size"), in_looks(STATES, "full"))
def test_states(folders: dict[str, Path], state: str, lang: str, size: tuple[int, int], snap_compare: Any) -> None:
    keys, until = STATES[state]
    run = entering(state, lang, keys, until[lang == "en"])
    assert snap_compare(console(folders[state], lang, "sara"), terminal_size=size, run_before=run)


class _Saturday(date):
    @classmethod
    def today(cls) -> _Saturday:
        return cls(2026, 11, 21)


@pytest.mark.parametrize(("lang", "size"), LOOKS, ids=LOOK_IDS)
def test_names(
    folders: dict[str, Path], lang: str, size: tuple[int, int], snap_compare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "date", _Saturday)

    async def run(pilot: Pilot[None]) -> None:
        await let_in(pilot)
        await pilot.app.run_action("go_to('names')")
        await wait_for(pilot, "20/01/2027")
        still(pilot.app)

    assert snap_compare(console(folders["nothing"], lang, "sara"), terminal_size=size, run_before=run)


@pytest.mark.parametrize(
    ("state", "keys", "until"),
    [
        ("partial", ("f3",), "FUORI ORARIO"),
        ("partial", ("3",), "CATENA INTERROTTA"),
    ],
    ids=["signals", "logs"],
)
def test_parts_and_windows(
    folders: dict[str, Path], state: str, keys: tuple[str, ...], until: str, snap_compare: Any
) -> None:
    async def run(pilot: Pilot[None]) -> None:
        if keys == ("3",):
            await entering(state, "it", ("f5",), "PARZIALE: esclusi")(pilot)
        else:
            await entering(state, "it", (), "Ricerca PARZIALE")(pilot)
        await pilot.press(keys[-1])
        await wait_for(pilot, until)
        still(pilot.app)

    assert snap_compare(console(folders[state], "it", "sara"), terminal_size=SMALL, run_before=run)
