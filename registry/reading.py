"""Applications and changes as they travel, read into what the rules judge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from enum import StrEnum
from typing import TypeVar

from maglia.core.directory import Official
from maglia.core.errors import Code, MagliaError
from maglia.core.procedures import Procedure
from maglia.core.vocabulary import Facet, Kind, NetworkRole, Purpose
from maglia.v1 import enrolment_pb2, office_pb2
from maglia.wire.envelope import parse
from registry.domain.application import Application
from registry.domain.change import Change
from registry.domain.membership import Act

_E = TypeVar("_E", bound=StrEnum)


def read_payload(payload: bytes) -> Application:
    """Return the application in an envelope's payload; raise `input.malformed` or `member.application`."""
    message = parse(enrolment_pb2.Application, payload)
    return Application(
        network=message.network,
        member=message.member,
        name=message.name,
        kind=_code(Kind, message.kind, "kind"),
        ipa_code=message.ipa_code,
        runts_number=message.runts_number,
        runts_section=message.runts_section,
        ecclesiastical_recognition=message.ecclesiastical_recognition,
        fiscal_code=message.fiscal_code,
        act=message.act,
        act_protocol=message.act_protocol,
        act_expiry=message.act_expiry,
        territory=tuple(message.territory),
        facets=_codes(Facet, message.facets, "facets"),
        purposes=_codes(Purpose, message.purposes, "purposes"),
        referent=message.referent,
        contact=message.contact,
        identity_key=message.identity_key,
        log_key=message.log_key,
    )


def read_change(message: office_pb2.Change) -> Change:
    """Return a change as asked for, its lists in one order; raise `input.field` for an act nobody knows."""
    try:
        act = Act(message.act)
    except ValueError as error:
        raise MagliaError(Code.INPUT_FIELD, field="act") from error
    return Change(
        act=act,
        member=message.member,
        reason=message.reason.strip(),
        facets=tuple(sorted(_codes(Facet, message.facets, "facets"))),
        purposes=tuple(sorted(_codes(Purpose, message.purposes, "purposes"))),
        act_protocol=message.act_protocol.strip(),
        act_expiry=message.act_expiry,
        procedure=read_procedure(message.procedure) if message.HasField("procedure") else None,
        without=tuple(sorted(set(message.without))),
        policies=message.policies,
        official=_official(message.official) if message.HasField("official") else None,
    )


def _official(message: office_pb2.Official) -> Official:
    """Return an official as asked for; not yet checked but for the role."""
    try:
        role = NetworkRole(message.role)
    except ValueError as error:
        raise MagliaError(Code.INPUT_FIELD, field="role") from error
    return Official(
        id=message.id,
        name=message.name,
        role=role,
        identity_key=message.identity_key,
        certificate=message.certificate,
        act_protocol=message.act_protocol,
        act_expiry=message.act_expiry,
    )


def change_message(change: Change) -> office_pb2.Change:
    """Return a change as it travels."""
    return office_pb2.Change(
        act=change.act.value,
        member=change.member,
        reason=change.reason,
        facets=change.facets,
        purposes=change.purposes,
        act_protocol=change.act_protocol,
        act_expiry=change.act_expiry,
        procedure=procedure_message(change.procedure) if change.procedure else None,
        without=change.without,
        policies=change.policies,
        official=office_pb2.Official(**asdict(change.official)) if change.official else None,
    )


def read_procedure(message: office_pb2.Procedure) -> Procedure:
    """Return a procedure as asked for, its bodies in one order; not yet checked."""
    members = tuple(sorted(set(message.members)))
    return Procedure(message.id, message.act.strip(), message.cap, message.expires, members)


def procedure_message(procedure: Procedure) -> office_pb2.Procedure:
    """Return a procedure as it travels."""
    return office_pb2.Procedure(**asdict(procedure))


def _codes(kind: type[_E], values: Iterable[str], field: str) -> frozenset[_E]:
    return frozenset(_code(kind, value, field) for value in values)


def _code(kind: type[_E], value: str, field: str) -> _E:
    try:
        return kind(value)
    except ValueError as error:
        raise MagliaError(Code.MEMBER_APPLICATION, field=field) from error
