"""Messages to core types and back. Bytes that were signed are parsed here once, and never made again from the types."""

from __future__ import annotations

from google.protobuf.message import Message

from maglia.core.errors import Code, MagliaError
from maglia.core.identity import Card, SigningKey, check_member_id
from maglia.core.pseudonym import Part
from maglia.v1 import enrolment_pb2, envelope_pb2, pseudonyms_pb2
from maglia.wire.certificates import is_certificate_of
from maglia.wire.envelope import parse, seal, unseal

CARD = "card"
QUESTION = "question"
ANSWER = "answer"
REFERRAL = "referral"
REFERRAL_ANSWER = "referral-answer"
APPLICATION = "application"
ACTIVATION = "activation"
APPLICATION_QUERY = "application-query"


def seal_message(kind: str, network: str, message: Message, key: SigningKey) -> envelope_pb2.Envelope:
    """Serialize a message once and sign it."""
    return seal(kind, network, message.SerializeToString(), key)


def seal_card(card: Card, key: SigningKey) -> envelope_pb2.Envelope:
    """Return the card as its member signs it."""
    message = enrolment_pb2.Card(
        network=card.network,
        member=card.member,
        sequence=card.sequence,
        certificate=card.certificate,
        endpoint=card.endpoint,
        not_before=card.not_before,
        not_after=card.not_after,
        relay=card.relay,
    )
    return seal_message(CARD, card.network, message, key)


def claimed_member(envelope: envelope_pb2.Envelope) -> str:
    """Return whose card an envelope claims to be, so that the key to verify it with can be found. Not verified."""
    return check_member_id(parse(enrolment_pb2.Card, envelope.payload).member)


def open_card(envelope: envelope_pb2.Envelope, network: str, member: str, identity_key: bytes) -> Card:
    """Return a card once its signature is the member's and its certificate names that member alone.

    Raises `member.signature` or `member.card`: with another's certificate on its card, a member would pass for the
    caller of whatever that other body asks.
    """
    message = parse(enrolment_pb2.Card, unseal(envelope, CARD, network, identity_key))
    if message.network != network or message.member != member:
        raise MagliaError(Code.MEMBER_CARD, cause="another member's card")
    if not is_certificate_of(message.certificate, member, network):
        raise MagliaError(Code.MEMBER_CARD, cause="not a certificate of the member's own")
    return Card(
        network=message.network,
        member=message.member,
        sequence=message.sequence,
        certificate=message.certificate,
        endpoint=message.endpoint,
        not_before=message.not_before,
        not_after=message.not_after,
        relay=message.relay,
    )


def relay_of(envelope: bytes) -> str:
    """Return the relay that a card names, of an envelope that was verified before; empty for a direct address."""
    return parse(enrolment_pb2.Card, parse(envelope_pb2.Envelope, envelope).payload).relay


def part_message(part: Part) -> pseudonyms_pb2.Part:
    """Return an evaluator's part as it travels."""
    return pseudonyms_pb2.Part(mask=part.mask, elements=b"".join(part.elements), proof=part.proof)


def read_part(message: pseudonyms_pb2.Part) -> Part:
    """Return a received part, not verified; raise `pseudonym.batch` when the elements are not of 32 bytes each."""
    if len(message.elements) % 32:
        raise MagliaError(Code.PSEUDONYM_BATCH)
    elements = tuple(message.elements[at : at + 32] for at in range(0, len(message.elements), 32))
    return Part(mask=message.mask, elements=elements, proof=message.proof)
