"""Persons sent and received in the store, on SQLite and PostgreSQL: found by what names them, sealed, and removed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from maglia.core.errors import Code
from maglia.core.referral import ReferredPerson
from maglia.core.vocabulary import Facet, ReferralState, Role
from node.domain.referral import Direction, Referral, moved
from node.domain.retention import keep_until
from node.store import tables
from node.store.sql import SqlStore
from tests.clerk import TODAY, StoppedClock, open_store
from tests.peer_world import refused
from tests.referral_world import message


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def store(tmp_path: Path, node_database: str, clock: StoppedClock) -> SqlStore:
    return open_store(node_database or tmp_path / "node.db", clock)


def referral(number: int = 1, direction: Direction = Direction.SENT, **changes: object) -> Referral:
    """Return a referral that waits, with fields changed."""
    who = message().content
    assert isinstance(who, ReferredPerson)
    made = Referral(
        number=0,
        direction=direction,
        referral_id=bytes([number]) * 16,
        peer="comune",
        facet=Facet.RENT_ARREARS,
        state=ReferralState.WAITING,
        created_at=1.5,
        changed_at=2.5,
        person=replace(who, need="due mesi", note="nota"),
        own=bytes([9]) * 16,
        epoch=3,
        check_id="I-0123",
        operator="anna",
        role=Role.VOLUNTEER,
        evaluation=bytes([8]) * 16,
        untold=ReferralState.SENT,
        untold_until=99.5,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # fields, by name


def test_what_is_stored_comes_back_whole_once_for_each_id(store: SqlStore) -> None:
    first = store.add_referral(referral(), "anna")
    assert first == replace(referral(), number=1) == store.referral(1)
    assert store.add_referral(replace(referral(), state=ReferralState.DONE), "anna") == first
    other = store.add_referral(referral(direction=Direction.RECEIVED), "-")
    assert [one.number for one in store.referrals()] == [2, 1]
    assert [one.number for one in store.referrals(before=2)] == [1]
    assert store.referral_of(Direction.RECEIVED, "comune", bytes([1]) * 16) == other
    assert store.referral_of(Direction.RECEIVED, "parrocchia", bytes([1]) * 16) is None
    for number in (0, 3, 2**40, -1):
        with refused(Code.INPUT_REFERRAL):
            store.referral(number)


def test_a_change_counts_only_upon_what_was_read(store: SqlStore) -> None:
    before = store.add_referral(referral(tried=True), "anna")
    after = moved(before, ReferralState.WITHDRAWN, "anna", "ha cambiato idea", 5.0, 50.0)
    assert store.change_referral(before, after, "anna")
    assert not store.change_referral(before, replace(before, tried=False), "-")
    assert store.referral(1) == after
    assert [one.untold for one in store.referrals_to_tell()] == [ReferralState.WITHDRAWN]
    assert store.change_referral(after, replace(after, untold=None, unread=True), "-")
    assert (store.referrals_to_tell(), store.unread_referrals()) == ([], 1)
    assert [one.number for one in store.referrals(unread=True)] == [1]


def test_a_referral_goes_when_the_term_of_its_kind_of_aid_is_over(store: SqlStore, clock: StoppedClock) -> None:
    store.add_referral(referral(1, facet=Facet.FOOD_PARCEL), "anna")
    store.add_referral(referral(2), "anna")
    assert store.remove_old_referrals() == 0
    clock.day = keep_until(Facet.FOOD_PARCEL, TODAY) + timedelta(days=1)
    assert store.remove_old_referrals() == 1
    assert [one.facet for one in store.referrals()] == [Facet.RENT_ARREARS]
    told = store._db.rows(select(tables.event.c.type, tables.event.c.subject).order_by(tables.event.c.id), {})
    assert [tuple(row) for row in told] == [
        ("referral.added", "I-0001"),
        ("referral.added", "I-0002"),
        ("referral.removed", "1"),
    ]


def test_no_column_holds_who_it_is(store: SqlStore) -> None:
    made = store.add_referral(referral(reason="privato"), "anna")
    assert made.person is not None
    [row] = store._db.rows(select(tables.referral), {})
    shown = b"|".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    for secret in (made.person.identifier, made.person.name, "due mesi", "nota", "privato"):
        assert secret.encode() not in shown
