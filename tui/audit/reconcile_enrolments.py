"""Whom a body enrolled, against what it had evaluated and what its own log says came on file (docs/protocol/log.md).

The registry makes an enrolment's pseudonyms before the body logs them; the act that puts somebody on file is logged
before they may be enrolled. So an enrolment beyond either is one that the body must explain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Engine, Select, and_, func, or_, select

from maglia.core.entry import AWAITING, EntryKind
from maglia.core.identity import REGISTRY_ID
from maglia.sql.engine import storage_errors
from tui.audit.findings import About, Findings, FindingType, Place
from tui.audit.reconcile_rows import Span, Spans
from tui.audit.tables import entry, evaluation

_CHUNK = 10_000
_ENROLMENT = "enrolment"


class _Counted(NamedTuple):
    """What a `recorded` or `enrolment` entry counts, of which class and epoch; `code` may be `awaiting`."""

    idx: int
    kind: str
    cls: str
    code: str
    epoch: int
    number: int


def compare_enrolments(engine: Engine, spans: Spans, findings: Findings) -> None:
    """Find enrolments that the registry did not evaluate, and those of nobody who came on file."""
    registry = spans.get(REGISTRY_ID)
    with storage_errors(), engine.connect() as connection:
        for member in sorted(spans.keys() - {REGISTRY_ID}):
            if registry is not None:
                beyond = _beyond_evaluations(member, spans[member].judged, registry)
                for first, excess in connection.execute(beyond.execution_options(yield_per=_CHUNK)):
                    about = About(FindingType.ENROLMENT, (member,), REGISTRY_ID, "unevaluated")
                    findings.add(about, [Place(member, first)], count=excess)
            nameless, number = connection.execute(_without_evaluation(member, spans[member].judged)).one()
            if nameless is not None and number:
                about = About(FindingType.ENROLMENT, (member,), REGISTRY_ID, "unevaluated")
                findings.add(about, [Place(member, nameless)], count=number)
            counted = connection.execute(_counted(member).execution_options(yield_per=_CHUNK))
            for index in _without_room((_Counted(*row) for row in counted), spans[member]):
                findings.add(About(FindingType.ENROLMENT, (member,), detail="unrecorded"), [Place(member, index)])


def _beyond_evaluations(member: str, judged: int, registry: Span) -> Select[int, int]:
    """Select the first entry and the number of enrolments beyond the elements of the evaluation that they name."""
    is_own = and_(entry.c.member == member, entry.c.kind == EntryKind.ENROLMENT.value, entry.c.idx < judged)
    of = entry.c.evaluation, entry.c.epoch, entry.c.outcome
    enrolled = (
        select(*of, func.sum(entry.c.count).label("entries"), func.min(entry.c.idx).label("first"))
        .where(is_own, entry.c.evaluation != b"")
        .where(entry.c.time_ms >= registry.since_ms, entry.c.time_ms < registry.upto_ms)
        .group_by(*of)
        .subquery()
    )
    made = evaluation.c.evaluation, evaluation.c.epoch, evaluation.c["class"]
    granted = (
        select(*made, func.sum(evaluation.c.elements).label("elements"))
        .where(evaluation.c.member == member, evaluation.c.use == _ENROLMENT)
        .group_by(*made)
        .subquery()
    )
    same = and_(
        enrolled.c.evaluation == granted.c.evaluation,
        enrolled.c.epoch == granted.c.epoch,
        enrolled.c.outcome == granted.c["class"],
    )
    elements = func.coalesce(granted.c.elements, 0)
    joined = enrolled.outerjoin(granted, same)
    beyond = enrolled.c.entries > elements
    return select(enrolled.c.first, enrolled.c.entries - elements).select_from(joined).where(beyond)


def _without_evaluation(member: str, judged: int) -> Select[int | None, int | None]:
    """Select the first entry and the number of enrolments that name no evaluation, though by then each names one."""
    recorded = entry.alias("recorded")
    is_recorded = and_(recorded.c.member == member, recorded.c.kind == EntryKind.RECORDED.value)
    since = select(func.min(recorded.c.idx)).where(is_recorded).scalar_subquery()
    is_enrolment = and_(entry.c.member == member, entry.c.kind == EntryKind.ENROLMENT.value)
    unnamed = and_(is_enrolment, entry.c.evaluation == b"", entry.c.idx > since, entry.c.idx < judged)
    return select(func.min(entry.c.idx), func.sum(entry.c.count)).where(unnamed)


def _counted(member: str) -> Select[int, str, str, str, int, int]:
    kinds = or_(entry.c.kind == EntryKind.RECORDED.value, entry.c.kind == EntryKind.ENROLMENT.value)
    return (
        select(entry.c.idx, entry.c.kind, entry.c.outcome, entry.c.code, entry.c.epoch, entry.c.count)
        .where(entry.c.member == member, kinds)
        .order_by(entry.c.idx)
    )


def _without_room(counted: Iterable[_Counted], span: Span) -> Iterable[int]:
    """Walk a log in order and yield each enrolment for which no room is left by what came on file.

    Before its first `recorded` entry a log is from before there were any. Where its first entries were archived, an
    epoch and class is judged from its first `awaiting` on.
    """
    room: Counter[tuple[int, str]] = Counter()
    is_judged = False
    for one in counted:
        about = one.epoch, one.cls
        if one.kind == EntryKind.RECORDED.value:
            is_judged = is_judged or not span.is_archived
            if one.code == AWAITING:
                room[about] = one.number
            else:
                room.update({key: one.number for key in room if key[1] == one.cls})
        elif about in room or is_judged:
            room[about] -= one.number
            if room[about] < 0:
                room[about] = 0
                yield one.idx
