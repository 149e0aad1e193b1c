"""REGISTRA beside real nodes: two bodies set the same help aside at once, and each operator reads of the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Select

from maglia.core.identity import server_name
from tests.clerk import fictional_code
from tests.integration.node_world import Site, joined
from tests.integration.registry_world import NETWORK, PASSWORD, World, copy_of, make_template, served
from tests.integration.test_epoch_rotation import counter
from tests.support.screens import wait_for
from tui.app import Console
from tui.profile import Profile, load_profile
from tui.screens.record.entry import Until
from tui.screens.record.fields import RecordFields
from tui.screens.record.screen import RecordScreen

EST, PONTE = "onlus-est", "onlus-ponte"
WHO, NO_CONSENT = fictional_code(1), fictional_code(2)
SIZE = (80, 24)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("recording") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


def profile(site: Site, folder: Path) -> Profile:
    (site.folder / "front.pem").write_bytes(site.keys.front.certificate)
    file = folder / f"{site.member}.toml"
    lines = (
        f"endpoint = '{site.settings().front}'",
        f"ca_file = '{site.folder / 'front.pem'}'",
        f"server_name = '{server_name(site.member, NETWORK)}'",
        "user = 'anna'",
    )
    file.write_text("\n".join(lines))
    return load_profile(file, "it")


async def write(pilot: Pilot[None], code: str, until: Until) -> None:
    """Write help for a person on REGISTRA."""
    await wait_for(pilot, " / anna")
    if not isinstance(pilot.app.screen, RecordScreen):
        pilot.app.action_go_to("record")  # type: ignore[attr-defined]
        await wait_for(pilot, "REGISTRA AIUTO")
    screen = pilot.app.screen
    facet: Select[str] = screen.query_one("#facet", Select)
    facet.value = "food_parcel"
    screen.query_one(RecordFields).promise(until)
    for name, text in (("code", code), ("amount", "40,00")):
        screen.query_one(f"#{name}", Input).value = text
    await wait_for(pilot, "valido")
    await pilot.pause()


@pytest.mark.long
async def test_each_of_two_reads_of_the_other_before_help_is_given(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    sites = await joined(world, tmp_path, EST, PONTE)
    est, ponte = (profile(site, tmp_path) for site in sites)
    async with AsyncExitStack() as stack:
        for site in sites:
            await (await stack.enter_async_context(counter(site))).consent(WHO)
        pilots = [
            await stack.enter_async_context(Console(one, lock_after_s=0.0).run_test(size=SIZE)) for one in (est, ponte)
        ]
        for pilot in pilots:
            await write(pilot, WHO, Until.TWO_HOURS)
            await pilot.press("f3")
            await wait_for(pilot, "Per la consegna: F2")
        assert "ha un impegno uguale dalle" in await wait_for(pilots[1], "!!")
        for pilot in pilots:
            await pilot.press("f2")
            shown = await wait_for(pilot, "Non ancora consegnato")
            assert "ha un impegno uguale dalle" in shown
        first = pilots[0]
        reason: Select[str] = first.app.screen.query_one("#reason", Select)
        reason.value = "agreed"
        await first.press("f2")
        await wait_for(first, "Annullabile fino alle")
        await first.press("f9")
        await wait_for(first, "Annullare quanto appena salvato?")
        await first.press("right", "enter")
        await wait_for(first, "Torna un impegno")
        await first.press("f9")
        await wait_for(first, "Annullare questo impegno?")
        await first.press("right", "enter")
        await wait_for(first, "Annullato")
        await _without_consent_or_code(first)


async def _without_consent_or_code(pilot: Pilot[None]) -> None:
    """Nobody is turned away: without consent help is given and kept here, without a code by name."""
    await pilot.press("f4")
    await write(pilot, NO_CONSENT, Until.NONE)
    await pilot.press("f2")
    await wait_for(pilot, "Annullabile fino alle")
    await pilot.press("f4", "f6")
    await wait_for(pilot, "PERSONA SENZA CODICE")
    for name, text in (("name", "Xqzar Wqzi"), ("born", "01/02/1980"), ("place", "Tlemcen")):
        pilot.app.screen.query_one(f"#{name}", Input).value = text
    await pilot.press("enter")
    await wait_for(pilot, "Nessuno è registrato con un nome simile")
    await pilot.click("#new")
    await wait_for(pilot, "Xqzar Wqzi, 01/02/1980")
    pilot.app.screen.query_one("#amount", Input).value = "5,00"
    await pilot.press("f2")
    await wait_for(pilot, "NOME:1")
    await asyncio.sleep(0)
