"""Evaluations under a procedure: who may name which, and how much of its cap is spent (design 5 "Budgets").

The procedures are those of the newest publication, which two officers signed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from maglia.core.directory import Member, decode_directory
from maglia.core.errors import Code, MagliaError
from maglia.core.procedures import Procedure, decode_procedures, open_procedure
from maglia.core.vocabulary import PseudonymClass
from registry.ports import Files, ProcedureCounts


@dataclass(frozen=True)
class _Signed:
    members: Mapping[str, Member] = field(default_factory=dict)
    procedures: Mapping[str, Procedure] = field(default_factory=dict)


class Procedures:
    """Counts elements on procedures' caps, apart from every daily budget."""

    def __init__(self, counts: ProcedureCounts, files: Files, clock: Callable[[], float]) -> None:
        self._counts = counts
        self._files = files
        self._clock = clock
        self._signed = _Signed()
        self.reload()

    def reload(self) -> None:
        """Read what is signed, after a publication."""
        latest = self._files.publications(1)
        if not latest:
            return
        directory = decode_directory(latest[0].directory)
        declared = decode_procedures(latest[0].procedures, directory.network) if latest[0].procedures else {}
        self._signed = _Signed(directory.members, declared)

    def spend(self, name: str, member: str, cls: PseudonymClass, elements: int) -> None:
        """Count a member's elements on a procedure that it may name today.

        Raises what `open_procedure` raises, or `budget.procedure` when the cap would be exceeded.
        """
        called = self._open(name, member)
        if not self._counts.spend(name, member, cls, elements, called.cap):
            raise MagliaError(Code.BUDGET_PROCEDURE, limit=called.cap, procedure=name, cause=f"{cls} by {member}")

    def _open(self, name: str, member: str) -> Procedure:
        if name not in self._signed.procedures or member not in self._signed.members:
            self.reload()  # another replica may have published it a moment ago
        asker = self._signed.members.get(member)
        if asker is None:
            raise MagliaError(Code.MEMBER_UNKNOWN, member=member)
        today = datetime.fromtimestamp(self._clock(), UTC).date()
        return open_procedure(self._signed.procedures, name, asker, today)
