"""SENZA RETE: the counter goes on while its node does not answer, and sends what it took when the node is back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Select

from tests.support.fake_node import PASSWORD, FakeNode
from tests.support.scenarios import ANOTHER, ANYONE
from tests.support.screens import text_of, wait_for
from tui.app import Console
from tui.profile import Profile, load_profile
from tui.screens.work import GoTo

SIZE = (80, 24)


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's password is in the environment."""
    monkeypatch.delenv("MAGLIA_PASSWORD", raising=False)


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[FakeNode]:
    served = await FakeNode(tmp_path).start()
    yield served
    await served.stop()


@pytest.fixture
async def away(node: FakeNode) -> Profile:
    """A counter whose node was there once and is out of reach now."""
    profile = load_profile(node.profile("anna"), "it")
    await node.stop()
    return profile


def console(profile: Profile, lock_after_s: float = 0) -> Console:
    return Console(profile, lock_after_s=lock_after_s)


async def type_text(pilot: Pilot[None], text: str) -> None:
    await pilot.press(*text)


async def log_in(pilot: Pilot[None], until: str, password: str = PASSWORD) -> None:
    await wait_for(pilot, "ACCESSO")
    await type_text(pilot, password)
    await pilot.press("enter")
    await wait_for(pilot, until)


async def sit_alone(pilot: Pilot[None]) -> None:
    """Come in without the node, for the first time at this console."""
    await log_in(pilot, "Il nodo dell'ente non risponde.")
    await pilot.press("f3")
    await wait_for(pilot, "Di nuovo")
    await type_text(pilot, PASSWORD)
    await pilot.press("enter")
    await wait_for(pilot, "SENZA RETE")
    await wait_for(pilot, "Niente da inviare.")


def choose(pilot: Pilot[None], field: str, code: str) -> None:
    choice: Select[str] = pilot.app.screen.query_one(field, Select)
    choice.value = code


def write(pilot: Pilot[None], **texts: str) -> None:
    for name, text in texts.items():
        pilot.app.screen.query_one(f"#{name}", Input).value = text


async def test_help_and_a_consent_are_taken_and_said_to_be_unchecked(away: Profile) -> None:
    async with console(away).run_test(size=SIZE) as pilot:
        await sit_alone(pilot)
        write(pilot, code=ANYONE, amount="40,00")
        choose(pilot, "#asked", "now")
        await pilot.press("f2")
        shown = await wait_for(pilot, "OK Preso n. 2: aiuto, Spesa, 40,00 €")
        assert "OK Preso n. 1: consenso, Aiuti già dati" in shown
        assert "NON VERIFICATO: nessun ente è stato interrogato" in shown
        await wait_for(pilot, "2   ")
        assert text_of(pilot.app).count(ANYONE) == 2
        assert pilot.app.screen.query_one("#code", Input).value == ""
        write(pilot, code=ANYONE, amount="40,00")
        await pilot.press("f2")
        await wait_for(pilot, "Uguale al n. 2")
    assert away.offline.exists()
    assert not any(ANYONE.encode() in path.read_bytes() for path in away.offline.parent.iterdir() if path.is_file())


async def test_every_wrong_field_is_told_at_once(away: Profile) -> None:
    async with console(away).run_test(size=SIZE) as pilot:
        await sit_alone(pilot)
        write(pilot, code="XQZ", amount="1234.50", day="31/02/2026")
        await pilot.press("f2")
        shown = await wait_for(pilot, "Correggere questi campi e ripetere.")
        assert [name in shown for name in ("!! Persona:", "!! Importo:", "!! Data:")] == [True] * 3
        assert pilot.app.screen.query_one("#code", Input).has_focus
        assert not away.offline.exists()


async def test_a_wrong_password_opens_nothing_and_two_different_ones_take_nothing(away: Profile) -> None:
    async with console(away).run_test(size=SIZE) as pilot:
        await log_in(pilot, "Il nodo dell'ente non risponde.")
        await pilot.press("f3")
        await wait_for(pilot, "Di nuovo")
        await type_text(pilot, "un'altra")
        await pilot.press("enter")
        await wait_for(pilot, "Le due password non sono uguali")
        await type_text(pilot, PASSWORD)
        await pilot.press("enter")
        await wait_for(pilot, "Niente da inviare.")
        write(pilot, code=ANYONE)
        await pilot.press("f2")
        await wait_for(pilot, "Preso n. 1")
    async with console(away).run_test(size=SIZE) as pilot:
        await log_in(pilot, "Il nodo dell'ente non risponde.", "un'altra")
        await pilot.press("f3")
        shown = await wait_for(pilot, "non apre ciò che è stato preso")
        assert ANYONE not in shown
        await type_text(pilot, PASSWORD)
        await pilot.press("f3")
        await wait_for(pilot, ANYONE)


async def test_a_locked_console_opens_without_its_node_to_who_was_there(away: Profile) -> None:
    async with console(away, lock_after_s=2.0).run_test(size=SIZE) as pilot:
        await sit_alone(pilot)
        write(pilot, code=ANYONE, amount="12,50")
        shown = await wait_for(pilot, "Postazione bloccata")
        assert ANYONE not in shown
        await log_in(pilot, "Il nodo dell'ente non risponde.", "un'altra")
        await pilot.press("f3")
        await wait_for(pilot, "non apre ciò che è stato preso")
        await type_text(pilot, PASSWORD)
        await pilot.press("f3")
        await wait_for(pilot, ANYONE)
        assert pilot.app.screen.query_one("#amount", Input).value == "12,50"


async def test_something_is_taken_off_only_after_a_question(away: Profile) -> None:
    async with console(away).run_test(size=SIZE) as pilot:
        await sit_alone(pilot)
        write(pilot, code=ANYONE)
        await pilot.press("f3")
        await wait_for(pilot, "OK Preso n. 1: consenso")
        await wait_for(pilot, f"{ANYONE}")
        await pilot.press("f9")
        await wait_for(pilot, "Togliere senza inviare?")
        await pilot.press("enter")
        await pilot.pause()
        assert away.offline.exists()
        await pilot.press("f9")
        await wait_for(pilot, "Togliere senza inviare?")
        await pilot.press("right", "enter")
        await wait_for(pilot, "Tolto: n. 1.")
        await wait_for(pilot, "Niente da inviare.")
    assert not away.offline.exists()


async def test_a_lost_node_is_told_with_the_way_to_go_on(node: FakeNode) -> None:
    async with console(load_profile(node.profile("anna"), "it")).run_test(size=SIZE) as pilot:
        await log_in(pilot, "/ anna")
        await node.stop()
        write(pilot, code=ANYONE)
        await pilot.press("f2")
        shown = await wait_for(pilot, "Rete assente")
        assert "F10, SENZA RETE." in " ".join(shown.replace("│", "").split())
        pilot.app.screen.query_one("#code", Input).value = ""
        pilot.app.post_message(GoTo("offline"))
        await wait_for(pilot, "Niente da inviare.")
        write(pilot, code=ANOTHER, amount="15,00")
        await pilot.press("f2")
        await wait_for(pilot, "Preso n. 1")


async def test_nobody_works_alone_in_another_ones_name(away: Profile) -> None:
    async with console(away).run_test(size=SIZE) as pilot:
        await wait_for(pilot, "ACCESSO")
        pilot.app.screen.query_one("#user", Input).value = "bruno"
        await log_in(pilot, "Rete assente")
        assert "Senza rete" not in text_of(pilot.app)
