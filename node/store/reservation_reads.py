"""Reservations as they are read: each with what was shown beside it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import CTE, Row, Select, bindparam, func, or_, select

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import DEFAULT_MONTHS, RECEIVED_FINDINGS_DAYS, AidStatus, Purpose, Visibility
from node.domain.reservations import Other, Reservation, Sight, Standing
from node.store import tables
from node.store.database import Part
from node.store.pseudonyms import awaiting_of
from node.store.sight_rows import read_late, read_sight
from node.store.subjects import SUBJECTS, need_from, open_code, person_from

_AID, _RESERVATION = tables.aid_record, tables.reservation
_SIGHT, _LATE = tables.reservation_sight, tables.reservation_late
KEPT_S = timedelta(days=RECEIVED_FINDINGS_DAYS).total_seconds()
"""How long what others answered is kept, and an ended promise listed."""
_CORRECTABLE = ("facet", "day", "amount_cents", "creditor", "need", "visibility")
_PREFIX = 6
"""Characters of an id that name a reservation, if no other begins with them."""


def versions_of(first: Select[tuple[str]]) -> CTE:
    """Return the ids of some records and of all that corrected them; `first` gives the oldest as `id`."""
    found = first.cte("versions", recursive=True)
    return found.union_all(select(_AID.c.id).join(found, _AID.c.replaces == found.c.id))


_ALL = (
    select(
        _AID.c.id,
        _AID.c.facet,
        _AID.c.day,
        _AID.c.amount_cents,
        _AID.c.creditor,
        _AID.c.status,
        _AID.c.visibility,
        _AID.c.recorded_at,
        _AID.c.reserved_until,
        tables.person.c.code_index,
        tables.person.c.code,
        tables.need.c.code_index.label("need_index"),
        tables.need.c.code.label("need_code"),
        _RESERVATION.c.purpose,
        _RESERVATION.c.months,
        _RESERVATION.c.reserved_by,
        _RESERVATION.c.renewed_at,
        _RESERVATION.c.given_at,
    )
    .select_from(
        _AID.join(tables.person, tables.person.c.id == _AID.c.person_id)
        .outerjoin(tables.need, tables.need.c.id == _AID.c.need_id)
        .outerjoin(_RESERVATION, _RESERVATION.c.record_id == _AID.c.id)
    )
    .order_by(_AID.c.reserved_until, _AID.c.id)
)
_ONE = _ALL.where(
    _AID.c.id >= bindparam("first"),
    _AID.c.id < bindparam("beyond"),
    or_(_AID.c.status == AidStatus.RESERVED.value, _RESERVATION.c.record_id.is_not(None)),
).limit(2)
_FOUND_LATE = (
    select(_SIGHT.c.record_id).join(_LATE, _LATE.c.sight_id == _SIGHT.c.id).where(_LATE.c.at > bindparam("old"))
)
_LISTED = _ALL.where(
    or_(
        (_AID.c.status == AidStatus.RESERVED.value) & (_AID.c.reserved_until > bindparam("old")),
        _AID.c.status.in_([AidStatus.GIVEN.value, AidStatus.CORRECTED.value]) & _AID.c.id.in_(_FOUND_LATE),
    )
)
_FORMER = select(_AID.c.id.label("now"), _AID.c.id, _AID.c.replaces).where(
    _AID.c.id.in_(bindparam("records", expanding=True))
)
_FORMER_CTE = _FORMER.cte("former", recursive=True)
_FORMER_CTE = _FORMER_CTE.union_all(
    select(_FORMER_CTE.c.now, _AID.c.id, _AID.c.replaces).join(_FORMER_CTE, _AID.c.id == _FORMER_CTE.c.replaces)
)
_CONFIRMED_LATELY = select(_FORMER_CTE.c.now).join(
    _RESERVATION, (_RESERVATION.c.record_id == _FORMER_CTE.c.id) & (_RESERVATION.c.given_at > bindparam("old"))
)
_PROMISED = (
    select(_AID.c.id, _AID.c.status)
    .where(
        _AID.c.id.in_(bindparam("records", expanding=True)),
        or_(
            (_AID.c.status == AidStatus.RESERVED.value) & (_AID.c.reserved_until > bindparam("now")),
            (_AID.c.status == AidStatus.GIVEN.value) & _AID.c.id.in_(_CONFIRMED_LATELY),
        ),
    )
    .order_by(_AID.c.id)
)
_CORRECTED = versions_of(select(_AID.c.id.label("id")).where(_AID.c.id == bindparam("first")))
_IN_FORCE = _ALL.where(_AID.c.id.in_(select(_CORRECTED.c.id)), _AID.c.status == AidStatus.GIVEN.value)
_SIGHTS = select(_SIGHT).where(_SIGHT.c.record_id.in_(bindparam("records", expanding=True))).order_by(_SIGHT.c.id)
_LATES = (
    select(_LATE, _SIGHT.c.record_id)
    .join(_SIGHT, _SIGHT.c.id == _LATE.c.sight_id)
    .where(_SIGHT.c.record_id.in_(bindparam("records", expanding=True)))
    .order_by(_LATE.c.id)
)
_OF_RECORD = {
    cls: select(of_record).where(_AID.c.id == bindparam("record")).scalar_subquery()
    for cls, (_, of_record) in SUBJECTS.items()
}
_AWAITING = {
    cls: select(func.count()).select_from(awaiting_of(cls).where(subject.c.id == _OF_RECORD[cls]).subquery())
    for cls, (subject, _) in SUBJECTS.items()
}


class ReservationReads(Part):
    """The `Store`'s methods that read reservations."""

    def reservation(self, record_id: str) -> Reservation:
        """Return one, by its id or the beginning of it; raise `input.reservation` where that names none, or several."""
        beginning = record_id.strip().lower()
        if len(beginning) < _PREFIX or not set(beginning) <= set("0123456789abcdef"):
            raise MagliaError(Code.INPUT_RESERVATION)
        # Digits are hexadecimal: "g" comes after every id that begins so.
        found = self._reservations_of(self._db.rows(_ONE, {"first": beginning, "beyond": f"{beginning}g"}))
        if len(found) != 1:
            raise MagliaError(Code.INPUT_RESERVATION)
        return found[0]

    def reservations(self) -> list[Reservation]:
        """Return those that are open, ended in the last month, or are confirmed with something found late, by end."""
        found = self._reservations_of(self._db.rows(_LISTED, {"old": self._clock.now() - KEPT_S}))
        return [now for one in found if (now := self._in_force(one)) is not None]

    def promised_among(self, records: Collection[str]) -> list[Standing]:
        """Return which of some records are promises that are open, or were confirmed in the last month."""
        if not records:
            return []
        now = self._clock.now()
        rows = self._db.rows(_PROMISED, {"records": sorted(records), "now": now, "old": now - KEPT_S})
        return [Standing(row.id, row.status == AidStatus.GIVEN.value) for row in rows]

    def awaits_pseudonym(self, record_id: str, epochs: Collection[int]) -> bool:
        """Return whether a subject of the record may be answered about and is not enrolled in each of the epochs."""
        asked = {"record": record_id, "today": self._clock.today(), "now": self._clock.now()}
        return any(self._db.rows(one, asked | {"epoch": epoch})[0][0] for one in _AWAITING.values() for epoch in epochs)

    def _in_force(self, held: Reservation) -> Reservation | None:
        """Return it as it was corrected since, with the newest version's number; None if that one was never given."""
        if held.status is not AidStatus.CORRECTED:
            return held
        rows = self._db.rows(_IN_FORCE, {"first": held.record_id})
        if not rows:
            return None
        now = self._reservation(rows[0], (), ())
        about = {name: getattr(now, name) for name in _CORRECTABLE}
        return replace(held, record_id=now.record_id, status=now.status, given_at=None, **about)

    def _reservations_of(self, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Reservation]:
        """Return the reservations of some rows, with what was shown beside each."""
        if not rows:
            return []
        asked = {"records": [row.id for row in rows]}
        sights: dict[str, list[Sight]] = {}
        for row in self._db.rows(_SIGHTS, asked):
            content = self._fields.open("reservation_sight", row.salt, row.content) if row.content else b""
            sights.setdefault(row.record_id, []).append(read_sight(row, content))
        late: dict[str, list[Other]] = {}
        for row in self._db.rows(_LATES, asked):
            if row.content:
                content = self._fields.open("reservation_late", row.salt, row.content)
                late.setdefault(row.record_id, []).append(read_late(content))
        return [self._reservation(row, sights.get(row.id, ()), late.get(row.id, ())) for row in rows]

    def _reservation(self, row: Row[*tuple[Any, ...]], sights: Sequence[Sight], late: Sequence[Other]) -> Reservation:
        need = row.need_code and need_from(open_code(self._fields, tables.need, row.need_index, row.need_code))
        return Reservation(
            record_id=row.id,
            identifier=person_from(open_code(self._fields, tables.person, row.code_index, row.code)),
            facet=row.facet,
            day=row.day,
            amount_cents=row.amount_cents,
            creditor=self._fields.open("creditor", row.id.encode(), row.creditor).decode() if row.creditor else "",
            need=need or None,
            status=AidStatus(row.status),
            reserved_at=row.recorded_at,
            reserved_until=row.reserved_until,
            reserved_by=row.reserved_by or "",
            purpose=Purpose(row.purpose or Purpose.AID_OVERLAP),
            months=row.months or DEFAULT_MONTHS,
            is_renewed=row.renewed_at is not None,
            sights=sights,
            late=late,
            given_at=row.given_at,
            visibility=Visibility(row.visibility),
        )
