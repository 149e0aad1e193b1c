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
from tui.audit.reconcile_rows import Span, Spans
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
            differing = _differing(member, registry.judged, spans[member])
            for first, times, logged, is_elsewhere in connection.execute(differing.execution_options(yield_per=_CHUNK)):
                about = About(FindingType.EVALUATION, (member,), REGISTRY_ID, _detail(times, logged, is_elsewhere))
                findings.add(about, [Place(REGISTRY_ID, first)])


def _detail(times: int, logged: int | None, is_elsewhere: bool) -> str:
    if logged is None:
        return "unlogged"
    return "repeated" if times > logged else "procedure" if is_elsewhere else "elements"


def count_unused(engine: Engine, spans: Spans, rate: Rate, findings: Findings) -> None:
    """Find bodies of whose codes evaluated for checks too many are explained by no question and no refusal."""
    checks = Counted()
    with storage_errors(), engine.connect() as connection:
        for member in sorted(spans.keys() - {REGISTRY_ID}):
            evaluated = _evaluated_checks(member, spans[member].judged).execution_options(yield_per=_CHUNK)
            for first, elements, explained in connection.execute(evaluated):
                checks.add((member, REGISTRY_ID), Place(member, first), max(elements - explained, 0), elements)
    checks.tell(FindingType.EVALUATION, rate, findings, "unused")


def _evaluated_checks(member: str, judged: int) -> Select[int, int, int]:
    """Select each check that had codes evaluated: the first entry of that, how many codes, and how many are explained.

    A check's question, or its refusal, explains its subjects, once under each epoch that it needed. A call for
    applicants has many questions to each body, none about a person of another: they explain the sum.
    """
    is_evaluation = and_(entry.c.kind == EntryKind.EVALUATION.value, entry.c.outcome == _CHECK, entry.c.idx < judged)
    # Most checks had everybody's pseudonyms already: only the others are sorted.
    evaluated = select(entry.c.check_id).where(entry.c.member == member, entry.c.check_id != "", is_evaluation)
    elements = func.coalesce(func.sum(case((is_evaluation, entry.c.count))), 0)
    epochs = func.count(func.distinct(case((is_evaluation, entry.c.epoch))))
    used = _used(member, evaluated)
    return (
        select(func.min(entry.c.idx), elements, func.coalesce(func.max(used.c.subjects), 0) * epochs)
        .select_from(entry.outerjoin(used, used.c.check_id == entry.c.check_id))
        .where(entry.c.member == member, is_evaluation, entry.c.check_id.in_(evaluated))
        .group_by(entry.c.check_id)
    )


def _used(member: str, checks: Select[str]) -> Subquery:
    """Select how many subjects each check asked one body about, of the body that it asked about the most."""
    count = func.max(entry.c.count, 1)
    asked = (
        select(
            entry.c.check_id,
            case((func.max(entry.c.procedure) != "", func.sum(count)), else_=func.max(count)).label("subjects"),
        )
        .where(entry.c.member == member, entry.c.kind.in_(_USED), entry.c.check_id.in_(checks))
        .group_by(entry.c.check_id, entry.c.peer)
        .subquery()
    )
    return select(asked.c.check_id, func.max(asked.c.subjects).label("subjects")).group_by(asked.c.check_id).subquery()


def _differing(member: str, judged: int, own: Span) -> Select[int, int, int | None, bool]:
    """Select the registry's first entry of each, how often it logged it, and how often the body did (None: never).

    The last column says whether the two name different procedures.
    """
    at_ms = evaluation.c.at * 1000
    must_be_there = and_(at_ms >= own.since_ms, at_ms < own.upto_ms)
    mine = and_(evaluation.c.member == member, evaluation.c.idx < judged, must_be_there)
    granted = _each(_GRANTED, evaluation.c.idx, mine)
    made = and_(entry.c.member == member, entry.c.kind == EntryKind.EVALUATION.value)
    logged = _each(_LOGGED, entry.c.idx, made)
    unlike = [granted.c[name] != logged.c[name] for name in ("elements", "epoch", "use", "procedure")]
    differs = or_(logged.c.times.is_(None), granted.c.times > logged.c.times, *unlike)
    joined = granted.outerjoin(logged, granted.c.evaluation == logged.c.evaluation)
    said = granted.c.first, granted.c.times, logged.c.times, unlike[-1]
    return select(*said).select_from(joined).where(differs)


_SAID = ("evaluation", "elements", "epoch", "use", "procedure")
_GRANTED = [evaluation.c[name] for name in _SAID]
_LOGGED = entry.c.evaluation, entry.c.count, entry.c.epoch, entry.c.outcome, entry.c.procedure


def _each(said: Sequence[ColumnElement[Any]], idx: ColumnElement[int], which: ColumnElement[bool]) -> Subquery:
    """Select how often each evaluation was logged, what is said of it, and its first entry."""
    name, *rest = said
    counted = func.count().label("times"), func.min(idx).label("first")
    most = [func.max(column).label(label) for label, column in zip(_SAID[1:], rest, strict=True)]
    return select(name.label("evaluation"), *counted, *most).where(which).group_by(name).subquery()
