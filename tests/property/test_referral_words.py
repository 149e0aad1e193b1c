"""Two bodies move one referral as they like, and tell each other in any order, twice, or late: they end alike."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from maglia.core.errors import MagliaError
from maglia.core.referral import ReferralStep
from maglia.core.vocabulary import Facet, ReferralState
from node.domain.referral import FORGOTTEN_AT, Direction, Referral, delivered, heard, moved
from tests.referral_world import message

_PERSON = message().content
_MOVES = st.sampled_from(
    [
        *(
            (Direction.RECEIVED, state)
            for state in (ReferralState.ACCEPTED, ReferralState.DECLINED, ReferralState.DONE)
        ),
        (Direction.SENT, ReferralState.WITHDRAWN),
    ]
)
_TELLS = st.tuples(st.sampled_from(Direction), st.booleans())
"""Who starts telling, or has what is on its way arrive; and whether the answer gets through."""
_STEPS = st.lists(_MOVES | _TELLS, max_size=12)


def _start(direction: Direction, state: ReferralState) -> Referral:
    assert not isinstance(_PERSON, ReferralStep)
    first = ReferralState.SENT if direction is Direction.SENT else None
    return Referral(
        1, direction, b"", "altro", Facet.GAS, state, 0.0, 0.0, _PERSON, b"", 1, "I-x", untold=first, tried=True
    )


@dataclass
class Both:
    """One referral at both bodies."""

    sent: Referral
    received: Referral
    on_the_way: dict[Direction, Referral] = field(default_factory=dict)
    """What a body is telling, as it stood when it started: one thing at a time."""

    def of(self, direction: Direction) -> Referral:
        return self.sent if direction is Direction.SENT else self.received

    def put(self, one: Referral) -> None:
        if one.direction is Direction.SENT:
            self.sent = one
        else:
            self.received = one

    def move(self, direction: Direction, state: ReferralState) -> None:
        try:
            self.put(moved(self.of(direction), state, "anna", "", 1.0, 9.0))
        except MagliaError:
            return  # not from here

    def tell(self, teller: Direction, *, is_answered: bool) -> None:
        """Let one body start telling what the other does not know; or let what it told arrive, and be answered."""
        told = self.on_the_way.pop(teller, None)
        if told is None:
            if self.of(teller).untold is not None:
                self.on_the_way[teller] = self.of(teller)
            return
        if told.untold not in {None, ReferralState.SENT}:  # the person themselves are there already
            other = Direction.RECEIVED if teller is Direction.SENT else Direction.SENT
            news = heard(self.of(other), ReferralStep(ReferralState(str(told.untold))), 2.0)
            if news is not None:
                self.put(news)
        if is_answered and self.of(teller) == told:  # else its own state moved on meanwhile
            self.put(delivered(told))


@given(_STEPS)
def test_whatever_crosses_both_bodies_end_at_the_same_word(steps: list[tuple[Direction, ReferralState | bool]]) -> None:
    both = Both(_start(Direction.SENT, ReferralState.WAITING), _start(Direction.RECEIVED, ReferralState.SENT))
    for who, what in steps:
        if isinstance(what, ReferralState):
            both.move(who, what)
        else:
            both.tell(who, is_answered=what)
    for _ in range(4):
        both.tell(Direction.SENT, is_answered=True)
        both.tell(Direction.RECEIVED, is_answered=True)
    assert both.sent.untold is both.received.untold is None
    assert both.sent.state is both.received.state
    assert (both.received.person is None) is (both.received.state in FORGOTTEN_AT)
    assert replace(both.sent, person=None) != both.sent  # the sender knows its own person still
