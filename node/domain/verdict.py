"""What the asker's operator may conclude from the answers so far (step 17)."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from maglia.core.directory import Member
from maglia.core.exchange import Finding
from maglia.core.vocabulary import EndState, Kind, Silence, Verdict

NAMED_FROM = 3
"""Among fewer bodies of its kind than this a giver would be known: it reads "un ente del territorio"."""


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
    in_part: bool = False
    """In a household, not asked about everybody: somebody's consent does not reach the body."""
    places: tuple[int, ...] = ()
    """Of each finding, whether it was found under the person (0), under their first need (1), and so on."""

    @property
    def has_answer(self) -> bool:
        """Return whether the body answered, be it for a part of its records."""
        return self.end in {EndState.ANSWERED, EndState.LATE}

    @property
    def counts_as_answered(self) -> bool:
        """Return whether the body answered for all its records, about everybody."""
        return self.has_answer and self.silence is None and not self.in_part


@dataclass(frozen=True)
class Shown:
    """One finding as the operator reads it; `kind` None reads "un ente del territorio". `late` is of named bodies."""

    finding: Finding
    kind: Kind | None
    member: Member | None
    late: bool
    person: int = 0
    """In a household, whose it is: 1 for the first entered."""
    asked: Member | None = field(default=None, compare=False, repr=False)
    """Who answered: known to this body, which asked, and shown to nobody where `member` is not."""
    place: int = 0
    """Whether it was found under the person (0), under their first need (1), and so on."""


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
    left_out: frozenset[str] = frozenset()
    """Bodies that give such aid, and that were not asked because the person's consent does not reach them."""

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
    def asked_in_part(self) -> int:
        """Return how many answered that were not asked about everybody of a household."""
        return sum(each.in_part and each.has_answer and each.silence is None for each in self.outcomes.values())

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


def show(outcomes: Iterable[Outcome], secret: bytes) -> list[Shown]:
    """Return the findings for the operator: givers hidden below detail, in an order that tells nothing (law rule 3).

    Under the same `secret` rows keep their order while others arrive.
    """
    every = list(outcomes)
    told = _kinds_told(every)

    def place(row: tuple[Outcome, int, Finding]) -> bytes:
        return hmac.digest(secret, f"{row[0].member.id}/{row[1]}".encode(), hashlib.sha256)

    rows = [(outcome, number, found) for outcome in every for number, found in enumerate(outcome.findings)]
    return [_show(*row, told) for row in sorted(rows, key=place)]


def _kinds_told(outcomes: Iterable[Outcome]) -> frozenset[Kind]:
    """Return the kinds that hide the giver among `NAMED_FROM` bodies at least.

    Only those that answered are counted: the operator reads by name who is silent or refused, and is none of them. The
    bodies of the other kinds hide among themselves, so where they are too few the next kind is kept back with them.
    """
    could = Counter(outcome.member.kind for outcome in outcomes if outcome.has_answer)
    told, kept_back = [], 0
    for kind, count in sorted(could.items(), key=lambda each: (each[1], each[0])):
        if count < NAMED_FROM or 0 < kept_back < NAMED_FROM:
            kept_back += count
        else:
            told.append(kind)
    return frozenset(told)


def _show(outcome: Outcome, number: int, finding: Finding, told: frozenset[Kind]) -> Shown:
    """Return one row; all rows are told anew at each answer, so a finding that names nobody is shown as it is."""
    member, place = outcome.member, outcome.places[number] if outcome.places else 0
    if finding.body == member.id:
        return Shown(finding, member.kind, member, outcome.late, asked=member, place=place)
    kind = member.kind if member.kind in told else None
    if finding.body or finding.contact:
        finding = replace(finding, body="", contact="")
    # Not that it came late: whoever was late was named before.
    return Shown(finding, kind, None, late=False, asked=member, place=place)
