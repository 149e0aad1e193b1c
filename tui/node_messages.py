"""A node's answers on names, budgets and enrolment, made plain values."""

from __future__ import annotations

from collections.abc import Iterable

from maglia.v1 import operator_pb2
from tui.model import Enrolling, PastAid, SpentLine, ToConfirm
from tui.text import plain


def enrolling(one: operator_pb2.Enrolling) -> Enrolling:
    """Return how far enrolment is under one epoch."""
    params = {plain(name): plain(value) for name, value in one.params.items()}
    return Enrolling(one.epoch, one.awaiting, plain(one.waits), params)


def spent(lines: Iterable[operator_pb2.Spent]) -> tuple[SpentLine, ...]:
    """Return what each holder spent."""
    return tuple(SpentLine(plain(line.holder), line.spent, line.limit) for line in lines)


def to_confirm(found: Iterable[operator_pb2.NamedPerson]) -> tuple[ToConfirm, ...]:
    """Return who may be the person of a name: for the operator to confirm."""
    return tuple(
        ToConfirm(
            plain(one.alias),
            plain(one.person.name),
            plain(one.person.born),
            plain(one.person.place),
            tuple(_past_aid(aid) for aid in one.aids),
        )
        for one in found
    )


def _past_aid(aid: operator_pb2.NamedAid) -> PastAid:
    amount = aid.amount_cents if aid.HasField("amount_cents") else None
    return PastAid(plain(aid.facet), plain(aid.date), amount, plain(aid.status), plain(aid.creditor))
