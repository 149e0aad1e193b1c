"""What leaves of a record: the fields named and no other."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from maglia.core.exchange import Finding
from maglia.core.vocabulary import AidStatus, AmountBand, Facet, Kind
from node.domain.model import Candidate
from node.domain.release import release
from tests.unit.test_classes import RECORD

PRESENCE = {"facet", "month", "kind", "status"}
ALL = PRESENCE | {"amount_band", "date", "amount", "body", "contact", "objection", "owed", "reserved"}
PROMISED_AT = 1_748_736_000.5
PROMISED = replace(
    RECORD, objection=True, status=AidStatus.RESERVED, reserved_at=PROMISED_AT, reserved_until=PROMISED_AT + 864_000
)


def released(names: set[str], record: Candidate = PROMISED) -> Finding | None:
    return release(record, names, Kind.PARISH, "parrocchia", "x@example.org", same_need=True, owed_cents=900_00)


def test_presence_is_facet_month_kind_and_status() -> None:
    bare = Finding(Facet.RENT_ARREARS, "2025-05", None, Kind.PARISH, AidStatus.RESERVED, same_need=True)
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
        ("owed", "owed_cents", 900_00),
    ],
)
def test_each_field_leaves_only_under_its_name(name: str, field: str, value: object) -> None:
    with_it, without = released(PRESENCE | {name}), released(ALL - {name})
    assert getattr(with_it, field) == value
    assert getattr(without, field) != value
    others = [each.name for each in fields(Finding) if each.name != field]
    assert all(getattr(with_it, other) == getattr(released(PRESENCE), other) for other in others)


def test_when_help_was_promised_and_until_when_leave_together_under_their_name() -> None:
    told, untold = released(PRESENCE | {"reserved"}), released(ALL - {"reserved"})
    assert told is not None
    assert untold is not None
    assert (told.reserved_at_ms, told.reserved_until_ms) == (1_748_736_000_500, 1_749_600_000_500)
    assert (untold.reserved_at_ms, untold.reserved_until_ms) == (None, None)
    assert (told.owed_cents, told.day, told.body) == (None, None, "")


def test_help_that_is_given_has_no_instants_of_a_promise() -> None:
    given = released(ALL, RECORD)
    assert given is not None
    assert (given.reserved_at_ms, given.reserved_until_ms) == (None, None)


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
