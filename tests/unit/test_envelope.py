"""Signed bytes: what is not exactly what was signed never reaches a parser."""

from __future__ import annotations

import pytest

from maglia.core.errors import Code
from maglia.core.identity import SigningKey
from maglia.v1.envelope_pb2 import Envelope
from maglia.v1.exchange_pb2 import QuestionBody
from maglia.wire.envelope import parse, seal, signed_bytes, unseal
from tests.peer_world import refused

KEY, OTHER = SigningKey(bytes([1]) * 32), SigningKey(bytes([2]) * 32)
SEALED = seal("question", "prova", b"payload", KEY)


def test_what_was_signed_opens() -> None:
    assert unseal(SEALED, "question", "prova", KEY.public) == b"payload"


def test_the_signature_covers_type_network_and_payload_apart() -> None:
    assert signed_bytes("question", "prova", b"x") == b"maglia/1\0question\0prova\0x"
    parts = [("a", "bc", b"d"), ("ab", "c", b"d"), ("a", "b", b"c\0d"), ("a", "b\0c", b"d")]
    assert len({signed_bytes(*each) for each in parts[:3]}) == 3


@pytest.mark.parametrize(
    ("kind", "network", "key"),
    [("answer", "prova", KEY), ("question", "altra", KEY), ("question", "prova", OTHER), ("", "", KEY)],
)
def test_another_type_network_or_key_is_refused(kind: str, network: str, key: SigningKey) -> None:
    with refused(Code.MEMBER_SIGNATURE):
        unseal(SEALED, kind, network, key.public)


def test_a_signature_under_anothers_key_id_is_refused() -> None:
    borrowed = Envelope(payload=SEALED.payload, key_id=OTHER.key_id, signature=SEALED.signature)
    with refused(Code.MEMBER_SIGNATURE):
        unseal(borrowed, "question", "prova", OTHER.public)
    with refused(Code.MEMBER_SIGNATURE):
        unseal(borrowed, "question", "prova", KEY.public)


def test_every_flipped_bit_is_found() -> None:
    for field in ("payload", "signature"):
        content: bytes = getattr(SEALED, field)
        for bit in range(8 * len(content)):
            flipped = bytearray(content)
            flipped[bit // 8] ^= 1 << bit % 8
            changed = Envelope()
            changed.CopyFrom(SEALED)
            setattr(changed, field, bytes(flipped))
            with refused(Code.MEMBER_SIGNATURE):
                unseal(changed, "question", "prova", KEY.public)


@pytest.mark.parametrize("size", [0, 1, 32, 63, 65])
def test_a_signature_of_another_size_is_refused(size: int) -> None:
    cut = Envelope(payload=SEALED.payload, key_id=SEALED.key_id, signature=(SEALED.signature * 2)[:size])
    with refused(Code.MEMBER_SIGNATURE):
        unseal(cut, "question", "prova", KEY.public)


@pytest.mark.parametrize("public", [b"", bytes(31), bytes(33)])
def test_a_key_that_is_none_verifies_nothing(public: bytes) -> None:
    with refused(Code.MEMBER_SIGNATURE):
        unseal(SEALED, "question", "prova", public)


def test_bytes_that_are_no_message_are_malformed() -> None:
    for noise in (b"\xff", b"\x0a\xff\xff\xff\xff\x0f", b"\x12\x05ab", b"\x1a\x02\xff\xfe"):
        with refused(Code.INPUT_MALFORMED):
            parse(QuestionBody, noise)


def test_deep_nesting_is_malformed() -> None:
    nested = b""
    for _ in range(20_000):
        nested = b"\x0b" + nested + b"\x0c"  # groups of an unknown field, one in the other
    with refused(Code.INPUT_MALFORMED):
        parse(QuestionBody, nested)
