"""What happens in every network and is a finding only where it happens too often: by whom, out of how many."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tui.audit.findings import MAX_PLACES, About, Findings, FindingType, Place
from tui.audit.thresholds import Rate

_Whom = tuple[str, str]
"""Who is asked about it, and with whom it dealt; "" for all others together."""


@dataclass
class Counted:
    """Cases, out of how many, and the first entries of each."""

    cases: Counter[_Whom] = field(default_factory=Counter)
    of: Counter[_Whom] = field(default_factory=Counter)
    places: dict[_Whom, list[Place]] = field(default_factory=dict)

    def count(self, whom: _Whom, place: Place, *, is_case: bool) -> None:
        """Count one."""
        self.add(whom, place, int(is_case), 1)

    def add(self, whom: _Whom, place: Place, cases: int, of: int) -> None:
        """Count so many cases out of so many, all of one entry."""
        self.of[whom] += of
        if cases:
            self.cases[whom] += cases
            places = self.places.setdefault(whom, [])
            if len(places) < MAX_PLACES:
                places.append(place)

    def tell(self, kind: FindingType, rate: Rate, findings: Findings, detail: str = "") -> None:
        """Add a finding for each that exceeds the rate."""
        for whom, cases in self.cases.items():
            if rate.is_exceeded(cases, self.of[whom]):
                member, other = whom
                figures = {"cases": cases, "of": self.of[whom]}
                findings.add(About(kind, (member,), other, detail), self.places[whom], figures, cases)
