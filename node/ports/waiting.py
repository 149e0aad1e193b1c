"""Checks kept for 72 hours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from node.domain.waiting import KeptCheck, Stage


class WaitingChecks(Protocol):
    """Kept checks, by id; whom they are about and what was found is sealed."""

    def defer_check(self, kept: KeptCheck, key: str) -> str:
        """Store one that nobody was asked about yet; return its id, or that of the same operator's with this key."""
        ...

    def keep_checks(self, kept: Sequence[KeptCheck]) -> None:
        """Store checks as they stand, in place of what was stored of them."""
        ...

    def kept_check(self, check_id: str) -> KeptCheck | None:
        """Return one, or None."""
        ...

    def kept_checks(self, user: str) -> Sequence[KeptCheck]:
        """Return an operator's own, the newest first."""
        ...

    def open_checks(self, stage: Stage, limit: int, after: str = "") -> Sequence[KeptCheck]:
        """Return those at a stage of which somebody is still to be asked or told, by id, of those after one."""
        ...

    def remove_old_checks(self) -> int:
        """Remove what was kept for 72 hours, a week more where nobody was told yet; return how many."""
        ...
