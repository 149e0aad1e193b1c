"""Reservations: promised, shown to an operator beside what the network knows, and ended, each in one transaction."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Double, bindparam, func, insert, literal, or_, select, update

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import AidStatus, Purpose
from node.domain.model import AidRecord
from node.domain.reservations import Other, Sight, Standing, Step
from node.domain.retention import keep_until
from node.store import tables
from node.store.database import Audited
from node.store.events import (
    RecordAdded,
    ReservationChecked,
    ReservationConfirmed,
    ReservationFound,
    ReservationReleased,
    ReservationRenewed,
    ReservationsForgotten,
)
from node.store.pseudonyms import ENROLLER
from node.store.records import Records
from node.store.reopening import held, note_given
from node.store.reservation_reads import KEPT_S, versions_of
from node.store.sight_rows import late_content, sight_columns, sight_content

_AID, _RESERVATION = tables.aid_record, tables.reservation
_SIGHT, _LATE = tables.reservation_sight, tables.reservation_late
_SALT_BYTES = 16

_IS_OPEN = (
    (_AID.c.id == bindparam("of_id"))
    & (_AID.c.status == AidStatus.RESERVED.value)
    & (_AID.c.reserved_until > bindparam("now", type_=Double))
)
_ADD = insert(_RESERVATION)
# Of a promise put on file as a record like others: by hand, from a file, or with a name that was linked to a code.
_ADD_MISSING = insert(_RESERVATION).from_select(
    ["record_id", "purpose", "months", "reserved_by"],
    select(_AID.c.id, literal(Purpose.AID_OVERLAP.value), literal(0), func.coalesce(_AID.c.recorded_by, "")).where(
        _AID.c.id == bindparam("of_id"), ~select(_RESERVATION).where(_RESERVATION.c.record_id == _AID.c.id).exists()
    ),
)
_ADD_SIGHT = insert(_SIGHT).returning(_SIGHT.c.id)
_ADD_LATE = insert(_LATE)
_GIVE = (
    update(_AID)
    .where(_IS_OPEN)
    .values(
        status=AidStatus.GIVEN.value,
        day=bindparam("given_on"),
        amount_cents=bindparam("given_cents"),
        keep_until=bindparam("kept"),
        reserved_until=None,
    )
)
_RELEASE = update(_AID).where(_IS_OPEN).values(status=AidStatus.CANCELLED.value)
_TERM = select(_AID.c.recorded_at, _AID.c.reserved_until, _AID.c.facet, _RESERVATION.c.renewed_at)
_TERM = _TERM.select_from(_AID.outerjoin(_RESERVATION, _RESERVATION.c.record_id == _AID.c.id)).where(_IS_OPEN)
_PROLONG = update(_AID).where(_AID.c.id == bindparam("of_id")).values(reserved_until=bindparam("until"))
_RENEWED = update(_RESERVATION).where(_RESERVATION.c.record_id == bindparam("of_id")).values(renewed_at=bindparam("at"))
_VERSIONS = versions_of(select(_SIGHT.c.record_id.label("id")).where(_SIGHT.c.id == bindparam("sight")))
_STANDS = (
    select(_AID.c.id, _AID.c.status)
    .join(_VERSIONS, _VERSIONS.c.id == _AID.c.id)
    .where(
        or_(
            _AID.c.status == AidStatus.GIVEN.value,
            (_AID.c.status == AidStatus.RESERVED.value) & (_AID.c.reserved_until > bindparam("now", type_=Double)),
        ),
    )
)
_FORGET = [
    update(table).where(table.c.at <= bindparam("old"), table.c.content.is_not(None)).values(content=None)
    for table in (_SIGHT, _LATE)
]


class Reservations(Records):
    """The `Store`'s methods on reservations: records with an end."""

    def reserve(self, record: AidRecord, purpose: Purpose, months: int, actor: str) -> str:
        """Store a promise and what is asked about it, with its audit event; return its id."""
        one = self._prepare(record)

        def work(connection: Connection) -> Audited[str]:
            self._insert(connection, [one], actor)
            row = {"record_id": one.id, "purpose": purpose.value, "months": months, "reserved_by": actor}
            connection.execute(_ADD, row)
            return Audited(one.id, [RecordAdded(actor, one.id)])

        return self._db.change(work)

    def add_sight(self, record_id: str, step: Step, sight: Sight, actor: str) -> int:
        """Store what a check showed to `actor`; return its number."""

        def work(connection: Connection) -> Audited[int]:
            number = self._add_sight(connection, record_id, step, sight, actor)
            return Audited(number, [ReservationChecked(actor, record_id)])

        return self._db.change(work, records=False)

    def confirm(
        self, record_id: str, day: date, amount_cents: int | None, sight: Sight, reason: str, actor: str
    ) -> int:
        """Make an open promise help given, with what was shown and why, in one transaction; return the sight's number.

        Raises `input.reservation_over` when it ended meanwhile, whoever ended it.
        """

        def work(connection: Connection) -> Audited[int]:
            was = held(connection, record_id)
            given = {"given_on": day, "given_cents": amount_cents, "kept": keep_until(was.facet, day)}
            self._change_open(connection, _GIVE, record_id, given)
            note_given(connection, record_id, was, self._clock.now(), actor)
            number = self._add_sight(connection, record_id, Step.CONFIRM, sight, actor, reason)
            return Audited(number, [ReservationConfirmed(actor, record_id)])

        return self._db.change(work)

    def renew(self, record_id: str, actor: str) -> float:
        """Promise for the same term once more, from the end of the first; return until when."""

        def work(connection: Connection) -> Audited[float]:
            now = self._clock.now()
            row = connection.execute(_TERM, {"of_id": record_id, "now": now}).one_or_none()
            if row is None:
                raise MagliaError(Code.INPUT_RESERVATION_OVER)
            if row.renewed_at is not None:
                raise MagliaError(Code.INPUT_RESERVATION_RENEWED)
            until: float = 2 * row.reserved_until - row.recorded_at
            connection.execute(_PROLONG, {"of_id": record_id, "until": until})
            connection.execute(_ADD_MISSING, {"of_id": record_id})
            connection.execute(_RENEWED, {"of_id": record_id, "at": now})
            return Audited(until, [ReservationRenewed(actor, record_id)])

        return self._db.change(work)

    def release(self, record_id: str, actor: str) -> None:
        """Take an open promise back."""

        def work(connection: Connection) -> Audited[None]:
            self._change_open(connection, _RELEASE, record_id, {})
            return Audited(None, [ReservationReleased(actor, record_id)])

        self._db.change(work)

    def add_late(self, sight: int, others: Sequence[Other]) -> Standing | None:
        """Store what came after a check was shown; return its promise if it is open or help given now."""

        def work(connection: Connection) -> Audited[Standing | None]:
            now = self._clock.now()
            row = connection.execute(_STANDS, {"sight": sight, "now": now}).first()
            if row is None:
                return Audited(None, [])
            for one in others:
                salt = os.urandom(_SALT_BYTES)
                content = self._fields.seal("reservation_late", salt, late_content(one))
                connection.execute(_ADD_LATE, {"sight_id": sight, "at": now, "salt": salt, "content": content})
            stands = Standing(row.id, row.status == AidStatus.GIVEN.value)
            return Audited(stands, [ReservationFound(ENROLLER, row.id)] if others else [])

        return self._db.change(work, records=False)

    def forget_old_findings(self) -> int:
        """Forget what others answered a month ago; that it was shown, by whom and why, stays with the record."""

        def work(connection: Connection) -> Audited[int]:
            old = {"old": self._clock.now() - KEPT_S}
            count = sum(connection.execute(one, old).rowcount for one in _FORGET)
            return Audited(count, [ReservationsForgotten(ENROLLER, str(count))] if count else [])

        return self._db.change(work, records=False)

    def _change_open(self, connection: Connection, change: Any, record_id: str, values: Mapping[str, object]) -> None:
        asked = {"of_id": record_id, "now": self._clock.now(), **values}
        if connection.execute(change, asked).rowcount != 1:
            raise MagliaError(Code.INPUT_RESERVATION_OVER)
        connection.execute(_ADD_MISSING, {"of_id": record_id})

    def _add_sight(
        self, connection: Connection, record_id: str, step: Step, sight: Sight, actor: str, reason: str = ""
    ) -> int:
        connection.execute(_ADD_MISSING, {"of_id": record_id})
        salt = os.urandom(_SALT_BYTES)
        row = sight_columns(sight) | {
            "record_id": record_id,
            "step": step.value,
            "at": self._clock.now(),
            "shown_to": actor,
            "salt": salt,
            "content": self._fields.seal("reservation_sight", salt, sight_content(sight)) if sight.others else None,
            "reason": self._fields.seal("reservation_reason", salt, reason.encode()) if reason else None,
        }
        return int(connection.execute(_ADD_SIGHT, row).scalar_one())
