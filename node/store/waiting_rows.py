"""Kept checks as sealed content: JSON, with whom they are about and what bodies said."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from datetime import date
from typing import Any

from maglia.core.codes import Code
from maglia.core.directory import Member
from maglia.core.identifiers import Identifier, parse_identifier, parse_need
from maglia.core.vocabulary import EndState, Facet, Kind, Purpose, Silence
from node.domain.model import OpenNeed
from node.domain.verdict import Outcome
from node.domain.waiting import KeptCheck, KeptOutcomes, KeptPerson, Stage
from node.store.batch_rows import finding_cells, read_finding

_PAGE = 4096


def waiting_content(kept: KeptCheck) -> bytes:
    """Return all of a kept check that its columns do not hold."""
    data = {
        "facet": kept.facet,
        "purpose": kept.purpose,
        "months": kept.months,
        "need": kept.need.text if kept.need else "",
        "creditor": kept.creditor,
        "procedure": kept.procedure,
        "reason": kept.reason,
        "untold": kept.untold,
        "sight": kept.sight,
        "persons": [_person(one) for one in kept.persons],
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    # The length is in clear: in pages it does not tell how much was found.
    return text + b" " * (-len(text) % _PAGE)


def read_waiting(row: Any, content: bytes) -> KeptCheck:
    """Return a kept check from its row and its opened content."""
    data = json.loads(content)
    return KeptCheck(
        check_id=row.id,
        user=row.user,
        stage=Stage(row.stage),
        asked_at=row.asked_at,
        waited_s=row.waited_s,
        noted_at=row.noted_at,
        is_open=row.is_open,
        facet=Facet(data["facet"]),
        purpose=Purpose(data["purpose"]),
        months=data["months"],
        need=_need(data["need"]),
        creditor=data["creditor"],
        procedure=data["procedure"],
        reason=Code(data["reason"]) if data["reason"] else None,
        untold=data["untold"],
        sight=data["sight"],
        persons=tuple(map(_read_person, data["persons"])),
    )


def _person(one: KeptPerson) -> dict[str, object]:
    return {
        "check_id": one.check_id,
        "identifier": one.identifier.text if one.identifier else "",
        "unverified": one.unverified,
        "asked": _asked(one.asked) if one.asked else None,
    }


def _read_person(data: dict[str, Any]) -> KeptPerson:
    return KeptPerson(
        data["check_id"],
        parse_identifier(data["identifier"]) if data["identifier"] else None,
        Code(data["unverified"]) if data["unverified"] else None,
        _read_asked(data["asked"]) if data["asked"] else None,
    )


def _asked(one: KeptOutcomes) -> dict[str, object]:
    return {
        "revision": one.revision,
        "order": b64encode(one.order).decode(),
        "left_out": sorted(one.left_out),
        "needs": [
            [each.need.text if each.need else "", each.creditor, _iso(each.period_from), _iso(each.period_to)]
            for each in one.needs
        ],
        "outcomes": [_outcome(each) for each in one.outcomes],
    }


def _read_asked(data: dict[str, Any]) -> KeptOutcomes:
    return KeptOutcomes(
        data["revision"],
        b64decode(data["order"]),
        frozenset(data["left_out"]),
        tuple(OpenNeed(_need(need), creditor, _day(since), _day(to)) for need, creditor, since, to in data["needs"]),
        tuple(map(_read_outcome, data["outcomes"])),
    )


def _outcome(one: Outcome) -> dict[str, object]:
    """Return one body's word. A body that is awaited is one interrupted: nobody awaits it once this is read."""
    awaited = one.end is None
    return {
        "member": [one.member.id, one.member.name, one.member.kind],
        "end": EndState.SILENT if awaited else one.end,
        "silence": Silence.INTERRUPTED if awaited else one.silence,
        "refusal": one.refusal,
        "late": one.late,
        "omitted": one.omitted,
        "findings": [finding_cells(each) for each in one.findings],
        "places": list(one.places),
    }


def _read_outcome(data: dict[str, Any]) -> Outcome:
    return Outcome(
        _member(*data["member"]),
        EndState(data["end"]),
        Silence(data["silence"]) if data["silence"] else None,
        data["refusal"],
        tuple(map(read_finding, data["findings"])),
        data["late"],
        data["omitted"],
        places=tuple(data["places"]),
    )


def _member(member: str, name: str, kind: str) -> Member:
    """Return a body as an operator reads it: its keys and rights are read from the directory when it is asked again."""
    return Member(member, name, Kind(kind), b"", b"", frozenset(), frozenset(), (), "", "", "")


def _need(text: str) -> Identifier | None:
    return parse_need(text) if text else None


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
