"""Requests for accesses, approvals and pages as bytes. Reading is strict: each side is another party's software."""

from __future__ import annotations

from datetime import date

from maglia.core.access import (
    MAX_EPOCHS,
    REQUEST_ID_BYTES,
    SALT_BYTES,
    Access,
    AccessEvent,
    AccessRequest,
    LogReading,
    NamesApproval,
)
from maglia.core.directory import Directory
from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import PSEUDONYM_BYTES, NetworkRole
from maglia.v1 import report_pb2 as pb
from maglia.v1.envelope_pb2 import Envelope
from maglia.wire.access_limits import check_access, check_reading
from maglia.wire.envelope import parse, unseal

ACCESS_REQUEST = "access-request"
ACCESS_PAGE = "access-page"
NAMES_APPROVAL = "names-approval"


def encode_access_request(request: AccessRequest) -> bytes:
    """Return the bytes to sign."""
    return pb.AccessRequest(
        network=request.network,
        asker=request.asker,
        addressee=request.addressee,
        request_id=request.request_id,
        persons=[pb.PersonPseudonym(epoch=epoch, pseudonym=one) for epoch, one in request.persons],
        identified=request.identified,
        salt=request.salt,
    ).SerializeToString()


def decode_access_request(payload: bytes) -> AccessRequest:
    """Read a request; raise `input.malformed`."""
    message = parse(pb.AccessRequest, payload)
    persons = tuple((one.epoch, one.pseudonym) for one in message.persons)
    epochs = {epoch for epoch, _ in persons}
    if (
        not 1 <= len(persons) <= MAX_EPOCHS
        or len(epochs) != len(persons)
        or any(epoch < 1 or len(one) != PSEUDONYM_BYTES for epoch, one in persons)
        or len(message.request_id) != REQUEST_ID_BYTES
        or len(message.salt) != SALT_BYTES
    ):
        raise MagliaError(Code.INPUT_MALFORMED, cause="AccessRequest")
    return AccessRequest(
        network=message.network,
        asker=message.asker,
        addressee=message.addressee,
        request_id=message.request_id,
        persons=persons,
        identified=message.identified,
        salt=message.salt,
    )


def encode_approval(approval: NamesApproval) -> bytes:
    """Return the bytes that the data-protection officer signs."""
    return pb.NamesApproval(
        network=approval.network,
        official=approval.official,
        asker=approval.asker,
        addressee=approval.addressee,
        request_id=approval.request_id,
        commitment=approval.commitment,
        expires=approval.expires.isoformat(),
        reason=approval.reason,
    ).SerializeToString()


def open_approval(envelope: Envelope, network: str, directory: Directory, today: date) -> NamesApproval:
    """Return an approval once a data-protection officer in office signed it and it still holds.

    Whose request and which person it is of, `NamesApproval.is_of` tells. Raises `policy.names`.
    """
    try:
        official = directory.officials.get(parse(pb.NamesApproval, envelope.payload).official)
        in_office = official is not None and official.role is NetworkRole.DPO and official.is_appointed(today)
        key = official.identity_key if official is not None and in_office else b""
        approval = _approval(unseal(envelope, NAMES_APPROVAL, network, key))
    except (MagliaError, ValueError) as error:
        raise MagliaError(Code.POLICY_NAMES, cause=str(error)) from error
    if approval.network != network or approval.expires < today:
        raise MagliaError(Code.POLICY_NAMES, cause="another network's, or over")
    return approval


def open_stored_approval(stored: bytes, network: str, directory: Directory, today: date) -> NamesApproval:
    """Return an approval from the bytes of its envelope, as `open_approval` does; raise `policy.names`."""
    try:
        envelope = parse(Envelope, stored)
    except MagliaError as error:
        raise MagliaError(Code.POLICY_NAMES, cause="no envelope") from error
    return open_approval(envelope, network, directory, today)


def _approval(payload: bytes) -> NamesApproval:
    message = parse(pb.NamesApproval, payload)
    return NamesApproval(
        network=message.network,
        official=message.official,
        asker=message.asker,
        addressee=message.addressee,
        request_id=message.request_id,
        commitment=message.commitment,
        expires=date.fromisoformat(message.expires),
        reason=message.reason,
    )


def encode_page(
    request_hash: bytes, number: int, accesses: tuple[Access, ...], reading: LogReading | None = None
) -> bytes:
    """Return the bytes of one page to sign; the last one has a reading."""
    page = pb.AccessPage(request_hash=request_hash, number=number, accesses=map(access_message, accesses))
    if reading is not None:
        page.reading.CopyFrom(reading_message(reading))
    return page.SerializeToString()


def decode_page(payload: bytes, request_hash: bytes, number: int) -> tuple[tuple[Access, ...], LogReading | None]:
    """Read page `number` of the answer to a request; raise `network.answer` for any other, and for what can't be."""
    try:
        page = parse(pb.AccessPage, payload)
        accesses = tuple(map(read_access, page.accesses))
        reading = read_reading(page.reading) if page.HasField("reading") else None
        for access in accesses:
            check_access(access)
        if reading is not None:
            check_reading(reading)
    except (MagliaError, ValueError) as error:
        raise MagliaError(Code.NETWORK_ANSWER, cause="a page that nobody could show") from error
    if page.request_hash != request_hash or page.number != number:
        raise MagliaError(Code.NETWORK_ANSWER, cause="another request's page")
    return accesses, reading


def access_message(access: Access) -> pb.Access:
    """Return an access as it travels."""
    return pb.Access(
        question_id=access.question_id,
        event=access.event.value,
        time_ms=access.time_ms,
        body=access.body,
        purpose=access.purpose,
        facet=access.facet,
        categories=access.categories,
        operator=access.operator,
    )


def read_access(message: pb.Access) -> Access:
    """Return a received access; raise `ValueError` for an event that nobody knows."""
    return Access(
        question_id=message.question_id,
        event=AccessEvent(message.event),
        time_ms=message.time_ms,
        body=message.body,
        purpose=message.purpose,
        facet=message.facet,
        categories=tuple(message.categories),
        operator=message.operator,
    )


def reading_message(reading: LogReading) -> pb.LogReading:
    """Return a reading as it travels."""
    return pb.LogReading(
        entries=reading.entries,
        first_ms=reading.first_ms,
        last_ms=reading.last_ms,
        forgotten_months=reading.forgotten_months,
        unreadable=reading.unreadable,
        policy_revision=reading.policy_revision,
        named=reading.named,
        archived=reading.archived,
    )


def read_reading(message: pb.LogReading) -> LogReading:
    """Return a received reading."""
    return LogReading(
        entries=message.entries,
        first_ms=message.first_ms,
        last_ms=message.last_ms,
        forgotten_months=tuple(message.forgotten_months),
        unreadable=message.unreadable,
        policy_revision=message.policy_revision,
        named=message.named,
        archived=message.archived,
    )
