"""What entries of an auditor's archive say of each operator's day: times, numbers and flags, nobody else's name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select

from maglia.core.entry import EntryKind
from maglia.core.errors import MagliaError
from maglia.core.operator_day import REPORT_ASKED, Asked, Signal, italian_midnight, italian_time
from maglia.core.referral import REFERRED
from maglia.sql.engine import storage_errors
from maglia.wire.entries import decode_entry
from tui.audit import tables
from tui.audit.archive import Archive

_ENTRY = tables.entry.c
_FIRST_MS = func.min(_ENTRY.time_ms)
_IN_TIME = (_ENTRY.time_ms >= bindparam("since")) & (_ENTRY.time_ms < bindparam("until"))
_IS_REPORT = (_ENTRY.kind == EntryKind.ACCESS_REPORT.value) & (_ENTRY.outcome == REPORT_ASKED)
# Whoever is sent to another body is told of, and not asked about.
_IS_QUESTION = (_ENTRY.kind == EntryKind.ASKED.value) & (_ENTRY.outcome != REFERRED)
# A check is one however many bodies are asked, and whenever silent ones are asked again: its first entry is its time.
# So is an access request.
_CHECKS = (
    select(
        _ENTRY.member,
        _ENTRY.operator,
        _ENTRY.kind,
        _FIRST_MS.label("time_ms"),
        func.min(_ENTRY.idx).label("idx"),
        func.max(_ENTRY.procedure).label("procedure"),
        func.max(_ENTRY.purpose).label("purpose"),
        func.max(_ENTRY.signals).label("signals"),
    )
    .where(_IS_QUESTION | _IS_REPORT, _ENTRY.operator != "")
    .group_by(_ENTRY.member, _ENTRY.kind, _ENTRY.check_id)
    .having(_FIRST_MS.between(bindparam("since"), bindparam("until") - 1))
    .order_by(_FIRST_MS)
)
_REFUSED = (
    select(_ENTRY.member, _ENTRY.operator, _ENTRY.time_ms, _ENTRY.idx, _ENTRY.purpose)
    .where(_ENTRY.kind == EntryKind.REFUSED.value, _ENTRY.operator != "", _IN_TIME)
    .order_by(_ENTRY.time_ms)
)
_SIGNALLED = (
    select(_ENTRY.member, _ENTRY.idx, tables.leaf.c.leaf)
    .join(tables.leaf, (tables.leaf.c.member == _ENTRY.member) & (tables.leaf.c.idx == _ENTRY.idx))
    .where(_ENTRY.kind == EntryKind.SIGNAL.value, tables.leaf.c.leaf.is_not(None))
    .order_by(_ENTRY.member, _ENTRY.idx)
)


class Key(NamedTuple):
    """Whose day: of which body, which operator there, and when."""

    member: str
    operator: str
    day: date


@dataclass(frozen=True)
class Logged:
    """One check, access request or refusal, as the body's log tells it; `idx` is its first entry."""

    idx: int
    asked: Asked
    purpose: str


@dataclass
class Day:
    """One operator's day at one body."""

    checks: list[Logged] = field(default_factory=list)
    refusals: list[Logged] = field(default_factory=list)
    signalled: dict[str, tuple[Signal, int]] = field(default_factory=dict)
    """What the body's own node signalled, by rule, with its entry; of several the greatest."""


def read_days(archive: Archive, first: date, last: date, member: str = "") -> dict[Key, Day]:
    """Return every day between two, both included, on which an operator (of one body, if named) asked or is signalled.

    Raises `storage.unavailable`.
    """
    days: dict[Key, Day] = defaultdict(Day)
    span = {"since": italian_midnight(first), "until": italian_midnight(last + timedelta(1))}
    with storage_errors(), archive.engine.connect() as connection:
        for row in connection.execute(_CHECKS, span):
            flags = frozenset(filter(None, row.signals.split(",")))
            asked = Asked(row.time_ms, bool(row.procedure), flags, row.kind == EntryKind.ACCESS_REPORT.value)
            check = Logged(row.idx, asked, row.purpose)
            days[Key(row.member, row.operator, italian_time(row.time_ms).date())].checks.append(check)
        for refused in connection.execute(_REFUSED, span):
            key = Key(refused.member, refused.operator, italian_time(refused.time_ms).date())
            days[key].refusals.append(Logged(refused.idx, Asked(refused.time_ms), refused.purpose))
        for key, idx, signal in _signals(connection.execute(_SIGNALLED)):
            said = days[key].signalled if first <= key.day <= last else {}
            if signal.code not in said or said[signal.code][0].count < signal.count:
                said[signal.code] = signal, idx
    return {key: day for key, day in days.items() if member in {"", key.member}}


def _signals(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Key, int, Signal]]:
    """Yield what bodies' nodes signalled; an entry that says no day says nothing."""
    for member, idx, leaf in rows:
        try:
            entry = decode_entry(leaf)
            day = date.fromisoformat(entry.day)
        except (MagliaError, ValueError):
            continue
        yield Key(member, entry.operator, day), idx, Signal(entry.outcome, entry.count, entry.threshold)
