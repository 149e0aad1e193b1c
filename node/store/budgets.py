"""Budgets: how many distinct persons or pseudonyms a holder may ask about in a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from node.domain.budget import SpentToday
from node.ports import Clock
from node.store import tables
from node.store.database import Database, Part
from node.store.fields import Fields

_ITEM = tables.budget_item
_OF_DAY = (
    (_ITEM.c.budget == bindparam("of_budget"))
    & (_ITEM.c.holder == bindparam("of_holder"))
    & (_ITEM.c.day == bindparam("of_day"))
)
_COUNT = select(func.count()).where(_OF_DAY)
_KNOWN = select(_ITEM.c.item).where(_OF_DAY, _ITEM.c.item.in_(bindparam("items", expanding=True)))
_MOST = func.count().label("spent")
_SPENT = (
    select(_ITEM.c.holder, _MOST)
    .where(_ITEM.c.budget == bindparam("of_budget"), _ITEM.c.day == bindparam("of_day"))
    .group_by(_ITEM.c.holder)
    .order_by(_MOST.desc(), _ITEM.c.holder)
)
_ADD = insert(_ITEM)
_PRUNE = delete(_ITEM).where(
    _ITEM.c.budget == bindparam("of_budget"), _ITEM.c.holder == bindparam("of_holder"), _ITEM.c.day < bindparam("old")
)
_KEPT = timedelta(days=7)  # past days count for nothing; a week covers a clock that was set wrong


class Budgets(Part):
    """The `Store`'s method on budgets."""

    def __init__(self, database: Database, fields: Fields, clock: Clock) -> None:
        super().__init__(database, fields, clock)
        # Items of each holder's day known to be stored: counted already, so they cost no more, whoever else counts.
        self._spent: dict[tuple[str, str], tuple[date, set[bytes]]] = {}

    def spend(self, budget: str, holder: str, day: date, items: Sequence[bytes], limit: int) -> bool:
        """Count distinct items of `holder` on `day`; store them and return True only if the sum stays within `limit`.

        Items are stored as keyed indexes: they may be codes. Nothing is stored of a refused request.
        """
        wanted = {self._fields.index("budget", item) for item in items}
        counted = self._spent_on(budget, holder, day)
        if wanted <= counted:
            # Nothing to store, so no transaction: it would wait for the log's, and the event loop with it.
            return True
        within = self._db.keep(lambda connection: _store(connection, budget, holder, day, wanted, limit))
        if within:
            counted |= wanted
        return within

    def spent_today(self, budget: str, day: date) -> list[SpentToday]:
        """Return how many distinct items each holder of a budget spent on a day, the most first."""
        rows = self._db.rows(_SPENT, {"of_budget": budget, "of_day": day})
        return [SpentToday(row.holder, row.spent) for row in rows]

    def _spent_on(self, budget: str, holder: str, day: date) -> set[bytes]:
        """Return the items known to be stored for `day`; another day's are forgotten."""
        known_day, counted = self._spent.get((budget, holder), (day, set()))
        if known_day != day:
            counted = set()
        self._spent[budget, holder] = (day, counted)
        return counted


def _store(connection: Connection, budget: str, holder: str, day: date, wanted: set[bytes], limit: int) -> bool:
    of = {"of_budget": budget, "of_holder": holder, "of_day": day}
    known = set(connection.execute(_KNOWN, of | {"items": list(wanted)}).scalars())
    fresh = wanted - known
    if connection.execute(_COUNT, of).scalar_one() + len(fresh) > limit:
        return False
    if fresh:
        connection.execute(_PRUNE, {"of_budget": budget, "of_holder": holder, "old": day - _KEPT})
        connection.execute(_ADD, [{"budget": budget, "holder": holder, "day": day, "item": item} for item in fresh])
    return True
