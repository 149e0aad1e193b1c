"""What is signed of questions and answers: small, of one form only, and readable by whoever has the signer's key."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import Receipt, sha256
from maglia.core.identity import SigningKey
from maglia.v1 import exchange_pb2 as pb
from maglia.v1.envelope_pb2 import Envelope
from maglia.wire.convert import ANSWER, QUESTION
from maglia.wire.envelope import seal
from maglia.wire.evidence import (
    decode_bound,
    decode_receipt,
    encode_bound,
    encode_receipt,
    keep,
    open_question,
    open_receipt,
    signer_of,
)
from tests.peer_world import COMUNE, NETWORK, PARISH, bind, question, refused

BOUND, BODY = bind(question(), bytes(range(32)), 7)
RECEIPT = Receipt(bytes(32), bytes([1]) * 32, bytes([2]) * 32, bytes([3]) * 32, COMUNE.id, bytes(16))
HASHES = {"body_hash", "asker_entry", "challenge"}, {"question_hash", "answer_hash", "asker_entry", "answerer_entry"}
SIZED = [(pb.BoundQuestion, name) for name in sorted(HASHES[0])] + [(pb.Receipt, name) for name in sorted(HASHES[1])]
Signed = pb.BoundQuestion | pb.Receipt
UNKNOWN = b"\xfa\x7f\x03abc"
"""A field of a number that no reader knows: what protobuf would carry along unseen."""


def signed(kind: str = QUESTION, network: str = NETWORK, key: SigningKey = COMUNE.key) -> Envelope:
    return seal(kind, network, encode_bound(BOUND), key)


def test_evidence_says_who_asked_what_under_which_entry() -> None:
    opened = open_question(keep(signed()), NETWORK, COMUNE.key.public)
    assert opened.bound == BOUND
    assert (opened.bound.body_hash, opened.bound.addressee) == (sha256(BODY), PARISH.id)
    assert opened.question_hash == sha256(encode_bound(BOUND))
    receipt = keep(seal(ANSWER, NETWORK, encode_receipt(RECEIPT), PARISH.key))
    assert open_receipt(receipt, NETWORK, PARISH.key.public) == RECEIPT
    assert (signer_of(receipt), signer_of(keep(signed()))) == (PARISH.key.key_id, COMUNE.key.key_id)


@pytest.mark.parametrize(
    "forged",
    [signed(ANSWER), signed(network="altra"), signed(key=PARISH.key)],
    ids=["another type", "another network", "another key"],
)
def test_nothing_else_is_taken_for_evidence(forged: Envelope) -> None:
    with refused(Code.MEMBER_SIGNATURE):
        open_question(keep(forged), NETWORK, COMUNE.key.public)


def test_every_bit_of_evidence_counts() -> None:
    whole = keep(signed())
    for position in range(len(whole)):
        flipped = bytearray(whole)
        flipped[position] ^= 1
        with pytest.raises(MagliaError) as failure:
            open_question(bytes(flipped), NETWORK, COMUNE.key.public)
        assert failure.value.code in {Code.MEMBER_SIGNATURE, Code.INPUT_MALFORMED}


def test_evidence_is_small_and_keeps_nothing_that_rides_along() -> None:
    envelope = signed()
    stuffed = Envelope.FromString(envelope.SerializeToString() + b"\xfa\x7f\xe8\x07" + bytes(1_000))
    assert len(stuffed.SerializeToString()) > 1_000
    assert keep(stuffed) == keep(envelope)
    assert len(keep(envelope)) < 300
    assert not any(sent in keep(envelope) for sent in (BODY, BODY[-16:], bytes(15) + b"\x01"))


@pytest.mark.parametrize(("message", "field"), SIZED)
@pytest.mark.parametrize("size", [0, 31, 33, 100_000])
def test_what_is_signed_are_hashes_and_nothing_else(message: type[Signed], field: str, size: int) -> None:
    payload = encode_bound(BOUND) if message is pb.BoundQuestion else encode_receipt(RECEIPT)
    changed = message.FromString(payload)
    setattr(changed, field, bytes(size))
    with refused(Code.INPUT_MALFORMED):
        _decoder(message)(changed.SerializeToString())


@pytest.mark.parametrize("message", [pb.BoundQuestion, pb.Receipt])
def test_a_payload_has_one_form(message: type[Signed]) -> None:
    """Whatever a reader would skip, a log would keep for two years."""
    payload = encode_bound(BOUND) if message is pb.BoundQuestion else encode_receipt(RECEIPT)
    first = payload[:34]
    for other in (payload + UNKNOWN, UNKNOWN + payload, first + payload, payload[34:] + first, payload + first):
        with refused(Code.INPUT_MALFORMED):
            _decoder(message)(other)
    changed = message.FromString(payload)
    changed.question_id = bytes(17)
    with refused(Code.INPUT_MALFORMED):
        _decoder(message)(changed.SerializeToString())


def _decoder(message: type[Signed]) -> Callable[[bytes], object]:
    return decode_bound if message is pb.BoundQuestion else decode_receipt
