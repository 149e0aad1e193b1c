"""The exact signed bytes: sign, and verify before anything is parsed (design 3)."""

from __future__ import annotations

from typing import TypeVar

from google.protobuf.message import DecodeError, Message

from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey, key_id, verify_signature
from maglia.v1.envelope_pb2 import Envelope

M = TypeVar("M", bound=Message)


def signed_bytes(kind: str, network: str, payload: bytes) -> bytes:
    """Return what a signature covers; `kind` and `network` hold no zero byte, so the parts can't be shifted."""
    return b"maglia/1\0" + kind.encode() + b"\0" + network.encode() + b"\0" + payload


def seal(kind: str, network: str, payload: bytes, key: SigningKey) -> Envelope:
    """Return `payload` in an envelope signed by `key`."""
    return Envelope(payload=payload, key_id=key.key_id, signature=key.sign(signed_bytes(kind, network, payload)))


def unseal(envelope: Envelope, kind: str, network: str, public_key: bytes) -> bytes:
    """Return the payload once the signature is the key's; else raise `member.signature`."""
    if envelope.key_id != key_id(public_key):
        raise MagliaError(Code.MEMBER_SIGNATURE, cause="another key's id")
    verify_signature(public_key, envelope.signature, signed_bytes(kind, network, envelope.payload))
    return envelope.payload


def parse(message: type[M], payload: bytes) -> M:
    """Return the parsed message; raise `input.malformed` when the bytes are not one."""
    try:
        return message.FromString(payload)
    except (DecodeError, RecursionError) as error:
        raise MagliaError(Code.INPUT_MALFORMED, cause=message.DESCRIPTOR.name) from error
