"""Who learned of a person, found in this body's own log: whoever was answered something, and whoever was asked.

The log holds pseudonyms, sealed: the person's own are known from the enrolment, or made anew with the registry's help.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Collection, Iterator
from datetime import date, timedelta

from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import MagliaError
from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import RECEIVED_FINDINGS_DAYS, Basis, EndState, PseudonymClass
from maglia.wire.entries import decode_entry
from node.domain.consent import Learned, ToTell
from node.entries import Entries
from node.ports import TRACING, Clock, LogReader, Store, Trust
from node.pseudonyms import Pseudonyms

_DAY_MS = 86_400_000
_PAGE = 500


class Tracing:
    """Reads one body's log."""

    def __init__(
        self,
        me: str,
        store: Store,
        log: LogReader,
        entries: Entries,
        trust: Trust,
        pseudonyms: Pseudonyms,
        clock: Clock,
    ) -> None:
        self._me = me
        self._store = store
        self._log = log
        self._entries = entries
        self._trust = trust
        self._pseudonyms = pseudonyms
        self._clock = clock

    async def own_pseudonyms(self, person: Identifier) -> tuple[frozenset[bytes], bool]:
        """Return the pseudonyms of a person and of their needs at this body, and whether none can be missing.

        One may be while the registry is away and the person was never helped here.
        """
        enrolled = self._store.pseudonyms_of(person)
        known = set(enrolled.values())
        try:
            for keys in self._trust.keys().by_epoch:
                if (PseudonymClass.PERSON, keys.epoch) not in {(cls, epoch) for cls, epoch, _ in enrolled}:
                    key_set = keys.network_set(PseudonymClass.PERSON)
                    known.add((await self._pseudonyms.of_subject(person, key_set, purpose=TRACING)).of[self._me])
        except MagliaError:
            return frozenset(known), False
        return frozenset(known), True

    async def who_learned(
        self, pseudonyms: Collection[bytes], purposes: Collection[str], asked_since: date
    ) -> list[ToTell]:
        """Return who was shown something under these pseudonyms and may still keep it, and who was asked on consent.

        Asked since a day, for these purposes. Takes time, and runs in a thread.
        """
        return await asyncio.to_thread(self._scan, frozenset(pseudonyms), frozenset(purposes), asked_since)

    def _scan(self, pseudonyms: frozenset[bytes], purposes: frozenset[str], asked_since: date) -> list[ToTell]:
        now, today = self._entries.now_ms(), self._clock.today()
        asked_ms = now - (today - asked_since).days * _DAY_MS - _DAY_MS
        kept_ms = now - RECEIVED_FINDINGS_DAYS * _DAY_MS
        found: dict[str, ToTell] = {}
        for entry in self._entries_since(min(asked_ms, kept_ms)):
            how = self._how(entry, pseudonyms, purposes, asked_ms, kept_ms)
            if how is None:
                continue
            before = found.get(entry.peer)
            # Whoever was answered has something to remove, whatever else it learned.
            reason = Learned.ANSWERED if before and before.reason is Learned.ANSWERED else how
            found[entry.peer] = ToTell(entry.peer, reason, today - timedelta(days=(now - entry.time_ms) // _DAY_MS))
        return list(found.values())

    def _how(
        self, entry: Entry, pseudonyms: frozenset[bytes], purposes: frozenset[str], asked_ms: int, kept_ms: int
    ) -> Learned | None:
        if entry.kind is EntryKind.ANSWERED and entry.outcome == EndState.ANSWERED and entry.time_ms >= kept_ms:
            return Learned.ANSWERED if pseudonyms.intersection(self._entries.shown(entry)) else None
        if entry.kind is EntryKind.ASKED and entry.basis == Basis.CONSENT and entry.time_ms >= asked_ms:
            is_theirs = entry.purpose in purposes and pseudonyms.intersection(self._entries.named(entry))
            return Learned.ASKED if is_theirs else None
        return None

    def _entries_since(self, time_ms: int) -> Iterator[Entry]:
        first, size = self._log.first, self._log.size
        kept = range(first, size)
        start = first + bisect_left(kept, time_ms, key=lambda at: decode_entry(self._log.read(at, 1)[0]).time_ms)
        for place in range(start, size, _PAGE):
            yield from map(decode_entry, self._log.read(place, min(_PAGE, size - place)))
