"""What the registry evaluated, against what the bodies logged of it.

Both log an evaluation before it is done, the body first: what is in the registry's log must be in the body's, as often
and of as many elements. A body may have logged more: its request, or the answer, can get lost.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Engine, Select, Subquery, and_, func, or_, select

from maglia.core.entry import EntryKind
from maglia.core.identity import REGISTRY_ID
from maglia.sql.engine import storage_errors
from tui.audit.findings import About, Findings, FindingType, Place
from tui.audit.reconcile_rows import Spans
from tui.audit.tables import entry, evaluation

_CHUNK = 10_000


def compare_evaluations(engine: Engine, spans: Spans, findings: Findings) -> None:
    """Find evaluations of the registry that the body's own log does not have, or has of another size."""
    registry = spans.get(REGISTRY_ID)
    if registry is None:
        return
    with storage_errors(), engine.connect() as connection:
        for member in sorted(spans.keys() - {REGISTRY_ID}):
            differing = _differing(member, registry.judged, spans[member].since_ms)
            for first, times, logged in connection.execute(differing.execution_options(yield_per=_CHUNK)):
                detail = "unlogged" if logged is None else "repeated" if times > logged else "elements"
                about = About(FindingType.EVALUATION, (member,), REGISTRY_ID, detail)
                findings.add(about, [Place(REGISTRY_ID, first)])


def _differing(member: str, judged: int, since_ms: int) -> Select[int, int, int | None]:
    """Select the registry's first entry of each, how often it logged it, how often the body did (None: never)."""
    mine = and_(evaluation.c.member == member, evaluation.c.idx < judged, evaluation.c.at * 1000 >= since_ms)
    granted = _each(evaluation.c.evaluation, evaluation.c.elements, evaluation.c.idx, mine)
    own = and_(entry.c.member == member, entry.c.kind == EntryKind.EVALUATION.value)
    logged = _each(entry.c.evaluation, entry.c.count, entry.c.idx, own)
    differs = or_(logged.c.times.is_(None), granted.c.times > logged.c.times, granted.c.most != logged.c.most)
    joined = granted.outerjoin(logged, granted.c.evaluation == logged.c.evaluation)
    return select(granted.c.first, granted.c.times, logged.c.times).select_from(joined).where(differs)


def _each(
    name: ColumnElement[bytes], size: ColumnElement[int], idx: ColumnElement[int], which: ColumnElement[bool]
) -> Subquery:
    """Select how often each evaluation was logged, the most elements of it, and its first entry."""
    counted = func.count().label("times"), func.max(size).label("most"), func.min(idx).label("first")
    return select(name.label("evaluation"), *counted).where(which).group_by(name).subquery()
