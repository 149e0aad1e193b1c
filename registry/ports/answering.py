"""What members told of how others answer: counts by asker, day and body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from maglia.core.answering import Answering


@dataclass(frozen=True)
class AskedOn:
    """One body on one day, over all askers."""

    member: str
    day: str
    answered: int


class AnsweringReports(Protocol):
    """Counts as askers signed them; no person is in any of it."""

    def keep(self, asker: str, day: date, lines: Mapping[str, Answering], envelope: bytes, oldest: date) -> None:
        """Put what an asker says of a day in place of what it said before; forget the days before `oldest`."""
        ...

    def told(self, since: date, member: str = "") -> Mapping[str, Sequence[Answering]]:
        """Return by body what each asker says of the days from `since` on; of one body only, if it is named."""
        ...

    def asked_on(self, since: date, member: str = "") -> Sequence[AskedOn]:
        """Return on which days each body was asked at all, the oldest first."""
        ...
