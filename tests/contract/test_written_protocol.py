"""docs/protocol/pseudonyms.md followed step by step, with nothing of Maglia's code and nothing of libsodium.

Whoever implements the document in another language does what is done here, and meets the same figures.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.contract import ristretto_reference as reference
from tests.contract.ristretto_reference import Point

VECTORS = Path(__file__).parent / "vectors"
FIGURES: dict[str, Any] = json.loads((VECTORS / "matrix_proof.json").read_text("utf-8"))
INPUTS: dict[str, Any] = json.loads((VECTORS / "inputs.json").read_text("utf-8"))
CTX = b"OPRFV1-\x01-ristretto255-SHA512"
MCTX = b"MagliaMatrixV1-\x01-ristretto255-SHA512"
SHARES = {"12": 1, "13": 2, "23": 4}
SEEDS = {SHARES[name]: bytes.fromhex(seed) for name, seed in FIGURES["seeds"].items()}
MEMBERS = [entry["member"] for entry in FIGURES["keys"]]
NETWORK: bytes = FIGURES["network"].encode()
CLASS: bytes = FIGURES["class"].encode()
EPOCH: bytes = FIGURES["epoch"].to_bytes(4, "big")


def lp(value: bytes) -> bytes:
    return len(value).to_bytes(2, "big") + value


def u32(number: int) -> bytes:
    return number.to_bytes(4, "big")


def info(member: str, cls: bytes, share: int) -> bytes:
    return lp(b"maglia/1 key share") + lp(NETWORK) + lp(member.encode()) + lp(cls) + EPOCH + bytes([share])


def derive(share: int, about: bytes) -> int:
    """DeriveKeyPair of RFC 9497; the first counter has never given zero."""
    return reference.hash_to_scalar(SEEDS[share] + lp(about) + b"\0", b"DeriveKeyPair" + CTX)


def key(member: str, mask: int, cls: bytes = CLASS) -> int:
    return sum(derive(share, info(member, cls, share)) for share in SHARES.values() if share & mask) % reference.ORDER


def public(member: str, mask: int) -> Point:
    return reference.multiply(key(member, mask), reference.GENERATOR)


def element_of(data: bytes) -> Point:
    return reference.hash_to_group(data, b"HashToGroup-" + CTX)


def pseudonym(data: bytes, blind: int, evaluated: Point) -> str:
    unblinded = reference.multiply(pow(blind, -1, reference.ORDER), evaluated)
    return hashlib.sha512(lp(data) + lp(reference.encode(unblinded)) + b"Finalize").hexdigest()[:32]


def challenge_hash(data: bytes) -> int:
    return reference.hash_to_scalar(data, b"HashToScalar-" + MCTX)


def test_keys() -> None:
    for entry in FIGURES["keys"]:
        for name, figures in entry["shares"].items():
            about = info(entry["member"], CLASS, SHARES[name])
            secret = derive(SHARES[name], about)
            assert about.hex() == figures["info"]
            assert secret.to_bytes(32, "little").hex() == figures["secret"]
            assert reference.encode(reference.multiply(secret, reference.GENERATOR)).hex() == figures["public"]


def test_key_set() -> None:
    head = lp(b"maglia/1 key set") + lp(NETWORK) + lp(CLASS) + EPOCH + u32(len(MEMBERS))
    rows = [
        lp(member.encode()) + b"".join(reference.encode(public(member, share)) for share in SHARES.values())
        for member in sorted(MEMBERS)
    ]
    key_set = head + b"".join(rows)
    assert key_set.hex() == FIGURES["key_set"]
    assert hashlib.sha256(key_set).hexdigest() == FIGURES["key_set_digest"]


@pytest.mark.parametrize("part", FIGURES["parts"], ids=lambda part: f"mask {part['mask']}")
def test_evaluation_and_proof_of_a_part(part: dict[str, Any]) -> None:
    mask, keys = part["mask"], [key(member, part["mask"]) for member in MEMBERS]
    blinded = [
        reference.multiply(int.from_bytes(bytes.fromhex(each["blind"]), "little"), element_of(each["text"].encode()))
        for each in FIGURES["inputs"]
    ]
    evaluated = [reference.multiply(secret, element) for element in blinded for secret in keys]
    assert [reference.encode(each).hex() for each in blinded] == [each["blinded"] for each in FIGURES["inputs"]]
    assert [reference.encode(each).hex() for each in evaluated] == part["elements"]
    columns = [blinded, [public(member, mask) for member in MEMBERS], evaluated]
    counts = u32(len(blinded)) + u32(len(keys))
    transcript = lp(b"maglia/1 matrix proof") + b"\1" + bytes.fromhex(FIGURES["key_set_digest"]) + EPOCH
    transcript += bytes([mask]) + counts + b"".join(reference.encode(each) for column in columns for each in column)
    seed = hashlib.sha512(transcript).digest()
    assert (transcript.hex(), seed.hex()) == (part["transcript"], part["seed"])
    d = [challenge_hash(seed + b"key" + u32(number)) for number in range(len(keys))]
    e = [challenge_hash(seed + b"input" + u32(number)) for number in range(len(blinded))]
    k = sum(weight * secret for weight, secret in zip(d, keys, strict=True)) % reference.ORDER
    base, r = reference.weighted_sum(e, blinded), int.from_bytes(bytes.fromhex(part["nonce"]), "little")
    points = [
        reference.multiply(k, reference.GENERATOR),
        base,
        reference.multiply(k, base),
        reference.multiply(r, reference.GENERATOR),
        reference.multiply(r, base),
    ]
    c = challenge_hash(lp(seed) + b"".join(lp(reference.encode(point)) for point in points) + b"Challenge")
    s = (r - c * k) % reference.ORDER
    assert (c.to_bytes(32, "little") + s.to_bytes(32, "little")).hex() == part["proof"]


@pytest.mark.parametrize("masks", [(7,), (3, 4)])
def test_pseudonyms_of_parts(masks: tuple[int, ...]) -> None:
    parts = {
        part["mask"]: [reference.decode(bytes.fromhex(each)) for each in part["elements"]] for part in FIGURES["parts"]
    }
    for row, entry in enumerate(FIGURES["inputs"]):
        for column, wanted in enumerate(entry["pseudonyms"]):
            evaluated = reference.weighted_sum(
                [1] * len(masks), [parts[mask][row * len(MEMBERS) + column] for mask in masks]
            )
            blind = int.from_bytes(bytes.fromhex(entry["blind"]), "little")
            assert pseudonym(entry["text"].encode(), blind, evaluated) == wanted


@pytest.mark.parametrize("case", INPUTS["cases"], ids=lambda case: case["input"])
def test_pseudonyms_of_every_type_of_input(case: dict[str, Any]) -> None:
    data, cls, blind = case["input"].encode(), case["class"].encode(), 2**200 + 9497
    element = element_of(data)
    assert reference.encode(element).hex() == case["element"]
    made = [
        pseudonym(data, blind, reference.multiply(key(member, 7, cls), reference.multiply(blind, element)))
        for member in INPUTS["members"]
    ]
    assert made == case["pseudonyms"]
