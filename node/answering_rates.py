"""How the other bodies answer, as this one saw it over 30 days: counted from its own log, where questions have one end.

The log is read on every minute, and when somebody asks. Counts of days that can no longer change are kept, so that a
start reads the last days only; lost counts come back from the log by themselves.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from maglia.core.answering import ANSWERING_DAYS, NONE, Answering
from maglia.core.errors import MagliaError
from maglia.core.vocabulary import DEADLINE_S, PROVISIONAL_S
from maglia.wire.entries import decode_entry
from node.domain.answering import ALL, CountedDay, Line, Tally, first_open, joined
from node.log.operators import DAY_MS, first_entry_since
from node.ports import Clock, LogReader, Store, utc_day
from node.ports.answering import Place

EVERY_S = 60.0
KEPT_DAYS = ANSWERING_DAYS + 5
_PAGE = 500
_EPOCH_MS = date(1970, 1, 1).toordinal() * DAY_MS
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Seen:
    """What this body saw over 30 days: how each other one answered, by when checks were complete, and its own days."""

    today: date
    lines: Mapping[str, Line]
    days: tuple[CountedDay, ...]
    checks: Answering = NONE

    @property
    def unheard(self) -> int:
        """Return how many checks nobody at all answered, which are in no count."""
        return sum(day.unheard for day in self.days)


class AnsweringRates:
    """Counts as the log grows."""

    def __init__(
        self,
        store: Store,
        log: LogReader,
        clock: Clock,
        provisional_s: float = PROVISIONAL_S,
        deadline_s: float = DEADLINE_S,
        every_s: float = EVERY_S,
    ) -> None:
        self._store = store
        self._log = log
        self._clock = clock
        self._every_s = every_s
        self._tally = Tally(provisional_s, deadline_s)
        self._next: int | None = None
        self._begins: dict[date, int] = {}
        self._since = date.max
        self._reading = asyncio.Lock()

    async def run(self) -> None:
        """Count until cancelled, and that this node is there; what fails is tried again next time."""
        while True:
            try:
                await self.count()
                self._store.add_minute(self._today())
            except MagliaError as error:
                _log.warning("answers not counted: %s", error)
            await asyncio.sleep(self._every_s)

    async def count(self) -> None:
        """Read on in the log, and keep what was counted; raise `log.unavailable` or `storage.unavailable`."""
        async with self._reading:
            before = self._next
            while await asyncio.to_thread(self._read_page):
                pass
            if self._next != before or first_open(self._today()) > self._since:
                await asyncio.to_thread(self._keep)

    async def seen(self) -> Seen:
        """Return what was seen until now; raises as `count` does."""
        await self.count()
        today = self._today()
        since = today - timedelta(ANSWERING_DAYS - 1)
        by_member: dict[str, list[Line]] = defaultdict(list)
        for (_, member), line in self._store.answering_lines(since).items():
            by_member[member].append(line)
        lines = {member: joined(iter(days)) for member, days in by_member.items()}
        checks = lines.pop(ALL, Line()).counts
        return Seen(today, lines, tuple(self._store.counted_days(since)), checks)

    def _today(self) -> date:
        return utc_day(self._clock)

    def _read_page(self) -> bool:
        """Read what comes next; return whether there is more."""
        size, first = self._log.size, self._log.first
        if self._next is None:
            self._start()
        place = max(self._next or 0, first)
        leaves = self._log.read(place, min(_PAGE, size - place)) if place < size else []
        for index, leaf in enumerate(leaves, place):
            try:
                day = self._tally.note(decode_entry(leaf))
            except MagliaError:
                continue  # `log verify` says what cannot be read
            if day is not None:
                self._begins.setdefault(day, index)
        self._next = place + len(leaves)
        return bool(leaves) and self._next < size

    def _start(self) -> None:
        """Go on where counting was; a place beyond the log, as after a backup was put back, is none."""
        kept = self._store.counting_place()
        if kept is None or kept.entry > self._log.size:
            since = self._today() - timedelta(KEPT_DAYS)
            kept = Place(first_entry_since(self._log, since.toordinal() * DAY_MS - _EPOCH_MS), since)
        self._next, self._since = kept.entry, kept.day

    def _keep(self) -> None:
        """Keep every day from the last start's oldest on, and begin the next start at the oldest that is open now."""
        oldest = self._today() - timedelta(KEPT_DAYS)
        opened = first_open(self._today())
        lines = {key: line for key, line in self._tally.lines().items() if key[0] >= max(oldest, self._since)}
        unheard = {day: count for day, count in self._tally.unheard().items() if day >= max(oldest, self._since)}
        begins = [index for day, index in self._begins.items() if day >= opened]
        place = Place(min(begins, default=self._next or 0), max(opened, self._since))
        self._store.keep_answering(self._since, place, lines, unheard, oldest)
        self._tally.close(opened)
        self._begins = {day: index for day, index in self._begins.items() if day >= opened}
        self._since = place.day
