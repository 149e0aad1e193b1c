"""The whole log is recomputed at every start and once a day, so that a bit that flipped anywhere in it is found.

A start waits for it a few seconds, which is enough for hundreds of thousands of entries; a longer log is read on beside
the work, in small steps that leave the processor half of the time. What is altered silences the body at once
(`LogGuard`); a lost archive file or month's key is told and does not, since the tree stands without them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TypeVar

from maglia.core.errors import Code, MagliaError
from maglia.core.log import Log, LogReport
from maglia.core.log_archives import FOLDER
from node.log.guard import LogGuard, kept_note
from node.log.months import MonthKeys, sealed_months
from node.store.monthly import MonthlyKeyFiles

EVERY_S = 86_400.0
T = TypeVar("T")
_log = logging.getLogger(__name__)


class LogChecking:
    """Checks one body's log. `within_s` is how long, in seconds, a start waits for it."""

    def __init__(
        self, folder: Path, log: Log, guard: LogGuard, keys: MonthlyKeyFiles, within_s: float, every_s: float = EVERY_S
    ) -> None:
        self._folder = folder
        self._log = log
        self._guard = guard
        self._keys = keys
        self._within_s = within_s
        self._every_s = every_s
        self._hurried = True
        self._first: asyncio.Task[None] | None = None
        self._problems: list[Code] = []

    def problems(self) -> list[Code]:
        """Return `log.archive` or `log.key` where a file beside the log did not hold at the last look."""
        return self._problems

    async def start(self) -> None:
        """Check, and wait for it a while; `run` sees to the rest."""
        self._first = asyncio.create_task(self._look())
        await asyncio.wait({self._first}, timeout=self._within_s)
        self._hurried = False

    async def run(self) -> None:
        """Finish the first check, then check again every day, until cancelled."""
        if self._first is not None:
            await self._first
        while True:
            await asyncio.sleep(self._every_s)
            await self._look()

    async def _look(self) -> None:
        try:
            await self.check()
        except MagliaError as error:
            _log.warning("the log could not be checked: %s", error)

    async def check(self) -> LogReport:
        """Recompute the log and look for every month's key; tell the guard what is altered.

        Raises `log.unavailable`.
        """
        problems = []
        report = await self._recompute()
        keys = await self._month_keys(report)
        if not keys.ok:
            _log.critical("log keys missing: %s; not opening: %s", _named(keys.missing), _named(keys.closed))
            problems.append(Code.LOG_KEY)
        if report.bad_archive and report.holds:  # else it may be the tree that the file differs from
            _log.critical("archive file %s is altered", report.bad_archive)
            problems.append(Code.LOG_ARCHIVE)
        if not report.holds:
            self._guard.found_damage(report)
        self._problems = problems
        return report

    async def _recompute(self) -> LogReport:
        return await self._taken(self._log.verify_steps(kept_note(self._folder), self._folder / FOLDER))

    async def _month_keys(self, report: LogReport) -> MonthKeys:
        """Return how the keys are; where the log itself does not hold, whether those that are here open."""
        size = self._log.size
        first = self._log.first if report.holds else size
        months = await self._taken(sealed_months(self._log.read, first, size))
        return await asyncio.to_thread(months.read_by, self._keys)

    async def _taken(self, steps: Generator[None, None, T]) -> T:
        """Take all steps, in threads, and return what comes at their end."""
        while True:
            start = time.monotonic()
            if ended := await asyncio.to_thread(_step, steps):
                return ended[0]
            if not self._hurried:
                await asyncio.sleep(time.monotonic() - start)


def _step(steps: Generator[None, None, T]) -> tuple[T] | None:
    """Take one step; return what comes after the last."""
    try:
        next(steps)
    except StopIteration as end:
        return (end.value,)
    return None


def _named(files: Sequence[str]) -> str:
    return ", ".join(files) or "none"
