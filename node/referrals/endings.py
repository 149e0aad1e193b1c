"""Ending the referrals of whoever takes their consent back: the body they were sent to is told, and forgets them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from maglia.core.identifiers import Identifier
from maglia.core.referral import CONSENT_WITHDRAWN
from maglia.core.vocabulary import Purpose, ReferralState
from node.domain.referral import WITHDRAWABLE, Referral, moved
from node.ports import Clock, Store


class ReferralEndings:
    """Withdraws what one body sent on a consent that is no more."""

    def __init__(self, store: Store, clock: Clock, give_up_s: float, wake: Callable[[], None]) -> None:
        """`give_up_s` is for how many seconds the other body is told; `wake` lets it be told soon."""
        self._store = store
        self._clock = clock
        self._give_up_s = give_up_s
        self._wake = wake

    def end(self, person: Identifier, operator: str) -> Sequence[Referral]:
        """Withdraw the open referrals of a person who has no consent for referrals on file; return them as they are."""
        if self._store.consent_for(person, Purpose.REFERRAL) is not None:
            return []
        ended = [one for each in self._store.open_referrals(person) if (one := self._withdraw(each, operator))]
        if ended:
            self._wake()
        return ended

    def _withdraw(self, referral: Referral, operator: str) -> Referral | None:
        """Return it withdrawn, None if it came to another end; the other body's word may change it meanwhile."""
        while referral.state in WITHDRAWABLE:
            now = self._clock.now()
            after = moved(referral, ReferralState.WITHDRAWN, operator, CONSENT_WITHDRAWN, now, now + self._give_up_s)
            if self._store.change_referral(referral, after, operator):
                return after
            referral = self._store.referral(referral.number)
        return None
