"""Requests of persons to know who looked them up, and what each body told: sealed, and forgotten when closed."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import LOG_MONTHS
from node.domain.access_case import AccessCase, NamesApproved, case_name
from node.domain.access_case import Part as AccessPart
from node.domain.retention import months_after
from node.store import tables
from node.store.access_rows import case_content, part_content, read_case, read_part
from node.store.database import Audited, Part
from node.store.events import (
    AccessReportApproved,
    AccessReportClosed,
    AccessReportExtended,
    AccessReportOpened,
    Event,
)

_CASE, _PART = tables.access_case, tables.access_part
_ADD = insert(_CASE).returning(_CASE.c.id)
_ONE = select(_CASE).where(_CASE.c.id == bindparam("number"))
_ALL = select(_CASE).order_by(_CASE.c.closed_on.is_not(None), _CASE.c.due_on, _CASE.c.id)
_PARTS = select(_PART).where(_PART.c.case_id == bindparam("number")).order_by(_PART.c.member)
_ADD_PART = insert(_PART)
_DROP_PART = delete(_PART).where(_PART.c.case_id == bindparam("of_case"), _PART.c.member == bindparam("of_member"))
_DROP_PARTS = delete(_PART).where(_PART.c.case_id == bindparam("of_case"))
_UPDATE = (
    update(_CASE)
    .where(_CASE.c.id == bindparam("of_case"), _CASE.c.closed_on.is_(None))
    .values(
        due_on=bindparam("due"),
        extended_on=bindparam("extended"),
        closed_on=bindparam("closed"),
        closed_by=bindparam("by"),
        content=bindparam("sealed"),
    )
)
_OLD = _CASE.c.closed_on < bindparam("before")
_DROP_OLD_PARTS = delete(_PART).where(_PART.c.case_id.in_(select(_CASE.c.id).where(_OLD)))
_DROP_OLD = delete(_CASE).where(_OLD)


class AccessCases(Part):
    """The `Store`'s methods on access requests."""

    def add_access_case(self, case: AccessCase, actor: str) -> AccessCase:
        """Store a new request with its parts; return it with its number."""

        def work(connection: Connection) -> Audited[int]:
            salt = secrets.token_bytes(16)
            row = {
                "received_on": case.received_on,
                "due_on": case.due_on,
                "opened_by": case.opened_by,
                "salt": salt,
                "content": self._fields.seal("access_case.content", salt, case_content(case)),
            }
            number: int = connection.execute(_ADD, row).scalar_one()
            connection.execute(_ADD_PART, [self._part_row(number, part) for part in case.parts])
            return Audited(number, [AccessReportOpened(actor, case_name(number))])

        return replace(case, number=self._db.change(work, records=False))

    def access_case(self, number: int) -> AccessCase:
        """Return a request with all that was told; raise `input.report`."""
        rows = self._db.rows(_ONE, {"number": number}) if 0 < number < 2**31 else ()
        if not rows:
            raise MagliaError(Code.INPUT_REPORT, number=case_name(number))
        parts = [
            read_part(row.member, self._fields.open("access_part.content", _place(number, row.member), row.content))
            for row in self._db.rows(_PARTS, {"number": number})
        ]
        return self._read(rows[0], tuple(parts))

    def access_cases(self) -> list[AccessCase]:
        """Return every request without its parts: those to be answered first, the most urgent before."""
        return [self._read(row, ()) for row in self._db.rows(_ALL, {})]

    def keep_access_part(self, number: int, part: AccessPart) -> None:
        """Store what a body told, or why it did not; nothing once the request was closed."""

        def work(connection: Connection) -> None:
            row = connection.execute(_ONE, {"number": number}).first()
            if row is not None and row.closed_on is None:
                connection.execute(_DROP_PART, {"of_case": number, "of_member": part.member})
                connection.execute(_ADD_PART, [self._part_row(number, part)])

        self._db.keep(work)

    def extend_access_case(self, number: int, due: date, today: date, reason: str, actor: str) -> None:
        """Put on file that the person was told of more time; raise `input.report*`."""
        case = self.access_case(number)
        changed = replace(case, due_on=due, extended_on=today, extension_reason=reason)
        self._change(changed, AccessReportExtended(actor, case_name(number)))

    def approve_names(self, number: int, names: NamesApproved, actor: str) -> None:
        """Put the data-protection officer's approval on file; raise `input.report*`."""
        changed = replace(self.access_case(number), names=names)
        self._change(changed, AccessReportApproved(actor, case_name(number)))

    def close_access_case(self, number: int, today: date, actor: str) -> None:
        """Put on file that the person was answered, and forget person, document and what was told; raise likewise."""
        case = self.access_case(number)
        left = replace(case, document="", requests={}, names=None, closed_on=today, closed_by=actor)
        self._change(left, AccessReportClosed(actor, case_name(number)), forget=True)

    def remove_old_access_cases(self) -> int:
        """Remove the requests closed longer ago than the log is kept; return how many."""
        before = months_after(self._clock.today(), -LOG_MONTHS)

        def work(connection: Connection) -> int:
            connection.execute(_DROP_OLD_PARTS, {"before": before})
            return connection.execute(_DROP_OLD, {"before": before}).rowcount

        return self._db.keep(work)

    def _change(self, case: AccessCase, event: Event, *, forget: bool = False) -> None:
        def work(connection: Connection) -> Audited[None]:
            row = connection.execute(_ONE, {"number": case.number}).one()
            changed = {
                "of_case": case.number,
                "due": case.due_on,
                "extended": case.extended_on,
                "closed": case.closed_on,
                "by": case.closed_by,
                "sealed": self._fields.seal("access_case.content", row.salt, case_content(case)),
            }
            if not connection.execute(_UPDATE, changed).rowcount:
                raise MagliaError(Code.INPUT_REPORT_CLOSED, number=case_name(case.number))
            if forget:
                connection.execute(_DROP_PARTS, {"of_case": case.number})
            return Audited(None, [event])

        self._db.change(work, records=False)

    def _part_row(self, number: int, part: AccessPart) -> dict[str, object]:
        sealed = self._fields.seal("access_part.content", _place(number, part.member), part_content(part))
        return {"case_id": number, "member": part.member, "content": sealed}

    def _read(self, row: Row[*tuple[object, ...]], parts: tuple[AccessPart, ...]) -> AccessCase:
        return read_case(row, self._fields.open("access_case.content", row.salt, row.content), parts)


def _place(number: int, member: str) -> bytes:
    return f"{number}:{member}".encode()
