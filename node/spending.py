"""How much of each budget is spent at this node, for its administrator to read. No person is in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from maglia.core.errors import MagliaError
from maglia.core.procedures import Procedure
from maglia.core.vocabulary import OPERATOR_PERSONS_A_DAY, PseudonymClass
from node.domain.budget import ANSWERS, OPERATORS, SpentInProcedure
from node.ports import Clock, Store, Trust


@dataclass(frozen=True)
class Line:
    """What one body or operator spent of its day."""

    holder: str
    spent: int
    limit: int


@dataclass(frozen=True)
class ProcedureLine:
    """What one body spent under a procedure; the cap is 0 and the day empty when it is no longer known."""

    spent: SpentInProcedure
    cap: int = 0
    expires: str = ""


@dataclass(frozen=True)
class Spending:
    """Everything spent, the most first; `day` is ISO 8601, by the node's calendar."""

    day: str
    askers: tuple[Line, ...]
    operators: tuple[Line, ...]
    procedures: tuple[ProcedureLine, ...]


def read_spending(me: str, store: Store, trust: Trust, clock: Clock, answers_a_day: int) -> Spending:
    """Return what is spent; raise `storage.unavailable`."""
    today = clock.today()
    return Spending(
        day=today.isoformat(),
        askers=tuple(Line(one.holder, one.spent, answers_a_day) for one in store.spent_today(ANSWERS, today)),
        operators=tuple(
            Line(one.holder, one.spent, _limit_of(store, one.holder)) for one in store.spent_today(OPERATORS, today)
        ),
        procedures=tuple(_under_procedures(me, store.spent_in_procedures(), _signed(trust))),
    )


def _limit_of(store: Store, user: str) -> int:
    known = store.operator(user)
    return OPERATOR_PERSONS_A_DAY[known[0].role] if known else 0


def _signed(trust: Trust) -> Mapping[str, Procedure]:
    try:
        return trust.procedures()
    except MagliaError:  # counts are there to be read though nothing is trusted any more
        return {}


def _under_procedures(me: str, found: list[SpentInProcedure], signed: Mapping[str, Procedure]) -> list[ProcedureLine]:
    mine = {one.procedure for one in found if one.holder == me}
    unspent = [
        SpentInProcedure(name, me, PseudonymClass.PERSON, 0)
        for name, called in signed.items()
        if me in called.members and name not in mine
    ]
    every = sorted([*found, *unspent], key=lambda one: (one.holder != me, one.procedure, -one.spent))
    lines = []
    for one in every:
        called = signed.get(one.procedure)
        lines.append(ProcedureLine(one, called.cap, called.expires) if called else ProcedureLine(one))
    return lines
