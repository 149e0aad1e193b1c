"""Referrals as rows: what names a person is one sealed JSON, whose bytes are base64."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import date
from typing import Any

from maglia.core.referral import ReferredPerson
from maglia.core.vocabulary import Facet, ReferralState, Role
from node.domain.referral import Direction, Referral


def columns_of(referral: Referral) -> dict[str, object]:
    """Return the columns that are not sealed, but number, salt and term."""
    return {
        "direction": referral.direction.value,
        "peer": referral.peer,
        "referral_id": referral.referral_id,
        "facet": referral.facet.value,
        "state": referral.state.value,
        "untold": referral.untold.value if referral.untold else None,
        "unread": referral.unread,
        "created_at": referral.created_at,
        "changed_at": referral.changed_at,
    }


def content_of(referral: Referral) -> bytes:
    """Return all of a referral that is sealed."""
    data = {
        "person": _person(referral.person) if referral.person else None,
        "own": _text(referral.own),
        "epoch": referral.epoch,
        "check_id": referral.check_id,
        "operator": referral.operator,
        "role": referral.role.value if referral.role else "",
        "evaluation": _text(referral.evaluation),
        "untold_until": referral.untold_until,
        "tried": referral.tried,
        "reason": referral.reason,
        "code": referral.code,
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def read_referral(row: Any, content: bytes) -> Referral:
    """Return a referral from its row and its opened content."""
    data = json.loads(content)
    return Referral(
        number=row.id,
        direction=Direction(row.direction),
        referral_id=row.referral_id,
        peer=row.peer,
        facet=Facet(row.facet),
        state=ReferralState(row.state),
        created_at=row.created_at,
        changed_at=row.changed_at,
        person=_read_person(data["person"]) if data["person"] else None,
        own=b64decode(data["own"]),
        epoch=data["epoch"],
        check_id=data["check_id"],
        operator=data["operator"],
        role=Role(data["role"]) if data["role"] else None,
        evaluation=b64decode(data["evaluation"]),
        unread=row.unread,
        untold=ReferralState(row.untold) if row.untold else None,
        untold_until=data["untold_until"],
        tried=data["tried"],
        reason=data["reason"],
        code=data["code"],
    )


def _person(person: ReferredPerson) -> dict[str, object]:
    changed = {
        "pseudonym": _text(person.pseudonym),
        "consent_day": person.consent_day.isoformat() if person.consent_day else "",
    }
    return {**vars(person), **changed}


def _read_person(data: Mapping[str, Any]) -> ReferredPerson:
    day = data["consent_day"]
    changed = {"pseudonym": b64decode(data["pseudonym"]), "consent_day": date.fromisoformat(day) if day else None}
    return ReferredPerson(**{**data, **changed})


def _text(content: bytes) -> str:
    return b64encode(content).decode()
