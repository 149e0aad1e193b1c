"""Refusals before a question could be read: one summary entry for each peer, reason and minute, capped (design 6).

At the peer port a peer is another body; at the front port, an operator of this one.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code, MagliaError
from node.entries import Entries

_log = logging.getLogger(__name__)
_EVERY_S = 60.0
NOBODY = "-"
"""Who was refused when it is not known: a name that a stranger typed is never written down."""
MAX_SUMMARIES = 200
"""Summaries written at once: a flood from many names can't fill the disk."""


class Refusals:
    """Counts refusals and writes their summaries."""

    def __init__(self, entries: Entries, every_s: float = _EVERY_S) -> None:
        self._entries = entries
        self._every_s = every_s
        self._counted: Counter[tuple[str, str]] = Counter()

    def count(self, peer: str, code: Code) -> None:
        """Count one refusal."""
        self._counted[peer, code.value] += 1

    @contextmanager
    def counting(self, peer: str) -> Iterator[None]:
        """Count what is refused inside, and let it pass on."""
        try:
            yield
        except MagliaError as error:
            self.count(peer, error.code)
            raise

    async def run(self) -> None:
        """Write the summaries of each minute until cancelled."""
        while True:
            await asyncio.sleep(self._every_s)
            await self.try_to_write()

    async def try_to_write(self) -> None:
        """Write what was counted, or else leave it for the next minute."""
        try:
            await self.write()
        except Exception as error:
            # Whatever it was, counting goes on: the next minute writes what this one could not.
            _log.warning("refusals not logged yet: %s", type(error).__name__)

    async def write(self) -> None:
        """Write what was counted; nothing is forgotten when the log fails."""
        counted = self._counted.most_common(MAX_SUMMARIES)
        if not counted:
            return
        await self._entries.write_all(
            [
                Entry(kind=EntryKind.REFUSALS, time_ms=self._entries.now_ms(), peer=peer, code=code, count=count)
                for (peer, code), count in counted
            ]
        )
        for key, count in counted:
            self._counted[key] -= count
        self._counted += Counter()
