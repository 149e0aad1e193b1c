"""Access reports as they arrive from a node, made plain values."""

from __future__ import annotations

from collections.abc import Iterable

from maglia.v1 import operator_pb2 as pb
from maglia.v1.report_pb2 import LogReading
from tui.access_model import Access, Case, NamesApproved, Part, Reading
from tui.text import plain


def case_of(message: pb.AccessCase) -> Case:
    """Return a request."""
    names = message.names
    return Case(
        number=message.number,
        received=plain(message.received),
        due=plain(message.due),
        days_left=message.days_left,
        opened_by=plain(message.opened_by),
        extended=plain(message.extended),
        extension_reason=plain(message.extension_reason),
        closed=plain(message.closed),
        closed_by=plain(message.closed_by),
        parts=tuple(map(_part, message.parts)),
        names=NamesApproved(plain(names.official), plain(names.name), plain(names.expires), plain(names.reason))
        if message.HasField("names")
        else None,
        epochs=tuple(message.epochs),
        day=plain(message.day),
        collecting=message.collecting,
    )


def access_of(message: pb.AccessFound) -> Access:
    """Return one access."""
    return Access(
        time_ms=message.time_ms,
        asker=plain(message.asker),
        answerer=plain(message.answerer),
        purpose=plain(message.purpose),
        facet=plain(message.facet),
        outcome=plain(message.outcome),
        categories=_plain(message.categories),
        operator=plain(message.operator),
        told_by=_plain(message.told_by),
    )


def _part(message: pb.AccessPart) -> Part:
    return Part(
        member=plain(message.member),
        name=plain(message.name),
        contact=plain(message.contact),
        state=plain(message.state),
        code=plain(message.code),
        time_ms=message.time_ms,
        reading=_reading(message.reading) if message.HasField("reading") else None,
    )


def _reading(message: LogReading) -> Reading:
    return Reading(
        entries=message.entries,
        first_ms=message.first_ms,
        last_ms=message.last_ms,
        forgotten_months=_plain(message.forgotten_months),
        unreadable=message.unreadable,
        archived=message.archived,
        policy_revision=plain(message.policy_revision),
        named=message.named,
    )


def _plain(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(plain(text) for text in texts)
