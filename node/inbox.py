"""The inbox: what the node has to say to its operators once nobody is at the counter.

Whoever finds something out later puts a notice; the operator is told at the next login that something waits.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from maglia.core.errors import MagliaError
from node.domain.inbox import Kept, Notice
from node.domain.model import Operator
from node.ports import Store

__all__ = ["Inbox", "Kept", "Notice"]
_log = logging.getLogger(__name__)


class Inbox:
    """One body's notices."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, notice: Notice, *, once: bool = False) -> int:
        """Keep a notice for 30 days; return its number, 0 where it can't be stored.

        With `once` an equal one that nobody has read yet is enough: its number is returned. Whoever puts one has done
        their own work by then, which a notice that is lost must not undo.
        """
        numbers = self.put_all([notice], once=once)
        return numbers[0] if numbers else 0

    def put_all(self, notices: Sequence[Notice], *, once: bool = False) -> Sequence[int]:
        """Keep several, as `put` does; return their numbers, none where they can't be stored."""
        try:
            return self._store.add_notices(notices, once=once)
        except MagliaError as error:
            _log.warning("notices not stored: %s", error)
            return ()

    def write_over(self, number: int, notice: Notice) -> bool:
        """Say something else in a notice that nobody has read yet; return False where it was read, or can't be."""
        try:
            return self._store.rewrite_notice(number, notice)
        except MagliaError as error:
            _log.warning("a notice is not written over: %s", error)
            return False

    def list(self, operator: Operator, *, everything: bool) -> Sequence[Kept]:
        """Return the operator's own and those for all of the body, the newest first; only unread ones by default."""
        return self._store.notices(operator.user, everything=everything)

    def read(self, operator: Operator, number: int) -> Kept:
        """Return one of them, which is read from now on; raise `input.inbox` for any other."""
        return self._store.read_notice(operator.user, number)
