"""How far a need is covered once answers arrive: help with another debt is not counted for this one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from maglia.core.exchange import Finding
from maglia.core.identifiers import parse_need
from maglia.core.vocabulary import AidStatus, Basis, EndState, Facet, Kind, Purpose, Visibility
from node.domain.needs import NewNeed
from node.domain.residual import Balance
from node.domain.verdict import CheckState, Outcome, show
from node.inquiry import Inquiry
from node.needs import Balances
from node.store.sql import SqlStore
from tests.clerk import StoppedClock, open_store, person, record
from tests.peer_world import COMUNE

LEASE, OTHER_LEASE = parse_need("LEASE:TLX/2024/3/77"), parse_need("LEASE:TLX/2024/3/78")
APRIL: dict[str, Any] = {"period_from": date(2025, 4, 1), "period_to": date(2025, 4, 30)}
ARREARS = NewNeed(person(1), "rent_arrears", 900_00, Basis.PUBLIC_TASK, creditor="ALER Milano", **APRIL)
INQUIRY = Inquiry(person(1), Facet.RENT_ARREARS, Purpose.RENT_SUBSIDY, 6)
FOUND = Finding(
    Facet.RENT_ARREARS,
    "2025-05",
    None,
    Kind.COMUNE,
    AidStatus.GIVEN,
    same_need=True,
    amount_cents=400_00,
    body="comune",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = open_store(tmp_path / "node.db")
    yield store
    store.close()


def state(*found: tuple[Finding, int], **changes: Any) -> CheckState:
    findings, places = tuple(one for one, _ in found), tuple(place for _, place in found)
    outcome = replace(Outcome(COMUNE.member, EndState.ANSWERED, findings=findings, places=places), **changes)
    shown = tuple(show([outcome], b"secret"))
    return CheckState("V-1", {"comune": outcome}, "revision", waiting=False, provisional=True, shown=shown)


def balance(store: SqlStore, inquiry: Inquiry, now: CheckState) -> Balance:
    balances = Balances(store, StoppedClock())
    found = balances.of(balances.about_need_on_file(inquiry), now)
    assert found is not None
    return found


def test_help_counts_for_the_need_under_whose_number_it_was_found(store: SqlStore) -> None:
    store.open_filed_need(replace(ARREARS, need=LEASE, creditor=""), "anna")
    store.open_filed_need(replace(ARREARS, need=OTHER_LEASE, creditor=""), "anna")
    under = state((FOUND, 1), (replace(FOUND, amount_cents=300_00), 2), (replace(FOUND, amount_cents=200_00), 0))
    found = balance(store, replace(INQUIRY, need=LEASE), under)
    assert (found.need, found.others.given_cents, found.residual_cents) == ("B-1", 400_00, 500_00)


def test_under_the_person_it_counts_for_the_creditor_and_period_asked_about(store: SqlStore) -> None:
    store.open_filed_need(replace(ARREARS, need=LEASE), "anna")
    under = state((FOUND, 1), (replace(FOUND, amount_cents=300_00), 0), (replace(FOUND, same_need=False), 0))
    assert balance(store, INQUIRY, under).others.given_cents == 700_00


def test_without_a_number_only_what_the_person_was_found_under_counts(store: SqlStore) -> None:
    store.open_filed_need(ARREARS, "anna")
    under = state((FOUND, 0), (replace(FOUND, amount_cents=300_00), 1))
    assert balance(store, INQUIRY, under).others.given_cents == 400_00


def test_help_of_another_kind_is_not_counted(store: SqlStore) -> None:
    store.open_filed_need(ARREARS, "anna")
    assert balance(store, INQUIRY, state((replace(FOUND, facet=Facet.RENT_CURRENT), 0))).others.given_cents == 0


def test_what_is_missing_makes_it_at_most(store: SqlStore) -> None:
    store.open_filed_need(ARREARS, "anna")
    whole = state((FOUND, 0))
    assert not balance(store, INQUIRY, whole).may_be_less
    for less in (
        state((FOUND, 0), omitted=1),
        state((FOUND, 0), in_part=True),
        replace(whole, left_out=frozenset("x")),
    ):
        assert balance(store, INQUIRY, less).may_be_less


def test_of_several_needs_none_is_guessed_until_one_is_named(store: SqlStore) -> None:
    store.open_filed_need(ARREARS, "anna")
    store.open_filed_need(replace(ARREARS, creditor="Condominio Rosa"), "anna")
    balances = Balances(store, StoppedClock())
    assert balances.about_need_on_file(INQUIRY).filed is None
    assert balances.of(INQUIRY, state((FOUND, 0))) is None
    named = balances.about_need_on_file(replace(INQUIRY, creditor="condominio ROSA"))
    assert named.filed is not None
    assert (named.filed.name, named.creditor) == ("B-2", "Condominio Rosa")


def test_a_need_kept_here_alone_is_not_what_a_question_is_about(store: SqlStore) -> None:
    store.open_filed_need(replace(ARREARS, visibility=Visibility.ONLY_US), "anna")
    assert Balances(store, StoppedClock()).about_need_on_file(INQUIRY) == INQUIRY


def test_without_a_need_on_file_the_total_is_anothers_word(store: SqlStore) -> None:
    store.add_record(replace(record(person(1), amount_cents=100_00, creditor="ALER Milano"), **APRIL), "anna")
    found = balance(store, INQUIRY, state((replace(FOUND, owed_cents=900_00), 0)))
    assert (found.told_by_others, found.own.given_cents, found.residual_cents) == (True, 100_00, 400_00)
