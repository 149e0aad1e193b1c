"""What a body signed when it applied, read on the officer's own console: the registry's tables are not trusted."""

from __future__ import annotations

from maglia.core.directory import Member
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import fingerprint, verify_signature
from maglia.core.vocabulary import Facet, Kind, Purpose
from maglia.v1 import enrolment_pb2
from maglia.wire.convert import APPLICATION
from maglia.wire.envelope import parse, signed_bytes
from tui.office_model import Applied


def read_applied(payload: bytes, signature: bytes, network: str) -> Applied:
    """Return an application as its body wrote it; `is_signed` tells whether its own identity key signed these bytes.

    Raises `input.malformed` for what is no application.
    """
    said = parse(enrolment_pb2.Application, payload)
    return Applied(
        network=said.network,
        member=said.member,
        name=said.name,
        kind=said.kind,
        ipa_code=said.ipa_code,
        runts_number=said.runts_number,
        runts_section=said.runts_section,
        ecclesiastical_recognition=said.ecclesiastical_recognition,
        fiscal_code=said.fiscal_code,
        act=said.act,
        act_protocol=said.act_protocol,
        act_expiry=said.act_expiry,
        territory=tuple(said.territory),
        facets=tuple(said.facets),
        purposes=tuple(said.purposes),
        referent=said.referent,
        contact=said.contact,
        identity_key=said.identity_key,
        log_key=said.log_key,
        is_signed=_is_signed(said.identity_key, signature, signed_bytes(APPLICATION, network, payload)),
    )


def _is_signed(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        verify_signature(key, signature, message)
    except MagliaError:
        return False
    return True


def check_heard(applied: Applied, member: str, network: str, heard: str) -> Member:
    """Return the member that two officers may sign, once its application and the voice on the phone agree.

    `heard` is the fingerprint that the referent read aloud, however it was typed. Raises `member.fingerprint` when the
    key in the application has another, `member.unsigned_application` unless that key signed it for this network and
    under this name.
    """
    if not same_fingerprint(heard, fingerprint(applied.identity_key)):
        raise MagliaError(Code.MEMBER_FINGERPRINT, member=member)
    if not applied.is_signed or (applied.member, applied.network) != (member, network):
        raise MagliaError(Code.MEMBER_UNSIGNED_APPLICATION, member=member)
    return _member(applied)


def same_fingerprint(heard: str, known: str) -> bool:
    """Return whether what was read aloud is this fingerprint, however it was typed."""
    return _digits(heard) == _digits(known)


def _digits(text: str) -> str:
    return "".join(char for char in text.upper() if char.isalnum())


def _member(applied: Applied) -> Member:
    try:
        return Member(
            id=applied.member,
            name=applied.name,
            kind=Kind(applied.kind),
            identity_key=applied.identity_key,
            log_key=applied.log_key,
            facets=frozenset(map(Facet, applied.facets)),
            purposes=frozenset(map(Purpose, applied.purposes)),
            territory=applied.territory,
            contact=applied.contact,
            act_protocol=applied.act_protocol,
            act_expiry=applied.act_expiry,
        )
    except ValueError as error:
        raise MagliaError(Code.INPUT_MALFORMED, cause="application: a code of another version") from error
