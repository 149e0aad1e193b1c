"""Requests made for a person who wants to know who looked them up: whoever was asked against whoever says it asked.

Whoever invents such a request learns who asks about a person, so one that only the other side logged matters. It is
signed, but what is signed names the person: no log keeps it, and both bodies are asked.
"""

from __future__ import annotations

from sqlalchemy import Engine, and_, select

from maglia.core.entry import EntryKind
from maglia.sql.engine import storage_errors
from tui.audit.findings import About, Findings, FindingType, Place
from tui.audit.reconcile_rows import Spans
from tui.audit.tables import entry

DETAIL = "access_report"
_ASKED = "asked"
_MADE = entry.alias("made")
_TOLD = (
    select(entry.c.member, entry.c.peer, entry.c.idx, entry.c.time_ms, entry.c.question_hash, _MADE.c.question_hash)
    .select_from(
        entry.outerjoin(
            _MADE,
            and_(
                _MADE.c.question_id == entry.c.question_id,
                _MADE.c.member == entry.c.peer,
                _MADE.c.peer == entry.c.member,
                _MADE.c.kind == EntryKind.ACCESS_REPORT.value,
                _MADE.c.outcome == _ASKED,
            ),
        )
    )
    .where(entry.c.kind == EntryKind.ACCESS_REPORT.value, entry.c.outcome != _ASKED)
)


def compare_reports(engine: Engine, spans: Spans, findings: Findings) -> None:
    """Find requests that a body answered, and that the body named as asking has no entry of, or another one."""
    with storage_errors(), engine.connect() as connection:
        for member, asker, idx, time_ms, answered, asked in connection.execute(_TOLD):
            own, other = spans.get(member), spans.get(asker)
            if own is None or other is None or idx >= own.judged or asked == answered:
                continue
            if not other.must_answer(time_ms):
                continue
            kind = FindingType.MISSING if asked is None else FindingType.CONTENT
            detail = DETAIL if asked is None else "question_hash"
            findings.add(About(kind, (asker, member), member, detail), [Place(member, idx)])
