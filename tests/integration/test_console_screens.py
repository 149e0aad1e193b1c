"""What the operator can do on VERIFICA, against a served front port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Checkbox, Input, Select

from maglia.core.errors import Code, MagliaError
from maglia.core.sentences import CATALOG
from maglia.core.translation import tr
from maglia.core.vocabulary import Silence
from maglia.v1 import operator_pb2 as pb
from tests.support.fake_node import PASSWORD, FakeNode
from tests.support.scenarios import ANOTHER, ANYONE, HOSTILE_NAME, THIRD
from tests.support.screens import text_of, wait_for
from tui.app import Console
from tui.labels import FACETS, SILENCES
from tui.model import Aid, CheckState, Finding, Silent
from tui.offline_model import Taken
from tui.offline_store import OfflineStore, new_key
from tui.profile import load_profile
from tui.screens.check.screen import CheckScreen
from tui.screens.login import LoginScreen
from tui.screens.work import AWAY

SIZE = (80, 24)
_HERE = {Code.NETWORK_UNREACHABLE: AWAY, **CheckScreen.NEXT_HERE}
"""What VERIFICA says of the next step in place of the error's own sentence."""


@pytest.fixture
async def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeNode]:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    served = await FakeNode(tmp_path).start()
    yield served
    await served.stop()


def console(node: FakeNode, user: str = "anna", lang: str = "it") -> Console:
    return Console(load_profile(node.profile(user), lang))


async def go_to_check(pilot: Pilot[None]) -> None:
    """Go from where an officer's day begins to VERIFICA."""
    await wait_for(pilot, "CONTROLLO BANDO")
    await pilot.press("f10", "1")
    await wait_for(pilot, "VERIFICA")
    await wait_for(pilot, "Pratica")


def choose(pilot: Pilot[None], name: str, value: str) -> None:
    choice: Select[str] = pilot.app.screen.query_one(name, Select)
    choice.value = value


def write(pilot: Pilot[None], name: str, text: str) -> None:
    pilot.app.screen.query_one(name, Input).value = text


def consents(node: FakeNode) -> list[pb.AddConsentRequest]:
    return [call for call in node.calls if isinstance(call, pb.AddConsentRequest)]


async def scan(pilot: Pilot[None], facet: str, until: str) -> str:
    """Choose what is asked, put the code and press Enter."""
    await wait_for(pilot, " / ")
    choose(pilot, "#facet", facet)
    pilot.app.screen.query_one("#code", Input).value = ANYONE
    await pilot.press("enter")
    return await wait_for(pilot, until)


async def test_a_scanned_code_starts_the_check(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / ")
        choose(pilot, "#facet", "food_voucher")
        await pilot.press(*ANYONE, "enter")
        shown = await wait_for(pilot, "tutti i 12 enti")
    assert "Nessuna sovrapposizione condivisibile nota; hanno risposto tutti i 12 enti." in shown
    assert "12 su 12" in shown
    assert node.calls == [
        pb.CheckRequest(identifier=ANYONE, facet="food_voucher", purpose="aid_overlap", months=6, follow=True)
    ]


async def test_what_waits_to_be_read_is_told_when_the_counter_opens(node: FakeNode) -> None:
    node.unread_notices = 2
    async with console(node).run_test(size=SIZE, notifications=True) as pilot:
        await wait_for(pilot, "2 avvisi da leggere: F10, AVVISI")


async def test_answers_are_shown_while_others_are_awaited(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        first = await scan(pilot, "heating", "0 su 12")
        assert "attesa: 5 s" in first
        assert "Nessuna" not in first
        choose(pilot, "#facet", "food_parcel")
        await pilot.press("f2")
        await wait_for(pilot, "9 su 12")
        last = await wait_for(pilot, "RISULTATO PARZIALE")
    for sentence in (
        "Croce Verde             non risponde",
        "Onlus Ponte             certificato scaduto",
        "Mensa Est               non risponde in tempo",
        "!! POSSIBILE SOVRAPPOSIZIONE: 1 aiuto, 1 impegno di oggi.",
        "?? RISULTATO PARZIALE: 3 enti su 12 non hanno risposto.",
        "La decisione resta all'operatore: il sistema informa, non nega.",
    ):
        assert sentence in last


async def test_who_refuses_and_what_did_not_fit_are_shown(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        shown = await scan(pilot, "medicine", "RISULTATO PARZIALE")
    for sentence in (
        "RIFIUTO   Onlus Ponte             le regole non lo permettono",
        "!! POSSIBILE SOVRAPPOSIZIONE: almeno 1 aiuto, 1 impegno di oggi.",
        "?? RISULTATO PARZIALE: 1 ente su 12 non ha risposto, 1 ha rifiutato.",
    ):
        assert sentence in shown


async def test_late_answers_change_the_verdict_and_say_so(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await scan(pilot, "water", "POSSIBILE SOVRAPPOSIZIONE")
        shown = await wait_for(pilot, "Aggiornato: 3 risposte sono arrivate in ritardo.")
    assert "12 su 12" in shown
    assert "MUTO" not in shown


async def test_consent_is_recorded_before_the_question(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, "Emporio Nord / anna")
        await pilot.press(*ANYONE, "tab", "tab", "space", "f2")
        await wait_for(pilot, "PARZIALE")
        await pilot.press("f2")
        await wait_for(pilot, "PARZIALE")
    consents = [call for call in node.calls if isinstance(call, pb.AddConsentRequest)]
    assert [type(call) for call in node.calls[:2]] == [pb.AddConsentRequest, pb.CheckRequest]
    assert len(consents) == 1
    assert (consents[0].notice_version, consents[0].language, consents[0].method) == ("2026-1", "it", "oral")
    assert list(consents[0].purposes) == ["aid_overlap"]


async def test_a_public_body_gives_the_case_instead(node: FakeNode) -> None:
    async with console(node, "ugo").run_test(size=SIZE) as pilot:
        await go_to_check(pilot)
        shown = await wait_for(pilot, "Comune di Esempio / ugo")
        assert "Pratica" in shown
        assert "informativa" not in shown
        choose(pilot, "#purpose", "rent_subsidy")
        choose(pilot, "#facet", "canteen")
        write(pilot, "#code", ANYONE)
        write(pilot, "#case", "2026/77")
        await pilot.press("f2")
        await wait_for(pilot, "SOVRAPPOSIZIONE")
    asked = node.calls[0]
    assert isinstance(asked, pb.CheckRequest)
    assert (asked.case_protocol, asked.purpose) == ("2026/77", "rent_subsidy")


async def test_a_refusal_ends_with_the_next_action(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        shown = await scan(pilot, "rent_arrears", "Manca il consenso")
    assert "!! Manca il consenso della persona per questo scopo." in shown
    assert "   Leggere l'informativa (F8 la stampa), segnare Consenso con la barra" in shown
    assert "│    spaziatrice, poi F2." in shown


async def test_a_wrong_code_never_leaves(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / ")
        await pilot.press(*ANYONE[:3])
        assert "3/16" in await wait_for(pilot, "/16")
        await pilot.press(*ANYONE[3:15], "A", "enter")
        shown = await wait_for(pilot, "Codice non valido: l'ultimo carattere non corrisponde.")
        assert "NON VALIDO" in shown
    assert node.calls == []


async def test_the_next_person_finds_nothing_of_the_last(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await scan(pilot, "canteen", "SOVRAPPOSIZIONE")
        pilot.app.screen.query_one("#consent", Checkbox).value = True
        await pilot.press("f4")
        shown = await wait_for(pilot, "Questa ricerca viene registrata a suo nome.")
    assert ANYONE not in shown
    assert "TROVATO" not in shown
    assert "[ ] informativa" in shown


@pytest.mark.parametrize("next_code", [ANOTHER, ANYONE[:-1]], ids=["another", "mistyped"])
async def test_a_consent_is_never_recorded_for_the_next_person(node: FakeNode, next_code: str) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / ")
        await pilot.press(*ANYONE, "tab", "tab", "space", "f2")
        await wait_for(pilot, "PARZIALE")
        pilot.app.screen.query_one("#code", Input).focus()
        await pilot.press("home", *["delete"] * len(ANYONE), *next_code)
        shown = await wait_for(pilot, "consenso, pratica e bisogno vanno dati di nuovo")
        assert "[ ] informativa letta alla persona " in shown
        await pilot.press(*ANOTHER[len(next_code) :], "f2")
        await pilot.pause()
    assert [consent.identifier for consent in consents(node)] == [ANYONE]


async def test_a_tick_without_a_code_is_nobodys_consent(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / ")
        await pilot.press("tab", "tab", "space", "shift+tab", "shift+tab", *ANYONE, "f2")
        await wait_for(pilot, "PARZIALE")
    assert consents(node) == []


async def test_a_consent_is_for_one_purpose(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / ")
        write(pilot, "#code", ANYONE)
        pilot.app.screen.query_one("#consent", Checkbox).value = True
        choose(pilot, "#purpose", "referral")
        await pilot.press("f2")
        await wait_for(pilot, "PARZIALE")
    assert consents(node) == []


async def test_blanks_and_small_letters_are_the_same_code(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / ")
        write(pilot, "#code", ANYONE.lower())
        pilot.app.screen.query_one("#consent", Checkbox).value = True
        write(pilot, "#code", f"{ANYONE[:6]} {ANYONE[6:]}")
        await pilot.press("f2")
        await wait_for(pilot, "PARZIALE")
    assert [consent.identifier for consent in consents(node)] == [ANYONE]


@pytest.mark.parametrize("how", ["edit", "f4"])
async def test_case_and_need_are_not_the_next_persons(node: FakeNode, how: str) -> None:
    async with console(node, "ugo").run_test(size=SIZE) as pilot:
        await go_to_check(pilot)
        for name, text in (("#code", ANYONE), ("#case", "2026/77"), ("#need", "POD:IT001E12345678")):
            write(pilot, name, text)
        if how == "f4":
            await pilot.press("f4")
        write(pilot, "#code", ANOTHER)
        await pilot.press("f2")
        await wait_for(pilot, "PARZIALE")
    asked = node.calls[0]
    assert isinstance(asked, pb.CheckRequest)
    assert (asked.identifier, asked.case_protocol, asked.need) == (ANOTHER, "", "")


@pytest.mark.parametrize(
    ("field", "keys"),
    [("#code", ["backspace"]), ("#need", ["P"]), ("#months", ["1"]), ("#facet", ["down", "enter"])],
)
async def test_results_leave_with_the_question_they_answer(node: FakeNode, field: str, keys: list[str]) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await scan(pilot, "canteen", "SOVRAPPOSIZIONE")
        pilot.app.screen.query_one(field).focus()
        await pilot.press("end", *(["enter"] if field == "#facet" else []), *keys)
        shown = await wait_for(pilot, "Questa ricerca viene registrata a suo nome.")
    assert "SOVRAPPOSIZIONE" not in shown
    assert "TROVATO" not in shown
    assert "su 12" not in shown


async def test_a_changed_purpose_leaves_the_old_verdict(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await scan(pilot, "canteen", "SOVRAPPOSIZIONE")
        choose(pilot, "#purpose", "referral")
        shown = await wait_for(pilot, "Questa ricerca viene registrata a suo nome.")
    assert "TROVATO" not in shown


async def test_late_answers_stay_away_from_a_code_being_corrected(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await scan(pilot, "water", "POSSIBILE SOVRAPPOSIZIONE")
        await pilot.press("backspace")
        await wait_for(pilot, "Questa ricerca")
        late = CheckState(asked=2, answered=2, findings=(Finding(facet="loan"),), complete=True)
        for message in (CheckScreen.Arrived(late, 1), CheckScreen.Noted("Enti interrogati di nuovo: 3.", 1)):
            pilot.app.screen.post_message(message)
        await asyncio.sleep(0.4)
        await pilot.pause()
        shown = text_of(pilot.app)
    assert "TROVATO" not in shown
    assert "Aggiornato" not in shown
    assert "di nuovo" not in shown


async def test_the_tick_alone_does_not_take_a_verdict_away(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await scan(pilot, "rent_arrears", "Manca il consenso")
        pilot.app.screen.query_one("#consent", Checkbox).value = True
        await pilot.pause()
        assert "Manca il consenso" in text_of(pilot.app)


async def test_what_an_earlier_check_still_sends_is_not_shown(node: FakeNode) -> None:
    """An answer about the last person must never stand beside the code of the next."""
    async with console(node).run_test(size=SIZE) as pilot:
        await scan(pilot, "food_voucher", "tutti i 12 enti")
        late = CheckState(asked=2, answered=2, findings=(Finding(facet="loan"),), complete=True)
        turn = 1
        await pilot.press("f4")
        for message in (CheckScreen.Arrived(late, turn), CheckScreen.Ended(turn)):
            pilot.app.screen.post_message(message)
        pilot.app.screen.post_message(CheckScreen.Failed(MagliaError(Code.NETWORK_DEADLINE), turn))
        await pilot.pause()
        shown = text_of(pilot.app)
    assert "Questa ricerca viene registrata a suo nome." in shown
    assert "TROVATO" not in shown


async def test_the_silent_are_asked_again_only_when_there_are_some(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await scan(pilot, "food_voucher", "tutti i 12 enti")
        await pilot.press("f6")
        choose(pilot, "#facet", "food_parcel")
        await pilot.press("f2")
        await wait_for(pilot, "RISULTATO PARZIALE")
        await pilot.press("f6")
        await wait_for(pilot, "Enti interrogati di nuovo: 3.")
    assert [call for call in node.calls if isinstance(call, pb.RetrySilentRequest)] == [
        pb.RetrySilentRequest(check_id="V-1042")
    ]


async def test_names_from_elsewhere_are_only_text(node: FakeNode) -> None:
    node.member_name = HOSTILE_NAME
    async with console(node).run_test(size=SIZE) as pilot:
        shown = await scan(pilot, "gas", "MUTO")
        assert "Onlus [/bad] [red]x" in shown.splitlines()[0]
        assert not {"\x1b", "\x07", "\u202e"} & set(shown)
        assert "[red] [2J" in shown
        choose(pilot, "#facet", "school")
        await pilot.press("f2")
        assert "«[31m[/bad]»" in await wait_for(pilot, "non è nella rete")


async def test_an_expired_session_asks_to_log_in_and_keeps_what_was_written(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await scan(pilot, "loan", "ACCESSO")
        assert isinstance(pilot.app.screen, LoginScreen)
        await pilot.press(*PASSWORD, "enter")
        shown = await wait_for(pilot, ANYONE)
        assert "Prestito" in shown


async def test_another_operator_over_an_expired_session_finds_an_empty_counter(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / ")
        write(pilot, "#code", ANYONE)
        pilot.app.screen.query_one("#consent", Checkbox).value = True
        choose(pilot, "#facet", "loan")
        await pilot.press("f2")
        await wait_for(pilot, "ACCESSO")
        write(pilot, "#user", "bruno")
        await pilot.press(*PASSWORD, "enter")
        shown = await wait_for(pilot, " / bruno")
        assert ANYONE not in shown
        write(pilot, "#code", ANYONE)
        assert not pilot.app.screen.query_one("#consent", Checkbox).value


async def test_a_wrong_password_is_explained_and_can_be_typed_again(
    node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MAGLIA_PASSWORD")
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, "ACCESSO")
        await pilot.press(*"wrong", "enter")
        await wait_for(pilot, "!! Utente o password non corretti.")
        await pilot.press(*PASSWORD, "enter")
        await wait_for(pilot, "Emporio Nord / anna")


async def test_a_lost_node_leaves_a_partial_result_and_says_what_to_do(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await scan(pilot, "heating", "0 su 12")
        await node.stop()
        shown = await wait_for(pilot, "Collegamento col nodo perso")
        assert "12 enti su 12 non hanno risposto: il risultato è parziale." in shown
        await pilot.press("f2")
        assert "Controllare il collegamento e riprovare." in await wait_for(pilot, "Rete assente")


async def test_every_key_is_in_the_last_line_and_in_the_palette(node: FakeNode) -> None:
    app = console(node)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / ")
        last = text_of(app).splitlines()[-1]
        palette = {command.title for command in app.get_system_commands(app.screen)}
        for action in CheckScreen.ACTIONS:
            assert f"{action.shown} {tr(action.words, 'it')}" in last or action.key.startswith("ctrl+")
            assert tr(action.words, "it") in palette or action.name == "app.command_palette"
        assert not {"ctrl+n", "ctrl+t", "ctrl+w", "ctrl+o"} & {action.key for action in CheckScreen.ACTIONS}
        await pilot.click("KeyLabel")
        await wait_for(pilot, "Sulla tessera sanitaria")
        await pilot.press("escape")
        await wait_for(pilot, "Questa ricerca")


@pytest.mark.parametrize("lang", ["it", pytest.param("en", marks=pytest.mark.long)])
async def test_every_sentence_is_whole_on_a_small_screen(node: FakeNode, lang: str) -> None:
    """Each refusal, each reason of a silence and each kind of aid can be read to its end at 80x24."""
    app = console(node, lang=lang)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / ")
        screen = app.screen
        for code in Code:
            error = MagliaError(code, limit=300, field="intestazione", member="Mensa")
            screen.post_message(CheckScreen.Failed(error, 0))
            await pilot.pause()
            if isinstance(app.screen, LoginScreen):
                app.pop_screen()
                await pilot.pause()
            sentence = error.sentence(lang)
            shown = _unwrapped(text_of(app))
            following = tr(_HERE.get(code, ""), lang) or sentence.next_action
            assert _squeezed(sentence.message) in shown
            assert _squeezed(following) in shown
        assert set(Code) == set(CATALOG)
        for reason in Silence:
            state = CheckState(asked=2, answered=1, silent=(Silent("x", "Croce Verde", reason.value),))
            screen.post_message(CheckScreen.Arrived(state, 0))
            await pilot.pause()
            assert tr(SILENCES[reason.value], lang) in text_of(app)
        for facet, words in FACETS.items():
            state = CheckState(asked=2, answered=2, findings=(Finding(facet=facet),), complete=True)
            screen.post_message(CheckScreen.Arrived(state, 0))
            await pilot.pause()
            assert tr(words, lang) in text_of(app).split("ENTE")[-1]


def _unwrapped(shown: str) -> str:
    return "".join(_squeezed(line.strip("│ ")) for line in shown.splitlines())


def _squeezed(text: str) -> str:
    return "".join(text.split())


# households


async def enter_household(pilot: Pilot[None], *cards: str, consent: bool = True) -> None:
    """Write each code, tick the consent, keep the person; the last one is left in the field."""
    await wait_for(pilot, " / ")
    for card in cards[:-1]:
        write(pilot, "#code", card)
        pilot.app.screen.query_one("#consent", Checkbox).value = consent
        await pilot.press("f5")
    write(pilot, "#code", cards[-1])


def households(node: FakeNode) -> list[pb.CheckHouseholdRequest]:
    return [call for call in node.calls if isinstance(call, pb.CheckHouseholdRequest)]


async def test_a_household_is_asked_about_together_each_with_their_own_consent(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / ")
        choose(pilot, "#facet", "food_parcel")
        for card in (ANYONE, ANOTHER):
            await pilot.press(*card, "tab", "tab", "space", "f5")
        await pilot.press(*THIRD)
        entered = await wait_for(pilot, f"Nucleo   1 {ANYONE} [x]  2 {ANOTHER} [x]")
        assert "[ ] informativa" in entered
        await pilot.press("f2")
        shown = await wait_for(pilot, "RISULTATO PARZIALE")
    for sentence in (
        f"MANCA     3: {THIRD}",
        "Manca il consenso: leggere l'informativa,",
        "TROVATO   1: un ente caritativo",
        "IMPEGNO   2: una parrocchia",
        "?? nucleo: 2 di 3 verificati: il risultato è parziale.",
        "!! POSSIBILE SOVRAPPOSIZIONE: 1 aiuto, 1 impegno di oggi.",
        "?? RISULTATO PARZIALE: 3 enti su 12 non hanno risposto.",
        "La decisione resta all'operatore: il sistema informa, non nega.",
    ):
        assert sentence in shown
    assert [consent.identifier for consent in consents(node)] == [ANYONE, ANOTHER]
    [asked] = households(node)
    assert (asked.question.identifier, list(asked.others)) == (ANYONE, [ANOTHER, THIRD])
    assert not any(isinstance(call, pb.CheckRequest) for call in node.calls)


async def test_the_operator_says_whom_of_a_household_help_is_recorded_for(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await enter_household(pilot, ANYONE, ANOTHER)
        choose(pilot, "#facet", "food_parcel")
        await pilot.press("f2")
        await wait_for(pilot, "RISULTATO PARZIALE")
        await pilot.press("f3")
        shown = await wait_for(pilot, "PER CHI SI REGISTRA?")
        assert f"2  {ANOTHER}" in shown
        await pilot.press("escape")
        await wait_for(pilot, "VERIFICA")
        await pilot.press("f3")
        await wait_for(pilot, "PER CHI SI REGISTRA?")
        await pilot.press("down", "enter")
        shown = await wait_for(pilot, f"Persona   [{ANOTHER}")
        assert "REGISTRA AIUTO" in shown
        assert "nessuna verifica" not in shown


async def test_a_household_that_was_being_entered_survives_a_closed_window(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await enter_household(pilot, ANYONE, ANOTHER, "")
        await pilot.press("f5", "f5")  # the last one is taken back, and kept again
        await pilot.press("ctrl+q")
    async with console(node).run_test(size=SIZE) as pilot:
        shown = await wait_for(pilot, f"Nucleo   1 {ANYONE} [ ]  2 {ANOTHER} [ ]")
        assert "[ ] informativa" in shown, "each consents anew"


async def test_what_is_missing_is_where_the_cursor_is(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await scan(pilot, "rent_arrears", "Manca il consenso")
        await pilot.press("space")
        assert pilot.app.screen.query_one("#consent", Checkbox).value


async def test_who_was_entered_last_comes_back_to_be_corrected(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await enter_household(pilot, ANYONE, ANOTHER)
        await pilot.press("f5", "f5")
        shown = await wait_for(pilot, f"Codice   [{ANOTHER}")
        assert f"Nucleo   1 {ANYONE} [x]" in shown
        assert "[ ] informativa" in shown
        await pilot.press("f4")
        shown = await wait_for(pilot, "Codice   [     ")
    assert "│ Nucleo" not in shown
    assert "XQ" not in shown


async def test_a_person_is_entered_once_and_with_a_code_that_can_be(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await enter_household(pilot, ANYONE, ANYONE)
        await pilot.press("f5")
        await wait_for(pilot, "Le persone 1 e 2 del nucleo hanno lo stesso codice.")
        await pilot.press("end", "backspace", "f5")
        await wait_for(pilot, "Codice non valido: ha 15 caratteri")
        await pilot.press("f2")
        await wait_for(pilot, "Codice non valido: ha 15 caratteri")
    assert node.calls == []


async def test_another_purpose_takes_every_consent_back(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await enter_household(pilot, ANYONE, ANOTHER)
        choose(pilot, "#purpose", "referral")
        shown = await wait_for(pilot, "Codice o scopo cambiato: consenso")
        assert f"Nucleo   1 {ANYONE} [ ]" in shown
        await pilot.press("f2")
        await wait_for(pilot, "nucleo: 2 di 2 verificati.")
    assert consents(node) == []


async def test_each_of_a_household_has_a_case_and_the_need_is_of_all(node: FakeNode) -> None:
    async with console(node, "ugo").run_test(size=SIZE) as pilot:
        await go_to_check(pilot)
        choose(pilot, "#facet", "electricity")
        for code, case in ((ANYONE, "2026/77"), (ANOTHER, "2026/78")):
            write(pilot, "#code", code)
            write(pilot, "#case", case)
            if code == ANYONE:
                write(pilot, "#need", "POD:IT001E12345678")
                await pilot.press("f5")
        await pilot.press("f2")
        await wait_for(pilot, "nucleo: 2 di 2 verificati.")
    cases = [(call.identifier, call.protocol) for call in node.calls if isinstance(call, pb.AddCaseRequest)]
    assert cases == [(ANYONE, "2026/77"), (ANOTHER, "2026/78")]
    [asked] = households(node)
    assert (asked.question.case_protocol, asked.question.need) == ("", "POD:IT001E12345678")


async def test_another_operator_finds_nobody_of_the_last_household(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / ")
        choose(pilot, "#facet", "loan")
        await enter_household(pilot, ANYONE, ANOTHER)
        await pilot.press("f2")
        await wait_for(pilot, "ACCESSO")
        pilot.app.screen.query_one("#user", Input).value = "bruno"
        pilot.app.screen.query_one("#password", Input).value = PASSWORD
        await pilot.press("enter")
        shown = await wait_for(pilot, "Emporio Nord / bruno")
    assert "XQ" not in shown
    assert "│ Nucleo" not in shown


async def test_twelve_fit_and_the_verdict_stays_whole(node: FakeNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / ")
        choose(pilot, "#facet", "medicine")
        await enter_household(pilot, ANYONE, *(f"NOME:{number}" for number in range(1, 12)), consent=False)
        assert "Nucleo   … 10 NOME:9 (nome)  11 NOME:10 (nome)" in await wait_for(pilot, "11 NOME:10")
        await pilot.press("f2")
        shown = await wait_for(pilot, "RISULTATO PARZIALE")
    for sentence in (
        "?? nucleo: 1 di 12 verificati: il risultato è parziale.",
        "!! POSSIBILE SOVRAPPOSIZIONE: almeno 1 aiuto, 1 impegno di oggi.",
        "?? RISULTATO PARZIALE: 1 ente su 12 non ha risposto, 1 ha rifiutato.",
        "La decisione resta all'operatore: il sistema informa, non nega.",
        "F2 Verifica",
    ):
        assert sentence in shown


async def test_f8_writes_the_papers_once_and_says_where(
    node: FakeNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "banco"
    place.mkdir()
    monkeypatch.chdir(place)
    async with console(node).run_test(size=SIZE) as pilot:
        await wait_for(pilot, "Emporio Nord / anna")
        paper = place / "informativa-2026-1-it.pdf"
        for _ in range(2):  # the same paper twice is one paper
            await pilot.press("f8")
            shown = await wait_for(pilot, paper.name)
            assert "Informativa e modulo di consenso, 2026-1: pronti da stampare." in shown
            await pilot.press("escape")
            await wait_for(pilot, "F8 Stampa")
        assert [file.name for file in place.iterdir()] == [paper.name]
        paper.write_bytes(b"another paper")
        await pilot.press("f8")
        assert "Spostarlo" in await wait_for(pilot, "esiste già")
        assert paper.read_bytes() == b"another paper"


async def test_what_was_taken_without_the_node_is_told_when_the_counter_opens(node: FakeNode) -> None:
    profile = load_profile(node.profile("anna"))
    taken = Taken(0, new_key(), 1_795_000_000_000, Aid(ANYONE, "food_parcel", "2026-11-21", 0))
    OfflineStore(profile.offline, PASSWORD).add(taken)
    async with Console(profile).run_test(size=SIZE, notifications=True) as pilot:
        assert ANYONE not in await wait_for(pilot, "1 cosa presa senza rete")
