"""PERSONA at a real node: from an empty file to a corrected one, a temporary code that gives way, a word taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Checkbox, Input

from tests.clerk import fictional_code
from tests.integration.node_world import Site, joined
from tests.integration.registry_world import NETWORK, PASSWORD, copy_of, make_template, served
from tests.integration.test_epoch_rotation import counter
from tests.support.screens import text_of, wait_for
from tui.app import Console
from tui.profile import Profile

STP, CF, CHILD = "STP0309990000001", fictional_code(1), fictional_code(2)


def profile(site: Site) -> Profile:
    (site.folder / "front.pem").write_bytes(site.keys.front.certificate)
    return Profile(
        site.settings().front,
        site.member,
        NETWORK,
        site.folder / "front.pem",
        "anna",
        drafts=site.folder / "anna.drafts",
    )


async def fill(pilot: Pilot[None], name: str, **fields: str) -> None:
    """Write into the window that is open, and give an answer."""
    await pilot.pause()
    for field, text in fields.items():
        pilot.app.screen.query_one(f"#{field}", Input).value = text
    await pilot.pause()
    next(button for button in pilot.app.screen.query(Button) if button.name == name).focus()
    await pilot.pause()
    await pilot.press("enter")


async def test_a_file_is_kept_in_order_at_a_real_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    async with served(copy_of(make_template(tmp_path / "template"), tmp_path / "registry")) as world:
        [site] = await joined(world, tmp_path, "onlus-ponte", facets="food_parcel")
        async with counter(site) as anna:
            await anna.help(STP)
            async with Console(profile(site)).run_test(size=(80, 24)) as pilot:
                await wait_for(pilot, " / anna")
                pilot.app.action_go_to("person")  # type: ignore[attr-defined]
                await wait_for(pilot, "─ PERSON")
                await use(pilot)


async def use(pilot: Pilot[None]) -> None:
    """Do one thing of each kind."""
    pilot.app.screen.query_one("#code", Input).value = STP
    await pilot.press("f2")
    await wait_for(pilot, "[1 Aiuti 1]")

    await pilot.press("f3")
    await wait_for(pilot, "CORREGGI AIUTO")
    await fill(pilot, "send", amount="12,50", creditor="Emporio")
    await wait_for(pilot, "Corretto, vale da ora")
    await wait_for(pilot, "[1 Aiuti 2]")
    await pilot.press("home", "f9")
    await wait_for(pilot, "Torna valida la versione di prima.")
    await fill(pilot, "yes")
    await wait_for(pilot, "Vale di nuovo, DATO")
    await wait_for(pilot, "[1 Aiuti 1]")

    await pilot.press("2", "f3")
    await wait_for(pilot, "CHE COSA FARE")
    await pilot.press("2")
    await wait_for(pilot, "COLLEGA CODICE")
    await fill(pilot, "send", other=CF)
    await wait_for(pilot, f"NUOVO    {CF}")
    await fill(pilot, "yes")
    await wait_for(pilot, f"noto anche come {STP}")
    await pilot.press("f3", "1")
    await wait_for(pilot, "Chi vive con questa persona")
    await fill(pilot, "send", member=CHILD)
    await wait_for(pilot, "[2 Nucleo 2]")

    await pilot.press("3")
    await pilot.press("f3")
    await wait_for(pilot, "CHE COSA FARE")
    await pilot.press("1")
    await wait_for(pilot, "letta alla persona")
    pilot.app.screen.query_one("#read", Checkbox).value = True
    await fill(pilot, "send")
    await wait_for(pilot, "Consenso registrato: Aiuti già dati")
    await wait_for(pilot, "VALIDO")
    await pilot.press("f3", "2")
    await wait_for(pilot, "RITIRARE IL CONSENSO?")
    await fill(pilot, "all")
    await wait_for(pilot, "Consenso ritirato.")
    await wait_for(pilot, "RITIRATO")

    await pilot.press("4", "f3")
    await wait_for(pilot, "NUOVO BISOGNO")
    await fill(pilot, "send", owed="900,00", need="LEASE:T9X/2024/3T/1234")
    await wait_for(pilot, "[4 Bisogni 1]")
    await pilot.press("5", "f3")
    await wait_for(pilot, "NUOVA NOTA")
    await fill(pilot, "send", note="Chiamare dopo le 15")
    await wait_for(pilot, "[5 Note 1]")
    assert "Chiamare dopo le 15" in text_of(pilot.app)
