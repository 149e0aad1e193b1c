"""Keys that come faster than a busy console: cards, digits of a menu, a password before its window is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Checkbox, Input, Select

from maglia.core.errors import Code, MagliaError
from maglia.v1 import operator_pb2 as pb
from tests.support.fake_counter import FakeCounter, fake_counter
from tests.support.fake_node import PASSWORD
from tests.support.scenarios import ANYONE, SCENARIOS
from tests.support.screens import text_of, wait_for
from tui import scanning
from tui.app import Console
from tui.profile import load_profile
from tui.screens.dialogs import Menu

SIZE = (80, 24)


@pytest.fixture
async def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeCounter]:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    monkeypatch.setattr(scanning, "GAP_S", 5.0)  # a busy machine must not turn a reader into a person
    monkeypatch.chdir(tmp_path)
    served = await fake_counter(tmp_path).start()
    yield served
    await served.stop()


def console(node: FakeCounter) -> Console:
    return Console(load_profile(node.profile("anna"), "it"), lock_after_s=0.0)


def type_at_once(app: App[None], text: str) -> None:
    """Press keys as they come from a reader or from a busy machine: all of them wait before one is read."""
    for sign in text:
        app.post_message(events.Key("enter", "\r") if sign == "\n" else events.Key(sign, sign))


def value_of(pilot: Pilot[None], name: str) -> str:
    return pilot.app.screen.query_one(name, Input).value


async def test_keys_pressed_at_once_go_where_the_cursor_was_moved_by_those_before(node: FakeCounter) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / anna")
        consent, code = pilot.app.screen.query_one("#consent", Checkbox), pilot.app.screen.query_one("#code", Input)
        assert pilot.app.focused is code
        order = [widget.id for widget in pilot.app.screen.focus_chain]
        steps = order.index("consent") - order.index("code")
        for key in [*"xqz", *["tab"] * steps, "space", "tab", "9"]:
            pilot.app.post_message(events.Key(key, " " if key == "space" else key if len(key) == 1 else None))
        await wait_for(pilot, "Mesi [9  ")
        assert (code.value.casefold(), consent.value) == ("xqz", True)


async def test_a_card_read_in_the_menu_chooses_nothing(node: FakeCounter) -> None:
    async with console(node).run_test(size=SIZE, notifications=True) as pilot:
        await wait_for(pilot, " / anna")
        await pilot.press("f10")
        type_at_once(pilot.app, f"{ANYONE}\n")
        await wait_for(pilot, "Tessera letta")
        await pilot.pause(0.4)
        assert isinstance(pilot.app.screen, Menu)
    assert not node.calls


async def test_a_digit_alone_chooses_and_one_pressed_twice_closes_one_window(node: FakeCounter) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / anna")
        await pilot.press("f10")
        await pilot.press("2")
        await wait_for(pilot, "REGISTRA AIUTO")
        await pilot.press("f10")
        type_at_once(pilot.app, "1\n\n")
        await wait_for(pilot, "┌─ VERIFICA")


class HastyConsole(Console):
    """Whose operator types before there is a window."""

    def on_mount(self) -> None:
        """Press every key of the password, while nothing is drawn yet."""
        super().on_mount()
        type_at_once(self, f"{PASSWORD}\n")


async def test_a_password_typed_before_its_window_is_there_opens_the_session(
    node: FakeCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MAGLIA_PASSWORD")
    app = HastyConsole(load_profile(node.profile("anna"), "it"), lock_after_s=0.0)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / anna")


async def test_what_is_typed_while_a_password_is_sent_is_refused_in_words(
    node: FakeCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MAGLIA_PASSWORD")
    node.slow_login = asyncio.Event()
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, "ACCESSO")
        type_at_once(pilot.app, f"{PASSWORD}\nnon conta\n")
        await wait_for(pilot, "Quanto si scrive ora non conta")
        assert (value_of(pilot, "#user"), value_of(pilot, "#password")) == ("anna", PASSWORD)
        node.slow_login.set()
        await wait_for(pilot, " / anna")
        assert value_of(pilot, "#code") == ""


async def test_a_palette_opened_while_a_password_is_sent_keeps_nobody_out(
    node: FakeCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MAGLIA_PASSWORD")
    node.slow_login = asyncio.Event()
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, "ACCESSO")
        type_at_once(pilot.app, f"{PASSWORD}\n")
        await wait_for(pilot, "Collegamento...")
        await pilot.press("ctrl+p")
        await wait_for(pilot, "Cerca un comando")
        node.slow_login.set()
        shown = await wait_for(pilot, " / anna")
        assert "ACCESSO" not in shown


async def test_what_is_typed_after_a_card_is_the_amount(node: FakeCounter) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / anna")
        await pilot.press("f3")
        await wait_for(pilot, "REGISTRA AIUTO")
        for focus in ("#code", "#creditor"):
            pilot.app.screen.set_focus(pilot.app.screen.query_one(focus))
            type_at_once(pilot.app, f"{ANYONE}\n18,00")
            await wait_for(pilot, "= 18,00 €")
            assert value_of(pilot, "#code") == ANYONE
            await pilot.press("f4")


async def test_a_card_closes_a_list_that_would_hide_the_answers(node: FakeCounter) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / anna")
        await pilot.press("tab", "enter")
        await wait_for(pilot, "Riscaldamento")
        type_at_once(pilot.app, f"{ANYONE}\n")
        await wait_for(pilot, "RISULTATO")
        assert "Riscaldamento" not in text_of(pilot.app)
    assert [call.identifier for call in node.calls if isinstance(call, pb.CheckRequest)] == [ANYONE]


async def test_a_question_asked_again_in_vain_leaves_what_was_known_with_its_time(
    node: FakeCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / anna")
        choice: Select[str] = pilot.app.screen.query_one("#facet", Select)
        choice.value = "electricity"
        pilot.app.screen.query_one("#code", Input).value = ANYONE
        await pilot.press("f2")
        await wait_for(pilot, "STESSO BISOGNO")
        for error, said in ((Code.NETWORK_UNREACHABLE, "Rete assente"), (Code.POLICY_UNAVAILABLE, "delle regole")):
            monkeypatch.setitem(SCENARIOS, "electricity", [(0, MagliaError(error))])
            await pilot.press("f2")
            shown = await wait_for(pilot, said)
            assert "STESSO BISOGNO" in shown
            assert "TROVATO" in shown
            assert "Le risposte qui sopra sono delle " in shown
        monkeypatch.setitem(SCENARIOS, "electricity", [(0, MagliaError(Code.CONSENT_MISSING))])
        await pilot.press("f2")
        assert "TROVATO" not in await wait_for(pilot, "Manca il consenso")


async def test_what_was_not_sent_is_told_at_the_login_below_everything_else(node: FakeCounter) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / anna")
        await pilot.press("f3")
        await wait_for(pilot, "REGISTRA AIUTO")
        type_at_once(pilot.app, f"{ANYONE}\n18,00")
        await wait_for(pilot, "= 18,00 €")
        await pilot.press("ctrl+q")
    async with console(node).run_test(size=SIZE, notifications=True) as pilot:
        shown = await wait_for(pilot, "Scritto e non ancora inviato: REGISTRA")
        assert "non ancora inviato" in "\n".join(shown.splitlines()[-2:])
        assert "Questa ricerca viene registrata a suo nome." in shown
        await pilot.press("f10")
        await wait_for(pilot, "Esci")


async def test_what_is_pasted_is_text_only_and_a_small_window_is_told(node: FakeCounter) -> None:
    async with console(node).run_test(size=SIZE, notifications=True) as pilot:
        await wait_for(pilot, " / anna")
        pilot.app.post_message(events.Paste("ABC\x1b[31m\x07D\n[/bold]"))
        await wait_for(pilot, "[ABC[31mD ")
        assert value_of(pilot, "#code") == "ABC[31mD"
        await pilot.resize_terminal(60, 15)
        await wait_for(pilot, "Finestra troppo piccola")


async def test_a_large_amount_is_read_back_whole(node: FakeCounter) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / anna")
        await pilot.press("f3")
        await wait_for(pilot, "REGISTRA AIUTO")
        pilot.app.screen.query_one("#amount", Input).value = "99.999.999,99"
        await wait_for(pilot, "= 99.999.999,99 €")
