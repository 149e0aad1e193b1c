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
from node.operator_log import KnownCheck, OperatorLog
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
        found = [Signalled(day, operator, signal) for (operator, _, day), signal in said]
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
        days = _Days(self._read.checks.values(), spans, await self._aided())
        kind = self._trust.directory().member(self._me).kind
        roles = {operator.user: operator.role.value for operator in self._store.operators()}
        today, written = italian_time(self._entries.now_ms()).date(), 0
        for operator, day in self._days_of(days, today):
            document = day_document(
                "0",
                kind,
                roles.get(operator, ""),
                day,
                [check.asked for check in days.of(operator, day)],
                self._read.refusals[operator, day],
                days.persons(operator, day, is_over=day < today),
            )
            written += await self._judge(operator, day, document, is_over=day < today)
        self._judged = {key: judged for key, judged in self._judged.items() if key[1] > today - timedelta(DAYS_AGAIN)}
        return written

    def _days_of(self, days: _Days, today: date) -> Iterator[tuple[str, date]]:
        """Yield each operator's days that are judged now, the oldest first."""
        operators = {*days.operators, *(operator for operator, _ in self._read.refusals)}
        for back in range(DAYS_AGAIN - 1, -1, -1):
            for operator in sorted(operators):
                yield operator, today - timedelta(back)

    async def _aided(self) -> frozenset[bytes]:
        """Return the pseudonyms, of epochs still served, under which a person with aid on file here was asked about."""
        epochs = {keys.epoch for keys in self._trust.keys().by_epoch}
        wanted = {check.person for check in self._read.checks.values() if check.person}
        for check in self._read.checks.values():
            if check.epoch not in epochs:
                check.person = b""  # nobody can tell any longer whether there is aid on file
        return await asyncio.to_thread(self._store.enrolled_persons, wanted, epochs)

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
            missed = [check for check in self._about_persons(operator, day) if check.is_answered and not check.is_found]
            facts[Fact.MISSES] = sum(check.person not in self._aided for check in missed)
            facts |= self._without_aid(operator, day)
        return facts

    def _about_persons(self, operator: str, last: date, days: int = 1) -> list[KnownCheck]:
        """Return the checks, outside procedures, of so many days of which one is the last."""
        found = (self.of(operator, last - timedelta(back)) for back in range(days))
        return [check for of_day in found for check in of_day if check.person]

    def _most_of_one(self, operator: str, day: date) -> int:
        """Return how often that of the day's persons was asked about who was the most often."""
        todays = {check.person for check in self._about_persons(operator, day)}
        times: dict[bytes, int] = defaultdict(int)
        for check in self._about_persons(operator, day, self._spans[Fact.OF_ONE_PERSON].days):
            times[check.person] += check.person in todays
        return max(times.values(), default=0)

    def _without_aid(self, operator: str, day: date) -> dict[Fact, int]:
        """Return how many persons were asked about until there was time for aid, and how many of them have none.

        Nothing on a day on which no such person joins them: what was signalled is not signalled again.
        """
        span = self._spans[Fact.WITHOUT_AID]
        last = day - timedelta(span.grace_days)
        newest = {check.person for check in self._about_persons(operator, last)}
        persons = {check.person for check in self._about_persons(operator, last, span.days)}
        if newest <= self._aided:
            return {Fact.PERSONS: 0, Fact.WITHOUT_AID: 0}
        return {Fact.PERSONS: len(persons), Fact.WITHOUT_AID: len(persons - self._aided)}
