"""Budgets of procedures: how many distinct persons and needs a body asked about under each, over its whole life.

The sums are kept beside the items: a procedure may have a hundred thousand, and every question asks for the sum.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Executable, Row, bindparam, delete, insert, select, update

from maglia.core.vocabulary import PseudonymClass
from maglia.sql.bulk import insert_many
from node.domain.budget import SpentInProcedure
from node.store import tables
from node.store.database import Part

_Rows = Callable[[Executable, Mapping[str, Any]], Sequence[Row[*tuple[Any, ...]]]]
"""Runs a statement and returns its rows."""
_AT_ONCE = 500
_ITEM, _SUM = tables.procedure_item, tables.procedure_budget
_OF = {
    table: (table.c.procedure == bindparam("of_procedure"))
    & (table.c.holder == bindparam("of_holder"))
    & (table.c["class"] == bindparam("of_class"))
    for table in (_ITEM, _SUM)
}
_KNOWN = select(_ITEM.c.item).where(_OF[_ITEM], _ITEM.c.item.in_(bindparam("items", expanding=True)))
_SPENT = select(_SUM.c.spent).where(_OF[_SUM])
_ADD = insert(_ITEM)
_FIRST_SUM = insert(_SUM)
_NEXT_SUM = update(_SUM).where(_OF[_SUM]).values(spent=bindparam("sum"))
_NAMES = select(_SUM.c.procedure).distinct()
_ALL = select(_SUM).order_by(_SUM.c.procedure, _SUM.c.holder, _SUM.c["class"].desc())
_FORGET = [delete(table).where(table.c.procedure == bindparam("over")) for table in (_ITEM, _SUM)]


class ProcedureBudgets(Part):
    """The `Store`'s methods on what is spent under procedures."""

    def spend_in_procedure(
        self,
        procedure: str,
        holder: str,
        items: Mapping[PseudonymClass, Sequence[bytes]],
        cap: int,
        kept: Collection[str],
    ) -> bool:
        """Count distinct items of `holder`, each class by itself; True only if each sum stays within `cap`.

        Nothing is stored of a refused request. Items are stored as keyed indexes: they may be codes. Whenever
        something is stored, what was counted under procedures not in `kept` is forgotten.
        """
        wanted = {cls: self._indexes(found) for cls, found in items.items()}
        keys = {cls: _key(procedure, holder, cls) for cls in wanted}
        # Read first: what was counted before costs no transaction, which would wait for the log's.
        if all(found <= _known(self._db.rows, keys[cls], found) for cls, found in wanted.items()):
            return True

        def work(connection: Connection) -> bool:
            counts = [_read(_rows_of(connection), keys[cls], found) for cls, found in wanted.items()]
            if not all(count.fits(cap) for count in counts):
                return False
            for count in counts:
                _write(connection, count)
            _forget(connection, kept)
            return True

        return self._db.keep(work)

    def fits_in_procedure(
        self, procedure: str, holder: str, items: Mapping[PseudonymClass, Sequence[bytes]], cap: int
    ) -> bool:
        """Return whether `spend_in_procedure` would count them now; nothing is stored."""
        return all(
            _read(self._db.rows, _key(procedure, holder, cls), self._indexes(found)).fits(cap)
            for cls, found in items.items()
        )

    def _indexes(self, items: Sequence[bytes]) -> set[bytes]:
        return {self._fields.index("procedure", item) for item in items}

    def spent_in_procedures(self) -> list[SpentInProcedure]:
        """Return every sum, by procedure, holder and class."""
        rows = self._db.rows(_ALL, {})
        return [SpentInProcedure(name, holder, PseudonymClass(cls), spent) for name, holder, cls, spent in rows]


@dataclass(frozen=True)
class _Count:
    key: Mapping[str, str]
    before: int
    fresh: set[bytes]

    def fits(self, cap: int) -> bool:
        return not self.fresh or self.before + len(self.fresh) <= cap


def _key(procedure: str, holder: str, cls: PseudonymClass) -> dict[str, str]:
    return {"of_procedure": procedure, "of_holder": holder, "of_class": cls.value}


def _rows_of(connection: Connection) -> _Rows:
    return lambda statement, parameters: connection.execute(statement, parameters).all()


def _read(rows: _Rows, key: Mapping[str, str], wanted: set[bytes]) -> _Count:
    known = _known(rows, key, wanted)
    return _Count(key, sum(row[0] for row in rows(_SPENT, key)), wanted - known)


def _known(rows: _Rows, key: Mapping[str, str], wanted: set[bytes]) -> set[bytes]:
    """Return which were counted before; a file has more of them than one statement takes."""
    some = list(wanted)
    return {
        row[0]
        for at in range(0, len(some), _AT_ONCE)
        for row in rows(_KNOWN, {**key, "items": some[at : at + _AT_ONCE]})
    }


def _write(connection: Connection, count: _Count) -> None:
    if not count.fresh:
        return
    row = {column: count.key[f"of_{column}"] for column in ("procedure", "holder", "class")}
    insert_many(connection, _ADD, [row | {"item": item} for item in count.fresh])
    spent = count.before + len(count.fresh)
    if count.before:
        connection.execute(_NEXT_SUM, {**count.key, "sum": spent})
    else:
        connection.execute(_FIRST_SUM, row | {"spent": spent})


def _forget(connection: Connection, kept: Collection[str]) -> None:
    for name in set(connection.execute(_NAMES).scalars()) - set(kept):
        for statement in _FORGET:
            connection.execute(statement, {"over": name})
