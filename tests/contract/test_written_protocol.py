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


def weights(seed: bytes, keys: int, inputs: int) -> tuple[list[int], list[int]]:
    stream = hashlib.shake_256(lp(b"maglia/1 matrix weights") + seed).digest(16 * (keys + inputs))
    numbers = [int.from_bytes(stream[16 * at : 16 * at + 16], "little") for at in range(keys + inputs)]
    return numbers[:keys], numbers[keys:]


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
    d, e = weights(seed, len(keys), len(blinded))
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


def accepts(part: dict[str, Any], **changed: Any) -> bool:
    """Verify a part as the document says, with nothing but what an asker sees; `changed` replaces some of it."""
    seen = {"digest": bytes.fromhex(FIGURES["key_set_digest"]), "epoch": EPOCH, "mask": part["mask"]}
    seen |= {"inputs": [bytes.fromhex(each["blinded"]) for each in FIGURES["inputs"]]}
    seen |= {name: [bytes.fromhex(each) for each in part[name]] for name in ("publics", "elements")}
    seen |= {"proof": bytes.fromhex(part["proof"])} | changed
    inputs, publics, elements = seen["inputs"], seen["publics"], seen["elements"]
    c, s = (int.from_bytes(half, "little") for half in (seen["proof"][:32], seen["proof"][32:]))
    if len(seen["proof"]) != 64 or not (0 < c < reference.ORDER and 0 < s < reference.ORDER):
        return False
    if not inputs or len(elements) != len(inputs) * len(publics) or bytes(32) in (*inputs, *publics, *elements):
        return False
    transcript = lp(b"maglia/1 matrix proof") + b"\1" + seen["digest"] + seen["epoch"] + bytes([seen["mask"]])
    transcript += u32(len(inputs)) + u32(len(publics)) + b"".join((*inputs, *publics, *elements))
    seed = hashlib.sha512(transcript).digest()
    d, e = weights(seed, len(publics), len(inputs))
    a = reference.weighted_sum(d, [reference.decode(each) for each in publics])
    b = reference.weighted_sum(e, [reference.decode(each) for each in inputs])
    z = reference.weighted_sum([row * column for row in e for column in d], [reference.decode(x) for x in elements])
    points = [a, b, z]
    points += [reference.add(reference.multiply(s, reference.GENERATOR), reference.multiply(c, a))]
    points += [reference.add(reference.multiply(s, b), reference.multiply(c, z))]
    encoded = [reference.encode(point) for point in points]
    return bytes(32) not in encoded[:3] and c == challenge_hash(lp(seed) + b"".join(map(lp, encoded)) + b"Challenge")


PART: dict[str, Any] = FIGURES["parts"][0]
PROOF = bytes.fromhex(PART["proof"])
ELEMENTS = [bytes.fromhex(each) for each in PART["elements"]]
PUBLICS = [bytes.fromhex(each) for each in PART["publics"]]
INPUTS_SEEN = [bytes.fromhex(each["blinded"]) for each in FIGURES["inputs"]]


def _plus_order(scalar: bytes) -> bytes:
    return (int.from_bytes(scalar, "little") + reference.ORDER).to_bytes(32, "little")


CHANGED: dict[str, dict[str, Any]] = {
    "digest": {"digest": bytes(32)},
    "epoch": {"epoch": u32(8)},
    "mask": {"mask": 6},
    "inputs reordered": {"inputs": INPUTS_SEEN[::-1]},
    "keys reordered": {"publics": PUBLICS[::-1]},
    "results reordered": {"elements": ELEMENTS[::-1]},
    "a result replaced": {"elements": [*ELEMENTS[:-1], ELEMENTS[0]]},
    "a result of the identity": {"elements": [*ELEMENTS[:-1], bytes(32)]},
    "an input of the identity": {"inputs": [INPUTS_SEEN[0], bytes(32)]},
    "truncated": {"elements": ELEMENTS[:-1]},
    "one too many": {"elements": [*ELEMENTS, ELEMENTS[0]]},
    "where inputs end": {"inputs": [*INPUTS_SEEN, PUBLICS[0]], "publics": PUBLICS[1:]},
    "c zero": {"proof": bytes(32) + PROOF[32:]},
    "s zero": {"proof": PROOF[:32] + bytes(32)},
    "c not reduced": {"proof": _plus_order(PROOF[:32]) + PROOF[32:]},
    "s not reduced": {"proof": PROOF[:32] + _plus_order(PROOF[32:])},
    "of another mask": {"proof": bytes.fromhex(FIGURES["parts"][1]["proof"])},
}


@pytest.mark.parametrize("part", FIGURES["parts"], ids=lambda part: f"mask {part['mask']}")
def test_a_verifier_written_from_the_document_accepts_the_parts(part: dict[str, Any]) -> None:
    assert accepts(part)


@pytest.mark.parametrize("changed", CHANGED.values(), ids=CHANGED)
def test_a_verifier_written_from_the_document_refuses_any_change(changed: dict[str, Any]) -> None:
    assert not accepts(PART, **changed)


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
