"""What one does on PERSONA with keys and the mouse, against a served front port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Checkbox, Input, Select

from maglia.v1 import needs_pb2, operator_pb2, persons_pb2, records_pb2
from tests.support.fake_node import PASSWORD
from tests.support.fake_person import NOW_MS, RECORDS, FakePersonNode
from tests.support.scenarios import ANOTHER, ANYONE, THIRD
from tests.support.screens import text_of, wait_for
from tui.app import Console
from tui.profile import load_profile
from tui.screens import person, person_desk, person_doing
from tui.screens.person import PersonScreen

SIZE = (80, 24)
READ = "Resta 1 ente da avvisare"
M = TypeVar("M")


@pytest.fixture
async def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakePersonNode]:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    monkeypatch.chdir(tmp_path)
    for module in (person, person_desk, person_doing):
        monkeypatch.setattr(module, "now_ms", lambda: NOW_MS)
    served = FakePersonNode(tmp_path)
    await served.start()
    yield served
    await served.stop()


def console(node: FakePersonNode, lang: str = "it") -> Console:
    return Console(load_profile(node.profile("anna"), lang))


async def at_person(pilot: Pilot[None], code: str = ANYONE, until: str = READ) -> None:
    """Read somebody's file."""
    await wait_for(pilot, " / anna")
    pilot.app.action_go_to("person")  # type: ignore[attr-defined]
    await wait_for(pilot, "─ PERSON")
    field(pilot, "code").value = code
    await pilot.press("f2")
    await wait_for(pilot, until)


def field(pilot: Pilot[None], name: str) -> Input:
    return pilot.app.screen.query_one(f"#{name}", Input)


def last(node: FakePersonNode, kind: type[M]) -> M:
    """Return the newest call of one kind."""
    return [call for call in node.calls if isinstance(call, kind)][-1]


async def answer(pilot: Pilot[None], name: str) -> None:
    """Give one of a window's answers."""
    await pilot.pause()
    next(button for button in pilot.app.screen.query(Button) if button.name == name).focus()
    await pilot.pause()
    await pilot.press("enter")


async def test_a_correction_sends_what_was_changed_and_nothing_where_nothing_was(node: FakePersonNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await at_person(pilot)
        await pilot.press("f3")
        await wait_for(pilot, "CORREGGI AIUTO")
        await answer(pilot, "send")
        await wait_for(pilot, "La correzione non cambia nulla")
        field(pilot, "amount").value = "4O,00"
        await answer(pilot, "send")
        await wait_for(pilot, "Correggere l'importo")
        field(pilot, "amount").value = "45,50"
        await answer(pilot, "send")
        shown = await wait_for(pilot, "Corretto, vale da ora: a7b3c9d2")
        assert "Si annulla con F9 fino alle" in shown
    sent = last(node, records_pb2.CorrectAidRequest)
    assert sent == records_pb2.CorrectAidRequest(record=RECORDS[0].id, amount_cents=4550)


async def test_aid_is_undone_within_ten_minutes_and_not_after(node: FakePersonNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await at_person(pilot)
        await pilot.press("down", "f9")
        await pilot.pause()
        assert isinstance(pilot.app.screen, PersonScreen), "of an older one there is nothing to undo"
        await pilot.press("up", "f9")
        await wait_for(pilot, "ANNULLARE?")
        await pilot.press("enter")
        await pilot.pause()
        assert not [call for call in node.calls if isinstance(call, records_pb2.UndoAidRequest)], "harmless first"
        await pilot.press("f9")
        await wait_for(pilot, "ANNULLARE?")
        await answer(pilot, "yes")
        await wait_for(pilot, "Annullato.")
    assert last(node, records_pb2.UndoAidRequest).record == RECORDS[0].id


async def test_a_code_is_linked_after_both_sides_were_shown_and_taken_back(node: FakePersonNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await at_person(pilot)
        await pilot.press("2", "f3", "4")
        await wait_for(pilot, "COLLEGA CODICE")
        field(pilot, "other").value = "STP0309990000003"
        await answer(pilot, "send")
        shown = await wait_for(pilot, "È LA STESSA PERSONA?")
        assert "VECCHIO  STP0309990000003" in shown
        assert f"NUOVO    {ANYONE}" in shown
        assert not [call for call in node.calls if isinstance(call, persons_pb2.LinkPersonRequest)]
        await answer(pilot, "yes")
        await wait_for(pilot, "Fatto: STP0309990000002 ora è")
        await pilot.press("f9")
        await wait_for(pilot, "ANNULLARE IL COLLEGAMENTO?")
        await answer(pilot, "yes")
        await wait_for(pilot, "ogni codice ha di nuovo il suo fascicolo")
    assert last(node, persons_pb2.LinkPersonRequest) == persons_pb2.LinkPersonRequest(
        former="STP0309990000003", current=ANYONE
    )
    assert last(node, persons_pb2.UndoLinkRequest).former == "STP0309990000002"


async def test_who_joins_a_household_leaves_nobody_out(node: FakePersonNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await at_person(pilot)
        await pilot.press("2", "f3", "1")
        await wait_for(pilot, "Chi vive con questa persona")
        field(pilot, "member").value = ANOTHER.lower()
        field(pilot, "since").value = "01/10/2026"
        choice: Select[str] = pilot.app.screen.query_one("#age", Select)
        choice.value = "minor"
        await answer(pilot, "send")
        await wait_for(pilot, "Nucleo registrato: 3 persone.")
        await pilot.press("down", "f3", "3")
        await wait_for(pilot, "USCITA DAL NUCLEO")
        await answer(pilot, "yes")
        await wait_for(pilot, "Registrato: è uscito dal nucleo.")
    sent = last(node, persons_pb2.SetHouseholdRequest)
    assert [list(sent.adults), list(sent.minors), sent.since] == [[ANYONE, THIRD], ["NOME:7", ANOTHER], "2026-10-01"]
    assert last(node, persons_pb2.LeaveHouseholdRequest).identifier == THIRD


async def test_no_consent_is_recorded_before_the_notice_was_read(node: FakePersonNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await at_person(pilot)
        await pilot.press("3", "f3", "1")
        await wait_for(pilot, "letta alla persona")
        await answer(pilot, "send")
        await wait_for(pilot, "!! Il campo")
        assert not [call for call in node.calls if isinstance(call, operator_pb2.AddConsentRequest)]
        pilot.app.screen.query_one("#read", Checkbox).value = True
        choice: Select[str] = pilot.app.screen.query_one("#audience", Select)
        choice.value = "comune"
        await answer(pilot, "send")
        await wait_for(pilot, "Consenso registrato: Aiuti già dati, 21/11/2026 fino al 20/11/2027")
    sent = last(node, operator_pb2.AddConsentRequest)
    assert [list(sent.purposes), list(sent.audience), sent.method] == [["aid_overlap"], ["comune"], "oral"]


async def test_a_body_is_marked_told_and_a_consent_withdrawn(node: FakePersonNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await at_person(pilot)
        await pilot.press("3", "down", "f3", "2")
        await wait_for(pilot, "Segnato: comune-esempio è stato avvisato.")
        await pilot.press("f3", "3")
        await wait_for(pilot, "RITIRARE IL CONSENSO?")
        await answer(pilot, "all")
        shown = await wait_for(pilot, "Consenso ritirato.")
        assert READ in shown
    assert last(node, operator_pb2.MarkToldRequest).member == "comune-esempio"
    assert last(node, operator_pb2.WithdrawConsentRequest) == operator_pb2.WithdrawConsentRequest(identifier=ANYONE)


async def test_a_need_is_opened_and_closed_and_what_is_left_is_help_to_complete(node: FakePersonNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await at_person(pilot)
        await pilot.press("4")
        shown = await wait_for(pilot, "Coperto in parte: si può completare con altri 600,00 €.")
        assert "troppo" not in shown
        await pilot.press("f3", "1")
        await wait_for(pilot, "NUOVO BISOGNO")
        field(pilot, "owed").value = "900,00"
        await answer(pilot, "send")
        await wait_for(pilot, "Manca a che cosa riconoscere il bisogno")
        field(pilot, "need").value = "lease:T9X/2024/3T/1234"
        await answer(pilot, "send")
        await wait_for(pilot, "Bisogno registrato.")
        await pilot.press("f3", "2")
        await wait_for(pilot, "CHIUDERE IL BISOGNO?")
        await answer(pilot, "yes")
        await wait_for(pilot, "Bisogno chiuso.")
    sent = last(node, needs_pb2.OpenNeedRequest)
    assert [sent.owed_cents, sent.need] == [90000, "LEASE:T9X/2024/3T/1234"]
    assert last(node, needs_pb2.CloseNeedRequest).name == "B-7"


async def test_a_note_is_kept_and_is_in_no_export(node: FakePersonNode, tmp_path: Path) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await at_person(pilot)
        await pilot.press("5", "f7")
        await pilot.pause()
        assert isinstance(pilot.app.screen, PersonScreen)
        await pilot.press("f3")
        await wait_for(pilot, "NUOVA NOTA")
        field(pilot, "note").value = "Torna martedì"
        await answer(pilot, "send")
        await wait_for(pilot, "Nota registrata: resta in questo ente.")
        await pilot.press("1", "f7")
        await wait_for(pilot, "XLSX")
        await answer(pilot, "csv")
        await wait_for(pilot, "Scritto: ")
    assert last(node, records_pb2.AddNoteRequest).text == "Torna martedì"
    [written] = list(tmp_path.glob("*.csv"))  # noqa: ASYNC240 - a small folder
    assert ANYONE not in written.name + written.read_text(encoding="utf-8-sig")


async def test_the_next_person_shows_nothing_of_the_last_and_what_can_be_read_of_them(node: FakePersonNode) -> None:
    app = console(node)
    async with app.run_test(size=SIZE) as pilot:
        await at_person(pilot)
        seat: Any = app._seat
        assert seat.at_hand.question.identifier == ANYONE
        await pilot.click("#view-needs")
        await wait_for(pilot, "COPERTO QUI")
        await pilot.press("1")
        field(pilot, "code").value = THIRD[:-1]
        await pilot.pause()
        shown = text_of(pilot.app)
        assert "Affitto" not in shown
        assert READ not in shown
        field(pilot, "code").value = THIRD
        await pilot.press("f2")
        await wait_for(pilot, "Il controllo delle regole non risponde")
        assert "Affitto arretrato" in text_of(pilot.app), "one part's refusal takes nothing from the others"


async def test_only_what_the_node_grants_is_offered(node: FakePersonNode) -> None:
    app = console(node)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / anna")
        seat: Any = app._seat
        granted = seat.operator.may - {
            "RecordsService/CorrectAid",
            "NeedsService/ListNeeds",
            "PersonsService/LinkPerson",
        }
        seat.operator = replace(seat.operator, may=granted)
        await at_person(pilot)
        await pilot.press("f3")
        await pilot.pause()
        assert isinstance(pilot.app.screen, PersonScreen)
        await pilot.press("4")
        await wait_for(pilot, "Il suo ruolo qui non lo legge.")
        await pilot.press("2", "f3")
        shown = await wait_for(pilot, "CHE COSA FARE")
        assert "Collega" not in shown
    assert not [call for call in node.calls if isinstance(call, needs_pb2.ListNeedsRequest)]


async def test_every_word_and_key_is_whole_on_a_small_screen(node: FakePersonNode) -> None:
    for lang in ("it", "en"):
        async with console(node, lang).run_test(size=SIZE) as pilot:
            await at_person(pilot, until="Resta 1" if lang == "it" else "1 body")
            line = text_of(pilot.app).splitlines()[-1]
            for action in (*PersonScreen.OWN, next(one for one in PersonScreen.ACTIONS if one.key == "f10")):
                assert f"{action.shown} {action.words[lang == 'en']}" in line
            assert "\x1b" not in text_of(pilot.app)
