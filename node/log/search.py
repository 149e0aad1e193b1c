"""Finding a person in this body's own log: every entry that names one of their pseudonyms here (GDPR art. 15).

Pseudonyms are sealed in the entries, so each entry is opened: nothing else in the database tells whom a log is about,
and an index by pseudonym would. Entries are read a page at a time, in a thread, and searches take turns by the page: so
questions are answered meanwhile, and whoever reads slowly what was found holds up nobody else.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, replace

from maglia.core.access import LogReading
from maglia.core.entry import Entry, EntryKind, MonthReader
from maglia.core.errors import MagliaError
from maglia.wire.entries import decode_entry, sealed_part
from node.entries import Entries
from node.ports import LogReader

_PAGE = 500
_ABOUT_PERSONS = frozenset({EntryKind.ASKED, EntryKind.ANSWERED, EntryKind.REFUSED, EntryKind.ACCESS_REPORT})


@dataclass(frozen=True)
class Found:
    """An entry about the person. `mark` says what an answer showed of them (`maglia.core.disclosed`)."""

    entry: Entry
    mark: int = 0


@dataclass(frozen=True)
class Step:
    """What one page of the log held of the person, and what of the log was read so far."""

    found: Sequence[Found]
    reading: LogReading


class LogSearch:
    """Searches one body's log."""

    def __init__(self, log: LogReader, entries: Entries) -> None:
        self._log = log
        self._entries = entries
        self._turn = asyncio.Lock()

    async def find(self, persons: Collection[bytes], needs: Collection[bytes] = ()) -> AsyncIterator[Step]:
        """Yield what the log holds under a person's pseudonyms, page by page; `needs` are of their needs on file here.

        What was shown under a need counts, where the entry is about the person. One step at least comes, without an
        entry if there is none. Raises `log.unavailable`.
        """
        work = _Search(self._entries, frozenset(persons), frozenset(persons) | frozenset(needs))
        size = self._log.size
        work.pass_over(place := self._log.first)
        while place < size:
            async with self._turn:  # never while a step is handed out: nobody knows how long that takes
                step = await asyncio.to_thread(self._page, work, place, min(_PAGE, size - place))
            yield step
            place = max(place + _PAGE, self._log.first)  # others may be archived meanwhile
        yield Step((), work.reading)

    def _page(self, work: _Search, place: int, count: int) -> Step:
        return work.read(self._log.read(place, count))


class _Search:
    """One search: the months opened so far, and what was read."""

    def __init__(self, entries: Entries, persons: frozenset[bytes], theirs: frozenset[bytes]) -> None:
        self._entries = entries
        self._persons = persons
        self._theirs = theirs
        self._months: dict[str, MonthReader | None] = {}
        self.reading = LogReading()

    def pass_over(self, archived: int) -> None:
        """Take note of the first entries, archived at the end of their term: nobody can read whom they are about."""
        self.reading = replace(self.reading, archived=archived)

    def read(self, leaves: Sequence[bytes]) -> Step:
        """Read one page."""
        found, unreadable = [], 0
        for leaf in leaves:
            try:
                one = self._found(leaf)
            except MagliaError:
                # Not a reason to stop: the report says that something could not be read, `log verify` says what.
                unreadable += 1
                continue
            if one is not None:
                found.append(one)
        first, last = _span(leaves)
        self.reading = replace(
            self.reading,
            entries=self.reading.entries + len(leaves),
            first_ms=self.reading.first_ms or first,
            last_ms=last or self.reading.last_ms,
            forgotten_months=tuple(sorted(month for month, reader in self._months.items() if reader is None)),
            unreadable=self.reading.unreadable + unreadable,
        )
        return Step(found, self.reading)

    def _found(self, leaf: bytes) -> Found | None:
        kind, month, sealed = sealed_part(leaf)
        if not sealed or kind not in _ABOUT_PERSONS:
            return None
        if month not in self._months:
            self._months[month] = self._entries.reader(month)
        reader = self._months[month]
        if reader is None or not reader.names(sealed, self._persons):
            return None
        entry = decode_entry(leaf)
        return Found(entry, self._mark(entry, reader))

    def _mark(self, entry: Entry, reader: MonthReader) -> int:
        """Return what was shown of the person: in a question about many, under their own pseudonyms alone."""
        mark = 0
        if entry.shown:
            pairs = zip(reader.pseudonyms(entry.sealed), reader.shown(entry.shown), strict=True)
            for pseudonym, shown in pairs:
                mark |= shown if not entry.procedure or pseudonym in self._theirs else 0
        return mark


def _span(leaves: Sequence[bytes]) -> tuple[int, int]:
    """Return the times of a page's first and last entry that can be read."""
    times = [_time_of(leaf) for leaf in (*leaves[:1], *leaves[-1:])]
    return (times[0], times[-1]) if times else (0, 0)


def _time_of(leaf: bytes) -> int:
    try:
        return decode_entry(leaf).time_ms
    except MagliaError:
        return 0
