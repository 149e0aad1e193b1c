"""Saying in the log how many persons and needs an act puts on file for enrolment, before it does.

Whoever audits the log compares these counts with the enrolments that follow (`docs/protocol/log.md`). So an act waits
until its entry is durable: an entry whose act failed is harmless, an enrolment without one would be a finding.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from typing import Any, TypeVar

from maglia.core.entry import AWAITING, Entry, EntryKind
from maglia.core.errors import MagliaError
from maglia.core.identifiers import Identifier, parse_identifier
from maglia.core.vocabulary import PseudonymClass
from node.domain.household_file import WhoLives
from node.domain.model import AidRecord
from node.domain.needs import NewNeed
from node.entries import Entries
from node.ports import Store

_T = TypeVar("_T")
_Counts = Mapping[PseudonymClass, int]


class Recording:
    """One act at a time: none may come between another's count and what is counted."""

    def __init__(self, store: Store, entries: Entries) -> None:
        self._store = store
        self._entries = entries
        self._turn = asyncio.Lock()
        self._stated: set[int] = set()

    @asynccontextmanager
    async def of(self, records: Sequence[AidRecord]) -> AsyncIterator[None]:
        """Log how many may be enrolled for these records alone; then they are stored inside."""
        async with self._turn:
            await self._write(self._store.newcomers(records))
            yield

    @asynccontextmanager
    async def of_need(self, need: NewNeed) -> AsyncIterator[None]:
        """Log how many may be enrolled for this need alone; then it is put on file inside."""
        async with self._turn:
            await self._write(self._store.newcomers_of_need(need))
            yield

    @asynccontextmanager
    async def of_consent(self, identifier: str) -> AsyncIterator[None]:
        """Log how many may be enrolled again if the person consents anew after a withdrawal, which is done inside."""
        async with self._turn:
            await self._write(self._hidden(identifier))
            yield

    @asynccontextmanager
    async def of_link(self, former: WhoLives, current: Identifier) -> AsyncIterator[None]:
        """Log how many may be enrolled when one code takes another's place, or gives it back, which is done inside."""
        async with self._turn:
            await self._write(self._store.newcomers_by_link(former, current))
            yield

    def in_thread(self) -> Callable[[Sequence[AidRecord]], AbstractContextManager[None]]:
        """Return what does as `of` for work in a thread of its own; to be called where the event loop runs."""
        loop = asyncio.get_running_loop()

        def wait(work: Coroutine[Any, Any, _T]) -> _T:
            return asyncio.run_coroutine_threadsafe(work, loop).result()

        @contextmanager
        def recording(records: Sequence[AidRecord]) -> Iterator[None]:
            wait(self._turn.acquire())
            try:
                wait(self._write(self._store.newcomers(records)))
                yield
            finally:
                loop.call_soon_threadsafe(self._turn.release)

        return recording

    async def state(self, epoch: int) -> None:
        """Log how many await a pseudonym under an epoch, once: before this process first enrols under it.

        What a dead process logged as enrolled and did not store awaits again, and so does whoever came on file while no
        node served. Raises `log.fork`, `log.unavailable`.
        """
        if epoch in self._stated:
            return
        self._entries.require_sound()
        async with self._turn:
            counts = await asyncio.to_thread(self._store.awaiting_by_class, epoch)
            await self._entries.write_all([self._entry(cls, counts.get(cls, 0), epoch) for cls in PseudonymClass])
            self._stated.add(epoch)

    def forget(self, epoch: int) -> None:
        """Let who awaits be counted anew: an enrolment failed, and perhaps some of it was logged."""
        self._stated.discard(epoch)

    async def _write(self, counts: _Counts) -> None:
        entries = [self._entry(cls, count) for cls, count in counts.items() if count]
        if entries:
            await self._entries.write_all(entries)

    def _hidden(self, identifier: str) -> _Counts:
        try:
            return self._store.hidden_subjects(parse_identifier(identifier))
        except MagliaError:
            return Counter()  # what is wrong with it, the act itself will say

    def _entry(self, cls: PseudonymClass, count: int, epoch: int = 0) -> Entry:
        return Entry(
            kind=EntryKind.RECORDED,
            time_ms=self._entries.now_ms(),
            outcome=cls.value,
            code=AWAITING if epoch else "",
            count=count,
            epoch=epoch,
        )
