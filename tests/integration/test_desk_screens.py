"""What one can do on RINVII and AVVISI, against a served front port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Checkbox, Input

from maglia.core.errors import Code
from maglia.v1 import inbox_pb2
from maglia.v1 import operator_pb2 as pb
from maglia.v1 import referral_desk_pb2 as desk
from tests.support.fake_node import PASSWORD, FakeNode
from tests.support.scenarios import ANYONE
from tests.support.screens import text_of, wait_for
from tui import scanning
from tui.app import Console
from tui.profile import load_profile

SIZE = (80, 24)


@pytest.fixture
async def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeNode]:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    served = await FakeNode(tmp_path).start()
    yield served
    await served.stop()


def console(node: FakeNode, user: str = "anna") -> Console:
    return Console(load_profile(node.profile(user), "it"), lock_after_s=0)


async def at(pilot: Pilot[None], place: str, until: str) -> str:
    await wait_for(pilot, " / ")
    await pilot.app.run_action(f"go_to('{place}')")
    return await wait_for(pilot, until)


def moves(node: FakeNode) -> list[tuple[int, str, str]]:
    return [
        (one.number, one.state, one.reason) for one in node.desks.calls if isinstance(one, desk.MoveReferralRequest)
    ]


async def test_a_person_received_is_read_and_accepted(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        shown = await at(pilot, "referrals", "I-0009")
        assert ANYONE not in shown
        await pilot.press("enter")
        assert ANYONE in await wait_for(pilot, "Xqzar Wqzi")
        await pilot.press("right", "enter")
        await wait_for(pilot, "ACCETTATO")
    assert moves(node) == [(9, "accepted", "")]


@pytest.mark.parametrize("place", ["referrals", "inbox"])
async def test_a_list_that_was_not_read_is_not_awaited_any_more(node: FakeNode, place: str) -> None:
    node.desks.refusal = Code.SESSION_ROLE
    async with console(node).run_test(size=SIZE) as pilot:
        await at(pilot, place, "!!")
        shown = await wait_for(pilot, "Elenco non letto.")
        assert "Lettura in corso" not in shown


@pytest.mark.parametrize(
    ("place", "said"),
    [("referrals", "il nodo dell'ente non risponde"), ("check", "verifica non eseguita")],
)
async def test_a_node_that_is_away_is_told_of_as_what_was_wanted_of_it(node: FakeNode, place: str, said: str) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await at(pilot, "referrals", "I-0009")
        await node.stop()
        await pilot.app.run_action(f"go_to('{place}')")
        if place == "check":
            await wait_for(pilot, "VERIFICA")
            await pilot.press(*ANYONE, "enter")
            pilot.app.screen.query_one("#consent", Checkbox).value = True
            await pilot.press("f2")
        else:
            await pilot.press("f4")
        assert said in await wait_for(pilot, "Rete assente")


async def test_closing_a_person_changes_nothing(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await at(pilot, "referrals", "I-0009")
        await pilot.press("enter")
        await wait_for(pilot, "Xqzar Wqzi")
        await pilot.press("enter")
        await wait_for(pilot, "da leggere, 4 in tutto")
    assert not moves(node)


async def test_nobody_is_declined_without_a_reason(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await at(pilot, "referrals", "I-0009")
        await pilot.press("enter")
        await wait_for(pilot, "Xqzar Wqzi")
        await pilot.press("right", "right", "enter")
        await wait_for(pilot, "Perché non si accetta?")
        await pilot.press("enter")
        await wait_for(pilot, "nulla è cambiato")
        assert not moves(node)
        await pilot.press("enter")
        await wait_for(pilot, "Xqzar Wqzi")
        await pilot.press("right", "right", "enter")
        await wait_for(pilot, "Perché non si accetta?")
        await pilot.press(*"fondi finiti", "enter")
        await wait_for(pilot, "NON ACCETTATO: fondi finiti")
    assert moves(node) == [(9, "declined", "fondi finiti")]


@pytest.mark.parametrize("user", ["anna", "ugo"])
async def test_a_new_referral_says_what_is_missing_and_sends_the_rest(node: FakeNode, user: str) -> None:
    async with console(node, user).run_test(size=SIZE) as pilot:
        await at(pilot, "referrals", "I-0009")
        await pilot.press("f2")
        assert "[ ] letta l'informativa, la persona acconsente" in await wait_for(pilot, "Comune [/bad] di Esempio")
        screen = pilot.app.screen
        screen.query_one("#identifier", Input).value = ANYONE
        screen.query_one("#called", Input).value = "Xqzar Wqzi"
        await pilot.press("f2")
        await wait_for(pilot, "!!")
        screen.query_one("#needed", Input).value = "un mese di affitto"
        screen.query_one("#consent", Checkbox).focus()
        await pilot.press("space", "f2")
        await wait_for(pilot, "I-0010")
    sent = [one for one in node.desks.calls if isinstance(one, desk.SendReferralRequest)]
    assert [(one.identifier, one.member, one.facet, one.name, one.need) for one in sent] == [
        (ANYONE, "comune-esempio", "rent_arrears", "Xqzar Wqzi", "un mese di affitto")
    ]
    consents = [one for one in node.calls if isinstance(one, pb.AddConsentRequest)]
    assert [list(one.purposes) for one in consents] == [["referral"]]


async def test_a_new_referral_tells_every_wrong_field_at_once(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await at(pilot, "referrals", "I-0009")
        await pilot.press("f2")
        await wait_for(pilot, "NUOVO INVIO")
        pilot.app.screen.query_one("#identifier", Input).value = "XQZ"
        await pilot.press("f2")
        shown = await wait_for(pilot, "Correggere questi campi e ripetere.")
        assert [f"!! {label}:" in shown for label in ("Codice", "Nome", "Serve")] == [True] * 3
        assert pilot.app.screen.query_one("#identifier", Input).has_focus


async def test_what_is_written_of_a_referral_outlives_a_closed_window_a_refusal_and_the_console(
    node: FakeNode,
) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await at(pilot, "referrals", "I-0009")
        await pilot.press("f2")
        await wait_for(pilot, "NUOVO INVIO")
        for name, text in (("identifier", ANYONE), ("called", "Xqzar Wqzi"), ("needed", "un mese di affitto")):
            pilot.app.screen.query_one(f"#{name}", Input).value = text
        pilot.app.screen.query_one("#consent", Checkbox).value = True
        await pilot.pause()
        await pilot.press("escape")
        await wait_for(pilot, "F2 lo riapre.")
        await pilot.pause(0.7)  # until it is on the disk
    async with console(node).run_test(size=SIZE) as pilot:
        await at(pilot, "referrals", "I-0009")
        await pilot.press("f2")
        assert "un mese di affitto" in await wait_for(pilot, "NUOVO INVIO")
        assert not pilot.app.screen.query_one("#consent", Checkbox).value
        node.desks.refusal = Code.NETWORK_UNREACHABLE
        await pilot.press("f2")
        shown = await wait_for(pilot, "Quanto era scritto è rimasto: F2 lo riapre.")
        assert "!!" in shown
        node.desks.refusal = None
        await pilot.press("f2")
        assert "un mese di affitto" in await wait_for(pilot, "NUOVO INVIO")
        await pilot.press("f2")
        await wait_for(pilot, "I-0010")
        await pilot.press("f2")
        assert "un mese di affitto" not in await wait_for(pilot, "NUOVO INVIO")


async def test_a_card_begins_a_referral(node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "GAP_S", 5.0)
    async with console(node).run_test(size=SIZE) as pilot:
        await at(pilot, "referrals", "I-0009")
        await pilot.press(*ANYONE, "enter")
        await wait_for(pilot, "NUOVO INVIO")
        assert pilot.app.screen.query_one("#identifier", Input).value == ANYONE


async def test_the_list_is_exported_without_persons(
    node: FakeNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "carte"
    folder.mkdir()
    monkeypatch.chdir(folder)
    async with console(node).run_test(size=SIZE) as pilot:
        await at(pilot, "referrals", "I-0009")
        await pilot.press("f7")
        await wait_for(pilot, "ESPORTA")
        await pilot.press("right", "enter")
        await wait_for(pilot, "Scritto:")
    written = (folder / "invii.csv").read_text("utf-8-sig")
    assert "I-0009" in written
    assert ANYONE not in written
    assert "\x1b" not in written


async def test_a_refusal_ends_with_what_to_do(node: FakeNode) -> None:
    node.desks.refusal = Code.SESSION_ROLE
    async with console(node).run_test(size=SIZE) as pilot:
        shown = await at(pilot, "referrals", "!!")
        assert "I-0009" not in shown


async def test_a_session_that_is_over_asks_for_the_password_and_goes_on(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await at(pilot, "referrals", "I-0009")
        node.desks.refusal = Code.SESSION_EXPIRED
        await pilot.press("f4")
        await wait_for(pilot, "ACCESSO")
        node.desks.refusal = None
        pilot.app.screen.query_one("#password", Input).value = PASSWORD
        await pilot.press("enter")
        await wait_for(pilot, "I-0009")


async def test_a_notice_is_read_and_its_check_shown(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        shown = await at(pilot, "inbox", "A-0004")
        assert "maglia check" not in shown
        await pilot.press("enter")
        whole = await wait_for(pilot, "RISULTATO PARZIALE")
        assert ANYONE in whole
        await pilot.press("escape")
        await wait_for(pilot, "Da leggere: 1 avviso.")
        assert "A-0004" not in text_of(pilot.app)
    assert [one.number for one in node.desks.calls if isinstance(one, inbox_pb2.ReadNoticeRequest)] == [4]


async def test_a_notice_about_a_promise_is_read_whole_and_leads_to_where_it_is(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await at(pilot, "inbox", "A-0003")
        await pilot.press("down", "enter")
        shown = await wait_for(pilot, "Vai a REGISTRA")
        assert "a7b3c9d1" in shown
        await pilot.press("right", "enter")
        await wait_for(pilot, "REGISTRA AIUTO")


async def test_read_notices_come_back_with_a_key(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        shown = await at(pilot, "inbox", "A-0003")
        assert "A-0002" not in shown
        await pilot.press("f4")
        await wait_for(pilot, "A-0002")
