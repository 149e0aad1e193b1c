"""What may be concluded for a household: each adult asked about on their own basis, all read together (step 17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from maglia.core.errors import Code
from maglia.core.vocabulary import EndState
from node.domain.verdict import CheckState, Outcome, Shown

_LEAST_FIRST = (None, EndState.SILENT, EndState.REFUSED, EndState.LATE, EndState.ANSWERED)
"""Where a body stands for the whole household: as for the person it said least about."""


def is_of_one_person(code: Code) -> bool:
    """Return whether a refusal speaks of one person's own basis, so that others may still be asked about."""
    return code.value.startswith("consent.")


@dataclass(frozen=True)
class PersonState:
    """One person of a household: the state of what was asked, and why nothing is, or is no longer, asked."""

    check_id: str
    state: CheckState | None = None
    unverified: Code | None = None

    @property
    def complete(self) -> bool:
        """Return whether this person was asked about and every body answered in full."""
        return self.unverified is None and self.state is not None and self.state.complete


@dataclass(frozen=True)
class HouseholdState:
    """A household at one moment, its people in the order in which they were entered."""

    check_id: str
    persons: Sequence[PersonState]

    @property
    def verified(self) -> int:
        """Return how many are asked about on a basis of their own."""
        return sum(person.unverified is None for person in self.persons)

    @property
    def complete(self) -> bool:
        """Return whether everybody entered was asked about and every body answered in full for each.

        A body that one's consent reaches and another's does not was not asked about each.
        """
        return all(person.complete for person in self.persons) and self.whole.complete

    @property
    def waiting(self) -> bool:
        """Return whether an answer about anybody is awaited before its deadline."""
        return any(state.waiting for state in self._asked)

    @property
    def whole(self) -> CheckState:
        """Return all persons as one check. Its own `complete` knows of those asked about only: read the household's."""
        asked = self._asked
        return CheckState(
            check_id=self.check_id,
            outcomes=_merged(asked),
            policy_revision=asked[0].policy_revision if asked else "",
            waiting=self.waiting,
            provisional=all(state.provisional for state in asked),
            elapsed_ms=max((state.elapsed_ms for state in asked), default=0),
            shown=self._shown,
            left_out=frozenset.intersection(*(state.left_out for state in asked)) if asked else frozenset(),
        )

    @property
    def _asked(self) -> list[CheckState]:
        return [person.state for person in self.persons if person.state is not None]

    @property
    def _shown(self) -> tuple[Shown, ...]:
        return tuple(
            replace(shown, person=number)
            for number, person in enumerate(self.persons, 1)
            for shown in (person.state.shown if person.state else ())
        )


def _merged(asked: Sequence[CheckState]) -> dict[str, Outcome]:
    """Return one outcome for each body: it counts as answered, or with nothing, only if it does for every person."""
    found: dict[str, list[Outcome]] = {}
    for state in asked:
        for name, outcome in state.outcomes.items():
            found.setdefault(name, []).append(outcome)
    left_out = frozenset().union(*(state.left_out for state in asked))
    return {name: _merge(outcomes, in_part=name in left_out) for name, outcomes in found.items()}


def _merge(outcomes: Sequence[Outcome], *, in_part: bool) -> Outcome:
    end = min((outcome.end for outcome in outcomes), key=_LEAST_FIRST.index)
    return Outcome(
        outcomes[0].member,
        end,
        silence=next((each.silence for each in outcomes if each.silence), None),
        refusal=next((each.refusal for each in outcomes if each.refusal), ""),
        findings=tuple(finding for each in outcomes for finding in each.findings),
        late=any(each.late for each in outcomes),
        omitted=sum(each.omitted for each in outcomes),
        in_part=in_part,
    )
