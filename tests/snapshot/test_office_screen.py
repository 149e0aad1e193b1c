"""ACCREDITAMENTO as it is painted, in each of its states."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from maglia.core.directory import Directory, Official
from maglia.core.vocabulary import NetworkRole
from tests.support.fake_node import in_own_process
from tests.support.fake_office import NOW
from tests.support.screens import still, wait_for
from tests.support.shots import LOOK_IDS, LOOKS, SMALL, WIDE, Run, console, unmoved
from tui import in_force, open_drafts
from tui.draft_check import InForce
from tui.office_model import Change, OpenDraft
from tui.open_drafts import Waiting
from tui.screens.office import queue as office_queue

__all__ = ["unmoved"]
pytestmark = pytest.mark.usefixtures("unmoved", "on_that_day")
OPEN = [
    Waiting(
        OpenDraft("d1", (Change("approve", "onlus-ponte"),), ("Paolo",), 2),
        [
            "Entra: onlus-ponte, Onlus Ponte (onlus)",
            "  impronta: 4F-A1-09-7C-22-0B-91-D3-5E-66",
            "  aiuti: Buono spesa, Spesa",
            "  scopi: Aiuti già dati, Invio a un altro ente",
        ],
    ),
    Waiting(
        OpenDraft("d2", (Change("change", "mensa-est", facets=("loan",)),), ("Irene [/bad]",), 2),
        problem="La bozza cambia anche altri enti: mensa-est. Non firmare e avvisare i custodi della radice.",
    ),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with in_own_process(tmp_path_factory.mktemp("office"), "tests.support.fake_office") as place:
        yield place


@pytest.fixture
def on_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Freeze the clock, and what is read of signed files: a real registry's tests read real ones."""

    async def drafts(*_: object) -> list[Waiting]:
        return OPEN

    async def directory(*_: object) -> InForce:
        return InForce(directory=Directory("distretto-prova", 7, 1, bytes(32), officials=officials()))

    monkeypatch.setattr(office_queue, "time", lambda: float(NOW))
    monkeypatch.setattr(office_queue, "today", lambda: date(2026, 11, 21))
    monkeypatch.setattr(open_drafts, "waiting_drafts", drafts)
    monkeypatch.setattr(in_force, "read_in_force", directory)


def officials() -> dict[str, Official]:
    people = (
        ("sara", "Sara Verdi", NetworkRole.AUDITOR, "2190-12-31"),
        ("dario", "Dario Bassi", NetworkRole.DPO, "2020-12-31"),
    )
    return {
        name: Official(name, shown, role, bytes([at + 1]) * 32, b"c", "PG/2026/7", last)
        for at, (name, shown, role, last) in enumerate(people)
    }


def doing(until: str, *steps: tuple[str, str]) -> Run:
    """Return what waits for a text, then presses key after key, each until a text."""

    async def run(pilot: Pilot[None]) -> None:
        await wait_for(pilot, " / ")
        await wait_for(pilot, until)
        for key, text in steps:
            await pilot.press(key)
            await wait_for(pilot, text)
        still(pilot.app)

    return run


TWO = [("it", SMALL), pytest.param("en", WIDE, marks=pytest.mark.long)]
TWO_IDS = ["it-80x24", "en-120x40"]


@pytest.mark.parametrize(("lang", "size"), LOOKS, ids=LOOK_IDS)
def test_queue(folder: Path, lang: str, size: tuple[int, int], snap_compare: Any) -> None:
    run = doing("onlus-ponte)")
    assert snap_compare(console(folder, lang, "paolo"), terminal_size=size, run_before=run)


@pytest.mark.parametrize(("lang", "size"), TWO, ids=TWO_IDS)
@pytest.mark.parametrize(
    ("user", "until"),
    [("vuoto", "maglia-node"), ("lento", "..."), ("rotto", "!!"), ("meta", "onlus-ponte)")],
    ids=["empty", "loading", "refused", "partial"],
)
def test_states(folder: Path, user: str, until: str, lang: str, size: tuple[int, int], snap_compare: Any) -> None:
    assert snap_compare(console(folder, lang, user), terminal_size=size, run_before=doing(until))


@pytest.mark.parametrize(("lang", "size"), TWO, ids=TWO_IDS)
@pytest.mark.parametrize(
    ("key", "until"),
    [("2", "caritas-nord"), ("3", "PG/2026/7"), ("4", "ambito-nord"), ("5", "4F-A1")],
    ids=["nodes", "officials", "procedures", "drafts"],
)
def test_parts(folder: Path, key: str, until: str, lang: str, size: tuple[int, int], snap_compare: Any) -> None:
    run = doing("onlus-ponte)", (key, until))
    assert snap_compare(console(folder, lang, "paolo"), terminal_size=size, run_before=run)


TO_TOKEN = (("down", "aps-lanterna)"), ("down", "mensa-est)"), ("down", "emporio-nord)"))


@pytest.mark.parametrize(
    "steps",
    [
        [("down", "aps-lanterna)"), ("f2", "legge ad alta voce")],
        [*TO_TOKEN, ("f2", "[ Emetti ]"), ("right", "[ Emetti ]"), ("enter", "4f3a 09b1")],
        [*TO_TOKEN, ("f3", "ATTI"), ("2", "MODIFICA")],
    ],
    ids=["voice", "token", "change"],
)
def test_windows(folder: Path, steps: list[tuple[str, str]], snap_compare: Any) -> None:
    run = doing("onlus-ponte)", *steps)
    assert snap_compare(console(folder, "it", "paolo"), terminal_size=SMALL, run_before=run)
