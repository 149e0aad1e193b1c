"""Who says whether a check's verdict is right: it knows what every body knows, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from maglia.core.vocabulary import Verdict
from node.domain.verdict import CheckState


@dataclass(frozen=True)
class Knowledge:
    """Since when bodies know of a person, by their ids, and which of them can tell that it is the same need."""

    since: Mapping[str, float]
    same_need: frozenset[str]

    def at(self, now: float) -> set[str]:
        """Return who knows by then."""
        return {name for name, known in self.since.items() if known <= now}

    def verdict(self, names: set[str]) -> Verdict:
        """Return what there is to say when these bodies say what they know."""
        if names & self.same_need:
            return Verdict.SAME_NEED
        return Verdict.SIMILAR if names else Verdict.NONE_KNOWN


_STRENGTH = {Verdict.NONE_KNOWN: 0, Verdict.SIMILAR: 1, Verdict.SAME_NEED: 2}


class Judge:
    """Sees each state of one check, and notes in words what is wrong about it."""

    def __init__(self, known: Knowledge, begun: float) -> None:
        self._known, self._begun = known, begun
        self.judged = 0
        self.wrong: list[str] = []

    def see(self, state: CheckState, now: float) -> None:
        """Judge what an operator would read now."""
        self.judged += 1
        before, by_now = self._known.at(self._begun), self._known.at(now)
        answered = {name for name, outcome in state.outcomes.items() if outcome.counts_as_answered}
        awaited = before - answered
        self._must(not (state.complete and awaited), state, "complete without a body that knows")
        self._must(
            not state.complete or self._is_from(state.verdict, before),
            state,
            "complete, and less than was known before",
        )
        self._must(self._is_from(state.verdict, before & answered), state, "less than what was answered")
        self._must(not _exceeds(state.verdict, self._known.verdict(by_now)), state, "more than anybody knows")
        if state.provisional:
            named = {outcome.member.id for outcome in state.silent}
            self._must(awaited <= named, state, "a silent body that knows is not named")

    def _is_from(self, verdict: Verdict, names: set[str]) -> bool:
        """Return whether a verdict is as strong as what these bodies know."""
        return not _exceeds(self._known.verdict(names), verdict)

    def _must(self, right: bool, state: CheckState, otherwise: str) -> None:
        if not right:
            self.wrong.append(f"{state.check_id}: {otherwise} ({state.verdict}, {state.answered} of {state.asked})")


def _exceeds(one: Verdict, other: Verdict) -> bool:
    return _STRENGTH[one] > _STRENGTH[other]
