"""Records as they are on file: read whole, corrected by a new version, undone.

A correction adds a row; the one that it replaces answers nothing and keeps the status that it had. Undoing deletes the
row, and gives that status back: nothing is left but the two audit events. A confirmed promise is a promise again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Row, Table, bindparam, delete, select, update

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import AidStatus, Basis, Frequency, MeansTest, Visibility
from node.domain.model import AidRecord
from node.domain.record_file import FiledRecord
from node.store import tables
from node.store.consent_rows import consent_from
from node.store.database import Audited
from node.store.events import RecordCorrected, RecordUndone, ReservationReopened
from node.store.records import Records
from node.store.reopening import reopen
from node.store.subjects import index_of, need_from, open_code, person_from

_AID, _PERSON, _NEED, _RESERVATION = tables.aid_record, tables.person, tables.need, tables.reservation
_NEWER = _AID.alias("newer")
_FILED = select(
    _AID,
    _PERSON.c.code.label("person_code"),
    _PERSON.c.code_index.label("person_index"),
    _NEED.c.code.label("need_code"),
    _NEED.c.code_index.label("need_index"),
    _NEWER.c.id.label("replaced_by"),
    _RESERVATION.c.given_at,
    _RESERVATION.c.given_by,
).select_from(
    _AID.join(_PERSON)
    .outerjoin(_NEED)
    .outerjoin(_NEWER, _NEWER.c.replaces == _AID.c.id)
    .outerjoin(_RESERVATION, _RESERVATION.c.record_id == _AID.c.id)
)
_BY_NUMBER = _FILED.where(_AID.c.id >= bindparam("first"), _AID.c.id < bindparam("beyond")).limit(2)
_OF_PERSON = _FILED.where(
    _PERSON.c.code_index == bindparam("person"), _AID.c.keep_until >= bindparam("today")
).order_by(_AID.c.day.desc(), _AID.c.recorded_at.desc(), _AID.c.version.desc(), _AID.c.id)
_AFTER = _FILED.where(_AID.c.id > bindparam("last")).order_by(_AID.c.id).limit(bindparam("most"))
_SET_ASIDE = (
    update(_AID)
    .where(_AID.c.id == bindparam("of_id"), _AID.c.status == bindparam("before"))
    .values(status=AidStatus.CORRECTED.value, status_was=bindparam("before"))
)
_GIVE_BACK = (
    update(_AID)
    .where(_AID.c.id == bindparam("of_id"), _AID.c.status_was.is_not(None))
    .values(status=_AID.c.status_was, status_was=None)
)
# With its status as it was read: a promise confirmed meanwhile is not deleted.
_UNDO = delete(_AID).where(
    _AID.c.id == bindparam("of_id"),
    _AID.c.status == bindparam("before"),
    _AID.c.status != AidStatus.CORRECTED.value,
)


def rows_of(referred: Table) -> list[Column[Any]]:
    """Return the columns, of whatever table, that name a row of this one."""
    every = tables.metadata.tables.values()
    return [key.parent for table in every for key in table.foreign_keys if key.column.table is referred]


DROP_BESIDE = [delete(column.table).where(column.in_(bindparam("ids", expanding=True))) for column in rows_of(_AID)]

"""Deletes what other tables hold of some records."""


class Versions(Records):
    """The `Store`'s methods on records as they are on file."""

    def find_record(self, number: str) -> FiledRecord:
        """Return the one record whose id begins so; raise `input.record_unknown` or `input.record_ambiguous`."""
        # Digits are hexadecimal: "g" comes after every id that begins so.
        found = self._db.rows(_BY_NUMBER, {"first": number, "beyond": f"{number}g"})
        if len(found) > 1:
            raise MagliaError(Code.INPUT_RECORD_AMBIGUOUS)
        if not found:
            raise MagliaError(Code.INPUT_RECORD_UNKNOWN)
        return self._on_file(found[0])

    def records_of(self, person: Identifier) -> list[FiledRecord]:
        """Return a person's unexpired records, whatever their status, newest first."""
        asked = {"person": index_of(self._fields, person), "today": self._clock.today()}
        return [self._on_file(row) for row in self._db.rows(_OF_PERSON, asked)]

    def records_after(self, last: str, most: int) -> list[FiledRecord]:
        """Return at most so many records, whatever their status or age, in the order of their ids from one on."""
        return [self._on_file(row) for row in self._db.rows(_AFTER, {"last": last, "most": most})]

    def correct_record(self, filed: FiledRecord, corrected: AidRecord, actor: str) -> str:
        """Put a new version on file with its audit event; return its id.

        Raises `input.record_corrected` when another correction came first.
        """
        one = self._prepare(corrected)._replace(version=filed.version + 1, replaces=filed.id)
        aside = {"of_id": filed.id, "before": filed.record.status.value}

        def work(connection: Connection) -> Audited[str]:
            if not connection.execute(_SET_ASIDE, aside).rowcount:
                raise MagliaError(Code.INPUT_RECORD_CORRECTED)
            self._insert(connection, [one], actor)
            return Audited(one.id, [RecordCorrected(actor, f"{filed.id}:{one.id}")])

        return self._db.change(work)

    def undo_record(self, filed: FiledRecord, actor: str) -> None:
        """Take a record off the file; what it replaced has its status again, a confirmed promise is one again.

        Raises `input.record_corrected` when it is no longer as it was read.
        """

        def work(connection: Connection) -> Audited[None]:
            if filed.is_confirmed:
                if not reopen(connection, filed.id):
                    raise MagliaError(Code.INPUT_RECORD_CORRECTED)
                return Audited(None, [ReservationReopened(actor, filed.id)])
            for statement in DROP_BESIDE:
                connection.execute(statement, {"ids": [filed.id]})
            if not connection.execute(_UNDO, {"of_id": filed.id, "before": filed.record.status.value}).rowcount:
                raise MagliaError(Code.INPUT_RECORD_CORRECTED)
            if filed.replaces is not None:
                connection.execute(_GIVE_BACK, {"of_id": filed.replaces})
            return Audited(None, [RecordUndone(actor, filed.id)])

        self._db.change(work)

    def _on_file(self, row: Row[Any]) -> FiledRecord:
        return FiledRecord(
            row.id,
            self._record(row),
            row.version,
            row.replaces,
            row.replaced_by,
            AidStatus(row.status_was) if row.status_was else None,
            row.recorded_by or "",
            row.recorded_at,
            row.keep_until,
            row.given_by or "",
            row.given_at,
        )

    def _record(self, row: Row[Any]) -> AidRecord:
        """Return a row's content, without the key of the file that it came from."""
        consent = (row.consent_purposes, row.consent_notice, row.consent_language, row.consent_day, row.consent_method)
        beyond = row.consent_audience, row.consent_expires
        return AidRecord(
            person_from(open_code(self._fields, _PERSON, row.person_index, row.person_code)),
            row.facet,
            row.day,
            row.amount_cents,
            AidStatus(row.status),
            Basis(row.basis),
            Visibility(row.visibility),
            consent_from(*consent, *beyond) if row.consent_purposes is not None else None,
            self._unsealed(row, "creditor"),
            need_from(open_code(self._fields, _NEED, row.need_index, row.need_code)) if row.need_code else None,
            row.period_from,
            row.period_to,
            reserved_until=row.reserved_until,
            frequency=Frequency(row.frequency or Frequency.ONE_OFF),
            protocol=self._unsealed(row, "protocol"),
            means_test=MeansTest(row.means_test or MeansTest.NONE),
        )

    def _unsealed(self, row: Row[Any], column: str) -> str:
        sealed: bytes | None = getattr(row, column)
        return self._fields.open(column, row.id.encode(), sealed).decode() if sealed else ""
