"""SENZA RETE with a node that comes back: one key sends everything, once the login that was missing is made."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Select

from tests.clerk import fictional_code
from tests.integration.node_world import joined
from tests.integration.registry_world import PASSWORD, copy_of, make_template, served
from tests.integration.test_epoch_rotation import counter
from tests.integration.test_offline_sending import profile_of
from tests.support.screens import text_of, wait_for
from tui import doors
from tui.app import Console
from tui.entering import at
from tui.profile import load_profile

WHO = fictional_code(1)


async def enter(pilot: Pilot[None], field: str, until: str, key: str = "enter") -> None:
    pilot.app.screen.query_one(field, Input).value = PASSWORD
    await pilot.press(key)
    await wait_for(pilot, until)


async def take_alone(pilot: Pilot[None]) -> None:
    """Come in without the node, and take help with a consent."""
    await wait_for(pilot, "ACCESSO")
    await enter(pilot, "#password", "Il nodo dell'ente non risponde.")
    await pilot.press("f3")
    await wait_for(pilot, "Di nuovo")
    await enter(pilot, "#again", "Niente da inviare.")
    pilot.app.screen.query_one("#code", Input).value = WHO
    asked: Select[str] = pilot.app.screen.query_one("#asked", Select)
    asked.value = "now"
    await pilot.press("f2")
    await wait_for(pilot, "OK Preso n. 2: aiuto, Spesa")
    await wait_for(pilot, WHO)


async def again_until(pilot: Pilot[None], until: str) -> None:
    """Press Enter again as a person does: a line that was down is tried anew only after a moment."""
    pilot.app.screen.query_one("#password", Input).value = PASSWORD
    for _ in range(8):
        await pilot.press("enter")
        with suppress(TimeoutError):
            async with asyncio.timeout(1.5):
                await wait_for(pilot, until)
                return
    raise AssertionError(text_of(pilot.app))


async def test_what_was_taken_alone_is_on_file_once_the_node_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MAGLIA_PASSWORD", raising=False)
    template = make_template(tmp_path / "template" / "registry")
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(served(copy_of(template, tmp_path / "registry")))
        [site] = await joined(world, tmp_path, "onlus-est", facets="food_parcel")
        async with counter(site):
            pass  # its operator is known there, and then it is out of reach
        profile = load_profile(profile_of(site))
        async with Console(profile, lock_after_s=0).run_test(size=(80, 24)) as pilot:
            await take_alone(pilot)
            await pilot.press("f6")
            await wait_for(pilot, "Per inviare serve l'accesso al nodo")
            await stack.enter_async_context(counter(site))
            await again_until(pilot, "OK Inviato n. 1: consenso")
            shown = await wait_for(pilot, "Niente da inviare.")
            assert "OK Inviato n. 2: aiuto, Spesa" in shown
            assert "NON ANCORA VERIFICATO" in shown
        async with at(doors.records, profile, PASSWORD) as door:
            assert [one.facet for one in (await door.person_file(WHO)).records] == ["food_parcel"]
            assert (await door.consents(WHO)).consents[0].purposes == ("aid_overlap",)
    assert not profile.offline.exists()
