"""What members told of how others answer, in SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, delete, func, insert, select, true

from maglia.core.answering import Answering
from registry.ports.answering import AskedOn
from registry.store.database import Database
from registry.store.tables import answering_lines, answering_reports

_PAGE = 500
_C = answering_lines.c
_SUMS = [func.sum(column).label(column.name) for column in (_C.asked, _C.at_once, _C.in_time, _C.later)]


class SqlAnsweringReports:
    """Fulfils `registry.ports.AnsweringReports`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, asker: str, day: date, lines: Mapping[str, Answering], envelope: bytes, oldest: date) -> None:
        """Put what an asker says of a day in place of what it said before; forget the days before `oldest`."""
        of, before = {"asker": asker, "day": day.isoformat()}, oldest.isoformat()
        rows = [{**of, "member": member, **vars(counts)} for member, counts in lines.items()]
        with self._database.transaction():
            for table in (answering_lines, answering_reports):
                is_this = (table.c.asker == asker) & (table.c.day == of["day"])
                self._database.change(delete(table).where(is_this | (table.c.day < before)))
            for first in range(0, len(rows), _PAGE):
                self._database.change(insert(answering_lines).values(rows[first : first + _PAGE]))
            self._database.change(insert(answering_reports).values(**of, envelope=envelope))

    def told(self, since: date, member: str = "") -> Mapping[str, Sequence[Answering]]:
        """Return by body what each asker says of the days from `since` on; of one body only, if it is named."""
        statement = select(_C.member, *_SUMS).where(_C.day >= since.isoformat(), _of(member))
        found: dict[str, list[Answering]] = defaultdict(list)
        for row in self._database.rows(statement.group_by(_C.member, _C.asker)):
            found[row.member].append(Answering(*map(int, row[1:])))
        return found

    def asked_on(self, since: date, member: str = "") -> Sequence[AskedOn]:
        """Return on which days each body was asked at all, the oldest first."""
        answered = func.sum(_C.at_once + _C.in_time + _C.later).label("answered")
        days = select(_C.member, _C.day, answered).where(_C.day >= since.isoformat(), _C.asked > 0, _of(member))
        rows = self._database.rows(days.group_by(_C.member, _C.day).order_by(_C.day))
        return [AskedOn(row.member, row.day, int(row.answered)) for row in rows]


def _of(member: str) -> ColumnElement[bool]:
    return _C.member == member if member else true()
