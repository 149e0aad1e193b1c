"""Telling the registry, once a day, how the other bodies answered: counts by the day, without persons or checks.

In return it says how the others say that this body answers.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from maglia.core.answering import ANSWERING_DAYS, NONE, Answering
from maglia.core.errors import MagliaError
from node.answering_rates import AnsweringRates
from node.domain.answering import ALL, OPEN_DAYS
from node.ports import Clock, Store, utc_day
from node.ports.answering import Office

EVERY_S = 600.0
_log = logging.getLogger(__name__)


class AnsweringReports:
    """Tells each finished day, again while late answers may still change it; looks every `every_s` seconds."""

    def __init__(
        self,
        store: Store,
        rates: AnsweringRates,
        office: Office,
        clock: Clock,
        every_s: float = EVERY_S,
    ) -> None:
        self._store = store
        self._rates = rates
        self._office = office
        self._clock = clock
        self._every_s = every_s
        self.own: tuple[Answering, int] = (NONE, 0)
        """How the others say that this body answers, and how many they are; nobody before the registry was told."""
        self._is_first = True

    async def run(self) -> None:
        """Tell until cancelled; what fails is tried again next time."""
        while True:
            # Not everybody at midnight: the registry is one machine.
            await asyncio.sleep(self._every_s * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
            try:
                await self.tell()
            except MagliaError as error:
                _log.info("the registry was not told how others answered: %s", error)

    async def tell(self) -> int:
        """Tell every day that is due; return how many. Raises `network.*`, `storage.unavailable`, `log.unavailable`."""
        await self._rates.count()
        today = utc_day(self._clock)
        due = list(self._due(today))
        counted = self._counted(today) if due else {}
        for day in due:
            self.own = await self._office.tell(day, counted.get(day, {}))
            self._store.told_answering(day, today)
        self._is_first = False
        return len(due)

    def _due(self, today: date) -> Iterator[date]:
        """Yield the days to tell: yesterday always, so that this body learns of itself; others once they were asked."""
        since, yesterday = today - timedelta(ANSWERING_DAYS - 1), today - timedelta(1)
        told = {one.day: one.told_on for one in self._store.counted_days(since)}
        days = {day for day, _ in self._store.answering_lines(since) if day < today} | {yesterday}
        for day in sorted(days):
            last = told.get(day)
            may_change = last is not None and last < min(today, day + timedelta(OPEN_DAYS))
            if last is None or may_change or (day == yesterday and self._is_first):
                yield day

    def _counted(self, today: date) -> Mapping[date, dict[str, Answering]]:
        found: dict[date, dict[str, Answering]] = defaultdict(dict)
        for (day, member), line in self._store.answering_lines(today - timedelta(ANSWERING_DAYS - 1)).items():
            if member != ALL:
                found[day][member] = line.counts
        return found
