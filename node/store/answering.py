"""How other bodies answered, by the day, and when this node served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select, update

from maglia.core.answering import Answering
from maglia.sql.engine import storage_errors
from node.domain.answering import CountedDay, Line
from node.ports.answering import Place
from node.store import tables
from node.store.database import Part

_LINE, _DAY, _PLACE = tables.answering_line, tables.answering_day, tables.answering_place
_LINES = select(_LINE).where(_LINE.c.day >= bindparam("since"))
_DAYS = select(_DAY).where(_DAY.c.day >= bindparam("since")).order_by(_DAY.c.day)
_COUNTED = ("asked", "at_once", "in_time", "later")
_MINUTE = update(_DAY).where(_DAY.c.day == bindparam("of_day")).values(minutes=_DAY.c.minutes + 1)


class AnsweringCounts(Part):
    """The `Store`'s methods on how bodies answer: counters, which are no one's records, so without events."""

    def counting_place(self) -> Place | None:
        """Return where counting goes on, None before the first time."""
        rows = self._db.rows(select(_PLACE.c.entry, _PLACE.c.day), {})
        return Place(rows[0].entry, rows[0].day) if rows else None

    def keep_answering(
        self,
        since: date,
        place: Place,
        lines: Mapping[tuple[date, str], Line],
        unheard: Mapping[date, int],
        oldest: date,
    ) -> None:
        """Put these counts of the days from `since` on in place of those kept, and where the next start goes on.

        Days before `oldest` are forgotten.
        """

        def work(connection: Connection) -> None:
            connection.execute(delete(_LINE).where((_LINE.c.day >= since) | (_LINE.c.day < oldest)))
            if lines:
                connection.execute(insert(_LINE), [_row(*key, line) for key, line in lines.items()])
            connection.execute(delete(_DAY).where(_DAY.c.day < oldest))
            connection.execute(update(_DAY).where(_DAY.c.day >= since).values(unheard=0))
            for day, count in unheard.items():
                _put_day(connection, day, unheard=count)
            connection.execute(delete(_PLACE))
            connection.execute(insert(_PLACE).values(id=1, entry=place.entry, day=place.day))

        self._db.keep(work)

    def answering_lines(self, since: date) -> Mapping[tuple[date, str], Line]:
        """Return the counts of each day and body."""
        return {(row.day, row.member): _line(row) for row in self._db.rows(_LINES, {"since": since})}

    def counted_days(self, since: date) -> Sequence[CountedDay]:
        """Return the days of which anything is known, the oldest first."""
        rows = self._db.rows(_DAYS, {"since": since})
        return [CountedDay(row.day, row.unheard, row.minutes, row.told_on) for row in rows]

    def add_minute(self, day: date) -> None:
        """Count a minute for which this node served."""

        def work(connection: Connection) -> None:
            if not connection.execute(_MINUTE, {"of_day": day}).rowcount:
                _put_day(connection, day, minutes=1)

        self._db.keep(work)

    def told_answering(self, day: date, on: date) -> None:
        """Keep that the registry was told of a day."""
        self._db.keep(lambda connection: _put_day(connection, day, told_on=on))


def served_days(engine: Engine, since: date) -> list[CountedDay]:
    """Return what a database says of its node's days, read as it is; raise `storage.unavailable`."""
    with storage_errors(), engine.connect() as connection:
        rows = connection.execute(_DAYS, {"since": since}).all()
    return [CountedDay(row.day, row.unheard, row.minutes, row.told_on) for row in rows]


def _put_day(connection: Connection, day: date, **values: object) -> None:
    """Change a day's row, or add it."""
    if not connection.execute(update(_DAY).where(_DAY.c.day == day).values(**values)).rowcount:
        connection.execute(insert(_DAY).values({"day": day, "unheard": 0, "minutes": 0, **values}))


def _row(day: date, member: str, line: Line) -> dict[str, object]:
    counts = {name: getattr(line.counts, name) for name in _COUNTED}
    at = {name: getattr(line, name) for name in ("answered_at", "missed_since", "missed_until")}
    return {"day": day, "member": member, **counts, **at}


def _line(row: Any) -> Line:
    counts = Answering(*(getattr(row, name) for name in _COUNTED))
    return Line(counts, row.answered_at, row.missed_since, row.missed_until)
