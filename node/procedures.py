"""Procedures as this node verified them: who may name one today, and how much of its cap is left (design 5 "Budgets").

Both sides of a question use them: the asker for its own, the answering body for the asker's. Nobody's word counts but
that of the two officers who signed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

from maglia.core.directory import Member
from maglia.core.errors import Code, MagliaError
from maglia.core.procedures import Procedure, open_procedure
from maglia.core.vocabulary import PseudonymClass
from node.ports import Clock, Store, Trust

_KEPT = timedelta(days=7)
"""Counts of a procedure outlive its last day by this: a clock that was set wrong for a while forgets nothing."""


class Procedures:
    """Verifies and counts on behalf of one body."""

    def __init__(self, store: Store, trust: Trust, clock: Clock) -> None:
        self._store = store
        self._trust = trust
        self._clock = clock

    def open(self, name: str, asker: Member) -> Procedure:
        """Return the procedure that `asker` names; raise what `open_procedure` raises, or `directory.expired`."""
        return open_procedure(self._trust.procedures(), name, asker, self._clock.today())

    def declared(self, name: str) -> str:
        """Return the name if two officers signed it, else nothing: what a stranger wrote is no name to write down."""
        try:
            return name if name and name in self._trust.procedures() else ""
        except MagliaError:  # a refusal is logged though nothing is trusted any more
            return ""

    def spend(self, called: Procedure, asker: str, items: Mapping[PseudonymClass, Sequence[bytes]]) -> None:
        """Count distinct items on the asker's share of the cap, durably.

        Raises `budget.procedure` when they would exceed it, `storage.unavailable` when they can't be counted.
        """
        if not self._store.spend_in_procedure(called.id, asker, items, called.cap, self._kept()):
            raise _over_cap(called)

    async def spend_file(self, called: Procedure, asker: str, items: Mapping[PseudonymClass, Sequence[bytes]]) -> None:
        """Count a whole file's items as `spend` does, all of them or none, beside the event loop."""
        kept = self._kept()
        if not await asyncio.to_thread(self._store.spend_in_procedure, called.id, asker, items, called.cap, kept):
            raise _over_cap(called)

    async def check_file(self, called: Procedure, asker: str, items: Mapping[PseudonymClass, Sequence[bytes]]) -> None:
        """Raise `budget.procedure` when a file's items are more than what is left of the cap; count nothing."""
        if not await asyncio.to_thread(self._store.fits_in_procedure, called.id, asker, items, called.cap):
            raise _over_cap(called)

    def _kept(self) -> list[str]:
        """Return the procedures whose counts are not forgotten yet."""
        today = self._clock.today()
        return [one.id for one in self._trust.procedures().values() if today <= one.last_day + _KEPT]


def _over_cap(called: Procedure) -> MagliaError:
    return MagliaError(Code.BUDGET_PROCEDURE, limit=called.cap, procedure=called.id)
