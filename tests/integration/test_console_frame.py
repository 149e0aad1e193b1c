"""What every screen of the console does alike, against a served front port."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Checkbox, Input

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import tr
from maglia.v1 import operator_pb2 as pb
from tests.support.fake_node import PASSWORD, FakeNode
from tests.support.scenarios import ANOTHER, ANYONE
from tests.support.screens import text_of, wait_for
from tui import locking, scanning
from tui.app import Console
from tui.drafts import open_drafts
from tui.fields import QuestionFields
from tui.places import PLACES
from tui.profile import load_profile
from tui.screens.login import LoginScreen
from tui.screens.work import WorkScreen

pytestmark = pytest.mark.costly

SIZE = (80, 24)


@pytest.fixture
async def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeNode]:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    served = await FakeNode(tmp_path).start()
    yield served
    await served.stop()


@pytest.fixture
def quick_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine must not turn a reader into a person."""
    monkeypatch.setattr(scanning, "GAP_S", 5.0)


def console(node: FakeNode, user: str = "anna", *, lock_after_s: float = 0.0) -> Console:
    return Console(load_profile(node.profile(user), "it"), lock_after_s=lock_after_s)


def field(pilot: Pilot[None], name: str) -> Input:
    return pilot.app.screen.query_one(name, Input)


@pytest.mark.usefixtures("quick_reader")
async def test_a_card_is_read_wherever_the_cursor_is(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / anna")
        field(pilot, "#months").focus()
        await pilot.press(*ANYONE, "enter")
        await wait_for(pilot, "RISULTATO PARZIALE")
        assert field(pilot, "#months").value == "6"
    assert [call.identifier for call in node.calls if isinstance(call, pb.CheckRequest)] == [ANYONE]


@pytest.mark.usefixtures("quick_reader")
async def test_the_next_card_takes_the_last_persons_place(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / anna")
        await pilot.press(*ANYONE, "enter")
        await wait_for(pilot, "RISULTATO PARZIALE")
        pilot.app.screen.query_one("#consent", Checkbox).value = True
        await pilot.press(*ANOTHER, "enter")
        await wait_for(pilot, ANOTHER)
        await wait_for(pilot, "RISULTATO PARZIALE")
    assert [call.identifier for call in node.calls if isinstance(call, pb.CheckRequest)] == [ANYONE, ANOTHER]
    assert not [call for call in node.calls if isinstance(call, pb.AddConsentRequest)]


async def test_what_a_person_types_goes_where_the_cursor_is(node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "GAP_S", 0.0)
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / anna")
        field(pilot, "#need").focus()
        await pilot.press(*ANYONE)
        assert field(pilot, "#need").value == ANYONE
        assert field(pilot, "#code").value == ""


@pytest.mark.usefixtures("quick_reader")
async def test_a_card_over_an_open_window_presses_nothing_there(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE, notifications=True) as pilot:
        await wait_for(pilot, " / anna")
        await pilot.press("f1")
        await wait_for(pilot, "Chiudi")
        await pilot.press(*ANYONE, "enter")
        await wait_for(pilot, "Tessera letta")
        assert "Chiudi" in text_of(pilot.app)
    assert not node.calls


@pytest.mark.usefixtures("quick_reader")
async def test_a_card_read_at_the_login_is_not_a_password(node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAGLIA_PASSWORD")
    async with console(node).run_test(size=SIZE, notifications=True) as pilot:
        await wait_for(pilot, "ACCESSO")
        await pilot.press(*ANYONE, "enter")
        shown = await wait_for(pilot, "Tessera letta")
        assert "scrivere la password" in " ".join(shown.split())
        assert "con Esc " not in shown, "Esc does not close the login"
        assert field(pilot, "#password").value == ""
    assert not node.calls


async def test_an_idle_console_hides_what_it_shows_and_keeps_it(
    node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = 0.0
    monkeypatch.setattr(locking, "monotonic", lambda: clock)
    async with console(node, lock_after_s=600).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / anna")
        field(pilot, "#code").value = ANYONE
        clock = 599.0
        await pilot.pause(1.1)
        assert not isinstance(pilot.app.screen, LoginScreen)
        clock = 601.0
        shown = await wait_for(pilot, "Postazione bloccata")
        assert ANYONE not in shown
        field(pilot, "#password").value = PASSWORD
        await pilot.press("enter")
        await wait_for(pilot, ANYONE)


async def test_an_idle_consoles_lock_opens_to_nobody_without_the_password(
    node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = 0.0
    monkeypatch.setattr(locking, "monotonic", lambda: clock)
    async with console(node, lock_after_s=600).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / anna")
        clock = 601.0
        await wait_for(pilot, "Postazione bloccata")
        await pilot.press("escape", "f10", "ctrl+g")
        assert isinstance(pilot.app.screen, LoginScreen)
        field(pilot, "#password").value = "sbagliata"
        await pilot.press("enter")
        await wait_for(pilot, "!!")
        assert isinstance(pilot.app.screen, LoginScreen)


async def test_a_draft_survives_a_closed_window(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / anna")
        field(pilot, "#code").value = ANYONE
        field(pilot, "#need").value = "POD:IT001E12345678"
        await pilot.press("ctrl+q")
    profile = load_profile(node.profile("anna"), "it")
    assert profile.drafts.stat().st_mode & 0o777 == 0o600
    assert ANYONE.encode() not in profile.drafts.read_bytes()
    async with console(node).run_test(size=SIZE, notifications=True) as pilot:
        await wait_for(pilot, "Ripreso quanto era scritto")
        assert field(pilot, "#code").value == ANYONE
        assert field(pilot, "#need").value == "POD:IT001E12345678"
        await pilot.press("f4")
        await pilot.pause(0.7)
    assert not profile.drafts.exists()


async def test_a_screen_that_is_being_taken_down_keeps_the_draft_that_it_kept(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / anna")
        field(pilot, "#code").value = ANYONE
        await pilot.pause()
        screen = pilot.app.screen
        assert isinstance(screen, WorkScreen)
        screen.save_draft()
        await screen.query_one(QuestionFields).query("*").remove()
        screen.save_draft()
    drafts = load_profile(node.profile("anna"), "it").drafts
    assert drafts.exists()


def test_a_draft_of_another_password_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "anna.drafts"
    open_drafts(path, "prima-password").keep("check", {"code": ANYONE})
    assert open_drafts(path, "altra-password").of("check") is None
    assert (tmp_path / "anna.drafts.old").exists()


async def test_two_consoles_of_one_operator_lose_neither_draft(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as one:
        await wait_for(one, " / anna")
        async with console(node).run_test(size=SIZE) as other:
            await wait_for(other, " / anna")
            field(one, "#code").value = ANYONE
            field(other, "#code").value = ANOTHER
            await other.pause(0.7)
        await one.pause(0.7)
    codes = []
    for _ in range(2):
        async with console(node).run_test(size=SIZE, notifications=True) as again:
            await wait_for(again, "Ripreso quanto era scritto")
            codes.append(field(again, "#code").value)
            await again.press("f4")
            await again.pause(0.7)
    assert codes == [ANYONE, ANOTHER]


def test_a_second_console_takes_up_what_a_closed_one_left(tmp_path: Path) -> None:
    path = tmp_path / "anna.drafts"
    one, other = open_drafts(path, "prima-password"), open_drafts(path, "prima-password")
    one.keep("check", {"code": ANYONE})
    other.keep("check", {"code": ANOTHER})
    other.keep("record", {"amount": "40,00"})
    one.close()
    other.close()
    first = open_drafts(path, "prima-password")
    assert [draft.fields for name in ("check", "record") if (draft := first.of(name))] == [
        {"code": ANYONE},
        {"amount": "40,00"},
    ]
    second = open_drafts(path, "prima-password")  # while the first is open
    assert second.of("record") is None
    kept = second.of("check")
    assert kept is not None
    assert kept.fields == {"code": ANOTHER}


async def test_a_palette_that_finds_nothing_says_so_in_the_consoles_language(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / anna")
        await pilot.press("ctrl+p", *"xqz")
        shown = await wait_for(pilot, "Nessun comando trovato")
        assert "No matches" not in shown


async def test_the_menu_offers_what_the_role_may_do_and_nothing_else(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / anna")
        await pilot.press("f10")
        shown = await wait_for(pilot, "VAI A")
        for place in PLACES:
            offered = tr(place.words, "it") in shown.split("VAI A")[1]
            seat = pilot.app._seat  # type: ignore[attr-defined]
            assert offered is place.opens_to(seat)


async def test_the_menu_numbers_what_a_digit_can_choose_and_no_more(node: FakeNode) -> None:
    async with console(node, "ugo").run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / ugo")
        await pilot.press("f10")
        menu = (await wait_for(pilot, "VAI A")).split("VAI A")[1]
        numbered = re.findall(r"│ +(\d+) +\S", menu)
        assert numbered == [str(number) for number in range(1, 10)]
        assert "   Esci" in menu


async def test_f1_explains_the_field_that_the_cursor_is_in(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / anna")
        field(pilot, "#need").focus()
        await pilot.press("f1")
        shown = await wait_for(pilot, "Bisogno: se c'è")
        assert "Codice: sulla tessera" not in shown


async def test_a_key_jumps_from_panel_to_panel(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / anna")
        await pilot.press("ctrl+g")
        first = pilot.app.screen.focused
        await pilot.press("ctrl+g")
        assert pilot.app.screen.focused is not first
        assert field(pilot, "#code").has_focus


@pytest.mark.usefixtures("quick_reader")
async def test_a_card_read_before_anybody_is_in_is_asked_about_then(node: FakeNode) -> None:
    node.slow_login = asyncio.Event()
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, "nessun accesso")
        await pilot.press(*ANYONE, "enter")
        await wait_for(pilot, "Collegamento...")
        assert not node.calls
        node.slow_login.set()
        await wait_for(pilot, "RISULTATO PARZIALE")
    assert [call.identifier for call in node.calls if isinstance(call, pb.CheckRequest)] == [ANYONE]


async def test_a_window_of_whoever_was_here_is_gone_for_the_next(
    node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = 0.0
    monkeypatch.setattr(locking, "monotonic", lambda: clock)
    async with console(node, lock_after_s=600).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / anna")
        await pilot.press("f1")
        await wait_for(pilot, "Chiudi")
        clock = 601.0
        await wait_for(pilot, "Postazione bloccata")
        field(pilot, "#user").value = "bruno"
        field(pilot, "#password").value = PASSWORD
        await pilot.press("enter")
        shown = await wait_for(pilot, " / bruno")
        assert "Chiudi" not in shown
        assert not [one for one in pilot.app.screen_stack if type(one).__name__ == "HelpScreen"]


def test_drafts_that_can_be_neither_read_nor_put_aside_are_told(tmp_path: Path) -> None:
    path = tmp_path / "anna.drafts"
    path.mkdir()
    with pytest.raises(MagliaError) as refused:
        open_drafts(path, "prima-password")
    assert refused.value.code is Code.STORAGE_FOLDER
