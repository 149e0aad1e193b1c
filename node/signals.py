"""Signals: what of an operator's day somebody should look at, found inside the body and written to its log.

Whom operators asked about is known here alone. So facts are counted here, judged by the rules in force (decision
`anomalies`), and only rule, number and day are logged: an auditor reads them, without persons and without aid. The
operator is told nothing. A signal is a reason to look, never a judgement (law rules 12 and 14).
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import MagliaError
from maglia.core.operator_day import (
    Fact,
    Signal,
    Span,
    day_document,
    fact_document,
    italian_time,
    read_signals,
    read_span,
)
from maglia.core.vocabulary import SIGNALS_S
from maglia.policy.coded_signals import LOOK_BACK_DAYS
from node.entries import Entries
from node.inforce import InForce
from node.log.operators import KnownCheck, OperatorLog
from node.ports import LogReader, Policy, Store, Trust

_log = logging.getLogger(__name__)
DAYS_AGAIN = 7
"""Days that are judged again, today's among them: those on which the node was down, and those that grew."""
_COUNTED_BACK = (Fact.OF_ONE_PERSON, Fact.WITHOUT_AID)
_NOBODY: Sequence[KnownCheck] = ()


@dataclass(frozen=True)
class Signalled:
    """One signal that is in the log: whose day, and what."""

    day: date
    operator: str
    signal: Signal


class Signals:
    """Looks at the start and then every `every_s` seconds."""

    def __init__(
        self,
        me: str,
        store: Store,
        log: LogReader,
        entries: Entries,
        policy: Policy,
        trust: Trust,
        every_s: float = SIGNALS_S,
    ) -> None:
        self._me = me
        self._store = store
        self._entries = entries
        self._policy = policy
        self._trust = trust
        self._every_s = every_s
        self._read = OperatorLog(log, entries, LOOK_BACK_DAYS + DAYS_AGAIN + 1)
        spans = {"watcher": "node", "classes": [fact_document(fact) for fact in _COUNTED_BACK]}
        self._spans = InForce(policy, "anomalies", spans)
        self._judged: dict[tuple[str, date], tuple[str, object]] = {}

    async def run(self) -> None:
        """Look until cancelled; what fails is tried again next time."""
        while True:
            try:
                await self.look()
            except MagliaError as error:
                _log.warning("no signals: %s", error)
            await asyncio.sleep(self._every_s)

    def signalled(self) -> list[Signalled]:
        """Return what the log says of operators' days, as far back as the rules look, the newest day first."""
        said = self._read.signalled.items()
        found = [Signalled(day, operator, signal) for (operator, _, day), signal in list(said)]
        return sorted(found, key=lambda one: (-one.day.toordinal(), one.operator, one.signal.code))

    async def look(self) -> int:
        """Read on in the log, judge every day that changed, and log what it signals; return how many signals.

        Raises `MagliaError`, as `policy.unavailable`, `directory.expired` or `log.unavailable`: then nothing is lost,
        since the next look judges the same days.
        """
        while await asyncio.to_thread(self._read.read_page):
            pass
        await asyncio.to_thread(self._read.forget)
        await self._spans.renew()
        ruling = self._spans.ruling()
        if ruling is None:
            return 0
        spans = {fact: read_span(ruling.release.get(fact.value, ())) for fact in _COUNTED_BACK}
        kind = self._trust.directory().member(self._me).kind
        epochs = {keys.epoch for keys in self._trust.keys().by_epoch}
        today, written = italian_time(self._entries.now_ms()).date(), 0
        for operator, day, document in await asyncio.to_thread(self._documents, kind, spans, epochs, today):
            written += await self._judge(operator, day, document, is_over=day < today)
        self._judged = {key: judged for key, judged in self._judged.items() if key[1] > today - timedelta(DAYS_AGAIN)}
        return written

    def _documents(
        self, kind: str, spans: Mapping[Fact, Span], epochs: Collection[int], today: date
    ) -> list[tuple[str, date, dict[str, object]]]:
        """Return the days that are judged now, counted; takes a second for 100,000 checks, so in a thread."""
        days = _Days(self._read.checks.values(), spans, self._aided(epochs))
        roles = {operator.user: operator.role.value for operator in self._store.operators()}
        return [
            (operator, day, self._document(days, kind, roles.get(operator, ""), operator, day, today))
            for operator, day in self._days_of(days, today)
        ]

    def _document(self, days: _Days, kind: str, role: str, operator: str, day: date, today: date) -> dict[str, object]:
        return day_document(
            "0",
            kind,
            role,
            day,
            [check.asked for check in days.of(operator, day)],
            self._read.refusals[operator, day],
            days.persons(operator, day, is_over=day < today),
        )

    def _days_of(self, days: _Days, today: date) -> Iterator[tuple[str, date]]:
        """Yield each operator's days that are judged now, the oldest first."""
        operators = {*days.operators, *(operator for operator, _ in self._read.refusals)}
        for back in range(DAYS_AGAIN - 1, -1, -1):
            for operator in sorted(operators):
                yield operator, today - timedelta(back)

    def _aided(self, epochs: Collection[int]) -> frozenset[bytes]:
        """Return the pseudonyms, of epochs still served, under which a person with aid on file here was asked about."""
        wanted: set[bytes] = set()
        for check in self._read.checks.values():
            if check.epoch not in epochs and not check.asked.is_report:
                check.persons = ()  # nobody can tell any longer whether there is aid on file
            if check.may_lead_to_aid:
                wanted.update(check.persons)
        return self._store.enrolled_persons(wanted, epochs)

    async def _judge(self, operator: str, day: date, document: Mapping[str, object], *, is_over: bool) -> int:
        """Log what a day signals and was not yet logged; what was is told again once, when the day is over and more."""
        revision = self._policy.revision
        if self._judged.get((operator, day)) == (revision, document):
            return 0
        ruling = await self._policy.decide("anomalies", {"watcher": "node", "classes": [document]})
        said = self._read.signalled
        new = [
            signal
            for signal in read_signals(ruling.release.get("0", ()))
            if (before := said.get((operator, signal.code, day))) is None or (is_over and signal.count > before.count)
        ]
        if new:
            await self._entries.write_all([self._entry(operator, day, one, ruling.revision) for one in new])
            said.update({(operator, one.code, day): one for one in new})
        self._judged[operator, day] = ruling.revision, document
        return len(new)

    def _entry(self, operator: str, day: date, signal: Signal, revision: str) -> Entry:
        return Entry(
            kind=EntryKind.SIGNAL,
            time_ms=self._entries.now_ms(),
            operator=operator,
            outcome=signal.code,
            count=signal.count,
            threshold=signal.threshold,
            day=day.isoformat(),
            policy_revision=revision,
        )


class _Days:
    """Every operator's checks by the day, and what is counted of persons over several days."""

    def __init__(self, checks: Collection[KnownCheck], spans: Mapping[Fact, Span], aided: frozenset[bytes]) -> None:
        self._spans = spans
        self._aided = aided
        self._by_day: dict[str, dict[date, list[KnownCheck]]] = defaultdict(lambda: defaultdict(list))
        for check in checks:
            self._by_day[check.operator][check.day].append(check)

    @property
    def operators(self) -> Collection[str]:
        """Return everybody who asked anything."""
        return self._by_day.keys()

    def of(self, operator: str, day: date) -> Sequence[KnownCheck]:
        """Return the checks of one day."""
        return self._by_day[operator].get(day, _NOBODY) if operator in self._by_day else _NOBODY

    def persons(self, operator: str, day: date, *, is_over: bool) -> dict[Fact, int]:
        """Return the facts about persons; those that wait for aid to be recorded only of a day that is over."""
        facts = {Fact.OF_ONE_PERSON: self._most_of_one(operator, day)}
        if is_over:
            missed = [check for check in self._for_aid(operator, day) if check.is_answered and not check.is_found]
            facts[Fact.MISSES] = sum(self._aided.isdisjoint(check.persons) for check in missed)
            facts |= self._without_aid(operator, day)
        return facts

    def _until(self, operator: str, last: date, days: int = 1) -> Iterator[KnownCheck]:
        """Yield what was asked on so many days of which one is the last."""
        for back in range(days):
            yield from self.of(operator, last - timedelta(back))

    def _for_aid(self, operator: str, last: date, days: int = 1) -> list[KnownCheck]:
        """Return the checks that are of aid here: none of a procedure, no access request."""
        return [check for check in self._until(operator, last, days) if check.may_lead_to_aid]

    def _most_of_one(self, operator: str, day: date) -> int:
        """Return how often that of the day's persons was asked about who was the most often, however they were."""
        todays = {person for check in self._until(operator, day) for person in check.persons}
        times: dict[bytes, int] = defaultdict(int)
        for check in self._until(operator, day, self._spans[Fact.OF_ONE_PERSON].days):
            for person in check.persons:
                times[person] += person in todays
        return max(times.values(), default=0)

    def _without_aid(self, operator: str, day: date) -> dict[Fact, int]:
        """Return how many persons were asked about until there was time for aid, and how many of them have none.

        Nothing on a day on which no such person joins them: what was signalled is not signalled again.
        """
        span = self._spans[Fact.WITHOUT_AID]
        last = day - timedelta(span.grace_days)
        newest = {person for check in self._for_aid(operator, last) for person in check.persons}
        persons = {person for check in self._for_aid(operator, last, span.days) for person in check.persons}
        if newest <= self._aided:
            return {Fact.PERSONS: 0, Fact.WITHOUT_AID: 0}
        return {Fact.PERSONS: len(persons), Fact.WITHOUT_AID: len(persons - self._aided)}
