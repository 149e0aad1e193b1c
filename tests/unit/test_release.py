"""What leaves of a record: the fields named and no other."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from maglia.core.exchange import Finding
from maglia.core.vocabulary import AidStatus, AmountBand, Facet, Kind
from node.domain.release import release
from tests.unit.test_classes import RECORD

PRESENCE = {"facet", "month", "kind", "status"}
ALL = PRESENCE | {"amount_band", "date", "amount", "body", "contact", "objection"}
OBJECTED = replace(RECORD, objection=True)


def released(names: set[str], record: object = OBJECTED) -> Finding | None:
    return release(record, names, Kind.PARISH, "parrocchia", "x@example.org", same_need=True)  # type: ignore[arg-type]


def test_presence_is_facet_month_kind_and_status() -> None:
    bare = Finding(Facet.RENT_ARREARS, "2025-05", None, Kind.PARISH, AidStatus.GIVEN, same_need=True)
    assert released(PRESENCE) == bare
    assert released(PRESENCE | {"creditor", "record_id", "consent", "everything"}) == bare


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("amount_band", "amount_band", AmountBand.FROM_500),
        ("date", "day", RECORD.day),
        ("amount", "amount_cents", 700_00),
        ("body", "body", "parrocchia"),
        ("contact", "contact", "x@example.org"),
        ("objection", "objection", True),
    ],
)
def test_each_field_leaves_only_under_its_name(name: str, field: str, value: object) -> None:
    with_it, without = released(PRESENCE | {name}), released(ALL - {name})
    assert getattr(with_it, field) == value
    assert getattr(without, field) != value
    others = [each.name for each in fields(Finding) if each.name != field]
    assert all(getattr(with_it, other) == getattr(released(PRESENCE), other) for other in others)


@pytest.mark.parametrize("missing", sorted(PRESENCE))
def test_less_than_presence_is_nothing(missing: str) -> None:
    assert released(ALL - {missing}) is None
    assert released(set()) is None


@pytest.mark.parametrize("facet", ["health_therapy", "violence_x", "lottery", ""])
def test_no_special_category_leaves_whatever_policy_says(facet: str) -> None:
    assert released(ALL, replace(RECORD, facet=facet)) is None


def test_an_unknown_amount_stays_unknown() -> None:
    found = released(ALL, replace(RECORD, amount_cents=None))
    assert found is not None
    assert (found.amount_band, found.amount_cents) == (None, None)
