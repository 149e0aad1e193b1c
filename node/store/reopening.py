"""A confirmation that is undone: help given is a promise again, as it was, with all that was shown beside it."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, bindparam, null, select, update

from maglia.core.vocabulary import AidStatus
from node.domain.retention import keep_until
from node.store import tables

_AID, _RESERVATION = tables.aid_record, tables.reservation
# Locked: a promise renewed meanwhile would come back with its former end.
_HELD = (
    select(_AID.c.facet, _AID.c.day, _AID.c.amount_cents, _AID.c.reserved_until)
    .where(_AID.c.id == bindparam("of_id"))
    .with_for_update()
)
_NOTE = (
    update(_RESERVATION)
    .where(_RESERVATION.c.record_id == bindparam("of_id"))
    .values({name: bindparam(name) for name in ("given_at", "given_by", "held_day", "held_cents", "held_until")})
)
_GIVEN = (
    select(_AID.c.facet, _RESERVATION.c.held_day, _RESERVATION.c.held_cents, _RESERVATION.c.held_until)
    .join(_RESERVATION, _RESERVATION.c.record_id == _AID.c.id)
    .where(
        _AID.c.id == bindparam("of_id"),
        _AID.c.status == AidStatus.GIVEN.value,
        _RESERVATION.c.given_at.is_not(None),
    )
)
_REOPEN = (
    update(_AID)
    .where(_AID.c.id == bindparam("of_id"))
    .values(
        status=AidStatus.RESERVED.value,
        day=bindparam("held_day"),
        amount_cents=bindparam("held_cents"),
        keep_until=bindparam("kept"),
        reserved_until=bindparam("until"),
    )
)
_FORGET = (
    update(_RESERVATION)
    .where(_RESERVATION.c.record_id == bindparam("of_id"))
    .values(given_at=null(), given_by=null(), held_day=null(), held_cents=null(), held_until=null())
)


def held(connection: Connection, record_id: str) -> Row[*tuple[Any, ...]]:
    """Return what a promise is before it is made help given."""
    return connection.execute(_HELD, {"of_id": record_id}).one()


def note_given(connection: Connection, record_id: str, was: Row[*tuple[Any, ...]], now: float, actor: str) -> None:
    """Keep when and by whom a promise was made help given, and what it `was`."""
    before = {"held_day": was.day, "held_cents": was.amount_cents, "held_until": was.reserved_until}
    connection.execute(_NOTE, {"of_id": record_id, "given_at": now, "given_by": actor, **before})


def reopen(connection: Connection, record_id: str) -> bool:
    """Make help given the promise that it was, with its former end; return whether it was one."""
    row = connection.execute(_GIVEN, {"of_id": record_id}).one_or_none()
    if row is None:
        return False
    day: date = row.held_day
    promise = {"held_day": day, "held_cents": row.held_cents, "kept": keep_until(row.facet, day)}
    connection.execute(_REOPEN, {"of_id": record_id, "until": row.held_until, **promise})
    connection.execute(_FORGET, {"of_id": record_id})
    return True
