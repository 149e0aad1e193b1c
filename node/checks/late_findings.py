"""What comes after a check was shown beside a reservation: late answers, and silent bodies that are back (design 6).

Whoever answers late, or is asked again by `RecentChecks`, may know of help that nobody was shown. It is stored, so that
the list of reservations says so, and a notice for all of the body points to it. What the other body is told is its own
node's work (`node.checks.asked_late`).
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque

from maglia.core.errors import MagliaError
from maglia.core.notices import NoticeKind
from maglia.core.vocabulary import REASK_S, EndState
from node.checks.check import Check
from node.domain.inbox import short_name
from node.domain.reservations import Sight, Standing, added, sight_of
from node.domain.verdict import CheckState
from node.inbox import Inbox, Notice
from node.ports import Store

KEPT = 1_000
"""Checks followed at once, the newest."""
_log = logging.getLogger(__name__)


class LateFindings:
    """Follows checks that were shown beside a reservation, each until all have answered or `reask_s` have passed."""

    def __init__(self, store: Store, inbox: Inbox, reask_s: float = REASK_S) -> None:
        self._store = store
        self._inbox = inbox
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
        found, asked = False, set[str]()
        try:
            async with asyncio.timeout(self._reask_s):
                async for state in check.states(follow=True):
                    known = sight_of(state)
                    if more := added(known, shown):
                        found, stands = True, self._store.add_late(sight, more)
                        self._tell(NoticeKind.PROMISE_FOUND, stands)
                        late = {other.member for other in more} & _came_late(state) - asked
                        asked |= late
                        await self._let_know(check, late if stands else set())
                    if known.complete and not (shown.complete or found):
                        self._tell(NoticeKind.PROMISE_COMPLETE, self._store.add_late(sight, ()))
                    shown = known
                    if state.complete:
                        return
        except TimeoutError:
            return
        except MagliaError as error:
            _log.warning("what came late is not stored: %s", error)

    def _tell(self, kind: NoticeKind, stands: Standing | None) -> None:
        """Tell all of the body, since whoever promised may be away; nothing of a promise that has ended."""
        if stands is not None:
            told: dict[str, str | int] = {"record": short_name(stands.record_id), "given": int(stands.is_given)}
            self._inbox.put(Notice(kind, "", params=told), once=True)

    async def _let_know(self, check: Check, members: set[str]) -> None:
        """Ask bodies that answered late once more: asked again, they tell operators (`node.checks.asked_late`)."""
        try:
            await check.ask_again(members)
        except MagliaError as error:
            _log.info("who answered late is not asked again: %s", error)


def _came_late(state: CheckState) -> set[str]:
    """Return the bodies whose answer came after its own question's deadline: they do not know that it did."""
    return {name for name, outcome in state.outcomes.items() if outcome.end is EndState.LATE}
