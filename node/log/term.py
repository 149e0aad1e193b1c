"""How long the log is kept (design 9): at the end of its term it goes to archive files, and nobody is named any more.

Months end whole: entries are archived, and the month's key destroyed, once the youngest entry of that month is past the
term. What is destroyed does not come back, so two clocks must agree that it is time: this machine's, and the witness's
in its last cosignature. A log that is in doubt is left as it is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from maglia.core.checkpoint import NoteKey, verify_cosignature
from maglia.core.errors import Code, MagliaError
from maglia.core.log_archives import LogArchives
from maglia.core.merkle import TILE_WIDTH
from maglia.wire.entries import decode_entry
from node.domain.retention import first_kept_month
from node.ports import Clock, LogReader

EVERY_S = 3_600.0
_log = logging.getLogger(__name__)


class Months(Protocol):
    """The keys that entries are sealed under, one for each month."""

    def months(self) -> list[str]:
        """Return the months whose keys are here, in order."""
        ...

    def destroy_before(self, month: str) -> list[str]:
        """Forget every month before `YYYY-MM`, durably; return which."""
        ...


@dataclass(frozen=True)
class Due:
    """What is past its term: `months` before `kept_from` (`YYYY-MM`) that have a key, entries `first` to `end` - 1."""

    kept_from: str
    months: list[str]
    first: int
    end: int


class Keeping:
    """Sweeps at the start and then every `every_s` seconds; `months` is the log's term."""

    def __init__(
        self,
        log: LogReader,
        archives: LogArchives,
        keys: Months,
        witness: Callable[[], NoteKey],
        clock: Clock,
        months: int,
        every_s: float = EVERY_S,
    ) -> None:
        self._log = log
        self._archives = archives
        self._keys = keys
        self._witness = witness
        self._clock = clock
        self._months = months
        self._every_s = every_s

    async def run(self, is_sound: Callable[[], bool]) -> None:
        """Sweep until cancelled, but not while the log is in doubt; what fails is tried again next time."""
        while True:
            try:
                if is_sound():
                    await asyncio.to_thread(self.sweep)
            except MagliaError as error:
                _log.warning("the log's oldest entries stay for now: %s", error)
            await asyncio.sleep(self._every_s)

    def due(self) -> Due:
        """Return what is past its term now; raise `log.checkpoint` while the witness has cosigned nothing."""
        note = self._log.latest_cosigned()
        if note is None:
            raise MagliaError(Code.LOG_CHECKPOINT, cause="nothing is cosigned yet")
        now = min(self._clock.now(), verify_cosignature(note, *self._witness()))
        kept_from = first_kept_month(now, self._months)
        months = [month for month in self._keys.months() if month < kept_from]
        since_ms = int(datetime.strptime(kept_from, "%Y-%m").replace(tzinfo=UTC).timestamp() * 1000)
        first, cosigned = self._log.first, int(note.split(b"\n", 2)[1])
        end = min(self._end(first, since_ms, int(now * 1000)), cosigned) // TILE_WIDTH * TILE_WIDTH
        return Due(kept_from, months, first, max(first, end))

    def sweep(self) -> Due:
        """Destroy the keys and archive the entries that are past their term; return what that was.

        Takes time: call it in a thread. Raises as `due` and `LogArchives.archive` do.
        """
        due = self.due()
        if destroyed := self._keys.destroy_before(due.kept_from):
            _log.info("keys of the log destroyed: %s", ", ".join(destroyed))
        for archived in self._archives.archive(due.end, self._witness()):
            _log.info("archived: entries %s to %s", archived.first, archived.end - 1)
        return due

    def _end(self, first: int, since_ms: int, now_ms: int) -> int:
        """Return where the first entry is that is still kept; one from the future is of a clock that was off."""
        for start in range(first, self._log.size, TILE_WIDTH):
            for index, leaf in enumerate(self._log.read(start, TILE_WIDTH), start):
                if since_ms <= decode_entry(leaf).time_ms <= now_ms:
                    return index
        return self._log.size
