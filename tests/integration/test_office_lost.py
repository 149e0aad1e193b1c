"""ACCREDITAMENTO when the registry goes away while somebody works there, and when it is back."""

from __future__ import annotations

import pytest

from tests.integration.test_office_screen import SIZE, choose, fixed, log_in_again, lose_session, write
from tests.support import fake_office
from tests.support.fake_office import FakeOffice
from tests.support.screens import text_of, wait_for
from tui.app import Console
from tui.profile import load_profile

__all__ = ["fixed"]


async def test_of_an_act_that_was_cut_nobody_claims_to_know_and_the_table_says_of_when_it_is(
    fixed: FakeOffice,
) -> None:
    async with Console(load_profile(fixed.folder / "paolo.toml", "it"), lock_after_s=0).run_test(size=SIZE) as pilot:
        await wait_for(pilot, "onlus-ponte)")
        await pilot.press("down")
        await wait_for(pilot, "aps-lanterna)")
        await choose(pilot, "Restituisci")
        await wait_for(pilot, "ripresenta la domanda")
        await write(pilot, "manca la pagina 2")
        await fixed.stop()
        await pilot.press("enter")
        shown = await wait_for(pilot, "non si sa se l'atto è arrivato.")
        assert "F6: la riga e le Bozze dicono" in shown
        assert "La tabella è delle " in shown
        await pilot.press("f6")
        shown = await wait_for(pilot, "Il registro non risponde.")
        assert "La tabella è delle " in shown
        assert "aps-lanterna)" in shown


async def test_who_logs_in_again_after_a_reading_that_failed_reads_the_table_anew(
    fixed: FakeOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Console(load_profile(fixed.folder / "paolo.toml", "it"), lock_after_s=0).run_test(size=SIZE) as pilot:
        await wait_for(pilot, "onlus-ponte)")
        await lose_session(pilot, monkeypatch)
        late = fake_office.member("mensa-tarda", "Mensa Tarda", "odv", "applied", applied_at=fake_office.NOW)
        monkeypatch.setattr(fake_office, "MEMBERS", [*fake_office.MEMBERS, late])
        await log_in_again(pilot)
        await wait_for(pilot, "Mensa Tarda")
        assert "Accesso rifatto." in text_of(pilot.app)
