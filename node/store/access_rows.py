"""Access requests and what bodies told, as sealed content: JSON, whose bytes are base64."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import date
from typing import Any

from maglia.core.access import Access, AccessEvent, AccessRequest, LogReading
from node.domain.access_case import AccessCase, NamesApproved, Part, PartState


def case_content(case: AccessCase) -> bytes:
    """Return all of a case that its columns do not hold, and that is forgotten when it is closed."""
    names = case.names
    return _dump(
        {
            "document": case.document,
            "extension_reason": case.extension_reason,
            "requests": [_request(one) for one in case.requests.values()],
            "names": names
            and {
                "official": names.official,
                "name": names.name,
                "expires": names.expires.isoformat(),
                "reason": names.reason,
                "envelopes": {member: _text(one) for member, one in names.envelopes.items()},
            },
        }
    )


def read_case(row: Any, content: bytes, parts: tuple[Part, ...]) -> AccessCase:
    """Return a case from its row and its opened content."""
    data = json.loads(content)
    requests = [_read_request(one) for one in data["requests"]]
    return AccessCase(
        number=row.id,
        received_on=row.received_on,
        due_on=row.due_on,
        opened_by=row.opened_by,
        document=data["document"],
        requests={one.addressee: one for one in requests},
        parts=parts,
        names=_read_names(data["names"]) if data["names"] else None,
        extended_on=row.extended_on,
        extension_reason=data["extension_reason"],
        closed_on=row.closed_on,
        closed_by=row.closed_by or "",
    )


def part_content(part: Part) -> bytes:
    """Return what a body told, and how it stands."""
    reading = part.reading
    return _dump(
        {
            "state": part.state.value,
            "code": part.code,
            "time_ms": part.time_ms,
            "reading": reading and {**vars(reading), "forgotten_months": list(reading.forgotten_months)},
            "accesses": [
                {**vars(one), "question_id": _text(one.question_id), "categories": list(one.categories)}
                for one in part.accesses
            ],
        }
    )


def read_part(member: str, content: bytes) -> Part:
    """Return a body's part from its opened content."""
    data = json.loads(content)
    reading = data["reading"]
    return Part(
        member=member,
        state=PartState(data["state"]),
        code=data["code"],
        time_ms=data["time_ms"],
        accesses=tuple(_read_access(one) for one in data["accesses"]),
        reading=LogReading(**reading | {"forgotten_months": tuple(reading["forgotten_months"])}) if reading else None,
    )


def _read_access(data: dict[str, Any]) -> Access:
    changed = {
        "question_id": b64decode(data["question_id"]),
        "event": AccessEvent(data["event"]),
        "categories": tuple(data["categories"]),
    }
    return Access(**data | changed)


def _request(request: AccessRequest) -> dict[str, object]:
    return {
        **vars(request),
        "request_id": _text(request.request_id),
        "salt": _text(request.salt),
        "persons": [[epoch, _text(pseudonym)] for epoch, pseudonym in request.persons],
    }


def _read_request(data: dict[str, Any]) -> AccessRequest:
    changed = {
        "request_id": b64decode(data["request_id"]),
        "salt": b64decode(data["salt"]),
        "persons": tuple((epoch, b64decode(pseudonym)) for epoch, pseudonym in data["persons"]),
    }
    return AccessRequest(**data | changed)


def _read_names(data: Mapping[str, Any]) -> NamesApproved:
    envelopes = {member: b64decode(one) for member, one in data["envelopes"].items()}
    return NamesApproved(data["official"], data["name"], date.fromisoformat(data["expires"]), data["reason"], envelopes)


def _text(content: bytes) -> str:
    return b64encode(content).decode()


def _dump(data: Mapping[str, object]) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
