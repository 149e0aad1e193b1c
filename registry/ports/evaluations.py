"""Granted evaluations, each an entry of the registry's own log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from maglia.core.vocabulary import PseudonymClass
from registry.domain.budget import Use


@dataclass(frozen=True)
class Granted:
    """An evaluation that is about to be done: for whom, of what, how many elements, at which second since the epoch.

    `evaluation` is the 16 bytes by which the member's own log names it; `procedure` is empty for none.
    """

    at: float
    member: str
    cls: PseudonymClass
    use: Use
    epoch: int
    elements: int
    evaluation: bytes = field(repr=False)
    procedure: str = ""


class EvaluationLog(Protocol):
    """Where granted evaluations are logged."""

    def add(self, granted: Sequence[Granted]) -> None:
        """Log evaluations, durable with the transaction that they are added in."""
        ...
