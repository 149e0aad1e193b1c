"""A person sent to another body, or received from one: its states, and who may move it where.

Each body keeps its own word and tells it to the other, whose node may be away, so that two words can cross. States have
ranks: what is told counts only if it ranks higher than what is known, so both bodies end at the same one, whatever
arrives first.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from maglia.core.errors import Code, MagliaError
from maglia.core.quoted import may_hold_code
from maglia.core.referral import TOLD_BY_TAKER, ReferralStep, ReferredPerson
from maglia.core.vocabulary import Facet, ReferralState, Role


class Direction(StrEnum):
    """Whether this body sent the person, or was sent them."""

    SENT = "sent"
    RECEIVED = "received"


_RANK: Mapping[ReferralState, int] = {state: rank for rank, state in enumerate(ReferralState)}
_OPEN = frozenset({ReferralState.SENT, ReferralState.ACCEPTED})
WITHDRAWABLE = _OPEN | {ReferralState.WAITING, ReferralState.UNDELIVERED}
"""States of a person sent that are no end: the other body has them, may have them, or is to have them."""
UNDER_WAY = _OPEN | {ReferralState.WAITING}
"""States of a person sent in which the same need not be sent again: the other body has them, or is still tried."""
_FROM: Mapping[tuple[Direction, ReferralState], frozenset[ReferralState]] = {
    (Direction.RECEIVED, ReferralState.ACCEPTED): frozenset({ReferralState.SENT}),
    (Direction.RECEIVED, ReferralState.DECLINED): _OPEN,
    (Direction.RECEIVED, ReferralState.DONE): _OPEN,
    (Direction.SENT, ReferralState.WITHDRAWN): WITHDRAWABLE,
}
"""From which states an operator may move a referral of a direction to another."""
FORGOTTEN_AT = frozenset({ReferralState.DECLINED, ReferralState.WITHDRAWN})
"""States in which the body that the person was sent to has no reason left to know who they are."""


@dataclass(frozen=True)
class Referral:
    """One referral as this body knows it; instants are seconds since the epoch.

    `untold` is what the other body has yet to be told, until `untold_until`; `tried` says that it may have been told of
    the person already. `own` is their pseudonym at this body, under `epoch`; `check_id` joins the entries in its log.
    `code` says why nothing got through.
    """

    number: int
    direction: Direction
    referral_id: bytes
    peer: str
    facet: Facet
    state: ReferralState
    created_at: float
    changed_at: float
    person: ReferredPerson | None = field(repr=False)
    own: bytes = field(repr=False)
    epoch: int
    check_id: str
    operator: str = ""
    role: Role | None = None
    evaluation: bytes = b""
    unread: bool = False
    untold: ReferralState | None = None
    untold_until: float = 0.0
    tried: bool = False
    reason: str = field(default="", repr=False)
    code: str = ""

    @property
    def name(self) -> str:
        """Return what people call it."""
        return referral_name(self.number)


def referral_name(number: int) -> str:
    """Return `I-0007`."""
    return f"I-{number:04d}"


def new_check_id() -> str:
    """Return what joins the entries of one referral in one body's log, and nothing at two bodies."""
    return f"I-{secrets.token_hex(4)}"


def moved(referral: Referral, state: ReferralState, operator: str, reason: str, now: float, until: float) -> Referral:
    """Return a referral as its own operator moves it, the other body yet to be told; raise `input.referral_state`.

    A referral that never left is withdrawn without a word to anybody.
    """
    if referral.state not in _FROM.get((referral.direction, state), frozenset()):
        raise MagliaError(Code.INPUT_REFERRAL_STATE, number=referral.name)
    is_told = referral.direction is Direction.RECEIVED or referral.tried
    return _forgotten(
        replace(
            referral,
            state=state,
            changed_at=now,
            operator=operator,
            reason=reason,
            code="",
            unread=False,
            untold=state if is_told else None,
            untold_until=until,
        )
    )


def heard(referral: Referral, step: ReferralStep, now: float) -> Referral | None:
    """Return a referral as the other body's word leaves it, None where that says nothing new.

    Raises `policy.denied` for a word that is not the other body's to say.
    """
    is_takers = step.state in TOLD_BY_TAKER
    if is_takers is not (referral.direction is Direction.SENT):
        raise MagliaError(Code.POLICY_DENIED, cause="the other side's word")
    if _RANK[step.state] <= _RANK[referral.state]:
        return None
    return _forgotten(
        replace(
            referral,
            state=step.state,
            changed_at=now,
            reason=step.reason,
            code="",
            unread=True,
            untold=None,
        )
    )


def delivered(referral: Referral) -> Referral:
    """Return a referral once the other body took what it was told."""
    state = ReferralState.SENT if referral.untold is ReferralState.SENT else referral.state
    return replace(referral, state=state, untold=None, code="")


def given_up(referral: Referral, code: str, now: float) -> Referral:
    """Return a referral of which the other body is told no more: nobody knows whether it knows."""
    if referral.untold is ReferralState.SENT:
        state = ReferralState.UNDELIVERED
        return replace(referral, state=state, untold=None, code=code, unread=True, changed_at=now)
    return replace(referral, untold=None, code=code, unread=True)


def without_basis(referral: Referral, code: str, now: float, until: float) -> Referral:
    """Return a referral whose consent ended before it got through: withdrawn, and told so if it may have arrived."""
    untold = ReferralState.WITHDRAWN if referral.tried else None
    return replace(
        referral,
        state=ReferralState.WITHDRAWN,
        untold=untold,
        untold_until=until,
        code=code,
        unread=True,
        changed_at=now,
    )


def _forgotten(referral: Referral) -> Referral:
    """Return a referral without the person, where the body that they were sent to has no reason left to know them."""
    if referral.direction is Direction.RECEIVED and referral.state in FORGOTTEN_AT:
        return replace(referral, person=None, reason="" if may_hold_code(referral.reason) else referral.reason)
    return referral
