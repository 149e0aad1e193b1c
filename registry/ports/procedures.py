"""What is counted under procedures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from maglia.core.vocabulary import PseudonymClass


@dataclass(frozen=True)
class SpentInProcedure:
    """How many elements a member had evaluated under a procedure so far."""

    procedure: str
    member: str
    cls: PseudonymClass
    elements: int


class ProcedureCounts(Protocol):
    """Elements by procedure, member and class, over the procedure's whole life: no day ends these counts."""

    def spend(self, procedure: str, member: str, cls: PseudonymClass, elements: int, cap: int) -> bool:
        """Count elements, durably, and return True; or return False and count nothing beyond `cap`."""
        ...

    def spent(self) -> Sequence[SpentInProcedure]:
        """Return everything counted, by procedure, member and class."""
        ...
