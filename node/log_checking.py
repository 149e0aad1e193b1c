"""The whole log is recomputed at every start and once a day, so that a bit that flipped anywhere in it is found.

A start waits for it a few seconds, which is enough for hundreds of thousands of entries; a longer log is read on beside
the work, in small steps that leave the processor half of the time. What is altered silences the body at once
(`LogGuard`); a lost archive file or month's key is told and does not, since the tree stands without them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Generator
from pathlib import Path
from typing import Protocol

from maglia.core.errors import Code, MagliaError
from maglia.core.log import Log, LogReport
from maglia.core.log_archives import FOLDER
from node.log_guard import LogGuard, kept_note

EVERY_S = 86_400.0
_log = logging.getLogger(__name__)


class CheckedKeys(Protocol):
    """The keys that entries are sealed under."""

    def check(self) -> None:
        """Raise `storage.keystore`, naming the month, when a key that is here cannot be opened."""
        ...


class LogChecking:
    """Checks one body's log. `within_s` is how long, in seconds, a start waits for it."""

    def __init__(
        self, folder: Path, log: Log, guard: LogGuard, keys: CheckedKeys, within_s: float, every_s: float = EVERY_S
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
        """Recompute the log and open every key; tell the guard what is altered. Raises `log.unavailable`."""
        problems = []
        try:
            await asyncio.to_thread(self._keys.check)
        except MagliaError as error:
            _log.critical("%s", error)
            problems.append(Code.LOG_KEY)
        report = await self._recompute()
        if report.bad_archive and report.holds:  # else it may be the tree that the file differs from
            _log.critical("archive file %s is altered", report.bad_archive)
            problems.append(Code.LOG_ARCHIVE)
        if not report.holds:
            self._guard.found_damage(report)
        self._problems = problems
        return report

    async def _recompute(self) -> LogReport:
        steps = self._log.verify_steps(kept_note(self._folder), self._folder / FOLDER)
        while True:
            start = time.monotonic()
            report = await asyncio.to_thread(_step, steps)
            if report is not None:
                return report
            if not self._hurried:
                await asyncio.sleep(time.monotonic() - start)


def _step(steps: Generator[None, None, LogReport]) -> LogReport | None:
    """Take one step; return the report after the last."""
    try:
        next(steps)
    except StopIteration as end:
        report: LogReport = end.value
        return report
    return None
