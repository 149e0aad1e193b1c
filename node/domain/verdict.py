"""What the asker's operator may conclude from the answers so far (step 17)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from maglia.core.directory import Member
from maglia.core.exchange import Finding
from maglia.core.vocabulary import EndState, Kind, Silence, Verdict

NAMED_FROM = 3
"""A kind of body with fewer active members than this would name the giver: it reads "un ente del territorio"."""


@dataclass(frozen=True)
class Outcome:
    """Where one body's question stands. `end` is None while an answer is awaited."""

    member: Member
    end: EndState | None = None
    silence: Silence | None = None
    refusal: str = ""
    findings: tuple[Finding, ...] = ()
    late: bool = False
    omitted: int = 0
    """Findings that the body may show but that did not fit in its answer."""

    @property
    def counts_as_answered(self) -> bool:
        """Return whether the body answered for all its records."""
        return self.end in {EndState.ANSWERED, EndState.LATE} and self.silence is None


@dataclass(frozen=True)
class Shown:
    """One finding as the operator reads it; `kind` None reads "un ente del territorio"."""

    finding: Finding
    kind: Kind | None
    member: Member | None
    late: bool
    person: int = 0
    """In a household, whose it is: 1 for the first entered."""


@dataclass(frozen=True)
class CheckState:
    """One check at one moment."""

    check_id: str
    outcomes: Mapping[str, Outcome]
    policy_revision: str
    waiting: bool
    provisional: bool
    elapsed_ms: int = 0
    shown: Sequence[Shown] = field(default_factory=tuple)

    @property
    def verdict(self) -> Verdict:
        """Return the strongest of what is known so far; read it only beside `complete`."""
        findings = [shown.finding for shown in self.shown]
        if any(finding.same_need for finding in findings):
            return Verdict.SAME_NEED
        return Verdict.SIMILAR if findings else Verdict.NONE_KNOWN

    @property
    def asked(self) -> int:
        """Return M: how many bodies were asked."""
        return len(self.outcomes)

    @property
    def answered(self) -> int:
        """Return N: how many answered for all their records."""
        return sum(outcome.counts_as_answered for outcome in self.outcomes.values())

    @property
    def complete(self) -> bool:
        """Return whether every body asked answered, in full, without a refusal. Nobody asked is not complete."""
        return self.asked > 0 and self.answered == self.asked

    @property
    def silent(self) -> list[Outcome]:
        """Return the bodies that can't be counted on, each with its reason; one still awaited is late."""
        return [outcome for outcome in self.outcomes.values() if outcome.silence is not None]

    @property
    def refused(self) -> list[Outcome]:
        """Return the bodies that answered that the question is not allowed."""
        return [outcome for outcome in self.outcomes.values() if outcome.end is EndState.REFUSED]

    @property
    def nothing(self) -> int:
        """Return how many answered in full with nothing to show: counted, never listed."""
        return sum(outcome.counts_as_answered and not outcome.findings for outcome in self.outcomes.values())

    @property
    def omitted(self) -> int:
        """Return how many findings did not fit: what is shown is "at least" this."""
        return sum(outcome.omitted for outcome in self.outcomes.values())

    @property
    def late(self) -> int:
        """Return how many answers came after the deadline."""
        return sum(outcome.late for outcome in self.outcomes.values())


def show(outcomes: Iterable[Outcome], active: Sequence[Member], secret: bytes) -> list[Shown]:
    """Return the findings for the operator: givers hidden below detail, in an order that tells nothing (law rule 3).

    Under the same `secret` rows keep their order while others arrive.
    """

    def place(row: tuple[Outcome, int, Finding]) -> bytes:
        return hmac.digest(secret, f"{row[0].member.id}/{row[1]}".encode(), hashlib.sha256)

    rows = [(outcome, number, found) for outcome in outcomes for number, found in enumerate(outcome.findings)]
    return [_show(outcome, finding, active) for outcome, _, finding in sorted(rows, key=place)]


def _show(outcome: Outcome, finding: Finding, active: Sequence[Member]) -> Shown:
    if finding.body == outcome.member.id:
        return Shown(finding, outcome.member.kind, outcome.member, outcome.late)
    same_kind = sum(member.kind is outcome.member.kind for member in active)
    kind = outcome.member.kind if same_kind >= NAMED_FROM else None
    return Shown(replace(finding, body="", contact=""), kind, None, outcome.late)
