"""What was acknowledged to consoles, kept outside the programs that are hurt; it judges every verdict by that."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from maglia.core.errors import Code
from maglia.core.vocabulary import Silence, Verdict
from maglia.v1.operator_pb2 import CheckResponse
from tests.torture.rounds import Round

_REASONS = frozenset(silence.value for silence in Silence)
_CODES = frozenset(code.value for code in Code)


@dataclass(frozen=True)
class Helped:
    """Help that a node acknowledged: who holds it, about whom, and the record's number."""

    member: str
    person: str
    record_id: str


@dataclass(frozen=True)
class Asked:
    """A check as its console saw it last: who asked, its number, and of the bodies asked those that did not answer.

    While it `is_open` some are awaited that have no name yet.
    """

    member: str
    check_id: str
    silent: frozenset[str]
    refused: frozenset[str]
    asked: int
    answered: int
    is_open: bool


@dataclass(frozen=True)
class Begun:
    """What must be true of a check that begins now: `owed` is the help that a complete answer must show at least.

    `others` are the bodies without which no answer is complete; `is_closed` where no answer may be complete at all.
    """

    asker: str
    person: str
    owed: int
    others: int
    is_closed: bool


@dataclass
class Oracle:
    """Records what consoles were told, and says which later answers can't be true.

    Whoever is `suspended` is neither asked nor owed. While `is_closed` nobody may be relied on.
    """

    bodies: frozenset[str]
    suspended: set[str] = field(default_factory=set)
    is_closed: bool = False
    helped: list[Helped] = field(default_factory=list)
    asked: dict[str, Asked] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    uncoded: list[str] = field(default_factory=list)
    checks: int = 0
    complete: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    _told: int = 0
    _acknowledged: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _tried: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def try_to_help(self, member: str, person: str) -> None:
        """Note that a body is about to be told of help: from now on it may be found."""
        self._tried[person][member] += 1

    def help_acknowledged(self, member: str, person: str, record_id: str) -> None:
        """Note that it is on file: from now on it must be found."""
        self.helped.append(Helped(member, person, record_id))
        self._acknowledged[person][member] += 1

    def refused(self, code: str, fault: str) -> None:
        """Note a refusal, and what its sentence lacks if anything."""
        self.refusals[code] += 1
        if fault:
            self.uncoded.append(fault)

    def filed(self, person: str) -> int:
        """Return how much help for a person was filed anywhere, acknowledged or not."""
        return self._tried[person].total()

    def begin(self, asker: str, person: str) -> Begun:
        """Return what must be true of a check that begins now."""
        owed = _others(self._acknowledged[person], {asker, *self.suspended})
        return Begun(asker, person, owed, len(self.bodies - self.suspended - {asker}), self.is_closed)

    def judge(self, begun: Begun, state: CheckResponse) -> None:
        """Hold a state of a check against what was true when it began."""
        may = _others(self._tried[begun.person], {begun.asker})
        faults = [*_unfounded(state, begun), *_untrue(state, begun.owed, may), *_unnamed(state)]
        self.wrong += [f"{state.check_id} of {begun.asker}: {fault}" for fault in faults]

    def read(self, asker: str, state: CheckResponse) -> None:
        """Note the last state of a check that a console read."""
        self.checks += 1
        self.complete += state.complete
        silent = frozenset(body.member for body in state.silent)
        refused = frozenset(body.member for body in state.refused)
        self.asked[state.check_id] = Asked(
            asker, state.check_id, silent, refused, state.asked, state.answered, state.waiting
        )

    def tell(self, found: Round) -> None:
        """Move what was seen since the last time into a round; what was acknowledged stays known."""
        found.wrong += self.wrong
        found.uncoded += self.uncoded
        found.checks, found.complete = self.checks, self.complete
        found.acknowledged = len(self.helped) - self._told
        found.refusals = dict(self.refusals)
        self.wrong, self.uncoded, self.asked, self.refusals = [], [], {}, Counter()
        self.checks, self.complete, self._told = 0, 0, len(self.helped)


def _others(counts: Counter[str], without: Collection[str]) -> int:
    return sum(count for member, count in counts.items() if member not in without)


def _unfounded(state: CheckResponse, begun: Begun) -> Iterable[str]:
    """A complete answer of which somebody is missing."""
    if not state.complete:
        return
    missing = [body.member for body in (*state.silent, *state.refused)]
    if missing or state.left_out or state.asked_in_part or state.waiting:
        yield f"complete without {missing}, waiting={state.waiting}"
    if not state.asked == state.answered >= begun.others:
        yield f"complete with {state.answered} of {state.asked} bodies, of {begun.others} that there are"
    if begun.is_closed:
        yield "complete, where nobody may be relied on"


def _untrue(state: CheckResponse, owed: int, may: int) -> Iterable[str]:
    """An answer that shows less than is on file where it says that it is whole, or ever more than was filed."""
    shown = len(state.findings) + state.omitted
    if state.complete and shown < owed:
        yield f"complete with {shown} findings of {owed}"
    if state.complete and owed and state.verdict == Verdict.NONE_KNOWN:
        yield f"nothing known, complete, of {owed} findings"
    if len(state.findings) > may:
        yield f"{len(state.findings)} findings of at most {may}"
    if state.findings and state.verdict == Verdict.NONE_KNOWN:
        yield "nothing known beside findings"


def _unnamed(state: CheckResponse) -> Iterable[str]:
    """A partial answer that doesn't say whom it lacks, or for which of the known reasons."""
    named = [*state.silent, *state.refused]
    if not (state.complete or named or state.left_out or state.asked_in_part or state.waiting):
        yield "partial without a name"
    known = {*_REASONS, *_CODES}
    yield from (f"silent for '{body.reason}'" for body in named if body.reason not in known)
