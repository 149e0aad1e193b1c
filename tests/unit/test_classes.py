"""From records to the classes that policy judges, and which record is the very need asked about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from maglia.core.vocabulary import AidStatus, Basis, Facet, Kind, PseudonymClass, Purpose, Visibility
from node.domain.classes import class_document, class_key, is_same_need
from node.domain.model import Candidate, Consent
from node.domain.retention import LONGEST, keep_until, months_after
from tests.clerk import TODAY
from tests.peer_world import question, subject

CONSENT = Consent(("aid_overlap",), "2025-1", "it", date(2025, 1, 1))
RECORD = Candidate(
    record_id="r1",
    facet="rent_arrears",
    day=date(2025, 5, 1),
    amount_cents=700_00,
    status=AidStatus.GIVEN,
    basis=Basis.CONSENT,
    visibility=Visibility.NETWORK,
    consent=CONSENT,
    consent_withdrawn=False,
    objection=False,
    creditor="ALER Milano",
    period_from=date(2025, 4, 1),
    period_to=date(2025, 4, 30),
)
ASKED = question(purpose=Purpose.AID_OVERLAP)


def key(record: Candidate = RECORD, purpose: Purpose = Purpose.AID_OVERLAP, months: int = 6) -> dict[str, object]:
    return class_document(0, class_key(record, question(purpose=purpose, months=months), Kind.COMUNE, TODAY, LONGEST))


def test_a_class_names_nobody() -> None:
    assert key() == {
        "id": "0",
        "facet": "rent_arrears",
        "basis": "consent",
        "consent": "match",
        "objection": False,
        "visibility": "network",
        "status": "given",
        "age": "in_window",
    }
    other = replace(RECORD, record_id="r2", amount_cents=1, creditor="X", day=date(2025, 5, 2))
    assert class_key(other, ASKED, Kind.ODV, TODAY, LONGEST) == class_key(RECORD, ASKED, Kind.ODV, TODAY, LONGEST)


@pytest.mark.parametrize(
    ("changes", "purpose", "state"),
    [
        ({}, Purpose.AID_OVERLAP, "match"),
        ({}, Purpose.RENT_SUBSIDY, "match"),
        ({}, Purpose.UTILITY_SUBSIDY, "match"),
        ({}, Purpose.REFERRAL, "mismatch"),
        ({}, Purpose.AUDIT, "mismatch"),
        ({"consent": replace(CONSENT, purposes=("referral",))}, Purpose.REFERRAL, "match"),
        ({"consent": replace(CONSENT, purposes=("rent_subsidy",))}, Purpose.RENT_SUBSIDY, "mismatch"),
        ({"consent": replace(CONSENT, notice_version="")}, Purpose.AID_OVERLAP, "mismatch"),
        ({"consent": replace(CONSENT, language="")}, Purpose.AID_OVERLAP, "mismatch"),
        ({"consent": None}, Purpose.AID_OVERLAP, "none"),
        ({"consent_withdrawn": True}, Purpose.AID_OVERLAP, "withdrawn"),
        ({"consent_withdrawn": True, "consent": None}, Purpose.AID_OVERLAP, "withdrawn"),
        ({"basis": Basis.PUBLIC_TASK}, Purpose.AID_OVERLAP, "none"),
        ({"consent": replace(CONSENT, audience=("parish", "comune"))}, Purpose.AID_OVERLAP, "match"),
        ({"consent": replace(CONSENT, audience=("parish",))}, Purpose.AID_OVERLAP, "mismatch"),
        ({"consent": replace(CONSENT, expires=TODAY)}, Purpose.AID_OVERLAP, "match"),
        ({"consent": replace(CONSENT, expires=TODAY - timedelta(days=1))}, Purpose.AID_OVERLAP, "expired"),
        ({"consent": replace(CONSENT, day=TODAY - timedelta(days=365))}, Purpose.AID_OVERLAP, "match"),
        ({"consent": replace(CONSENT, day=TODAY - timedelta(days=366))}, Purpose.AID_OVERLAP, "expired"),
        (
            {"consent": replace(CONSENT, day=TODAY - timedelta(days=366), expires=TODAY)},
            Purpose.AID_OVERLAP,
            "expired",
        ),
    ],
)
def test_a_consent_matches_what_it_was_given_for(changes: dict[str, object], purpose: Purpose, state: str) -> None:
    assert key(replace(RECORD, **changes), purpose)["consent"] == state  # type: ignore[arg-type]  # fields, by name


@pytest.mark.parametrize(
    ("day", "period_to", "months", "age"),
    [
        (months_after(TODAY, -6), None, 6, "in_window"),
        (months_after(TODAY, -6) - timedelta(days=1), None, 6, "out_of_window"),
        (months_after(TODAY, -12), TODAY, 6, "in_window"),
        (months_after(TODAY, -12), date(2020, 1, 1), 6, "out_of_window"),
        (months_after(TODAY, -36), None, 36, "in_window"),
        (months_after(TODAY, -36) - timedelta(days=1), TODAY, 36, "expired"),
    ],
)
def test_age_is_window_and_retention(day: date, period_to: date | None, months: int, age: str) -> None:
    assert key(replace(RECORD, day=day, period_from=None, period_to=period_to), months=months)["age"] == age


def test_food_and_special_categories_are_kept_two_years_and_rent_three() -> None:
    day = date(2024, 2, 29)
    assert keep_until("food_parcel", day) == keep_until("health_therapy", day) == date(2026, 2, 28)
    assert keep_until("rent_arrears", day) == date(2027, 2, 28)
    assert months_after(date(2025, 3, 31), -1) == date(2025, 2, 28)


UNTIL = date(2025, 4, 30), date(2025, 5, 31)


@pytest.mark.parametrize(
    ("record", "creditor", "same"),
    [
        (RECORD, "aler milano", True),
        (RECORD, "Comune", False),
        (replace(RECORD, facet="rent_current"), "ALER Milano", False),
        (replace(RECORD, creditor=""), "", False),
        (replace(RECORD, creditor="S.p.A."), "S.r.l.", False),
        (replace(RECORD, creditor="水道局"), "電力", False),
        (replace(RECORD, period_from=None, period_to=None), "ALER Milano", False),
        (replace(RECORD, period_to=date(2025, 4, 29)), "ALER Milano", False),
    ],
)
def test_a_person_has_the_same_need_with_facet_creditor_and_period(
    record: Candidate, creditor: str, same: bool
) -> None:
    asked = subject(1, creditor=creditor or "S.p.A.", period_from=UNTIL[0], period_to=UNTIL[1])
    assert is_same_need(record, replace(ASKED, facet=Facet.RENT_ARREARS), asked) is same


def test_the_same_need_pseudonym_says_so_by_itself() -> None:
    assert is_same_need(replace(RECORD, creditor=""), ASKED, subject(1, PseudonymClass.NEED))
