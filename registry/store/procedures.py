"""What is counted under procedures, in SQL: compared and swapped in one statement, as the daily budgets are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from maglia.core.vocabulary import PseudonymClass
from registry.ports import SpentInProcedure
from registry.store.counting import Counting
from registry.store.database import Database
from registry.store.tables import procedure_evaluations

_COLUMNS = procedure_evaluations.c
_ALL = select(procedure_evaluations).order_by(_COLUMNS.procedure, _COLUMNS.member, _COLUMNS["class"].desc())


class SqlProcedureCounts:
    """Fulfils `registry.ports.ProcedureCounts`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counting = Counting(database, procedure_evaluations)

    def spend(self, procedure: str, member: str, cls: PseudonymClass, elements: int, cap: int) -> bool:
        """Count elements, durably, and return True; or return False and count nothing beyond `cap`."""
        return self._counting.add({"procedure": procedure, "member": member, "class": cls.value}, elements, cap)

    def spent(self) -> Sequence[SpentInProcedure]:
        """Return everything counted, by procedure, member and class."""
        return [
            SpentInProcedure(row.procedure, row.member, PseudonymClass(row._mapping["class"]), row.elements)
            for row in self._database.rows(_ALL)
        ]
