"""What is over is erased, and the log says how much before it is gone (law rule 13)."""

from __future__ import annotations

import asyncio

from maglia.core.entry import Entry, EntryKind, Erased
from node.entries import Entries
from node.ports import Store

_PAGE = 500


class Erasing:
    """Erases a page at a time: questions are answered meanwhile, and each page has its entry."""

    def __init__(self, store: Store, entries: Entries) -> None:
        self._store = store
        self._entries = entries

    async def erase_all(self) -> int:
        """Erase aid and needs past their last day, then whoever has nothing left on file; return how much it was.

        An entry is durable before what it counts is deleted: one whose deletion failed counts what is still there, and
        comes again. Raises what keeps the log or the database from it, after which nothing more is erased.
        """
        return sum([await self._erase(what) for what in Erased])

    async def _erase(self, what: Erased) -> int:
        erased = 0
        while ids := await asyncio.to_thread(self._store.over, what, _PAGE):
            now_ms = self._entries.now_ms()
            await self._entries.write(Entry(EntryKind.ERASED, now_ms, outcome=what.value, count=len(ids)))
            gone = await asyncio.to_thread(self._store.erase, what, ids)
            erased += gone
            if not gone:  # all of them were helped again meanwhile; the next sweep looks anew
                break
        return erased
