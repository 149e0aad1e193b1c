"""Anomalies: every operator's day as logs tell it, judged by the rules that two officers signed, and what nodes say.

The console counts what metadata show (hours, numbers, refusals, flags) and evaluates the same decision as the nodes.
What needs persons only a body's node can count: of it the log holds signals. A signal is a reason to look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID
from maglia.core.operator_day import Fact, NameFlag, Signal, day_document, italian_time, quarter_of, read_signals
from maglia.policy.rules import Rules
from tui.audit.archive import Archive
from tui.audit.known import Known
from tui.audit.operator_days import Day, Key, Logged, read_days
from tui.text import plain

_AT_ONCE = 50
"""Days judged with one evaluation; the engine takes some milliseconds for each."""
_MANY = 1_000_000
_FLAGS = {Fact.OWN_SURNAME: NameFlag.OWN, Fact.COLLEAGUE_SURNAME: NameFlag.COLLEAGUE}
NODE, AUDITOR = "node", "auditor"


@dataclass(frozen=True)
class Anomaly:
    """One signal.

    `at` is when the first thing it is about happened, None where only the body's node knows. `entries` are the indexes,
    in the body's log, of what it is about. `said_by` is who found it: `node`, `auditor` or both.
    """

    member: str
    operator: str
    day: date
    at: datetime | None
    purposes: tuple[str, ...]
    signal: Signal
    entries: tuple[int, ...]
    said_by: tuple[str, ...]


@dataclass(frozen=True)
class Anomalies:
    """What was found between two days, both included, under one version of the rules."""

    first: date
    last: date
    rules: Rules
    members_read: int
    members_total: int
    unread: Mapping[str, str]
    """Bodies whose logs could not be read, or do not hold, and the error code why."""
    found: Sequence[Anomaly]


Tell = Callable[[int, int], None]
"""Told how many days were judged, and of how many."""


def find_anomalies(
    archive: Archive,
    known: Known,
    rules: Rules,
    first: date,
    last: date,
    member: str = "",
    tell: Tell | None = None,
    *,
    operator: str = "",
) -> Anomalies:
    """Return what somebody should look at, of one body or one operator if named; some seconds for thousands of days.

    Raises `policy.unavailable` when rules of before know no anomalies, and `input.log_unknown` for a body nobody knows.
    """
    if "anomalies" not in rules.decisions:
        raise MagliaError(Code.POLICY_UNAVAILABLE, cause="rules of before anomalies")
    if member and member not in known.directory.members:
        raise MagliaError(Code.INPUT_LOG_UNKNOWN, value=plain(member, 40))
    days, hours = read_days(archive, first, last, member), _Hours(known, rules)
    days = {key: day for key, day in days.items() if operator in {"", key.operator}}
    found = [
        one for key, day, said in _judged(days, known, rules, tell) for one in _anomalies(key, day, said, hours, rules)
    ]
    logs = [log for log in archive.logs() if log.member != REGISTRY_ID and member in {"", log.member}]
    return Anomalies(
        first=first,
        last=last,
        rules=rules,
        members_read=sum(not log.why_unread for log in logs),
        members_total=len(logs),
        unread={log.member: log.why_unread for log in logs if log.why_unread},
        found=sorted(found, key=_order),
    )


def _order(one: Anomaly) -> tuple[date, bool, str, str, str, str]:
    at = one.at.isoformat() if one.at else ""
    return one.day, not at, at, one.member, one.operator, one.signal.code


def _judged(
    days: Mapping[Key, Day], known: Known, rules: Rules, tell: Tell | None
) -> Iterator[tuple[Key, Day, Sequence[Signal]]]:
    """Yield each day with what the rules signal of it."""
    keys = list(days)
    for place in range(0, len(keys), _AT_ONCE):
        batch = keys[place : place + _AT_ONCE]
        classes = [
            _class(str(at), key, days[key].checks, len(days[key].refusals), known) for at, key in enumerate(batch)
        ]
        said = _evaluate(rules, classes)
        for at, key in enumerate(batch):
            yield key, days[key], read_signals(said.get(str(at), ()))
        if tell is not None:
            tell(place + len(batch), len(keys))


def _class(named: str, key: Key, checks: Sequence[Logged], refusals: int, known: Known) -> dict[str, object]:
    asked = [check.asked for check in checks]
    return day_document(named, _kind(key, known), "", key.day, asked, refusals, {})


def _kind(key: Key, known: Known) -> str:
    member = known.directory.members.get(key.member)
    return member.kind.value if member else ""


def _evaluate(rules: Rules, classes: Sequence[Mapping[str, object]]) -> Mapping[str, Any]:
    ruling = rules.engine.evaluate("anomalies", {"watcher": AUDITOR, "classes": classes})
    release = ruling.get("release") if isinstance(ruling, Mapping) else None
    if not isinstance(release, Mapping):
        raise MagliaError(Code.POLICY_UNAVAILABLE, cause="no ruling on anomalies")
    return release


def _anomalies(key: Key, day: Day, said: Sequence[Signal], hours: _Hours, rules: Rules) -> Iterator[Anomaly]:
    """Yield a day's signals: what both found once, as the console counted it from the entries."""
    here = {signal.code: signal for signal in said}
    for code in sorted({*here, *day.signalled}):
        told = day.signalled.get(code)
        signal = here[code] if code in here else told[0] if told else None
        if signal is None:
            continue
        about = _about(key, day, _counts(rules, code), hours) if code in here else ()
        entries = [one.idx for one in about] + ([told[1]] if told else [])
        yield Anomaly(
            member=key.member,
            operator=key.operator,
            day=key.day,
            at=italian_time(about[0].asked.time_ms) if about else None,
            purposes=tuple(sorted({one.purpose for one in about if one.purpose})),
            signal=signal,
            entries=tuple(entries),
            said_by=tuple(who for who, found in ((NODE, told), (AUDITOR, code in here)) if found),
        )


def _counts(rules: Rules, code: str) -> str:
    """Return which fact a rule counts."""
    rule = rules.data.get("signals", {}).get("rules", {}).get(code, {})
    return str(rule.get("counts", ""))


def _about(key: Key, day: Day, fact: str, hours: _Hours) -> Sequence[Logged]:
    """Return what a signal is about, in the order of time."""
    if fact == Fact.REFUSALS:
        return day.refusals
    if fact == Fact.OUT_OF_HOURS:
        return hours.outside(key, day.checks)
    if fact == Fact.REPORTS:
        return [check for check in day.checks if check.asked.is_report]
    if fact in set(_FLAGS):
        return [check for check in day.checks if _FLAGS[Fact(fact)] in check.asked.flags]
    return [check for check in day.checks if not check.asked.in_procedure and not check.asked.is_report]


class _Hours:
    """Which moments of a day the rules take for out of hours at a kind of body: each judged once, as if many asked."""

    def __init__(self, known: Known, rules: Rules) -> None:
        self._known = known
        self._rules = rules
        self._judged: dict[tuple[str, date, str], bool] = {}

    def outside(self, key: Key, checks: Sequence[Logged]) -> Sequence[Logged]:
        """Return those of a day's checks that were out of hours."""
        moments = [(check, quarter_of(check.asked.time_ms)) for check in checks]
        self._judge(key, sorted({at for _, at in moments}))
        kind = _kind(key, self._known)
        return [check for check, at in moments if self._judged[kind, key.day, at]]

    def _judge(self, key: Key, moments: Sequence[str]) -> None:
        kind = _kind(key, self._known)
        new = [at for at in moments if (kind, key.day, at) not in self._judged]
        empty = _class("", key, (), 0, self._known)
        said = _evaluate(self._rules, [{**empty, "id": at, "moments": [{"at": at, "checks": _MANY}]} for at in new])
        for at in new:
            codes = [signal.code for signal in read_signals(said.get(at, ()))]
            self._judged[kind, key.day, at] = any(_counts(self._rules, code) == Fact.OUT_OF_HOURS for code in codes)
