"""One thing that two officers sign: who enters, leaves, may ask what; an official; a procedure; rules; epochs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from maglia.core.directory import Member, Official, official_json, read_official
from maglia.core.errors import Code, MagliaError
from maglia.core.procedures import Procedure, check_procedure, may_run
from maglia.core.vocabulary import PURPOSE_KINDS, Facet, MemberState, Purpose
from registry.domain.membership import Act

EXPIRING_DAYS = 60
"""How long before the end of its act a member is shown as expiring."""

EPOCH_ACTS = frozenset({Act.EPOCH_START, Act.EPOCH_SWITCH, Act.EPOCH_END})
NETWORK_ACTS = EPOCH_ACTS | {Act.POLICIES}
"""What concerns the whole network and no body: a step of the epochs, other rules."""
MEMBER_ACTS = frozenset({Act.APPROVE, Act.REINSTATE, Act.REVOKE, Act.CHANGE})
OFFICIAL_ACTS = frozenset({Act.APPOINT, Act.DISMISS})
"""What concerns a person whom officers name in the directory: an auditor, the data-protection officer."""
SIGNED_ACTS = MEMBER_ACTS | OFFICIAL_ACTS | {Act.DECLARE} | NETWORK_ACTS
_WITH_REASON = frozenset({Act.REVOKE, Act.DISMISS})
_WAITING_ACTS = frozenset({Act.EPOCH_SWITCH, Act.EPOCH_END})
_MAX_REASON = 500
_REVISION = re.compile("[0-9a-f]{12}")


@dataclass(frozen=True)
class Change:
    """What is asked for; facets, purposes and act are those a member has afterwards, empty for no change of that part.

    `member` is the body or the official concerned; `official` the person to appoint, as the directory is to name them.
    `without` are the bodies that the switch or the end of an epoch does not wait for; `policies` is the revision of the
    rules that are to be in force.

    `reason` is for people and tells no draft from another: two officers need not use the same words.
    """

    act: Act
    member: str = ""
    reason: str = ""
    facets: tuple[Facet, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    act_protocol: str = ""
    act_expiry: str = ""
    procedure: Procedure | None = None
    without: tuple[str, ...] = ()
    policies: str = ""
    official: Official | None = None


def check_change(change: Change, today: date) -> None:
    """Refuse what says nothing, or the wrong thing for its act; raise `input.field`, or `member.act_expired`."""
    if change.act not in SIGNED_ACTS:
        raise _refused("act")
    if len(change.reason) > _MAX_REASON or not change.reason.isprintable():
        raise _refused("reason")
    if (change.act is Act.DECLARE) is not (change.procedure is not None):
        raise _refused("procedure")
    if change.policies if change.act is not Act.POLICIES else not _REVISION.fullmatch(change.policies):
        raise _refused("policies")
    says_more = bool(change.facets or change.purposes or change.act_protocol or change.act_expiry)
    if (change.act is Act.CHANGE) is not says_more:
        raise _refused("change")
    if (change.act is Act.APPOINT) is not (change.official is not None and change.official.id == change.member):
        raise _refused("member")
    if (change.act in _WITH_REASON or change.without) and not change.reason.strip():
        raise _refused("reason")
    if (change.member and change.act in NETWORK_ACTS) or (change.without and change.act not in _WAITING_ACTS):
        raise _refused("member")
    if change.act_expiry:
        check_act(change.member, change.act_expiry, today)
    if change.procedure is not None and not check_procedure(change.procedure).is_open(today):
        raise _refused("expires")


def check_called(called: Procedure, former: Procedure | None, members: Mapping[str, Member], today: date) -> None:
    """Refuse a procedure that a body named can't have, or one that was closed: its count would go on, unseen.

    Raises `member.unknown`, `member.not_entitled`, or `input.field` for the name of a procedure that has ended.
    """
    if former is not None and not former.is_open(today):
        raise _refused("id")
    for name in called.members:
        member = members.get(name)
        if member is None:
            raise MagliaError(Code.MEMBER_UNKNOWN, member=name)
        if not may_run(member):
            raise MagliaError(Code.MEMBER_NOT_ENTITLED, cause=f"{name} can have no procedure")


def check_act(member: str, expiry: str, today: date) -> None:
    """Refuse an act whose last day is past; raise `member.act_expired`, or `input.field` for what is no date."""
    try:
        last = date.fromisoformat(expiry)
    except ValueError as error:
        raise _refused("act_expiry") from error
    if last < today:
        raise MagliaError(Code.MEMBER_ACT_EXPIRED, member=member)


def is_expiring(expiry: str, today: date) -> bool:
    """Return whether an act ends within `EXPIRING_DAYS`, or has ended."""
    return date.fromisoformat(expiry) <= today + timedelta(days=EXPIRING_DAYS)


def reinstated(member: Member, serial: int) -> Member:
    """Return the member as two officers bring it back: suspensions up to `serial` count no more."""
    return replace(member, state=MemberState.ACTIVE, reinstated=max(serial, member.reinstated))


def changed(member: Member, change: Change) -> Member:
    """Return the member as it is after a change of what it may ask and answer, or of its act.

    Raises `input.field` for a purpose that its kind of body can't have.
    """
    if not all(member.kind in PURPOSE_KINDS[purpose] for purpose in change.purposes):
        raise _refused("purposes")
    return replace(
        member,
        facets=frozenset(change.facets) or member.facets,
        purposes=frozenset(change.purposes) or member.purposes,
        act_protocol=change.act_protocol or member.act_protocol,
        act_expiry=change.act_expiry or member.act_expiry,
    )


def keys_of(changes: Iterable[Change]) -> frozenset[Change]:
    """Return what tells one draft from another: the changes without their reasons, in no order."""
    return frozenset(replace(change, reason="") for change in changes)


def encode_changes(changes: Sequence[Change]) -> str:
    """Return changes as JSON, to be kept beside a draft."""
    return json.dumps([_change_json(change) for change in changes], ensure_ascii=False)


def _change_json(change: Change) -> dict[str, object]:
    official = change.official and official_json(change.official)
    return {**asdict(replace(change, official=None)), "official": official}


def decode_changes(text: str) -> tuple[Change, ...]:
    """Read what `encode_changes` wrote."""
    return tuple(_change(entry) for entry in json.loads(text))


def _change(entry: Mapping[str, object]) -> Change:
    facets, purposes, procedure = entry["facets"], entry["purposes"], entry["procedure"]
    without, official = entry.get("without"), entry.get("official")
    return Change(
        act=Act(str(entry["act"])),
        member=str(entry["member"]),
        reason=str(entry["reason"]),
        facets=tuple(Facet(code) for code in facets) if isinstance(facets, list) else (),
        purposes=tuple(Purpose(code) for code in purposes) if isinstance(purposes, list) else (),
        act_protocol=str(entry["act_protocol"]),
        act_expiry=str(entry["act_expiry"]),
        procedure=_procedure(procedure) if isinstance(procedure, dict) else None,
        without=tuple(str(member) for member in without) if isinstance(without, list) else (),
        policies=str(entry.get("policies", "")),
        official=read_official(official) if isinstance(official, dict) else None,
    )


def _procedure(entry: Mapping[str, Any]) -> Procedure:
    # A draft that was kept before procedures named their bodies has none.
    return Procedure(**{**entry, "members": tuple(entry.get("members", ()))})


def _refused(field: str) -> MagliaError:
    return MagliaError(Code.INPUT_FIELD, field=field)
