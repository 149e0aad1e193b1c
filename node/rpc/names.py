"""Names as they travel between a console and its own node; no other party sees these messages."""

from __future__ import annotations

from typing import TypedDict

from maglia.core.identifiers import COMPOSITE_PREFIX
from maglia.v1 import operator_pb2 as pb
from node.domain.names import NamedAid, NamedPerson
from node.names import Recorded


class NamedAidFields(TypedDict):
    """What `node.names.add_named_aid` takes."""

    alias: str
    name: str
    born: str
    place: str
    facet: str
    day: str
    amount_cents: int
    status: str
    basis: str
    creditor: str
    key: str


def named_aid_fields(request: pb.AddNamedAidRequest) -> NamedAidFields:
    """Return a request's fields, not judged."""
    return NamedAidFields(
        alias=request.alias,
        name=request.person.name,
        born=request.person.born,
        place=request.person.place,
        facet=request.facet,
        day=request.date,
        amount_cents=request.amount_cents,
        status=request.status,
        basis=request.basis,
        creditor=request.creditor,
        key=request.key,
    )


def recorded_message(done: Recorded) -> pb.AddNamedAidResponse:
    """Return what became of help put on file by name."""
    return pb.AddNamedAidResponse(
        record_id=done.record_id, alias=_alias(done.number), to_confirm=map(person_message, done.alike)
    )


def person_message(person: NamedPerson) -> pb.NamedPerson:
    """Return a candidate."""
    who = pb.CompositeName(name=person.who.name, born=person.who.born.isoformat(), place=person.who.place)
    return pb.NamedPerson(alias=_alias(person.number), person=who, aids=map(_aid_message, person.aids))


def _aid_message(aid: NamedAid) -> pb.NamedAid:
    return pb.NamedAid(
        facet=aid.facet,
        date=aid.day.isoformat(),
        amount_cents=aid.amount_cents,
        status=aid.status,
        creditor=aid.creditor,
    )


def _alias(number: int) -> str:
    return f"{COMPOSITE_PREFIX}{number}"
