"""Budgets of evaluation and the witness's memory, in SQL.

Both change by comparing and swapping in one statement, so that of several processes none counts twice what another
counted, and none cosigns what another's cosignature excludes.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date

from sqlalchemy import select, update

from maglia.core.checkpoint import Checkpoint
from maglia.core.vocabulary import PseudonymClass
from registry.domain.budget import Use
from registry.ports import Spent, WitnessedNote
from registry.store.counting import NO_LIMIT, Counting
from registry.store.database import Database
from registry.store.tables import enrolments, evaluations, witnessed


class SqlCounts:
    """Fulfils `registry.ports.Counts`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._evaluations = Counting(database, evaluations)
        self._enrolments = Counting(database, enrolments)

    def transaction(self) -> AbstractContextManager[None]:
        """Commit everything done inside together, or nothing."""
        return self._database.transaction()

    def spend(self, member: str, cls: PseudonymClass, use: Use, day: date, elements: int, limit: int) -> bool:
        """Count elements, durably, and return True; or return False and count nothing beyond `limit`."""
        of = {"member": member, "class": cls.value, "use": use.value, "day": day.isoformat()}
        return self._evaluations.add(of, elements, limit)

    def spent(self, member: str, cls: PseudonymClass, use: Use, day: date) -> int:
        """Return how many elements were counted."""
        columns = evaluations.c
        same = (columns.member == member) & (columns["class"] == cls.value) & (columns.use == use.value)
        row = self._database.row(select(columns.elements).where(same & (columns.day == day.isoformat())))
        return int(row.elements) if row else 0

    def spent_on(self, day: date) -> Sequence[Spent]:
        """Return everything counted on a day, by member, class and use."""
        columns = evaluations.c
        order = columns.member, columns["class"].desc(), columns.use
        rows = self._database.rows(select(evaluations).where(columns.day == day.isoformat()).order_by(*order))
        return [
            Spent(row.member, PseudonymClass(row._mapping["class"]), Use(row.use), int(row.elements)) for row in rows
        ]

    def enrol(self, member: str, cls: PseudonymClass, epoch: int, elements: int, limit: int | None = None) -> bool:
        """Count elements enrolled under an epoch, durably; or return False and count nothing beyond `limit`."""
        of = {"member": member, "class": cls.value, "epoch": epoch}
        return self._enrolments.add(of, elements, NO_LIMIT if limit is None else limit)

    def enrolled(self, member: str, cls: PseudonymClass, epoch: int) -> int:
        """Return how many elements were enrolled under an epoch."""
        columns = enrolments.c
        same = (columns.member == member) & (columns["class"] == cls.value) & (columns.epoch == epoch)
        row = self._database.row(select(columns.elements).where(same))
        return int(row.elements) if row else 0

    def witnessed(self, origin: str) -> Checkpoint | None:
        """Return the last checkpoint cosigned for a log."""
        row = self._database.row(select(witnessed).where(witnessed.c.origin == origin))
        return Checkpoint(row.origin, row.size, row.root) if row else None

    def witnessed_notes(self, after: str, count: int) -> Sequence[WitnessedNote]:
        """Return the last checkpoint cosigned of up to `count` logs whose origin comes after `after`, by origin."""
        named = select(witnessed.c.origin, witnessed.c.note).where(witnessed.c.origin > after)
        rows = self._database.rows(named.order_by(witnessed.c.origin).limit(count))
        return [WitnessedNote(row.origin, row.note) for row in rows]

    def remember(self, checkpoint: Checkpoint, note: bytes, old_size: int) -> bool:
        """Keep the checkpoint, durably, if the last one is still of `old_size`; else return False."""
        values = {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root, "note": note}
        still = witnessed.c.size == old_size
        if old_size == 0:
            return self._database.swap(witnessed, values, only_if=still)
        same = (witnessed.c.origin == checkpoint.origin) & still
        return self._database.change(update(witnessed).where(same).values(**values)) == 1
