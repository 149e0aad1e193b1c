"""A call for applicants on the screen, at a real node: a body that is slow, a console that is closed meanwhile."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Checkbox, Select

from tests.clerk import fictional_code
from tests.e2e.live import LiveNetwork
from tests.e2e.test_bando import FACET, asker, frozen, procedure, warm
from tests.support.screens import text_of
from tui.app import Console
from tui.profile import load_profile

pytestmark = pytest.mark.xdist_group("small")
PATIENCE_S = 60.0


async def wait_for(pilot: Pilot[None], text: str) -> str:
    """Wait as long as real bodies may take."""
    until = time.monotonic() + PATIENCE_S
    while text not in (shown := text_of(pilot.app)):
        assert time.monotonic() < until, f"{text!r} never came:\n{shown}"
        await pilot.pause(0.1)
    return shown


def console(network: LiveNetwork) -> Console:
    return Console(load_profile(Path(network.node(asker(network))["profile"]), "it"))


async def test_an_officer_checks_a_call_on_the_screen(
    small: LiveNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = asker(small)
    slow = next(member for member in reversed(small.members()) if member != me)
    monkeypatch.setenv("MAGLIA_PASSWORD", small.node(me)["operators"][0]["password"])
    monkeypatch.chdir(tmp_path)
    rows = [f"{fictional_code(200 + place)};N{place}" for place in range(8)]
    (tmp_path / "elenco.csv").write_text("\n".join(["Cod. fiscale;Nucleo familiare", *rows, "XQZ;N1"]))
    warm(small, tmp_path, 250)
    with frozen(small, slow):
        async with console(small).run_test(size=(80, 24)) as pilot:
            await wait_for(pilot, "Invio apre un bando")
            await pilot.press("f2", *"elenco.csv", "tab", *procedure(small))
            facet: Select[str] = pilot.app.screen.query_one("#facet", Select)
            facet.value = FACET
            await pilot.press("f2")
            await wait_for(pilot, "Righe 9, di cui scartate 1.")
            await pilot.press("f2")
            await wait_for(pilot, "Righe scartate: 1 su 9. Si controllano le altre 8")
            await pilot.press("f2")
            await wait_for(pilot, "Righe     [")
    async with console(small).run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, "elenco.csv")
        await pilot.press("home", "enter")
        await wait_for(pilot, "(finito)")
        if "righe sono parziali" in text_of(pilot.app):
            await pilot.press("f6")
        shown = await wait_for(pilot, "Nessun riscontro 8   Riscontro 0   Parziali 0   Scartate 1")
        assert "10 XQZ               SCARTATA" in shown
        await pilot.press("f2")
        await wait_for(pilot, "[5 ESPORTA]")
        pilot.app.screen.query_one("#with-ranking", Checkbox).value = True
        await pilot.press("f2")
        await wait_for(pilot, "Scritto: esiti-")
    _check_files(tmp_path)


def _check_files(folder: Path) -> None:
    [published] = folder.glob("elenco-*[!e].csv")
    [key] = folder.glob("elenco-*-chiave.csv")
    lines = {path: path.read_text("utf-8-sig").splitlines() for path in (published, key)}
    assert Counter(len(each) for each in lines.values()) == {9: 2}
    for place in range(8):
        assert not any(fictional_code(200 + place) in line for line in lines[published])
        assert any(fictional_code(200 + place) in line for line in lines[key])
    [results] = folder.glob("esiti-*.xlsx")
    assert results.stat().st_mode & 0o777 == 0o600
