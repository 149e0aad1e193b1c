"""The life of a member: states and legal transitions as one table (design 3)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from maglia.core.epochs import EpochAct
from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import MemberState


class Act(StrEnum):
    """What the office does, and what moves a member from one state to another; some acts concern no member."""

    APPLY = "apply"
    APPLY_INCOMPLETE = "apply_incomplete"
    APPROVE = "approve"
    ACTIVATE = "activate"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    REINSTATE_UNJOINED = "reinstate_unjoined"
    NEAR_EXPIRY = "near_expiry"
    RENEW = "renew"
    REVOKE = "revoke"
    CHANGE = "change"
    RETURN = "return"
    DISCARD = "discard"
    DECLARE = "declare"
    APPOINT = "appoint"
    DISMISS = "dismiss"
    POLICIES = "policies"
    EPOCH_START = EpochAct.START.value
    EPOCH_SWITCH = EpochAct.SWITCH.value
    EPOCH_END = EpochAct.END.value


_S = MemberState

TRANSITIONS: Mapping[tuple[MemberState | None, Act], MemberState] = MappingProxyType(
    {
        (None, Act.APPLY): _S.APPLIED,
        (None, Act.APPLY_INCOMPLETE): _S.DOCUMENTS_MISSING,
        (_S.APPLIED, Act.APPLY): _S.APPLIED,
        (_S.APPLIED, Act.APPLY_INCOMPLETE): _S.DOCUMENTS_MISSING,
        (_S.DOCUMENTS_MISSING, Act.APPLY): _S.APPLIED,
        (_S.DOCUMENTS_MISSING, Act.APPLY_INCOMPLETE): _S.DOCUMENTS_MISSING,
        (_S.APPLIED, Act.APPROVE): _S.APPROVED,
        (_S.APPROVED, Act.ACTIVATE): _S.ACTIVE,
        (_S.APPROVED, Act.SUSPEND): _S.SUSPENDED,
        (_S.ACTIVE, Act.SUSPEND): _S.SUSPENDED,
        (_S.EXPIRING, Act.SUSPEND): _S.SUSPENDED,
        (_S.SUSPENDED, Act.REINSTATE): _S.ACTIVE,
        (_S.SUSPENDED, Act.REINSTATE_UNJOINED): _S.APPROVED,
        (_S.ACTIVE, Act.NEAR_EXPIRY): _S.EXPIRING,
        (_S.EXPIRING, Act.RENEW): _S.ACTIVE,
        (_S.APPROVED, Act.REVOKE): _S.REVOKED,
        (_S.ACTIVE, Act.REVOKE): _S.REVOKED,
        (_S.SUSPENDED, Act.REVOKE): _S.REVOKED,
        (_S.EXPIRING, Act.REVOKE): _S.REVOKED,
        (_S.APPLIED, Act.RETURN): _S.DOCUMENTS_MISSING,
        (_S.DOCUMENTS_MISSING, Act.RETURN): _S.DOCUMENTS_MISSING,
        (_S.APPROVED, Act.CHANGE): _S.APPROVED,
        (_S.ACTIVE, Act.CHANGE): _S.ACTIVE,
        (_S.EXPIRING, Act.CHANGE): _S.EXPIRING,
        (_S.SUSPENDED, Act.CHANGE): _S.SUSPENDED,
    }
)
"""Every legal step; no row means no. Nothing leaves `revoked`: such a body applies anew, under another name and key."""

WAITING = frozenset({_S.APPLIED, _S.DOCUMENTS_MISSING})
"""States that `discard` ends: the body is nobody again, which is no state, so the act leads nowhere in the table."""
SERVED = frozenset({_S.ACTIVE, _S.EXPIRING})
"""States in which a member may ask, answer and use the registry."""


def next_state(state: MemberState | None, act: Act) -> MemberState:
    """Return the state that `act` leads to; None is a body nobody knows yet. Raises `member.state`."""
    following = TRANSITIONS.get((state, act))
    if following is None:
        raise MagliaError(Code.MEMBER_STATE, state=state or "-", cause=f"{act} is not possible")
    return following


def check_discarded(state: MemberState) -> None:
    """Refuse to discard what no longer waits: such a body leaves by a revocation. Raises `member.state`."""
    if state not in WAITING:
        raise MagliaError(Code.MEMBER_STATE, state=state.value, cause=f"{Act.DISCARD} is not possible")
