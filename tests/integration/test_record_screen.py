"""What the operator can do on REGISTRA with keys and mouse, against a served front port."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Checkbox, Input, Select

from maglia.v1 import operator_pb2 as pb
from maglia.v1 import records_pb2, waiting_pb2
from maglia.v1 import reservation_pb2 as reservations
from tests.support.fake_counter import AID_ID, LATE_ID, MADE_ID, OPEN_ID, FakeCounter, fake_counter
from tests.support.fake_node import PASSWORD
from tests.support.scenarios import ANOTHER, ANYONE
from tests.support.screens import PATIENCE_S, text_of, wait_for
from tui.app import Console
from tui.profile import load_profile
from tui.screens.record.entry import Until
from tui.screens.record.fields import RecordFields
from tui.screens.record.screen import RecordScreen
from tui.widgets.keys import KeyLabel

SIZE = (80, 24)


@pytest.fixture
async def node(tmp_path: Path, papers: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeCounter]:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    monkeypatch.chdir(papers)
    served = await fake_counter(tmp_path).start()
    yield served
    await served.stop()


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """Where the console was started."""
    folder = tmp_path / "carte"
    folder.mkdir()
    return folder


def console(node: FakeCounter, lang: str = "it") -> Console:
    return Console(load_profile(node.profile("anna"), lang), lock_after_s=0.0)


def write(pilot: Pilot[None], **texts: str) -> None:
    for name, text in texts.items():
        pilot.app.screen.query_one(f"#{name}", Input).value = text


def choose(pilot: Pilot[None], name: str, value: str) -> None:
    choice: Select[str] = pilot.app.screen.query_one(name, Select)
    choice.value = value


def record(pilot: Pilot[None]) -> RecordScreen:
    screen = pilot.app.screen
    assert isinstance(screen, RecordScreen)
    return screen


async def checked(pilot: Pilot[None], facet: str, until: str) -> None:
    """Check a person on VERIFICA and go on to REGISTRA."""
    await wait_for(pilot, " / anna")
    choose(pilot, "#facet", facet)
    write(pilot, code=ANYONE)
    await pilot.press("f2")
    await wait_for(pilot, until)
    await pilot.press("f3")
    await wait_for(pilot, "REGISTRA AIUTO")


async def straight(pilot: Pilot[None], facet: str = "food_parcel", **texts: str) -> None:
    """Go to REGISTRA without a check, for help without a promise."""
    await wait_for(pilot, " / anna")
    pilot.app.action_go_to("record")  # type: ignore[attr-defined]
    await wait_for(pilot, "REGISTRA AIUTO")
    choose(pilot, "#facet", facet)
    record(pilot).query_one(RecordFields).promise(Until.NONE)
    write(pilot, **({"code": ANYONE, "amount": "40,00"} | texts))
    await pilot.pause()


async def answer(pilot: Pilot[None], name: str) -> None:
    """Click an answer of the question that stands before everything else."""
    await pilot.click(next(one for one in pilot.app.screen.query(Button) if one.name == name))


async def click_until(pilot: Pilot[None], button: str, text: str) -> None:
    """Press the same button after each lost line, as the screen says, until a text is there."""
    end = time.monotonic() + PATIENCE_S
    while text not in (shown := text_of(pilot.app)):
        assert time.monotonic() < end, shown
        await pilot.click(button)
        await pilot.pause(0.3)


def aids(node: FakeCounter) -> list[pb.AddAidRequest]:
    return [call for call in node.calls if isinstance(call, pb.AddAidRequest)]


def calls(node: FakeCounter, kind: type) -> list[object]:
    return [call for call in node.calls if isinstance(call, kind)]


async def test_a_checked_person_is_helped_with_one_key_has_a_receipt_and_it_can_be_undone(
    node: FakeCounter, papers: Path
) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await checked(pilot, "basic_goods", "parziale")
        shown = await wait_for(pilot, "Verifica V-1042, ")
        assert "MUTO      Croce Verde" in shown
        assert "il risultato è parziale" in shown
        await wait_for(pilot, "Nucleo 4")
        assert not record(pilot).check_action("print_receipt", ())
        record(pilot).query_one(RecordFields).promise(Until.NONE)
        write(pilot, amount="1.234,50")
        await wait_for(pilot, "= 1.234,50 €")
        await pilot.press("f2")
        shown = await wait_for(pilot, "Annullabile fino alle")
        assert "CONSEGNATO: Beni" in shown
        assert "con F9." in shown
        assert "il risultato è parziale" in shown
        await pilot.press("f2")  # it is on file: the key does nothing more
        for form, name in (("pdf", "c9d1.pdf"), ("roll", "c9d1.txt")):
            await pilot.press("f8")
            await wait_for(pilot, "[ Rotolo 80 mm ]")
            await answer(pilot, form)
            await wait_for(pilot, name)
        await pilot.press("f9")
        await wait_for(pilot, "Annullare quanto appena salvato?")
        focused = pilot.app.focused
        assert isinstance(focused, Button)
        assert focused.name == ""  # harmless first
        await pilot.press("right", "enter")
        await wait_for(pilot, "Annullato:")
    assert [(aid.facet, aid.amount_cents, aid.visibility) for aid in aids(node)] == [
        ("basic_goods", 1_234_50, "network")
    ]
    assert calls(node, records_pb2.UndoAidRequest) == [records_pb2.UndoAidRequest(record=AID_ID)]
    assert names_in(papers) == ["ricevuta-a7b3c9d1.pdf", "ricevuta-a7b3c9d1.txt"]
    receipt = papers / "ricevuta-a7b3c9d1.txt"
    assert ANYONE not in receipt.read_text()


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.long
async def test_a_window_closed_after_a_lost_line_files_once(node: FakeCounter) -> None:
    node.fails = {"AddAid"}
    async with console(node).run_test(size=SIZE) as pilot:
        await straight(pilot)
        await pilot.press("f2")
        await wait_for(pilot, "non si registra due volte")
        await pilot.press("ctrl+q")
    async with console(node).run_test(size=SIZE, notifications=True) as pilot:
        await wait_for(pilot, " / anna")
        pilot.app.action_go_to("record")  # type: ignore[attr-defined]
        await wait_for(pilot, "= 40,00 €")
        await pilot.press("f2")
        await wait_for(pilot, "Annullabile fino alle")
        await pilot.press("ctrl+q")
    assert len(aids(node)) == 2
    assert len(node.filed) == 1
    assert not load_profile(node.profile("anna"), "it").drafts.exists()


async def test_what_was_sent_without_an_answer_goes_first_as_it_was(node: FakeCounter) -> None:
    node.fails = {"AddAid"}
    async with console(node).run_test(size=SIZE) as pilot:
        await straight(pilot)
        await pilot.press("f2")
        await wait_for(pilot, "non si registra due volte")
        write(pilot, amount="50,00")
        await pilot.press("f2")
        shown = await wait_for(pilot, "È l'invio di prima")
        assert "40,00 €, " in shown
    assert len(node.filed) == 1
    assert [aid.amount_cents for aid in aids(node)] == [40_00, 40_00]


async def test_a_promise_with_another_beside_it_is_given_with_a_reason(node: FakeCounter) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await checked(pilot, "food_parcel", "RISULTATO PARZIALE")
        write(pilot, amount="40,00")
        await pilot.press("f2")
        shown = await wait_for(pilot, "Non ancora consegnato")
        assert "9 su 12 confermano" in shown
        assert "!! Una parrocchia ha un impegno uguale dalle" in shown
        assert "Muti: Croce Verde, Onlus Ponte, Mensa Est." in shown
        assert "?? RISULTATO PARZIALE: 3 enti su 12 non hanno risposto." in shown
        assert pilot.app.focused is pilot.app.screen.query_one("#reason", Select)
        await pilot.press("f2")
        await wait_for(pilot, "Il campo «motivo» manca.")
        choose(pilot, "#reason", "agreed")
        write(pilot, words="con don Luca")
        await pilot.press("f2")
        shown = await wait_for(pilot, "Annullabile fino alle")
        assert "?? RISULTATO PARZIALE" in shown  # never "clear"
    (promise,) = calls(node, reservations.ReserveRequest)
    assert isinstance(promise, reservations.ReserveRequest)
    assert promise.until_ms > 0
    (confirmed,) = calls(node, reservations.ConfirmReservationRequest)
    assert isinstance(confirmed, reservations.ConfirmReservationRequest)
    assert (confirmed.record_id, confirmed.reason) == (MADE_ID, "accordo telefonico: con don Luca")


async def test_a_promise_is_one_over_a_bad_line_and_one_again_when_its_confirmation_is_undone(
    node: FakeCounter,
) -> None:
    node.fails = {"Reserve", "check", "ConfirmReservation"}
    async with console(node).run_test(size=SIZE) as pilot:
        await checked(pilot, "food_voucher", "tutti i 12 enti")
        write(pilot, amount="25,00")
        await pilot.click("#promise")
        await wait_for(pilot, "non si registra due volte")
        await click_until(pilot, "#promise", "Per la consegna: F2")
        assert "Impegno registrato: Buono spesa" in text_of(pilot.app)
        assert not record(pilot).check_action("promise", ())
        await pilot.click("#give")
        await wait_for(pilot, "non si registra due volte")
        await click_until(pilot, "#give", "Annullabile fino alle")
        await pilot.press("f9")
        await wait_for(pilot, "Annullare quanto appena salvato?")
        await answer(pilot, "undo")
        await wait_for(pilot, "Torna un impegno")
        await pilot.press("f2")
        shown = await wait_for(pilot, "Annullabile fino alle")
        assert "tutti i 12 enti" in shown
    assert len(calls(node, reservations.ReserveRequest)) == 1


async def test_the_reason_is_kept_and_without_consent_nobody_else_sees_it(node: FakeCounter) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await checked(pilot, "canteen", "SOVRAPPOSIZIONE")
        record(pilot).query_one(RecordFields).promise(Until.NONE)
        await pilot.press("f2")
        await wait_for(pilot, "scegliere il motivo")
        assert not aids(node)
        choose(pilot, "#reason", "urgent")
        await pilot.press("f2")
        await wait_for(pilot, "Annullabile fino alle")
        await pilot.press("f4", "escape")
        await checked(pilot, "rent_arrears", "Manca il consenso")
        shown = await wait_for(pilot, "NON VERIFICATO")
        assert "Senza consenso l'aiuto si dà lo stesso" in shown
        assert not record(pilot).query_one("#visible", Checkbox).value
        write(pilot, amount="300,00")
        await pilot.press("f2")
        shown = await wait_for(pilot, "Annullabile fino alle")
        assert "NON VERIFICATO" in shown
    assert node.notes == ["Motivo dell'aiuto n. a7b3c9d1: bisogno urgente. Verifica V-1042."]
    assert [aid.visibility for aid in aids(node)] == ["network", "only_us"]


async def test_all_that_cannot_be_read_is_said_at_once(node: FakeCounter) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await straight(pilot, "transport", amount="1234.50")
        write(pilot, day="31/02/2026", need="POD:?")
        await pilot.press("f2")
        shown = await wait_for(pilot, "Correggere questi campi e ripetere.")
        for field in ("Importo", "Data", "Bisogno"):
            assert f"!! {field}: " in shown
        assert pilot.app.focused is not None
        assert pilot.app.focused.id == "amount"
    assert not aids(node)


async def test_what_cannot_be_read_is_said_and_with_the_network_away_the_check_is_put_off(node: FakeCounter) -> None:
    node.fails = {"ListReservations"}
    async with console(node).run_test(size=SIZE) as pilot:
        await straight(pilot, "transport", amount="1234.50")
        shown = await wait_for(pilot, "!! non valido")
        shown = await wait_for(pilot, "?? Rete assente")  # in place of the list
        assert "F10, SENZA RETE." in shown
        assert "maglia offline" not in shown, "no command can be typed on a screen"
        await pilot.press("f2")
        await wait_for(pilot, "non è scritto come 1.234,50")
        write(pilot, amount="40,00", code="")
        await pilot.press("f2")
        await wait_for(pilot, "Il campo «codice della persona» manca.")
        assert not aids(node)
        node.fails.clear()
        write(pilot, code=ANYONE)
        record(pilot).query_one(RecordFields).promise(Until.TWO_HOURS)
        await pilot.press("f3")
        shown = await wait_for(pilot, "RETE ASSENTE")
        assert "gli altri enti non sono stati interrogati" in shown
        focused = pilot.app.focused
        assert isinstance(focused, Button)
        assert focused.name == ""
        await pilot.press("right", "enter")
        await wait_for(pilot, "Verifica V-77 rimandata")
    (deferred,) = calls(node, waiting_pb2.DeferCheckRequest)
    assert isinstance(deferred, waiting_pb2.DeferCheckRequest)
    assert (deferred.question.identifier, deferred.question.facet) == (ANYONE, "transport")


@pytest.mark.long
async def test_a_person_without_a_code_is_looked_for_before_they_are_new(node: FakeCounter) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await straight(pilot, code="")
        await pilot.press("f6")
        await wait_for(pilot, "PERSONA SENZA CODICE")
        assert pilot.app.screen.query_one("#new", Button).disabled
        write(pilot, name="Xqzar Wqzi", born="01/02/1980", place="Tlemcen")
        await pilot.press("enter")
        shown = await wait_for(pilot, "Nomi simili, forse persone diverse")
        assert "\x1b" not in shown
        await pilot.click("#new")
        await wait_for(pilot, "Xqzar Wqzi, 01/02/1980")
        await pilot.press("f2")
        shown = await wait_for(pilot, "NOME:4")
        assert "Persona senza codice: l'aiuto resta in questo ente" in shown
        await pilot.press("f4", "f6")
        await wait_for(pilot, "PERSONA SENZA CODICE")
        write(pilot, name="Xqzar Wqzi", born="01/02/1980")
        await pilot.press("enter")
        await wait_for(pilot, "NOME:3")
        await pilot.press("enter")
        await wait_for(pilot, "[NOME:3")
        write(pilot, amount="5,00")
        await pilot.press("f2")
        await wait_for(pilot, "CONSEGNATO: Spesa, 5,00 €")
    new, known = calls(node, pb.AddNamedAidRequest)
    assert isinstance(new, pb.AddNamedAidRequest)
    assert isinstance(known, pb.AddNamedAidRequest)
    assert (new.person.name, new.person.born, new.alias) == ("Xqzar Wqzi", "1980-02-01", "")
    assert (known.person.name, known.alias, known.amount_cents) == ("", "NOME:3", 5_00)
    assert new.key
    assert new.key != known.key


async def test_a_name_is_written_with_enter_from_field_to_field(node: FakeCounter) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await straight(pilot, code="")
        await pilot.press("f6")
        await wait_for(pilot, "PERSONA SENZA CODICE")
        await pilot.press("enter")
        shown = await wait_for(pilot, "Correggere questi campi e ripetere.")
        assert ("!! Nome:" in shown, "!! Nata/o il:" in shown) == (True, True)
        assert pilot.app.screen.query_one("#name", Input).has_focus
        await pilot.press(*"Xqzar", "enter", *"01/02/1980", "enter")
        await wait_for(pilot, "Nomi simili, forse persone diverse")
        field = pilot.app.screen.query_one("#place", Input)
        field.focus()
        await pilot.press(*"Tlemcen", "enter")
        assert pilot.app.focused is pilot.app.screen.query_one("#new", Button)
        pilot.app.screen.query_one("#born", Input).value = "02/02/1980"
        await pilot.pause()
        assert pilot.app.screen.query_one("#new", Button).disabled
        field.focus()
        await pilot.press("enter")
        await wait_for(pilot, "Nomi simili, forse persone diverse")
        field.focus()
        await pilot.press("enter", "enter")
        await wait_for(pilot, "Xqzar, 02/02/1980")


@pytest.mark.long
async def test_the_list_of_promises_is_exported_and_gives_renews_releases(node: FakeCounter, papers: Path) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await straight(pilot, need="b-7")
        await pilot.press("f2")
        await wait_for(pilot, "Annullabile fino alle")
        await pilot.press("f7")
        await wait_for(pilot, "Impegni, 2")
        await answer(pilot, "csv")
        await wait_for(pilot, "Scritto:")
        await pilot.press("f5")
        shown = await wait_for(pilot, "1a7e1a7e")
        assert "TROVATO DOPO: Onlus [/bad]" in shown
        await pilot.press("down", "enter")
        shown = await wait_for(pilot, "[ Proroga ]")
        assert ANOTHER in shown
        await answer(pilot, "renew")
        await wait_for(pilot, "Impegno prorogato fino a")
        await pilot.press("enter")
        await wait_for(pilot, "[ Annulla impegno ]")
        assert "[ Proroga ]" not in text_of(pilot.app)  # once only
        await answer(pilot, "release")
        await wait_for(pilot, "gli altri enti non lo vedono più")
        await pilot.press("enter")
        await wait_for(pilot, "[ Consegna ]")
        await answer(pilot, "give")
        await wait_for(pilot, "Impegno ripreso")
        await pilot.press("f2")
        await wait_for(pilot, "scegliere il motivo")
    (released,) = calls(node, reservations.ReleaseReservationRequest)
    assert released == reservations.ReleaseReservationRequest(record_id=OPEN_ID)
    (confirmed,) = calls(node, reservations.ConfirmReservationRequest)
    assert isinstance(confirmed, reservations.ConfirmReservationRequest)
    assert (confirmed.record_id, confirmed.amount_cents) == (LATE_ID, 40_00)
    (aid,) = aids(node)
    assert (aid.need, aid.creditor, aid.period_from) == ("POD:IT001E12345678", "Luce srl", "2026-10-01")
    assert names_in(papers) == ["impegni.csv"]


@pytest.mark.long
async def test_another_card_begins_with_another_person_and_files_nothing(node: FakeCounter) -> None:
    async with console(node).run_test(size=SIZE, notifications=True) as pilot:
        await checked(pilot, "food_voucher", "tutti i 12 enti")
        await pilot.press("f3")
        await wait_for(pilot, "Per la consegna: F2")
        record(pilot).take_code(ANOTHER)
        shown = await wait_for(pilot, "L'impegno di prima resta aperto")
        assert "confermano" not in shown
        assert "nessuna verifica" in shown
        await pilot.press("enter", "enter", "enter")
    assert not calls(node, reservations.ConfirmReservationRequest)
    assert not aids(node)


@pytest.mark.parametrize("lang", ["it", "en"])
def test_every_key_of_the_screen_has_room_at_80_columns(lang: str) -> None:
    shown = [action for action in RecordScreen.ACTIONS if action.key in {"f1", "f10"} or action in RecordScreen.OWN]
    assert sum(KeyLabel(action, lang).cells + 1 for action in shown) <= 80 + 1
