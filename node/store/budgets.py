"""Budgets: how many distinct persons or pseudonyms a holder may ask about in a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from node.store import tables
from node.store.database import Part

_ITEM = tables.budget_item
_OF_DAY = (
    (_ITEM.c.budget == bindparam("of_budget"))
    & (_ITEM.c.holder == bindparam("of_holder"))
    & (_ITEM.c.day == bindparam("of_day"))
)
_COUNT = select(func.count()).where(_OF_DAY)
_KNOWN = select(_ITEM.c.item).where(_OF_DAY, _ITEM.c.item.in_(bindparam("items", expanding=True)))
_ADD = insert(_ITEM)
_PRUNE = delete(_ITEM).where(
    _ITEM.c.budget == bindparam("of_budget"), _ITEM.c.holder == bindparam("of_holder"), _ITEM.c.day < bindparam("old")
)
_KEPT = timedelta(days=7)  # past days count for nothing; a week covers a clock that was set wrong


class Budgets(Part):
    """The `Store`'s method on budgets."""

    def spend(self, budget: str, holder: str, day: date, items: Sequence[bytes], limit: int) -> bool:
        """Count distinct items of `holder` on `day`; store them and return True only if the sum stays within `limit`.

        Items are stored as keyed indexes: they may be codes. Nothing is stored of a refused request.
        """
        wanted = {self._fields.index("budget", item) for item in items}
        of = {"of_budget": budget, "of_holder": holder, "of_day": day}

        asked_before = {row[0] for row in self._db.rows(_KNOWN, of | {"items": list(wanted)})}
        if wanted <= asked_before:
            # Nothing to store, so no transaction: it would wait for the log's, and the event loop with it.
            return int(self._db.rows(_COUNT, of)[0][0]) <= limit

        def work(connection: Connection) -> bool:
            known = set(connection.execute(_KNOWN, of | {"items": list(wanted)}).scalars())
            fresh = wanted - known
            count = connection.execute(_COUNT, of).scalar_one()
            if count + len(fresh) > limit:
                return False
            if fresh:
                connection.execute(_PRUNE, {"of_budget": budget, "of_holder": holder, "old": day - _KEPT})
                connection.execute(
                    _ADD, [{"budget": budget, "holder": holder, "day": day, "item": item} for item in fresh]
                )
            return True

        return self._db.keep(work)
