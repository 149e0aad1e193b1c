"""PERSONA's pure parts: charts, what a correction changes, which codes give way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maglia.core.errors import Code
from tests.peer_world import refused
from tui.persons_model import PersonCode, PersonFile, Side
from tui.records_model import Correction, FiledAid
from tui.screens.person.aid_form import correction_of, written_of
from tui.screens.person.chart import facet_bars, month_bars
from tui.screens.person.words import who_lines

TODAY = "2026-11-21"
AID = FiledAid(
    id="a7b3c9d1",
    version=1,
    replaces="",
    replaced_by="",
    facet="rent_arrears",
    date="2026-11-10",
    amount_cents=1_234_50,
    status="given",
    basis="consent",
    visibility="network",
    creditor="Casa Fittizia",
    need="",
    period_from="2026-09-01",
    period_to="2026-10-31",
    frequency="one_off",
    protocol="",
    means_test="none",
    recorded_by="anna",
    recorded_at_ms=0,
    undo_until_ms=0,
    keep_until="2029-11-10",
    national_code="A1.05",
    national_sure=False,
    reserved_until_ms=0,
)


def test_a_chart_counts_what_was_given_once_and_what_lasts_in_each_of_its_months() -> None:
    monthly = replace(AID, facet="canteen", frequency="monthly", amount_cents=10_00, period_from="2026-10-01",
                      period_to="")  # fmt: skip
    counted_not = [replace(AID, status="reserved"), replace(AID, status="corrected"), replace(AID, replaced_by="b")]
    old, in_kind = replace(AID, date="2025-11-30"), replace(AID, facet="food_parcel", amount_cents=None)
    records = [AID, monthly, *counted_not, old, in_kind]
    assert [(bar.name, bar.shown) for bar in month_bars(records, TODAY, "it")] == [
        ("10/2026", "10,00 € (1)"),
        ("11/2026", "1.244,50 € (3)"),
    ]
    assert [(bar.name, bar.shown) for bar in facet_bars(records, TODAY, "en")] == [
        ("Rent arrears", "1.234,50 € (1)"),
        ("Canteen", "20,00 € (2)"),
        ("Food parcel", "no amount (1)"),
    ]


def test_months_without_help_stand_between_those_with_it() -> None:
    bars = month_bars([AID, replace(AID, date="2026-08-01")], TODAY, "it")
    assert [(bar.name, bar.value) for bar in bars[:3]] == [("08/2026", 123450), ("09/2026", 0), ("10/2026", 0)]


@pytest.mark.parametrize("today", ["", "domani"])
def test_a_day_that_is_none_draws_nothing(today: str) -> None:
    assert month_bars([AID], today, "it") == []


@pytest.mark.parametrize(
    ("written", "correction"),
    [
        ({"amount": "40,00"}, Correction(amount_cents=4_000)),
        ({"amount": ""}, Correction(amount_cents=0)),
        ({"creditor": "", "period_to": ""}, Correction(creditor="", period_to="")),
        ({"date": "09/11/2026", "status": "cancelled"}, Correction(date="2026-11-09", status="cancelled")),
        ({"need": "lease:t9x/2024/3t/1234"}, Correction(need="LEASE:T9X/2024/3T/1234")),
        ({"facet": "electricity", "frequency": "monthly"}, Correction(facet="electricity", frequency="monthly")),
    ],
)
def test_a_correction_holds_what_was_changed_alone(written: dict[str, str], correction: Correction) -> None:
    assert correction_of(AID, written_of(AID) | written) == correction


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ({}, Code.INPUT_RECORD_UNCHANGED),
        ({"date": ""}, Code.INPUT_MISSING),
        ({"date": "31/02/2026"}, Code.INPUT_DATE),
        ({"amount": "1234.50"}, Code.INPUT_AMOUNT),
        ({"need": "POD:no"}, Code.INPUT_SUPPLY),
    ],
)
def test_a_correction_that_cannot_be_right_is_refused_before_it_is_sent(written: dict[str, str], code: Code) -> None:
    with refused(code):
        correction_of(AID, written_of(AID) | written)


def test_a_public_body_is_told_of_a_case_that_is_missing_and_never_of_a_consent() -> None:
    code, side = PersonCode("XQZXQW60A01H000W", "cf", weak=False), Side(True, {"filed_need": 1}, 0, "")
    who = PersonFile(code, (), side, (), "", True, None, TODAY)
    head = who_lines(who, code.identifier, "it", on_consent=False)
    assert "1 bisogno." in head[1]
    assert "Nessuna pratica: per chiedere agli altri enti, il protocollo va in VERIFICA." in head[2]
    assert "consenso" not in head[2]
    assert "3, F3 lo registra." in who_lines(who, code.identifier, "it")[2]
