"""What comes after a check was shown beside a reservation: late answers, and silent bodies that are back (design 6).

Whoever answers late, or is asked again by `RecentChecks`, may know of help that nobody was shown. It is stored, so that
the list of reservations says so to both bodies' operators. Like recent checks, this lives in the process.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque

from maglia.core.errors import MagliaError
from maglia.core.vocabulary import REASK_S
from node.check import Check
from node.domain.reservations import Sight, added, sight_of
from node.ports import Store

KEPT = 1_000
"""Checks followed at once, the newest."""
_log = logging.getLogger(__name__)


class LateFindings:
    """Follows checks that were shown beside a reservation, each until all have answered or `reask_s` have passed."""

    def __init__(self, store: Store, reask_s: float = REASK_S) -> None:
        self._store = store
        self._reask_s = reask_s
        self._tasks: deque[asyncio.Task[None]] = deque()

    def follow(self, check: Check, sight: int, shown: Sight) -> None:
        """Store whatever a check finds beyond what was shown, under the number of that sight."""
        self._tasks = deque(task for task in self._tasks if not task.done())
        if len(self._tasks) == KEPT:
            self._tasks.popleft().cancel()
        self._tasks.append(asyncio.create_task(self._watch(check, sight, shown), name="late findings"))

    async def close(self) -> None:
        """Follow nothing any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    async def _watch(self, check: Check, sight: int, shown: Sight) -> None:
        try:
            async with asyncio.timeout(self._reask_s):
                async for state in check.states(follow=True):
                    known = sight_of(state)
                    if more := added(known, shown):
                        self._store.add_late(sight, more)  # none for a promise that has ended
                    shown = known
                    if state.complete:
                        return
        except TimeoutError:
            return
        except MagliaError as error:
            _log.warning("what came late is not stored: %s", error)
