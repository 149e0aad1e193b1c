"""SENZA RETE as it is painted: empty, with what waits and what the node turned down, and the login that leads there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from maglia.core.errors import Code
from tests.support.fake_node import PASSWORD, in_own_process
from tests.support.scenarios import ANOTHER, ANYONE
from tests.support.screens import still, wait_for
from tests.support.shots import LOOK_IDS, LOOKS, SMALL, console, going_to, unmoved
from tui.model import Aid, Consent
from tui.offline_model import Taken, ToCheck
from tui.offline_store import OfflineStore
from tui.profile import load_profile

__all__ = ["unmoved"]
pytestmark = pytest.mark.usefixtures("unmoved")
AT_MS = 1_795_254_060_000
ASKED = ToCheck("food_parcel", "aid_overlap")
AID = Aid(ANYONE, "food_parcel", "2026-11-21", 40_00, "given", "")
CONSENT = Consent(ANYONE, ("aid_overlap",), "2026-1", "it", "2026-11-21", "oral")
TAKEN = (
    Taken(0, "a1", AT_MS, CONSENT),
    Taken(0, "a2", AT_MS, AID, ASKED),
    Taken(
        0, "a3", AT_MS + 60_000, replace(AID, identifier=ANOTHER, amount_cents=0), refused=Code.CONSENT_MISSING.value
    ),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with in_own_process(tmp_path_factory.mktemp("offline")) as made:
        yield made


def keep(folder: Path) -> None:
    """Have things wait to be sent."""
    profile = load_profile(folder / "anna.toml")
    profile.offline.unlink(missing_ok=True)
    for one in TAKEN:
        OfflineStore(profile.offline, PASSWORD).add(one)


@pytest.mark.parametrize(("lang", "size"), LOOKS, ids=LOOK_IDS)
def test_waiting(folder: Path, lang: str, size: tuple[int, int], snap_compare: Any) -> None:
    keep(folder)
    go = going_to("offline", "3   ")

    async def run(pilot: Pilot[None]) -> None:
        await go(pilot)
        pilot.app.clear_notifications()
        await pilot.pause()

    assert snap_compare(console(folder, lang), terminal_size=size, run_before=run)


def test_nothing_waits(folder: Path, snap_compare: Any) -> None:
    load_profile(folder / "anna.toml").offline.unlink(missing_ok=True)
    run = going_to("offline", "Niente da inviare.")
    assert snap_compare(console(folder, "it"), terminal_size=SMALL, run_before=run)


def test_wrong_fields(folder: Path, snap_compare: Any) -> None:
    load_profile(folder / "anna.toml").offline.unlink(missing_ok=True)
    run = going_to("offline", "Niente da inviare.", ("f2", "!!"))
    assert snap_compare(console(folder, "it"), terminal_size=SMALL, run_before=run)


@pytest.mark.parametrize("lang", ["it", "en"])
def test_the_way_in_where_the_node_is_away(tmp_path: Path, lang: str, snap_compare: Any) -> None:
    with in_own_process(tmp_path) as gone:
        pass

    async def run(pilot: Pilot[None]) -> None:
        await wait_for(pilot, "F3")
        await wait_for(pilot, "Senza rete" if lang == "it" else "Offline")
        still(pilot.app)

    assert snap_compare(console(gone, lang), terminal_size=SMALL, run_before=run)
