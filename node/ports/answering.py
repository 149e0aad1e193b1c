"""How other bodies answered, by the day, and on which minutes of it this body was there itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from maglia.core.answering import Answering
from node.domain.answering import CountedDay, Line


@dataclass(frozen=True)
class Place:
    """From which entry of the log on, and from which day on, counts are still to be made, or made again."""

    entry: int
    day: date


class AnsweringCounts(Protocol):
    """What is kept of the days' counts. No person is in any of it."""

    def counting_place(self) -> Place | None:
        """Return where counting goes on, None before the first time."""
        ...

    def keep_answering(
        self,
        since: date,
        place: Place,
        lines: Mapping[tuple[date, str], Line],
        unheard: Mapping[date, int],
        oldest: date,
    ) -> None:
        """Put these counts of the days from `since` on in place of those kept, and where the next start goes on.

        Days before `oldest` are forgotten.
        """
        ...

    def answering_lines(self, since: date) -> Mapping[tuple[date, str], Line]:
        """Return the counts of each day and body."""
        ...

    def counted_days(self, since: date) -> Sequence[CountedDay]:
        """Return the days of which anything is known, the oldest first."""
        ...

    def add_minute(self, day: date) -> None:
        """Count a minute for which this node served."""
        ...

    def told_answering(self, day: date, on: date) -> None:
        """Keep that the registry was told of a day."""
        ...


class Office(Protocol):
    """Whoever is told how others answered: the registry."""

    async def tell(self, day: date, lines: Mapping[str, Answering]) -> tuple[Answering, int]:
        """Tell a day's counts by member; return how others say that this body answers, and how many they are."""
        ...
