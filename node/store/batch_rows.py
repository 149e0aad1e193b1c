"""Rows of a call for applicants and what bodies said of them, as sealed content: JSON by the page."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from maglia.core.codes import Code
from maglia.core.exchange import Finding
from maglia.core.identifiers import Identifier, parse_identifier, parse_need
from maglia.core.vocabulary import AidStatus, AmountBand, EndState, Facet, Kind, Silence
from node.domain.batch import Applicant, ApplicantFile, Batch, Body, RejectedApplicant, Reply


def batch_content(batch: Batch) -> bytes:
    """Return all of a batch that its columns do not hold."""
    return _dump(
        {
            "procedure": batch.procedure,
            "facet": batch.facet,
            "months": batch.months,
            "file_name": batch.file_name,
            "rows": batch.rows,
            "rejected": batch.rejected,
            "order": b64encode(batch.order).decode(),
            "roster": [[body.id, body.name, body.kind] for body in batch.roster],
            "counts": dict(batch.counts),
            "stopped_params": dict(batch.stopped_params),
            "answered_at": batch.answered_at,
        }
    )


def read_batch(row: Any, content: bytes) -> Batch:
    """Return a batch from its row and its opened content."""
    data = json.loads(content)
    changed = {
        "facet": Facet(data["facet"]),
        "order": b64decode(data["order"]),
        "roster": tuple(Body(name, called, Kind(kind)) for name, called, kind in data["roster"]),
    }
    return Batch(
        id=row.id,
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        erase_on=row.erase_on,
        is_done=row.is_done,
        stopped=row.stopped,
        **data | changed,
    )


def page_content(applicants: Sequence[Applicant], rejected: Sequence[RejectedApplicant]) -> bytes:
    """Return some rows of the file."""
    return _dump(
        {
            "applicants": [_applicant(one) for one in applicants],
            "rejected": [{**vars(one), "params": dict(one.params)} for one in rejected],
        }
    )


def read_page(content: bytes) -> ApplicantFile:
    """Return the rows of a page."""
    data = json.loads(content)
    rejected = [RejectedApplicant(**one | {"code": Code(one["code"])}) for one in data["rejected"]]
    return ApplicantFile([_read_applicant(one) for one in data["applicants"]], rejected)


def reply_content(reply: Reply) -> bytes:
    """Return what a body said, but for who it was."""
    return _dump(
        {
            "rows": list(reply.rows),
            "end": reply.end,
            "silence": reply.silence,
            "code": reply.code,
            "omitted": reply.omitted,
            "found": {row: [finding_cells(one) for one in found] for row, found in reply.found.items()},
            "at": reply.at,
        }
    )


def read_reply(question: bytes, member: str, content: bytes) -> Reply:
    """Return what a body said from its opened content."""
    data = json.loads(content)
    return Reply(
        question=question,
        member=member,
        rows=tuple(data["rows"]),
        end=EndState(data["end"]),
        silence=Silence(data["silence"]) if data["silence"] else None,
        code=data["code"],
        omitted=data["omitted"],
        found={int(row): tuple(map(read_finding, found)) for row, found in data["found"].items()},
        at=data.get("at", 0.0),
    )


def _applicant(one: Applicant) -> dict[str, object]:
    return {
        "row": one.row,
        "protocol": one.protocol,
        "identifier": one.identifier.text,
        "household": one.household,
        "need": one.need.text if one.need else "",
        "creditor": one.creditor,
        "period": [_iso(day) for day in one.period],
        "points": one.points,
    }


def _read_applicant(data: dict[str, Any]) -> Applicant:
    begin, end = map(_day, data["period"])
    need: Identifier | None = parse_need(data["need"]) if data["need"] else None
    changed = {"identifier": parse_identifier(data["identifier"]), "need": need, "period": (begin, end)}
    return Applicant(**data | changed)


def finding_cells(one: Finding) -> dict[str, object]:
    """Return a finding as cells of JSON."""
    return {**asdict(one), "day": _iso(one.day)}


def read_finding(data: dict[str, Any]) -> Finding:
    """Return a finding from its cells."""
    band = data["amount_band"]
    changed = {
        "facet": Facet(data["facet"]),
        "amount_band": AmountBand(band) if band else None,
        "kind": Kind(data["kind"]),
        "status": AidStatus(data["status"]),
        "day": _day(data["day"]),
    }
    return Finding(**data | changed)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _dump(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
