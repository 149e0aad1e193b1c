"""Budgets of evaluation and the witness's memory, in SQL."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date

from sqlalchemy import select

from maglia.core.checkpoint import Checkpoint
from maglia.core.vocabulary import PseudonymClass
from registry.domain.budget import Use
from registry.store.database import Database
from registry.store.tables import evaluations, witnessed


class SqlCounts:
    """Fulfils `registry.ports.Counts`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def transaction(self) -> AbstractContextManager[None]:
        """Commit everything done inside together, or nothing."""
        return self._database.transaction()

    def spend(self, member: str, cls: PseudonymClass, use: Use, day: date, elements: int, limit: int) -> bool:
        """Count elements, durably, and return True; or return False and count nothing beyond `limit`."""
        with self.transaction():
            total = self.spent(member, cls, use, day) + elements
            if total > limit:
                return False
            key = {"member": member, "class": cls.value, "use": use.value, "day": day.isoformat()}
            self._database.put(evaluations, key | {"elements": total})
        return True

    def spent(self, member: str, cls: PseudonymClass, use: Use, day: date) -> int:
        """Return how many elements were counted."""
        columns = evaluations.c
        same = (columns.member == member) & (columns["class"] == cls.value) & (columns.use == use.value)
        row = self._database.row(select(columns.elements).where(same & (columns.day == day.isoformat())))
        return int(row.elements) if row else 0

    def witnessed(self, origin: str) -> Checkpoint | None:
        """Return the last checkpoint cosigned for a log."""
        row = self._database.row(select(witnessed).where(witnessed.c.origin == origin))
        return Checkpoint(row.origin, row.size, row.root) if row else None

    def remember(self, checkpoint: Checkpoint, note: bytes, old_size: int) -> bool:
        """Keep the checkpoint, durably, if the last one is still of `old_size`; else return False."""
        with self.transaction():
            last = self.witnessed(checkpoint.origin)
            if (last.size if last else 0) != old_size:
                return False
            values = {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root, "note": note}
            self._database.put(witnessed, values)
        return True
