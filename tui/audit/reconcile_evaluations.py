"""What the registry evaluated, against what the bodies logged of it.

Both log an evaluation before it is done, the body first: what is in the registry's log must be in the body's, as often
and of as many elements. A body may have logged more: its request, or the answer, can get lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, Subquery, and_, case, func, or_, select

from maglia.core.entry import EntryKind
from maglia.core.identity import REGISTRY_ID
from maglia.sql.engine import storage_errors
from tui.audit.findings import About, Findings, FindingType, Place
from tui.audit.reconcile_rates import Counted
from tui.audit.reconcile_rows import Spans
from tui.audit.tables import entry, evaluation
from tui.audit.thresholds import Rate

_CHUNK = 10_000
_CHECK = "check"
_USED = [EntryKind.ASKED.value, EntryKind.REFUSED.value]


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


def count_unused(engine: Engine, spans: Spans, rate: Rate, findings: Findings) -> None:
    """Find bodies that had codes evaluated for checks of which, too often, nothing came: no question and no refusal."""
    checks = Counted()
    with storage_errors(), engine.connect() as connection:
        for member in sorted(spans.keys() - {REGISTRY_ID}):
            evaluated = _evaluated_checks(member, spans[member].judged).execution_options(yield_per=_CHUNK)
            for first, is_used in connection.execute(evaluated):
                checks.count((member, REGISTRY_ID), Place(member, first), is_case=not is_used)
    checks.tell(FindingType.EVALUATION, rate, findings, "unused")


def _evaluated_checks(member: str, judged: int) -> Select[int, bool]:
    """Select each check that had something evaluated: the first entry of that, and whether anything came of it."""
    is_evaluation = and_(entry.c.kind == EntryKind.EVALUATION.value, entry.c.outcome == _CHECK, entry.c.idx < judged)
    is_used = entry.c.kind.in_(_USED)
    # Most checks had everybody's pseudonyms already: only the others are sorted.
    evaluated = select(entry.c.check_id).where(entry.c.member == member, entry.c.check_id != "", is_evaluation)
    return (
        select(func.min(case((is_evaluation, entry.c.idx))), func.max(is_used))
        .where(entry.c.member == member, or_(is_evaluation, is_used), entry.c.check_id.in_(evaluated))
        .group_by(entry.c.check_id)
    )


def _differing(member: str, judged: int, since_ms: int) -> Select[int, int, int | None]:
    """Select the registry's first entry of each, how often it logged it, how often the body did (None: never)."""
    mine = and_(evaluation.c.member == member, evaluation.c.idx < judged, evaluation.c.at * 1000 >= since_ms)
    granted = _each(_GRANTED, evaluation.c.idx, mine)
    own = and_(entry.c.member == member, entry.c.kind == EntryKind.EVALUATION.value)
    logged = _each(_LOGGED, entry.c.idx, own)
    unlike = [granted.c[name] != logged.c[name] for name in ("elements", "epoch", "use")]
    differs = or_(logged.c.times.is_(None), granted.c.times > logged.c.times, *unlike)
    joined = granted.outerjoin(logged, granted.c.evaluation == logged.c.evaluation)
    return select(granted.c.first, granted.c.times, logged.c.times).select_from(joined).where(differs)


_GRANTED = evaluation.c.evaluation, evaluation.c.elements, evaluation.c.epoch, evaluation.c.use
_LOGGED = entry.c.evaluation, entry.c.count, entry.c.epoch, entry.c.outcome


def _each(said: Sequence[ColumnElement[Any]], idx: ColumnElement[int], which: ColumnElement[bool]) -> Subquery:
    """Select how often each evaluation was logged, what is said of it, and its first entry."""
    name, elements, epoch, use = said
    counted = func.count().label("times"), func.min(idx).label("first")
    most = func.max(elements).label("elements"), func.max(epoch).label("epoch"), func.max(use).label("use")
    return select(name.label("evaluation"), *counted, *most).where(which).group_by(name).subquery()
