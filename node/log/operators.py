"""What this body's operators asked, read back from its own log as it grows: what the rules on anomalies count.

The log is the only place where it is kept: whom a question was about is sealed there and forgotten with its month, and
in memory no longer than the rules look back. Nothing of it is stored beside the log.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from maglia.core.entry import OF_MANY, Entry, EntryKind, MonthReader
from maglia.core.errors import MagliaError
from maglia.core.operator_day import REPORT_ASKED, Asked, Signal, italian_time
from maglia.core.referral import REFERRED
from maglia.core.vocabulary import EndState
from maglia.wire.entries import decode_entry
from node.entries import Entries
from node.ports import LogReader

_PAGE = 500
DAY_MS = 86_400_000


@dataclass
class KnownCheck:
    """One check, or one access request, of one person, and the day on which it was first asked.

    `persons` are their pseudonyms at this body: of a check that of `epoch`, of an access request those of every epoch,
    none where nobody can tell any longer.
    """

    operator: str
    asked: Asked
    persons: tuple[bytes, ...]
    epoch: int
    is_answered: bool = False
    is_found: bool = False
    day: date = field(init=False)

    def __post_init__(self) -> None:
        self.day = italian_time(self.asked.time_ms).date()

    @property
    def may_lead_to_aid(self) -> bool:
        """Whether aid of this body could follow: not to an access request, and a procedure has an end of its own."""
        return bool(self.persons) and not self.asked.in_procedure and not self.asked.is_report


class OperatorLog:
    """What of one body's log is about its operators, for so many days back."""

    def __init__(self, log: LogReader, entries: Entries, days: int) -> None:
        self._log = log
        self._entries = entries
        self._days = days
        self._next: int | None = None
        self._months: dict[str, MonthReader | None] = {}
        self.checks: dict[str, KnownCheck] = {}
        """By the check's id, or the access request's number."""
        self.refusals: Counter[tuple[str, date]] = Counter()
        """How often an operator was refused on a day."""
        self.signalled: dict[tuple[str, str, date], Signal] = {}
        """By operator, rule and day, what the log already says; of several entries the greatest number."""

    def read_page(self) -> bool:
        """Read what comes next; return whether there is more. Takes milliseconds, and runs in a thread.

        Raises `log.unavailable`.
        """
        size, first = self._log.size, self._log.first
        if self._next is None:
            self._next = first_entry_since(self._log, self._since_ms())
        place = max(self._next, first)
        leaves = self._log.read(place, min(_PAGE, size - place)) if place < size else []
        for leaf in leaves:
            try:
                self._note(decode_entry(leaf))
            except (MagliaError, ValueError):
                continue  # `log verify` says what cannot be read, and an auditor sees it too
        self._next = place + len(leaves)
        return bool(leaves) and self._next < size

    def forget(self) -> None:
        """Forget what is older than the rules look back."""
        since_ms = self._since_ms()
        since = italian_time(since_ms).date()
        self.checks = {name: one for name, one in self.checks.items() if one.asked.time_ms >= since_ms}
        self.refusals = Counter({key: count for key, count in self.refusals.items() if key[1] >= since})
        self.signalled = {key: said for key, said in self.signalled.items() if key[2] >= since}
        self._months.clear()

    def _since_ms(self) -> int:
        return self._entries.now_ms() - self._days * DAY_MS

    def _note(self, entry: Entry) -> None:
        if entry.kind is EntryKind.ASKED:
            self._asked(entry)
        elif entry.kind is EntryKind.ACCESS_REPORT and entry.outcome == REPORT_ASKED:
            self._asked(entry, is_report=True)
        elif entry.kind is EntryKind.END_STATE:
            self._ended(entry)
        elif entry.kind is EntryKind.REFUSED and entry.operator:
            self.refusals[entry.operator, italian_time(entry.time_ms).date()] += 1
        elif entry.kind is EntryKind.SIGNAL:
            key = entry.operator, entry.outcome, date.fromisoformat(entry.day)
            if key not in self.signalled or self.signalled[key].count < entry.count:
                self.signalled[key] = Signal(entry.outcome, entry.count, entry.threshold)

    def _asked(self, entry: Entry, *, is_report: bool = False) -> None:
        """Note a check the first time: another body, or asking a silent one again, is no other check."""
        known, is_of_many = self.checks.get(entry.check_id), entry.check_id.startswith(OF_MANY)
        if (known and not is_of_many) or not entry.operator or entry.outcome == REFERRED:
            return  # whoever is sent to another body is told of, and not asked about
        asked = Asked(entry.time_ms, bool(entry.procedure), frozenset(entry.signals), is_report)
        reader = self._reader(entry.key_month) if entry.sealed else None
        named = reader.pseudonyms(entry.sealed) if reader is not None else []
        # A question's first is the person's, their needs follow (`node.naming`); a request names one person by epochs.
        persons = tuple(named if is_report or is_of_many else named[:1])
        if known is not None:  # a call for applicants: another question of it, about others
            known.persons = tuple({*known.persons, *persons})
            return
        self.checks[entry.check_id] = KnownCheck(entry.operator, asked, persons, entry.epoch)

    def _ended(self, entry: Entry) -> None:
        check = self.checks.get(entry.check_id)
        if check is None or entry.outcome not in (EndState.ANSWERED, EndState.LATE):
            return
        check.is_answered = True
        reader = self._reader(entry.key_month) if entry.shown else None
        check.is_found = check.is_found or (reader is not None and any(reader.shown(entry.shown)))

    def _reader(self, month: str) -> MonthReader | None:
        if month not in self._months:
            self._months[month] = self._entries.reader(month)
        return self._months[month]


def first_entry_since(log: LogReader, since_ms: int) -> int:
    """Return the index of the first entry that is not older; the log's size when all of them are."""
    first = log.first
    return first + bisect_left(range(first, log.size), since_ms, key=lambda index: _time_of(log.read(index, 1)[0]))


def _time_of(leaf: bytes) -> int:
    try:
        return decode_entry(leaf).time_ms
    except MagliaError:
        return 0
