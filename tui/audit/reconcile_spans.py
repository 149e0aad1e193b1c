"""Which logs count, and from when until when: what the body says of it binds nobody, what the auditor read does.

A log that could not be read the last time is judged by what was read before, or whoever goes offline takes what was
found about them away. It is told as not read all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Set
from functools import partial

from sqlalchemy import Engine, func, select

from maglia.core.codes import Code
from maglia.core.entry import EntryKind
from maglia.core.identity import REGISTRY_ID
from maglia.sql.engine import storage_errors
from tui.audit.findings import About, Findings, FindingType, Place, Unread
from tui.audit.model import LogState
from tui.audit.reconcile_rows import EVER_MS, Span
from tui.audit.tables import entry
from tui.audit.thresholds import Archived

_BROKEN = frozenset({Code.LOG_BROKEN.value, Code.LOG_CHECKPOINT.value})
_FORKED = frozenset({Code.LOG_FORK.value, Code.LOG_REWRITTEN.value})
_DOUBTED = _BROKEN | _FORKED
_UNSOUND = _DOUBTED | {Code.LOG_COPY.value}
"""What accuses nobody: a log that does not hold, and a copy of one that was altered here."""
_UNKNOWN = partial(LogState, problem=Code.NETWORK_UNREACHABLE.value)
"""A log that nobody has read yet."""
_DAY_MS = 86_400_000
_MONTH_DAYS = 30


class Logs:
    """The logs of a network as they are known: of its `members`, of the registry, and of bodies that left it."""

    def __init__(self, logs: Iterable[LogState], members: Collection[str]) -> None:
        known = {log.member: log for log in logs}
        wanted = [*sorted(members), REGISTRY_ID]
        self._current = [known.get(member) or _UNKNOWN(member) for member in wanted]
        self._former = [log for member, log in sorted(known.items()) if member not in wanted]

    @property
    def read(self) -> Set[str]:
        """Return whose logs were read whole the last time, and hold."""
        return {log.member for log in self._current if not log.why_unread}

    @property
    def unread(self) -> list[Unread]:
        """Return whose logs were not, and why."""
        current = [Unread(log.member, log.why_unread) for log in self._current if log.why_unread]
        return [*current, *(Unread(log.member, log.problem or Code.LOG_FORMER.value) for log in self._former)]

    def spans(self, engine: Engine, archived: Archived) -> Mapping[str, Span]:
        """Return what is judged of each log that was read whole once, and holds."""
        read = self.read
        sound = [log for log in [*self._current, *self._former] if log.is_read and log.problem not in _UNSOUND]
        return {log.member: _span(engine, log, archived, is_current=log.member in read) for log in sound}

    def tell_chains(self, findings: Findings) -> None:
        """Find the logs that do not hold."""
        for log in [*self._current, *self._former]:
            if _is_doubted(log):
                kind = FindingType.BROKEN if log.problem in _BROKEN else FindingType.FORK
                places = [] if log.at_entry is None else [Place(log.member, log.at_entry)]
                findings.add(About(kind, (log.member,), detail=log.problem), places)


def _is_doubted(log: LogState) -> bool:
    return log.problem in _DOUBTED


def _span(engine: Engine, log: LogState, archived: Archived, *, is_current: bool) -> Span:
    mine = entry.c.member == log.member
    first = select(entry.c.time_ms).where(mine, entry.c.idx == log.first)
    last = select(func.max(entry.c.time_ms)).where(mine, entry.c.idx == log.first_pass - 1)
    ends = select(func.min(entry.c.idx)).where(mine, entry.c.kind == EntryKind.END_STATE.value, entry.c.has_evidence)
    with storage_errors(), engine.connect() as connection:
        begins = connection.execute(first).scalar() if log.first else None
        until = connection.execute(last).scalar() or 0
        evidence_from = connection.execute(ends).scalar()
    grace = archived.seconds * 1000
    says = _within(EVER_MS if begins is None else begins + grace) if log.first else 0
    # By the auditor's clock: a body that archived more than it may does not choose what it answers for.
    term = _within(log.read_ms - archived.months * _MONTH_DAYS * _DAY_MS + grace)
    return Span(
        judged=log.first_pass,
        since_ms=min(says, term),
        upto_ms=EVER_MS if is_current else log.read_ms - grace,
        archived_ms=max(says, 1) if log.first else 0,
        until_ms=until,
        evidence_from=evidence_from,
    )


def _within(time_ms: int) -> int:
    """Return a time that a database holds: what a log says may be any number."""
    return min(max(time_ms, 0), EVER_MS)
