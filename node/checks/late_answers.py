"""Tells operators what changed in a check after they read it: late answers, and silent bodies that are back (design 6).

Whoever asks silent bodies again is `RecentChecks`; here its checks are watched, each from what its operator saw last,
and a change that matters becomes a notice at once: a check is filed within a second, and whoever goes on from there
takes what is filed for told. Answers that come shortly after one another make one notice, which is written over.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from maglia.core.errors import Code, MagliaError
from maglia.core.notices import NoticeKind
from maglia.core.vocabulary import REASK_S
from node.domain.late import State, figures, news, seen
from node.domain.reservations import Sight
from node.inbox import Inbox, Notice

KEPT = 1_000
"""Checks watched at once, the newest."""
SETTLE_S = 10.0
"""Seconds for which further answers are told in the same notice, unless it was read meanwhile."""
_log = logging.getLogger(__name__)


class Followed(Protocol):
    """A check of one person or of a household, while its answers arrive."""

    @property
    def check_id(self) -> str:
        """By which its operator finds it again."""

    def state(self) -> State:
        """Return what is known now."""

    def states(self, *, follow: bool) -> AsyncIterator[State]:
        """Yield what is known at once, and each time that it changes."""


class LateAnswers:
    """Watches checks, each until all have answered or `reask_s` have passed."""

    def __init__(self, inbox: Inbox, reask_s: float = REASK_S, settle_s: float = SETTLE_S) -> None:
        self._inbox = inbox
        self._reask_s = reask_s
        self._settle_s = settle_s
        self._tasks: deque[asyncio.Task[None]] = deque()

    def follow(self, check: Followed, user: str, asked_at: float, shown: Sight | None = None) -> None:
        """Tell an operator whatever a check finds beyond what they were shown; by default, beyond what is known now.

        `asked_at` is when they asked, in seconds since the epoch. Of a check that is complete nothing more will come.
        """
        shown = seen(check.state()) if shown is None else shown
        self._tasks = deque(task for task in self._tasks if not task.done())
        if shown.complete:
            return
        if len(self._tasks) == KEPT:
            self._tasks.popleft().cancel()
        self._tasks.append(asyncio.create_task(self._watch(check, user, asked_at, shown), name="late answers"))

    @contextmanager
    def after(self, check: Followed, user: str, asked_at: float) -> Iterator[Callable[[State], None]]:
        """Follow a check once nobody watches it any more, from the state that the operator was shown last."""
        last: list[State] = []
        try:
            yield lambda state: last.__setitem__(slice(None), [state])
        finally:
            self.follow(check, user, asked_at, seen(last[0]) if last else None)

    def over(self, check: Followed, user: str, asked_at: float, code: Code | None = None) -> None:
        """Tell an operator that a check stays partial and nobody is asked again: its time is over, or `code`."""
        told = figures(asked_at, seen(check.state())) | ({"code": code.value} if code else {})
        self._inbox.put(Notice(NoticeKind.CHECK_ENDED, user, check.check_id, told), once=True)

    async def close(self) -> None:
        """Watch nothing any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    async def _watch(self, check: Followed, user: str, asked_at: float, shown: Sight) -> None:
        telling = _Telling(shown)
        try:
            async with asyncio.timeout(self._reask_s):
                async for state in check.states(follow=True):
                    known = seen(state)
                    if news(known, telling.last).kind is not None:
                        self._tell(check, user, asked_at, known, telling)
                    if telling.last.complete:
                        return
        except TimeoutError:
            return
        except MagliaError as error:
            _log.warning("what came late is not told: %s", error)

    def _tell(self, check: Followed, user: str, asked_at: float, known: Sight, telling: _Telling) -> None:
        def notice() -> Notice:
            found = news(known, telling.before)
            kind = found.kind or NoticeKind.CHECK_FOUND
            return Notice(kind, user, check.check_id, figures(asked_at, known, len(found.more)))

        now = time.monotonic()
        if now >= telling.until or not self._inbox.write_over(telling.number, notice()):
            telling.before, telling.until = telling.last, now + self._settle_s
            telling.number = self._inbox.put(notice())
        telling.last = known


@dataclass
class _Telling:
    """What an operator knows of a check: `last` with the newest notice, `before` without it."""

    last: Sight
    number: int = 0
    until: float = 0.0

    def __post_init__(self) -> None:
        self.before = self.last
