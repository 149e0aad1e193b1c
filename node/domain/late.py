"""What came of a check after it was shown: whether it is worth telling, and what of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from maglia.core.notices import NoticeKind
from node.domain.household import HouseholdState
from node.domain.reservations import LEFT_OUT, Other, Sight, added, sight_of
from node.domain.verdict import CheckState

State = CheckState | HouseholdState


def seen(state: State) -> Sight:
    """Return what a check shows; a household's is that of all its people, complete where it is for each."""
    if isinstance(state, HouseholdState):
        return replace(sight_of(state.whole), complete=state.complete)
    return sight_of(state)


@dataclass(frozen=True)
class News:
    """What a check knows by now beyond what was shown."""

    known: Sight
    more: tuple[Other, ...]
    is_complete_now: bool

    @property
    def kind(self) -> NoticeKind | None:
        """Return which notice tells it; None where nothing changed that an operator would act on.

        One more answer with nothing in it, among others still awaited, changes neither.
        """
        if self.is_complete_now:
            return NoticeKind.CHECK_COMPLETE
        return NoticeKind.CHECK_FOUND if self.more else None


def news(known: Sight, shown: Sight) -> News:
    """Return what `known` has beyond `shown`."""
    return News(known, tuple(added(known, shown)), known.complete and not shown.complete)


def figures(asked_at: float, known: Sight, more: int = 0) -> dict[str, str | int]:
    """Return what the sentence of a notice about a check is made of; `asked_at` is seconds since the epoch."""
    return {
        "asked_at": int(asked_at * 1000),
        "asked": known.asked,
        "answered": known.answered,
        "found": len(known.others),
        "more": more,
        "complete": int(known.complete),
        "left_out": sum(gap.reason == LEFT_OUT for gap in known.gaps),
    }
