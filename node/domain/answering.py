"""How other bodies answer, counted from this body's own log: questions asked, and how each ended.

What says nothing of the other body is not counted: a check that nobody at all answered (this body's own line was down),
a question that this body itself broke off, or asked beyond its budget, and calls for applicants, where one clerk's
thousands of rows would outweigh a month at the counter.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from maglia.core.answering import NONE, Answering
from maglia.core.entry import OF_MANY, Entry, EntryKind
from maglia.core.errors import Code
from maglia.core.referral import REFERRED
from maglia.core.vocabulary import DEADLINE_S, PROVISIONAL_S, EndState, Silence

OPEN_DAYS = 4
"""Days whose counts may still grow, today's among them: a silent body is asked again for 72 hours."""
ALL = ""
"""Stands for a body's id where checks are counted: by when all who were asked had answered, in full, none refusing."""
_HOW = ("at_once", "in_time", "later")
_FIRST_ROUND_MS = 120_000
"""A question this much after a check's first is one asked again: by then the first ones were given up."""
_OF_OURS = frozenset[str](
    {Silence.INTERRUPTED, Silence.SUSPENDED_HERE, Code.MEMBER_INACTIVE, Silence.OVERLOADED, Code.BUDGET_ANSWER}
)
"""Ends without an answer that say nothing of the body asked: broken off, no longer of the network, budget spent."""


@dataclass(frozen=True)
class Line:
    """How one body answered the checks of a day; instants in ms since the epoch, 0 for none.

    `answered_at` is its last answer; of the questions that it left unanswered after that, `missed_since` is the first
    and `missed_until` the last.
    """

    counts: Answering = NONE
    answered_at: int = 0
    missed_since: int = 0
    missed_until: int = 0

    def answered(self, at: int, how: str) -> Line:
        """Return the line with one more question, answered `at_once`, `in_time` or `later`."""
        counts = self.counts + replace(Answering(asked=1), **{how: 1})
        return replace(self, counts=counts, answered_at=max(self.answered_at, at))._without_old_misses()

    def missed(self, at: int) -> Line:
        """Return the line with one more question, asked `at`, that was not answered."""
        since = min(self.missed_since or at, at)
        counts, until = self.counts + Answering(asked=1), max(self.missed_until, at)
        return replace(self, counts=counts, missed_since=since, missed_until=until)._without_old_misses()

    def _without_old_misses(self) -> Line:
        if self.missed_since and self.missed_since <= self.answered_at:
            later = self.missed_until if self.missed_until > self.answered_at else 0
            return replace(self, missed_since=later, missed_until=later)
        return self


@dataclass(frozen=True)
class CountedDay:
    """One day: checks that nobody answered, minutes for which this node served, on which day it was last told of."""

    day: date
    unheard: int = 0
    minutes: int = 0
    told_on: date | None = None


@dataclass
class _Check:
    """One check that may still change: whom it awaits, and since when; `heard` once anybody answered its first round.

    `in_part` are those who answered for a part, refused, or were broken off here; `slowest` the answer that came last.
    """

    day: date
    began: int
    heard: bool = False
    is_ours: bool = False
    done: set[str] = field(default_factory=set)
    awaited: dict[str, int] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    in_part: set[str] = field(default_factory=set)
    slowest: int = 0

    def take(self, member: str, how: str, *, in_full: bool) -> None:
        """Take a body's answer, its first or, after one in part, another."""
        self.slowest = max(self.slowest, _HOW.index(how))
        (self.in_part.discard if in_full else self.in_part.add)(member)

    def counts(self) -> Answering:
        """Return the check counted as one; nothing while a question is under way, or where nobody answered."""
        if not self.heard or self.silent != self.awaited.keys():
            return NONE
        complete = not self.awaited and not self.in_part
        return Answering(1, **{_HOW[self.slowest]: 1}) if complete else Answering(1)


class Tally:
    """Counts of the days that may still grow, fed with this body's log in its order."""

    def __init__(self, provisional_s: float = PROVISIONAL_S, deadline_s: float = DEADLINE_S) -> None:
        self._provisional_ms = provisional_s * 1000
        self._deadline_ms = deadline_s * 1000
        self._checks: dict[str, _Check] = {}
        self._questions: dict[bytes, tuple[str, str, int]] = {}
        self._lines: dict[tuple[date, str], Line] = defaultdict(Line)
        self._unheard: Counter[date] = Counter()

    def note(self, entry: Entry) -> date | None:
        """Take one entry; return the day of the check that it begins, None where it begins none."""
        if entry.kind is EntryKind.ASKED:
            return self._asked(entry)
        if entry.kind is EntryKind.END_STATE:
            self._ended(entry)
        return None

    def lines(self) -> dict[tuple[date, str], Line]:
        """Return how each body answered on each open day, and under `ALL` by when whole checks were complete.

        What is under way is not counted yet.
        """
        found = dict(self._lines)
        for check in self._checks.values():
            if check.heard:
                _add_missed(found, check)
                all_of = found.get((check.day, ALL), Line())
                found[check.day, ALL] = replace(all_of, counts=all_of.counts + check.counts())
        return found

    def unheard(self) -> Counter[date]:
        """Return on which days how many checks were answered by nobody at all, and are in no count."""
        return self._unheard + Counter(each.day for each in self._checks.values() if not each.heard and each.silent)

    def close(self, before: date) -> None:
        """Forget the days before a day: what was told of them stays as it is."""
        closed = {name for name, check in self._checks.items() if check.day < before}
        for name in closed:
            del self._checks[name]
        self._questions = {key: one for key, one in self._questions.items() if one[0] not in closed}
        self._lines = defaultdict(Line, {key: line for key, line in self._lines.items() if key[0] >= before})
        self._unheard = Counter({day: count for day, count in self._unheard.items() if day >= before})

    def _asked(self, entry: Entry) -> date | None:
        if not entry.check_id or entry.check_id.startswith(OF_MANY) or entry.outcome == REFERRED:
            return None
        check, member = self._checks.get(entry.check_id), sys.intern(entry.peer)
        begins = check is None
        if check is None:
            check = self._checks[entry.check_id] = _Check(day_of(entry.time_ms), entry.time_ms)
        if member not in check.done:
            check.awaited.setdefault(member, entry.time_ms)
        if member not in check.done or member in check.in_part:
            self._questions[entry.question_id] = entry.check_id, member, entry.time_ms
        return check.day if begins else None

    def _ended(self, entry: Entry) -> None:
        name, member, asked_at = self._questions.pop(entry.question_id, ("", "", 0))
        check = self._checks.get(name)
        if check is None or check.is_ours:
            return
        if entry.outcome != EndState.SILENT:
            self._answered(check, member, entry, asked_at)
        elif member not in check.awaited:
            return
        elif entry.code in _OF_OURS:
            del check.awaited[member]
            check.silent.discard(member)
            check.in_part.add(member)
        else:
            check.silent.add(member)

    def _answered(self, check: _Check, member: str, entry: Entry, asked_at: int) -> None:
        if not check.heard and asked_at - check.began > _FIRST_ROUND_MS:
            # Everybody was silent and now is there again: it was this body's own line.
            check.is_ours = True
            self._unheard[check.day] += 1
            check.awaited.clear()
            check.silent.clear()
            return
        how = self._how(entry, check.awaited.get(member, asked_at), asked_at)
        in_full = entry.outcome != EndState.REFUSED and entry.code != Silence.COVERAGE_PARTIAL
        check.take(member, "later" if asked_at - check.began > self._deadline_ms else how, in_full=in_full)
        check.heard = True
        if check.awaited.pop(member, None) is None:
            return
        check.done.add(member)
        check.silent.discard(member)
        key = check.day, member
        self._lines[key] = self._lines[key].answered(entry.time_ms, how)

    def _how(self, entry: Entry, first: int, asked_at: int) -> str:
        """Return when the answer came; a clock that was set meanwhile does not make an answer in time a late one."""
        took = entry.time_ms - first
        if first == asked_at and entry.outcome == EndState.ANSWERED:
            return "at_once" if 0 <= took <= self._provisional_ms else "in_time"
        if entry.outcome == EndState.LATE or took > self._deadline_ms:
            return "later"
        return "at_once" if took <= self._provisional_ms else "in_time"


def _add_missed(lines: dict[tuple[date, str], Line], check: _Check) -> None:
    for member in check.silent:
        key = check.day, member
        lines[key] = lines.get(key, Line()).missed(check.awaited[member])


def joined(lines: Iterator[Line]) -> Line:
    """Return the days of one body as one line."""
    days = list(lines)
    counts = sum((day.counts for day in days), NONE)
    answered_at = max((day.answered_at for day in days), default=0)
    missed = [at for day in days for at in (day.missed_since, day.missed_until) if at > answered_at]
    return Line(counts, answered_at, min(missed, default=0), max(missed, default=0))


def day_of(time_ms: int) -> date:
    """Return the day of an instant, by the calendar that all bodies share (UTC)."""
    return datetime.fromtimestamp(time_ms / 1000, UTC).date()


def first_open(today: date) -> date:
    """Return the oldest day whose counts may still grow."""
    return today - timedelta(OPEN_DAYS - 1)
