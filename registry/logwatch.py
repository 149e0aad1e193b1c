"""Keeping the registry's own log witnessed, whether or not anybody reads it, and falling silent when it does not hold.

A database put back to an earlier state, or failed over to one that lags behind, would grant budgets twice and cosign a
second past of what it forgot. The log's last head, kept beside the database by each process, shows it.
"""

from __future__ import annotations

import asyncio
import logging
import time

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import CHECKPOINT_ENTRIES, CHECKPOINT_S
from registry.history import OfficeLog

_LOOK_S = 5.0
_CONTRADICTIONS = frozenset({Code.LOG_REWRITTEN, Code.LOG_FORK, Code.LOG_CHECKPOINT, Code.LOG_BROKEN})
_log = logging.getLogger(__name__)


class LogWatch:
    """Has the log's head signed and cosigned every `every_s` seconds or 1,000 entries.

    A contradiction, once found, holds until the process is started anew; then everything is compared again.
    """

    def __init__(self, office_log: OfficeLog, every_s: float = CHECKPOINT_S) -> None:
        self._office_log = office_log
        self._every_s = every_s
        self._size = 0
        self._last = float("-inf")
        self._broken: MagliaError | None = None

    def start(self) -> None:
        """Compare the log with all that is known of it and sign its head; raise what `OfficeLog.start` does."""
        self._size, self._last = self._office_log.history.log.size(), time.monotonic()
        self._office_log.start()

    async def run(self) -> None:
        """Look until cancelled; what fails for a moment is tried again."""
        while True:
            await asyncio.sleep(min(_LOOK_S, self._every_s))
            self.look()

    def look(self) -> None:
        """Have the head cosigned if that is due, and note what contradicts it."""
        try:
            if self._broken is None and self._is_due():
                self.start()
        except MagliaError as error:
            if error.code not in _CONTRADICTIONS:
                _log.error("the registry's log not cosigned: %s", error)
                return
            self._broken = error
            _log.critical(
                "the registry's log is not the one its witness knows: no evaluation, no cosignature: %s", error
            )

    def require_sound(self) -> None:
        """Raise `log.rewritten` when a contradiction was found: nothing is evaluated, nothing is cosigned."""
        if self._broken is not None:
            raise MagliaError(Code.LOG_REWRITTEN, cause=str(self._broken))

    def _is_due(self) -> bool:
        grown = self._office_log.history.log.size() - self._size
        # A log that became shorter says enough; that it holds its heads is asked at once.
        return not 0 <= grown < CHECKPOINT_ENTRIES or time.monotonic() - self._last >= self._every_s
