"""What the registry evaluated for a body, by its own log, against what a day and a procedure allow (design 5)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Engine, Integer, Select, and_, cast, func, select

from maglia.core.identity import REGISTRY_ID
from maglia.sql.engine import storage_errors
from tui.audit.findings import MAX_PLACES, About, Findings, FindingType, Place
from tui.audit.reconcile_rows import Spans
from tui.audit.tables import evaluation
from tui.audit.thresholds import Limits

_DAY_S = 86_400
_DAY_ONE = datetime(1970, 1, 1, tzinfo=UTC)
CHECK, ENROLMENT, PROCEDURE = "check", "enrolment", "procedure"
_ByDay = tuple[str, str, int]
"""Whose, of which class, on which day since 1970."""


@dataclass(frozen=True)
class _Spent:
    """Elements of one body, class, use, day and epoch."""

    member: str
    cls: str
    use: str
    day: int
    epoch: int
    elements: int


@dataclass(frozen=True)
class _Excess:
    """More than was allowed: `of` says of what, `when` is the day or the procedure, `where` finds the entries."""

    member: str
    cls: str
    of: str
    when: str
    elements: int
    limit: int
    where: ColumnElement[bool]


def compare_budgets(engine: Engine, spans: Spans, limits: Limits, caps: Mapping[str, int], findings: Findings) -> None:
    """Find days and procedures on which the registry evaluated more than the limits allow.

    `caps` are those of the procedures that two officers signed; others are not judged.
    """
    if REGISTRY_ID not in spans:
        return
    for excess in [*_days(engine, limits), *_procedures(engine, caps)]:
        figures: dict[str, int | str] = {
            "class": excess.cls,
            "when": excess.when,
            "elements": excess.elements,
            "limit": excess.limit,
        }
        about = About(FindingType.BUDGET, (excess.member,), REGISTRY_ID, f"{excess.of}:{excess.cls}:{excess.when}")
        findings.add(about, _places(engine, excess), figures)


def _days(engine: Engine, limits: Limits) -> Iterable[_Excess]:
    day = cast(evaluation.c.at / _DAY_S, Integer)
    of = (evaluation.c.member, evaluation.c["class"], evaluation.c.use, day, evaluation.c.epoch)
    by_day = (
        select(*of, func.sum(evaluation.c.elements))
        .where(evaluation.c.procedure == "")
        .group_by(*of)
        .order_by(day, evaluation.c.epoch)
    )
    with storage_errors(), engine.connect() as connection:
        spent = [_Spent(*tuple(row)) for row in connection.execute(by_day)]
    allowed = {CHECK: _checks(spent, limits.check), ENROLMENT: _enrolments(spent, limits.enrolment)}
    for use, found in allowed.items():
        for (member, cls, number), (elements, limit) in found.items():
            if elements > limit:
                when, where = _day(number)
                where = and_(where, evaluation.c.procedure == "", evaluation.c.use == use)
                yield _Excess(member, cls, use, when, elements, limit, where)


def _checks(spent: Iterable[_Spent], limit: int) -> Mapping[_ByDay, tuple[int, int]]:
    found: Counter[_ByDay] = Counter()
    for one in spent:
        if one.use == CHECK:
            found[one.member, one.cls, one.day] += one.elements
    return {about: (elements, limit) for about, elements in found.items()}


def _enrolments(spent: Iterable[_Spent], limit: int) -> Mapping[_ByDay, tuple[int, int]]:
    """Return what was enrolled on each day, and how much was allowed at most.

    While keys rotate, what was enrolled under one epoch pays for as much under its neighbour; it is paid on no day. Of
    an epoch whose neighbour is from before the log nothing is known: what was enrolled under it is not judged.
    """
    under: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    found: dict[_ByDay, tuple[int, int]] = {}
    for one in spent:  # by day, then epoch
        if one.use != ENROLMENT:
            continue
        enrolled = under[one.member, one.cls]
        enrolled[one.epoch] += one.elements
        before, _ = found.get((one.member, one.cls, one.day), (0, 0))
        elements = before + one.elements
        paid_elsewhere = sum(enrolled.values()) - max(enrolled.values())
        allowed = limit + paid_elsewhere if min(enrolled) == 1 else elements
        found[one.member, one.cls, one.day] = elements, allowed
    return found


def _procedures(engine: Engine, caps: Mapping[str, int]) -> Iterable[_Excess]:
    of = (evaluation.c.member, evaluation.c["class"], evaluation.c.procedure)
    by_procedure = select(*of, func.sum(evaluation.c.elements)).where(evaluation.c.procedure.in_(caps)).group_by(*of)
    with storage_errors(), engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(by_procedure)]
    for member, cls, name, elements in rows:
        if elements > caps[name]:
            where = evaluation.c.procedure == name
            yield _Excess(member, cls, PROCEDURE, name, elements, caps[name], where)


def _day(number: int) -> tuple[str, ColumnElement[bool]]:
    """Return a day as people name it and as a query does."""
    at = evaluation.c.at
    return f"{_DAY_ONE + timedelta(days=number):%Y-%m-%d}", and_(at >= number * _DAY_S, at < (number + 1) * _DAY_S)


def _places(engine: Engine, excess: _Excess) -> list[Place]:
    mine = evaluation.c.member == excess.member, evaluation.c["class"] == excess.cls
    which: Select[int] = select(evaluation.c.idx).where(excess.where, *mine).order_by(evaluation.c.idx)
    with storage_errors(), engine.connect() as connection:
        return [Place(REGISTRY_ID, idx) for idx in connection.execute(which.limit(MAX_PLACES)).scalars()]
