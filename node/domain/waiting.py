"""Checks as they are kept for 72 hours: so that a restart, or a laptop that sleeps, forgets nobody who was silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from maglia.core.codes import Code
from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import Facet, Purpose
from node.domain.model import OpenNeed
from node.domain.verdict import Outcome

_PASSING_FAMILIES = frozenset({"network", "directory", "pseudonym", "budget", "log", "storage", "version"})
_PASSING = frozenset({Code.POLICY_UNAVAILABLE, Code.POLICY_STALE, Code.POLICY_PERMISSIONS})


class Stage(StrEnum):
    """Where a kept check stands."""

    DEFERRED = "deferred"
    """Nobody was asked yet: the network was away."""
    ASKED = "asked"
    ENDED = "ended"
    """It may no longer be asked."""


@dataclass(frozen=True)
class KeptOutcomes:
    """What bodies have said of one person so far, and under what it is shown in one and the same order."""

    revision: str
    order: bytes = field(repr=False)
    left_out: frozenset[str]
    needs: Sequence[OpenNeed]
    outcomes: Sequence[Outcome]


@dataclass(frozen=True)
class KeptPerson:
    """One person of a kept check; `identifier` None is somebody known by a name alone.

    `asked` is None where the network was not asked about this person, or not yet; `unverified` is then why not.
    """

    check_id: str
    identifier: Identifier | None = field(repr=False)
    unverified: Code | None = None
    asked: KeptOutcomes | None = None


@dataclass(frozen=True)
class KeptCheck:
    """A check of one person or of a household: what was asked, by whom, and what is known so far.

    `asked_at` is for reading, in seconds since the epoch. For how long it has been kept is `waited_s` at `noted_at`:
    a clock that was set right meanwhile must neither end a check nor keep it for years.
    """

    check_id: str
    user: str
    stage: Stage
    asked_at: float
    waited_s: float
    noted_at: float
    facet: Facet
    purpose: Purpose
    months: int
    persons: Sequence[KeptPerson]
    need: Identifier | None = field(default=None, repr=False)
    creditor: str = field(default="", repr=False)
    procedure: str = ""
    is_open: bool = True
    """Whether somebody is still to be asked, or its operator to be told."""
    reason: Code | None = None
    """Why nobody was asked yet, or why nobody may be asked any longer."""
    untold: bool = False
    """It was deferred, and its operator was not told yet what came of it."""
    sight: int = 0
    """The number of what a reservation's operator was shown of it; 0 beside none."""

    @property
    def is_household(self) -> bool:
        """Return whether it is about several persons."""
        return self.check_id.startswith("N-")

    def waited(self, now: float) -> float:
        """Return for how many seconds it is kept by an instant (seconds since the epoch)."""
        return self.waited_s + max(0.0, now - self.noted_at)


def may_pass(code: Code) -> bool:
    """Return whether what refused a check may be over later; anything else ends the waiting."""
    return code in _PASSING or code.value.partition(".")[0] in _PASSING_FAMILIES
