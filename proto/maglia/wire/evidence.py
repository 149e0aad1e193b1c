"""What is signed of a question and of its answer, and how a log keeps it.

Bodies name persons; they travel beside what is signed, which holds their SHA-256 and nothing about a person. So the
envelope itself can stay in the log of the body that received it: the question in the answering body's entry, the
receipt in the asker's. Whoever holds the signer's public key can read such evidence years later, without either body.

A party that signs could hide anything in fields that readers skip, and a log would keep it for ever: a payload that is
not exactly the serialization of its fields is refused, and only an envelope's own three fields are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import QUESTION_ID_BYTES, BoundQuestion, Receipt, sha256
from maglia.v1.envelope_pb2 import Envelope
from maglia.v1.exchange_pb2 import BoundQuestion as BoundMessage
from maglia.v1.exchange_pb2 import Receipt as ReceiptMessage
from maglia.wire.convert import ANSWER, QUESTION, REFERRAL, REFERRAL_ANSWER
from maglia.wire.envelope import parse, unseal

_HASH_BYTES = 32


def encode_bound(question: BoundQuestion) -> bytes:
    """Return the payload that the asker signs."""
    return BoundMessage(
        body_hash=question.body_hash,
        asker_entry=question.asker_entry,
        challenge=question.challenge,
        sequence=question.sequence,
        addressee=question.addressee,
        question_id=question.question_id,
    ).SerializeToString()


def decode_bound(payload: bytes) -> BoundQuestion:
    """Read what an asker signed; raise `input.malformed` when it is anything but its fields in their sizes."""
    message = parse(BoundMessage, payload)
    bound = BoundQuestion(
        message.body_hash,
        message.asker_entry,
        message.challenge,
        message.sequence,
        message.addressee,
        message.question_id,
    )
    hashes = bound.body_hash, bound.asker_entry, bound.challenge
    _check_form(payload, encode_bound(bound), hashes, bound.question_id)
    return bound


def encode_receipt(receipt: Receipt) -> bytes:
    """Return the payload that the answering body signs."""
    return ReceiptMessage(
        question_hash=receipt.question_hash,
        answer_hash=receipt.answer_hash,
        asker_entry=receipt.asker_entry,
        answerer_entry=receipt.answerer_entry,
        asker=receipt.asker,
        question_id=receipt.question_id,
    ).SerializeToString()


def decode_receipt(payload: bytes) -> Receipt:
    """Read what an answering body signed; raise `input.malformed` as `decode_bound` does."""
    message = parse(ReceiptMessage, payload)
    receipt = Receipt(
        message.question_hash,
        message.answer_hash,
        message.asker_entry,
        message.answerer_entry,
        message.asker,
        message.question_id,
    )
    hashes = receipt.question_hash, receipt.answer_hash, receipt.asker_entry, receipt.answerer_entry
    _check_form(payload, encode_receipt(receipt), hashes, receipt.question_id)
    return receipt


def _check_form(payload: bytes, again: bytes, hashes: tuple[bytes, ...], question_id: bytes) -> None:
    sizes = {len(each) for each in hashes}
    if sizes != {_HASH_BYTES} or len(question_id) != QUESTION_ID_BYTES or payload != again:
        raise MagliaError(Code.INPUT_MALFORMED, cause="a signed payload's form")


def keep(envelope: Envelope) -> bytes:
    """Return a verified envelope as an entry's `evidence`: its own three fields, whatever else was sent with them."""
    return Envelope(payload=envelope.payload, key_id=envelope.key_id, signature=envelope.signature).SerializeToString()


@dataclass(frozen=True)
class QuestionEvidence:
    """What an answering body's entry proves: the asker signed that it logged this question as `bound.asker_entry`.

    `question_hash` is what the answering body's receipt must name.
    """

    bound: BoundQuestion
    question_hash: bytes


def open_question(evidence: bytes, network: str, public_key: bytes) -> QuestionEvidence:
    """Open the evidence of an answered or refused question with the asker's identity key (32 bytes, Ed25519).

    Raises `member.signature` when this key did not sign it for this network, `input.malformed` when it is not in form.
    """
    payload = _unsealed(evidence, (QUESTION, REFERRAL), network, public_key)
    return QuestionEvidence(decode_bound(payload), sha256(payload))


def open_receipt(evidence: bytes, network: str, public_key: bytes) -> Receipt:
    """Open the evidence of an end state with the answering body's identity key.

    It proves that this body signed that it logged the question, as `answerer_entry`. Raises as `open_question` does.
    """
    return decode_receipt(_unsealed(evidence, (ANSWER, REFERRAL_ANSWER), network, public_key))


def _unsealed(evidence: bytes, kinds: Sequence[str], network: str, public_key: bytes) -> bytes:
    """Return the payload under the first of these types that the signature is of; raise `member.signature`.

    What was told about a referral is signed as a question is, under types of its own.
    """
    envelope = parse(Envelope, evidence)
    for kind in kinds[:-1]:
        try:
            return unseal(envelope, kind, network, public_key)
        except MagliaError:
            continue
    return unseal(envelope, kinds[-1], network, public_key)


def signer_of(evidence: bytes) -> str:
    """Return the id of the key that evidence claims to be signed with, to choose among a body's keys over time.

    The id is 16 hex digits (`maglia.core.identity.key_id`). Raises `input.malformed`.
    """
    return parse(Envelope, evidence).key_id
