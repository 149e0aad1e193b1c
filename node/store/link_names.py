"""Help on file by name, made the records of a code; and the places in households of two codes, made one."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, insert, select, update

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import AidStatus, Basis, Visibility, is_special
from node.domain.household_file import Source, WhoLives
from node.domain.linking import Side
from node.domain.model import AidRecord
from node.domain.reservations import reserved_until
from node.store import tables
from node.store.events import NamedAidAdded
from node.store.household_files import HouseholdFiles, place_index
from node.store.link_rows import check_no_newer
from node.store.names import Names
from node.store.records import Records
from node.store.standing import standing_of
from node.store.versions import rows_of

_AID, _PLACE = tables.aid_record, tables.household_place
_NAMED_PERSON, _NAMED_AID = tables.named_person, tables.named_aid
_NAMED = select(_NAMED_AID).where(_NAMED_AID.c.person_id == bindparam("number")).order_by(_NAMED_AID.c.recorded_at)
_NAMED_COUNT = select(func.count()).where(_NAMED_AID.c.person_id == bindparam("number"))
_PERSON = select(_NAMED_PERSON).where(_NAMED_PERSON.c.id == bindparam("number"))
_DROP_NAMED = delete(_NAMED_AID).where(_NAMED_AID.c.person_id == bindparam("number"))
_ADD_NAMED = insert(_NAMED_AID)
_DROP_RECORD = delete(_AID).where(_AID.c.id == bindparam("of_id"))
_RECORD = select(_AID.c.status, _AID.c.day, _AID.c.amount_cents).where(_AID.c.id == bindparam("of_id"))
_BESIDE = [select(column).where(column == bindparam("of_id")).limit(1) for column in rows_of(_AID)]
_AS_RECORDED = (
    update(_AID).where(_AID.c.id == bindparam("of_id")).values(recorded_at=bindparam("at"), recorded_by=bindparam("by"))
)
_RECORDED_BY = select(tables.event.c.actor).where(
    tables.event.c.type == NamedAidAdded.type, tables.event.c.subject == bindparam("record")
)
_OPEN_PLACES = select(_PLACE).where(
    _PLACE.c.person_index == bindparam("index"), _PLACE.c.until.is_(None), _PLACE.c.source == Source.OPERATOR.value
)
_SOME_PLACE = select(_PLACE.c.id).where(_PLACE.c.person_index == bindparam("index")).limit(1)
_UNTIL = update(_PLACE).where(_PLACE.c.id == bindparam("of_id")).values(until=bindparam("last_day"))


class LinkNames(Records, Names, HouseholdFiles):
    """What a link needs of other parts of the store."""

    def named_side(self, number: int) -> Side:
        """Return what is on file under the number of a person without a code."""
        rows = self._db.rows(_PERSON, {"number": number})
        if not rows:
            return Side(False, {})
        who = self._open(rows[0])
        count = int(self._db.rows(_NAMED_COUNT, {"number": number})[0][0])
        return Side(True, {_NAMED_AID.name: count}, f"{who.name}, {who.born:%d/%m/%Y}, {who.place}")

    def check_named(self, connection: Connection, number: int) -> None:
        """Raise `input.name_unknown` unless somebody is on file under the number."""
        if connection.execute(_PERSON, {"number": number}).first() is None:
            raise MagliaError(Code.INPUT_NAME_UNKNOWN, number=number)

    def move_named(
        self, connection: Connection, former: WhoLives, current: Identifier, current_id: int, actor: str
    ) -> dict[str, list[Any]]:
        """Make the help of a person without a code the records of the code, as the person's word there leaves them.

        Return what is needed to take it back: the rows as they were, and the ids of the records.
        """
        rows = connection.execute(_NAMED, {"number": former}).all()
        standing = standing_of(connection, [current_id]).get(current_id)
        made = []
        for row in rows:
            basis = Basis(row.basis)
            record = AidRecord(
                current,
                row.facet,
                row.day,
                row.amount_cents,
                AidStatus(row.status),
                basis,
                Visibility.ONLY_US if is_special(row.facet) else Visibility.NETWORK,
                standing.newest if standing and basis is Basis.CONSENT else None,
                self._fields.open("named_aid.creditor", row.id.encode(), row.creditor).decode() if row.creditor else "",
            )
            made.append(self._prepare(replace(record, reserved_until=reserved_until(record, row.recorded_at))))
        self._insert(connection, made, actor)
        for one, row in zip(made, rows, strict=True):
            by = connection.execute(_RECORDED_BY, {"record": row.id}).scalar() or actor
            connection.execute(_AS_RECORDED, {"of_id": one.id, "at": row.recorded_at, "by": by})
        connection.execute(_DROP_NAMED, {"number": former})
        return {"rows": [_written(row._mapping) for row in rows], "records": [one.id for one in made]}

    def move_named_back(self, connection: Connection, moved: dict[str, list[Any]]) -> None:
        """Take back what `move_named` did; raise `input.link_record` when one of the records was changed since."""
        check_no_newer(connection, moved["records"])
        for record, written in zip(moved["records"], moved["rows"], strict=True):
            found, row = connection.execute(_RECORD, {"of_id": record}).first(), _read(written)
            if found is None:  # it was undone, by itself
                continue
            # Help by name has no room for what came since: a promise confirmed, renewed or shown to somebody.
            is_beside = any(connection.execute(one, {"of_id": record}).first() for one in _BESIDE)
            if is_beside or tuple(found) != (row["status"], row["day"], row["amount_cents"]):
                raise MagliaError(Code.INPUT_LINK_RECORD, number=record[:8])
            connection.execute(_DROP_RECORD, {"of_id": record})
            connection.execute(_ADD_NAMED, row)

    def lives_somewhere(self, connection: Connection, who: WhoLives) -> bool:
        """Return whether the person has, or had, a place in a household on file."""
        return connection.execute(_SOME_PLACE, {"index": place_index(self._fields, who)}).first() is not None

    def close_places(self, connection: Connection, former: WhoLives, current: Identifier, day: date) -> list[int]:
        """End the former code's place where the current one has a place of its own; return those that were ended."""
        own = connection.execute(_OPEN_PLACES, {"index": place_index(self._fields, current)}).first()
        if own is None:
            return []
        found = connection.execute(_OPEN_PLACES, {"index": place_index(self._fields, former)}).all()
        for row in found:
            connection.execute(_UNTIL, {"of_id": row.id, "last_day": day})
        return [row.id for row in found]

    def reopen_places(self, connection: Connection, places: list[int]) -> None:
        """Take back what `close_places` did."""
        for place in places:
            connection.execute(_UNTIL, {"of_id": place, "last_day": None})


def _written(row: RowMapping) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in row.items():
        found[name] = value.isoformat() if isinstance(value, date) else value
    creditor = row["creditor"]
    return found | {"creditor": b64encode(creditor).decode() if creditor else None}


def _read(row: dict[str, Any]) -> dict[str, Any]:
    days = {name: date.fromisoformat(row[name]) for name in ("day", "keep_until")}
    return row | days | {"creditor": b64decode(row["creditor"]) if row["creditor"] else None}
