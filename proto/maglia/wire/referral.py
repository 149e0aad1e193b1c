"""What is told about referrals, as bytes. Serialized once, by whoever tells; readers hash what they received."""

from __future__ import annotations

from datetime import date

from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import QUESTION_ID_BYTES, SALT_BYTES
from maglia.core.identifiers import parse_identifier
from maglia.core.referral import (
    MAX_NOTE,
    MAX_TEXT,
    REFERRAL_ID_BYTES,
    TOLD_BY_TAKER,
    ReferralAnswer,
    ReferralMessage,
    ReferralStep,
    ReferredPerson,
)
from maglia.core.vocabulary import PROTOCOL_VERSIONS, PSEUDONYM_BYTES, Facet, ReferralState
from maglia.v1 import referral_pb2 as pb
from maglia.wire.envelope import parse

_TOLD = TOLD_BY_TAKER | {ReferralState.WITHDRAWN}
_MAX_REVISION = 64


def encode_referral(message: ReferralMessage) -> bytes:
    """Return a message's body."""
    body = pb.ReferralBody(
        version=PROTOCOL_VERSIONS[0],
        question_id=message.question_id,
        sender=message.sender,
        addressee=message.addressee,
        referral_id=message.referral_id,
        facet=message.facet,
        epoch=message.epoch,
        directory_version=message.directory_version,
        salt=message.salt,
    )
    if isinstance(message.content, ReferredPerson):
        body.person.CopyFrom(_person_message(message.content))
    else:
        body.step.CopyFrom(pb.ReferralStep(state=message.content.state, reason=message.content.reason))
    return body.SerializeToString()


def _person_message(person: ReferredPerson) -> pb.ReferredPerson:
    return pb.ReferredPerson(
        identifier=person.identifier,
        pseudonym=person.pseudonym,
        name=person.name,
        contact=person.contact,
        need=person.need,
        note=person.note,
        notice_version=person.notice_version,
        language=person.language,
        consent_date=person.consent_day.isoformat() if person.consent_day else "",
    )


def decode_referral(body: bytes) -> ReferralMessage:
    """Read a message's body.

    Raises `input.malformed`, `input.too_large` for texts longer than allowed, `version.unsupported`.
    """
    message = parse(pb.ReferralBody, body)
    if message.version not in PROTOCOL_VERSIONS:
        raise MagliaError(Code.VERSION_UNSUPPORTED)
    sizes = len(message.question_id), len(message.referral_id), len(message.salt)
    if sizes != (QUESTION_ID_BYTES, REFERRAL_ID_BYTES, SALT_BYTES):
        raise MagliaError(Code.INPUT_MALFORMED, cause="a referral's form")
    try:
        return ReferralMessage(
            question_id=message.question_id,
            sender=message.sender,
            addressee=message.addressee,
            referral_id=message.referral_id,
            facet=Facet(message.facet),
            epoch=message.epoch,
            directory_version=message.directory_version,
            content=_content(message),
            salt=message.salt,
        )
    except ValueError as error:
        raise MagliaError(Code.INPUT_MALFORMED, cause="a code or date in the referral") from error


def _content(message: pb.ReferralBody) -> ReferredPerson | ReferralStep:
    kind = message.WhichOneof("content")
    if kind == "person":
        return _person(message.person)
    if kind != "step" or message.step.state not in _TOLD:
        raise ValueError("no person and no step")
    return ReferralStep(ReferralState(message.step.state), _short(message.step.reason))


def _person(message: pb.ReferredPerson) -> ReferredPerson:
    if len(message.pseudonym) != PSEUDONYM_BYTES:
        raise ValueError("a pseudonym's size")
    try:
        identifier = parse_identifier(message.identifier).text
    except MagliaError as error:
        raise ValueError("a code that nobody has") from error
    return ReferredPerson(
        identifier=identifier,
        pseudonym=message.pseudonym,
        name=_short(message.name),
        contact=_short(message.contact),
        need=_short(message.need),
        note=_short(message.note, MAX_NOTE),
        notice_version=_short(message.notice_version),
        language=_short(message.language),
        consent_day=date.fromisoformat(message.consent_date),
    )


def _short(text: str, longest: int = MAX_TEXT) -> str:
    if len(text) > longest:
        raise MagliaError(Code.INPUT_TOO_LARGE, field="text", limit=longest)
    return text


def encode_referral_answer(answer: ReferralAnswer) -> bytes:
    """Return an answer's body."""
    return pb.ReferralAnswerBody(
        version=PROTOCOL_VERSIONS[0],
        question_id=answer.question_id,
        answerer=answer.answerer,
        refusal=answer.refusal,
        policy_revision=answer.policy_revision,
        directory_version=answer.directory_version,
        salt=answer.salt,
    ).SerializeToString()


def decode_referral_answer(body: bytes) -> ReferralAnswer:
    """Read an answer's body; raise `network.answer` when it isn't one."""
    try:
        message = parse(pb.ReferralAnswerBody, body)
        _check_header(message)
        return ReferralAnswer(
            question_id=message.question_id,
            answerer=message.answerer,
            policy_revision=message.policy_revision,
            directory_version=message.directory_version,
            refusal=Code(message.refusal).value if message.refusal else "",
            salt=message.salt,
        )
    except (MagliaError, ValueError) as error:
        raise MagliaError(Code.NETWORK_ANSWER, cause=type(error).__name__) from error


def _check_header(message: pb.ReferralAnswerBody) -> None:
    """Refuse what a reader would log without knowing it."""
    if message.version not in PROTOCOL_VERSIONS or len(message.policy_revision) > _MAX_REVISION:
        raise ValueError("another version, or a long revision")
    if len(message.salt) != SALT_BYTES:
        raise ValueError("a salt's size")
