"""What REGISTRA says where something can't be filed as it is written, and how one gets out of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input, Select

from maglia.v1 import operator_pb2 as pb
from maglia.v1 import records_pb2
from maglia.v1 import reservation_pb2 as reservations
from tests.support.fake_counter import AID_ID, NOON_MS, FakeCounter, fake_counter
from tests.support.fake_node import DAY, PASSWORD
from tests.support.scenarios import ANOTHER, ANYONE
from tests.support.screens import text_of, wait_for
from tui import fields
from tui.app import Console
from tui.profile import load_profile
from tui.screens.record.entry import Until
from tui.screens.record.fields import RecordFields

SIZE = (80, 24)
TODAY = date.fromisoformat(DAY)


@pytest.fixture
async def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeCounter]:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    monkeypatch.setattr(fields, "now", lambda: datetime.fromtimestamp(NOON_MS / 1000))
    served = await fake_counter(tmp_path).start()
    yield served
    await served.stop()


def console(node: FakeCounter) -> Console:
    return Console(load_profile(node.profile("anna"), "it"), lock_after_s=0.0)


def write(pilot: Pilot[None], **texts: str) -> None:
    for name, text in texts.items():
        pilot.app.screen.query_one(f"#{name}", Input).value = text


async def begin(pilot: Pilot[None], facet: str, until: Until, **texts: str) -> None:
    await wait_for(pilot, " / anna")
    await pilot.press("f3")
    await wait_for(pilot, "REGISTRA AIUTO")
    choice: Select[str] = pilot.app.screen.query_one("#facet", Select)
    choice.value = facet
    pilot.app.screen.query_one(RecordFields).promise(until)
    write(pilot, **({"code": ANYONE, "amount": "40,00"} | texts))
    await pilot.pause()


def calls(node: FakeCounter, kind: type) -> list[object]:
    return [call for call in node.calls if isinstance(call, kind)]


async def answer(pilot: Pilot[None], name: str) -> None:
    await pilot.click(next(one for one in pilot.app.screen.query(Button) if one.name == name))


async def test_what_was_given_yesterday_is_filed_without_a_promise_and_nothing_is_given_tomorrow(
    node: FakeCounter,
) -> None:
    yesterday, tomorrow = (f"{TODAY + timedelta(days=days):%d/%m/%Y}" for days in (-1, 1))
    async with console(node).run_test(size=SIZE) as pilot:
        await begin(pilot, "food_parcel", Until.TWO_HOURS, day=tomorrow)
        await pilot.press("f2")
        await wait_for(pilot, "è nel futuro")
        write(pilot, day=yesterday)
        assert f"[{yesterday} ]" in await wait_for(pilot, f"[{yesterday[:5]}")  # whole, with the cursor behind it
        await pilot.press("f2")
        shown = await wait_for(pilot, "CONSEGNATO: Spesa")
        assert "giorno passato: registrato senza impegno" in shown
    assert not calls(node, reservations.ReserveRequest)
    assert [call.date for call in node.calls if isinstance(call, pb.AddAidRequest)] == [
        (TODAY - timedelta(days=1)).isoformat()
    ]


async def test_money_without_an_amount_is_asked_for_once_and_told_afterwards(node: FakeCounter) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await begin(pilot, "electricity", Until.NONE, amount="")
        await pilot.press("f2")
        await wait_for(pilot, "manca l'importo")
        assert pilot.app.focused is pilot.app.screen.query_one("#amount")
        assert not calls(node, pb.AddAidRequest)
        await pilot.press("f2")
        await wait_for(pilot, "CONSEGNATO: Luce, senza importo, ")


async def test_a_promise_stays_named_while_a_reason_is_wanted_and_after_a_lost_line(node: FakeCounter) -> None:
    node.fails = {"ConfirmReservation"}
    async with console(node).run_test(size=SIZE) as pilot:
        await begin(pilot, "food_parcel", Until.TWO_HOURS)
        await pilot.press("f2")
        shown = await wait_for(pilot, "Non ancora consegnato")
        assert "c'è solo l'impegno, fino alle" in shown
        pilot.app.screen.query_one("#reason", Select).value = "urgent"
        await pilot.press("f2")
        shown = await wait_for(pilot, "NON risulta ancora registrato")
        assert "Impegno registrato: Spesa" in shown
        assert "verifica non eseguita" not in shown


async def test_the_last_persons_help_is_undone_with_the_next_one_there(node: FakeCounter) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await begin(pilot, "food_parcel", Until.NONE)
        await pilot.press("f2")
        await wait_for(pilot, "Annullabile fino alle")
        await pilot.press("f4")
        write(pilot, code=ANOTHER)
        await pilot.press("escape", "f9")
        await wait_for(pilot, "VERIFICA")
        await pilot.press("f3")
        await wait_for(pilot, "REGISTRA AIUTO")
        await pilot.press("f9")
        shown = await wait_for(pilot, "Annullare quanto appena salvato?")
        assert ANYONE in shown
        assert "CONSEGNATO: Spesa, 40,00 €" in shown
        await answer(pilot, "undo")
        await wait_for(pilot, "Annullato:")
        assert pilot.app.screen.query_one("#code", Input).value == ANOTHER
    assert calls(node, records_pb2.UndoAidRequest) == [records_pb2.UndoAidRequest(record=AID_ID)]


async def test_a_promise_that_stays_open_is_told_until_something_else_is_filed(node: FakeCounter) -> None:
    async with console(node).run_test(size=SIZE) as pilot:
        await begin(pilot, "food_voucher", Until.TWO_HOURS)
        await pilot.press("f3")
        await wait_for(pilot, "Per la consegna: F2")
        await pilot.press("f4")
        write(pilot, code=ANOTHER, amount="10,00")
        await pilot.pause(0.2)
        assert "L'impegno di prima resta aperto" in text_of(pilot.app)
        await pilot.press("f9")
        await wait_for(pilot, "Annullare questo impegno?")
        await answer(pilot, "undo")
        shown = await wait_for(pilot, "Annullato: IMPEGNO")
        assert "resta aperto" not in shown
    assert len(calls(node, reservations.ReleaseReservationRequest)) == 1
