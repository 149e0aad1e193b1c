"""How much of each budget is spent, for officers and auditors to read. Nothing is counted here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from maglia.core.errors import Code, MagliaError
from maglia.core.procedures import Procedure
from maglia.core.vocabulary import PseudonymClass
from registry.domain.budget import Limits, Use
from registry.ports import Counts, Members, ProcedureCounts, Spent, SpentInProcedure


@dataclass(frozen=True)
class Spending:
    """Reads the counts; `signed` returns the procedures in force, by id."""

    members: Members
    counts: Counts
    called: ProcedureCounts
    limits: Limits
    signed: Callable[[], Mapping[str, Procedure]]
    clock: Callable[[], float]

    def day(self) -> date:
        """Return the day that counts now, UTC."""
        return datetime.fromtimestamp(self.clock(), UTC).date()

    def today(self, member: str) -> list[Spent]:
        """Return what was spent today, of one member every class and use, else whatever is not zero.

        Raises `member.unknown`.
        """
        found = self.counts.spent_on(self.day())
        if not member:
            return list(found)
        if self.members.member(member) is None:
            raise MagliaError(Code.MEMBER_UNKNOWN, member=member[:40])
        known = {(one.cls, one.use): one.elements for one in found if one.member == member}
        return [Spent(member, cls, use, known.get((cls, use), 0)) for cls in PseudonymClass for use in _uses(cls)]

    def under_procedures(self, member: str) -> list[tuple[SpentInProcedure, Procedure | None]]:
        """Return what was spent under each procedure, with the procedure as it is signed now; unspent ones too."""
        signed = self.signed()
        counted = {(one.procedure, one.member, one.cls): one for one in self.called.spent()}
        unspent = (SpentInProcedure(*key, 0) for key in _persons(signed.values()) if key not in counted)
        every = sorted([*counted.values(), *unspent], key=lambda one: (one.procedure, one.member, one.cls != "person"))
        return [(one, signed.get(one.procedure)) for one in every if member in {"", one.member}]


def _uses(cls: PseudonymClass) -> list[Use]:
    """Return what a class is evaluated for: a report is about a person."""
    return [use for use in Use if use is not Use.REPORT or cls is PseudonymClass.PERSON]


def _persons(signed: Iterable[Procedure]) -> Iterable[tuple[str, str, PseudonymClass]]:
    return ((one.id, member, PseudonymClass.PERSON) for one in signed for member in one.members)
