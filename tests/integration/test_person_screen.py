"""What one does on PERSONA with keys and the mouse, against a served front port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input

from maglia.v1 import needs_pb2, operator_pb2, persons_pb2, records_pb2
from tests.support.fake_node import PASSWORD
from tests.support.fake_person import NOW_MS, RECORDS, FakePersonNode
from tests.support.scenarios import ANOTHER, ANYONE, THIRD
from tests.support.screens import text_of, wait_for
from tui.app import Console
from tui.profile import load_profile
from tui.screens.person import desk as person_desk
from tui.screens.person import doing as person_doing
from tui.screens.person import screen as person
from tui.screens.person.screen import PersonScreen

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


def console(node: FakePersonNode) -> Console:
    return Console(load_profile(node.profile("anna"), "it"))


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


def sent(node: FakePersonNode, kind: type[M]) -> list[M]:
    """Return the calls of one kind."""
    return [call for call in node.calls if isinstance(call, kind)]


async def answer(pilot: Pilot[None], name: str) -> None:
    """Give one of a window's answers."""
    await pilot.pause()
    next(button for button in pilot.app.screen.query(Button) if button.name == name).press()
    await pilot.pause()


async def choose(pilot: Pilot[None], number: str, until: str) -> None:
    """Choose from what can be done."""
    await pilot.press("f3")
    await wait_for(pilot, "CHE COSA FARE")
    await pilot.press(number)
    await wait_for(pilot, until)


async def test_a_correction_and_an_undo_send_what_was_meant_and_nothing_else(
    node: FakePersonNode, tmp_path: Path
) -> None:
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
        assert sent(node, records_pb2.CorrectAidRequest) == [
            records_pb2.CorrectAidRequest(record=RECORDS[0].id, amount_cents=4550)
        ]

        await pilot.press("down", "f9")
        await pilot.pause()
        assert isinstance(pilot.app.screen, PersonScreen), "of an older one there is nothing to undo"
        await pilot.press("up", "f9")
        await wait_for(pilot, "ANNULLARE?")
        await pilot.press("enter")
        await pilot.pause()
        assert not sent(node, records_pb2.UndoAidRequest), "the harmless answer comes first"
        await pilot.press("f9")
        await wait_for(pilot, "ANNULLARE?")
        await answer(pilot, "yes")
        await wait_for(pilot, "Annullato.")
        assert [call.record for call in sent(node, records_pb2.UndoAidRequest)] == [RECORDS[0].id]

        await pilot.press("5", "f7")
        await pilot.pause()
        assert isinstance(pilot.app.screen, PersonScreen), "private notes are in no file"
        await pilot.press("1", "f7")
        await wait_for(pilot, "XLSX")
        await answer(pilot, "csv")
        await wait_for(pilot, "Scritto: ")
    [written] = list(tmp_path.glob("*.csv"))  # noqa: ASYNC240 - a small folder
    assert ANYONE not in written.name + written.read_text(encoding="utf-8-sig")


async def test_nothing_is_put_on_file_before_it_was_read_and_confirmed(node: FakePersonNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await at_person(pilot)
        await pilot.press("2")
        await choose(pilot, "4", "COLLEGA CODICE")
        field(pilot, "other").value = "STP0309990000003"
        await answer(pilot, "send")
        shown = await wait_for(pilot, "È LA STESSA PERSONA?")
        assert "VECCHIO  STP0309990000003" in shown
        assert f"NUOVO    {ANYONE}" in shown
        await answer(pilot, "no")
        await wait_for(pilot, "[2 Nucleo 3]")
        assert not sent(node, persons_pb2.LinkPersonRequest)
        await pilot.press("f9")
        await wait_for(pilot, "ANNULLARE IL COLLEGAMENTO?")
        await answer(pilot, "yes")
        await wait_for(pilot, "ogni codice ha di nuovo il suo fascicolo")
        assert [call.former for call in sent(node, persons_pb2.UndoLinkRequest)] == ["STP0309990000002"]

        await choose(pilot, "1", "Chi vive con questa persona")
        field(pilot, "member").value = ANOTHER.lower()
        field(pilot, "since").value = "01/10/2026"
        await answer(pilot, "send")
        await wait_for(pilot, "Nucleo registrato: 3 persone.")
        [joined] = sent(node, persons_pb2.SetHouseholdRequest)
        assert [list(joined.adults), list(joined.minors)] == [[ANYONE, THIRD, ANOTHER], ["NOME:7"]], (
            "nobody is left out"
        )

        await pilot.press("3", "down", "f3")
        await wait_for(pilot, "Questo ente è stato avvisato")
        await pilot.press("1")
        await wait_for(pilot, "letta alla persona")
        await answer(pilot, "send")
        await wait_for(pilot, "segnare la casella")
        await pilot.press("escape")
        await wait_for(pilot, "DA AVVISARE")
        assert not sent(node, operator_pb2.AddConsentRequest), "the notice was not read"
        await choose(pilot, "2", "Segnato: comune-esempio è stato avvisato.")
        assert [call.member for call in sent(node, operator_pb2.MarkToldRequest)] == ["comune-esempio"]

        await pilot.press("4")
        await wait_for(pilot, "Coperto in parte: si può completare con altri 600,00 €.")
        await choose(pilot, "1", "NUOVO BISOGNO")
        field(pilot, "owed").value = "900,00"
        await answer(pilot, "send")
        await wait_for(pilot, "Manca a che cosa riconoscere il bisogno")
        assert not sent(node, needs_pb2.OpenNeedRequest)


async def test_a_window_says_all_that_is_wrong_at_once_and_is_mended_there(node: FakePersonNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await at_person(pilot)
        await pilot.press("4")
        await choose(pilot, "1", "NUOVO BISOGNO")
        await answer(pilot, "send")
        await wait_for(pilot, "!! Il campo «importo» manca.")
        for name, text in (("owed", "9OO"), ("creditor", "Ente case"), ("period_from", "31/02/2026")):
            field(pilot, name).value = text
        await answer(pilot, "send")
        shown = await wait_for(pilot, "Correggere questi campi e ripetere.")
        assert "!! Dovuto: " in shown
        assert "!! Dal: " in shown
        assert field(pilot, "owed").has_focus
        for name, text in (("owed", "900,00"), ("period_from", "01/02/2026")):
            field(pilot, name).value = text
        await answer(pilot, "send")
        await wait_for(pilot, "Scrivere il numero")
        field(pilot, "period_to").value = "30/04/2026"
        await answer(pilot, "send")
        await wait_for(pilot, "[4 ")
        [opened] = sent(node, needs_pb2.OpenNeedRequest)
        assert (opened.creditor, opened.period_from, opened.period_to) == ("Ente case", "2026-02-01", "2026-04-30")

        await pilot.press("2")
        await choose(pilot, "1", "Chi vive con questa persona")
        field(pilot, "member").value = "XQZ"
        field(pilot, "since").value = "1/10"
        await answer(pilot, "send")
        shown = await wait_for(pilot, "Correggere questi campi e ripetere.")
        assert "!! Codice: " in shown
        field(pilot, "member").value = ANOTHER
        await answer(pilot, "send")
        await wait_for(pilot, "!! La data")
        assert field(pilot, "since").has_focus
        assert not sent(node, persons_pb2.SetHouseholdRequest)


async def test_a_consent_is_withdrawn_only_by_an_answer_that_says_so(node: FakePersonNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await at_person(pilot)
        await pilot.press("3")
        await choose(pilot, "2", "RITIRARE IL CONSENSO?")
        await pilot.press("enter")
        await pilot.pause()
        assert not sent(node, operator_pb2.WithdrawConsentRequest), "the harmless answer comes first"
        await choose(pilot, "2", "RITIRARE IL CONSENSO?")
        await answer(pilot, "all")
        await wait_for(pilot, "Consenso ritirato.")
        [withdrawn] = sent(node, operator_pb2.WithdrawConsentRequest)
        assert (withdrawn.identifier, withdrawn.purpose) == (ANYONE, "")


async def test_the_next_person_shows_nothing_of_the_last_and_a_lost_session_nothing_less(node: FakePersonNode) -> None:
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

        seat.door.line.token = "scaduto"
        await pilot.press("f2")
        await wait_for(pilot, "ACCESSO")
        field(pilot, "password").value = PASSWORD
        await pilot.press("enter")
        await wait_for(pilot, "Affitto arretrato")
        assert field(pilot, "code").value == THIRD


async def test_only_what_the_node_grants_is_offered(node: FakePersonNode) -> None:
    app = console(node)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, " / anna")
        seat: Any = app._seat
        withheld = {"RecordsService/CorrectAid", "NeedsService/ListNeeds", "PersonsService/LinkPerson"}
        seat.operator = replace(seat.operator, may=seat.operator.may - withheld)
        await at_person(pilot)
        await pilot.press("f3")
        await pilot.pause()
        assert isinstance(pilot.app.screen, PersonScreen)
        await pilot.press("4")
        await wait_for(pilot, "Il suo ruolo qui non lo legge.")
        await pilot.press("2", "f3")
        shown = await wait_for(pilot, "CHE COSA FARE")
        assert "Collega" not in shown
    assert not sent(node, needs_pb2.ListNeedsRequest)


async def test_what_is_written_in_a_form_outlives_esc_another_card_and_a_crash(node: FakePersonNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await at_person(pilot)
        await pilot.press("5")
        await wait_for(pilot, "[5 Note")
        await pilot.press("f3")
        await wait_for(pilot, "NUOVA NOTA")
        await pilot.press(*"Chiamare", "escape")
        await wait_for(pilot, "resta qui, non ancora registrato")
        field(pilot, "code").value = ANOTHER
        await pilot.press("f2")
        await wait_for(pilot, ANOTHER)
        await wait_for(pilot, "[5 Note")
        await pilot.press("f3")
        await wait_for(pilot, "NUOVA NOTA")
        assert field(pilot, "note").value == "", "it is of another person"
        await pilot.press("escape")
        await pilot.pause(1.0)
        drafts = pilot.app.screen.seat.drafts  # type: ignore[attr-defined]
        assert "Chiamare" in drafts.of("person").fields.values()
    async with console(node).run_test(size=SIZE) as pilot:
        await at_person(pilot)
        await pilot.press("5", "f3")
        await wait_for(pilot, "NUOVA NOTA")
        assert field(pilot, "note").value == "Chiamare"
        await answer(pilot, "no")
        await wait_for(pilot, "[5 Note")
        await pilot.press("f3")
        await wait_for(pilot, "NUOVA NOTA")
        assert field(pilot, "note").value == "", "Annulla gives it up"


async def test_a_form_that_was_only_looked_at_keeps_nothing(node: FakePersonNode) -> None:
    """What was kept of it would put back later what somebody else has corrected meanwhile."""
    async with console(node).run_test(size=SIZE) as pilot:
        await at_person(pilot)
        await pilot.press("f3")
        await wait_for(pilot, "CORREGGI AIUTO")
        await pilot.press("escape")
        await pilot.pause(1.0)
        assert "non ancora registrato" not in text_of(pilot.app)
        assert pilot.app.screen.seat.drafts.of("person") is None  # type: ignore[attr-defined]


async def test_only_a_public_body_is_offered_the_objection_to_its_task(node: FakePersonNode) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await at_person(pilot)
        await pilot.press("3", "f3")
        shown = await wait_for(pilot, "La persona rifiuta il consenso")
        assert "oppone" not in shown
