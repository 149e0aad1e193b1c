"""Our own vectors of docs/protocol/pseudonyms.md: computed by the code, and checked by a second implementation."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from maglia.core import group, matrix
from maglia.core.pseudonym import (
    SHARES,
    Evaluator,
    KeySet,
    Part,
    Share,
    blind,
    combine,
    derive_share,
    finalize,
    share_public,
)
from maglia.core.vocabulary import PseudonymClass
from tests.contract import ristretto_reference as reference

FIGURES: dict[str, Any] = json.loads((Path(__file__).parent / "vectors" / "matrix_proof.json").read_text("utf-8"))
PARTS: list[dict[str, Any]] = FIGURES["parts"]
NAMES = {"12": Share.S12, "13": Share.S13, "23": Share.S23}
SEEDS = {NAMES[name]: bytes.fromhex(seed) for name, seed in FIGURES["seeds"].items()}
DOCUMENT = Path(__file__).parents[2] / "docs" / "protocol" / "pseudonyms.md"


def _all(values: list[str]) -> tuple[bytes, ...]:
    return tuple(map(bytes.fromhex, values))


BLINDED = _all([entry["blinded"] for entry in FIGURES["inputs"]])


@pytest.fixture(name="key_set", scope="module")
def make_key_set() -> KeySet:
    members = [entry["member"] for entry in FIGURES["keys"]]
    return Evaluator(SEEDS).key_set(FIGURES["network"], PseudonymClass(FIGURES["class"]), FIGURES["epoch"], members)


def _statement(key_set: KeySet, part: dict[str, Any]) -> matrix.Statement:
    mask = part["mask"]
    elements = _all(part["elements"])
    return matrix.Statement(key_set.digest, key_set.epoch, mask, BLINDED, key_set.publics(mask), elements)


def test_derived_shares(key_set: KeySet) -> None:
    for entry in FIGURES["keys"]:
        context = key_set.context(entry["member"])
        for name, figures in entry["shares"].items():
            secret = derive_share(SEEDS[NAMES[name]], context, NAMES[name])
            assert context.info(NAMES[name]).hex() == figures["info"]
            assert secret.hex() == figures["secret"]
            assert share_public(secret).hex() == figures["public"]


def test_key_set(key_set: KeySet) -> None:
    assert key_set.encode().hex() == FIGURES["key_set"]
    assert key_set.digest.hex() == FIGURES["key_set_digest"]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"mask {part['mask']}")
def test_proof(key_set: KeySet, part: dict[str, Any]) -> None:
    statement = _statement(key_set, part)
    assert statement.transcript().hex() == part["transcript"]
    assert statement.seed.hex() == part["seed"]
    assert [weight.hex() for weight in statement.key_weights()] == part["key_weights"]
    assert [weight.hex() for weight in statement.input_weights()] == part["input_weights"]
    keys = [_secret(key_set, member, part["mask"]) for member in key_set.members]
    assert matrix.prove(statement, keys, _nonce=bytes.fromhex(part["nonce"])).hex() == part["proof"]
    matrix.verify(statement, bytes.fromhex(part["proof"]))


def _secret(key_set: KeySet, member: str, mask: int) -> bytes:
    context = key_set.context(member)
    numbers = [int.from_bytes(derive_share(SEEDS[s], context, s), "little") for s in SHARES if s & mask]
    return (sum(numbers) % group.ORDER).to_bytes(32, "little")


@pytest.mark.parametrize("masks", [(7,), (3, 4), (4, 3)])
def test_pseudonyms(key_set: KeySet, masks: tuple[int, ...]) -> None:
    by_mask = {part["mask"]: Part(part["mask"], _all(part["elements"]), bytes.fromhex(part["proof"])) for part in PARTS}
    rows = combine(key_set, BLINDED, [by_mask[mask] for mask in masks])
    for entry, element, row in zip(FIGURES["inputs"], BLINDED, rows, strict=True):
        data = entry["text"].encode("ascii")
        blinded = blind(data, _scalar=bytes.fromhex(entry["blind"]))
        assert blinded.element == element
        assert [finalize(data, blinded, evaluated).hex() for evaluated in row] == entry["pseudonyms"]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"mask {part['mask']}")
def test_the_written_protocol_accepts_the_proof(part: dict[str, Any]) -> None:
    """Follow the document step by step, with nothing of Maglia's code and nothing of libsodium."""
    suffix = b"MagliaMatrixV1-\x01-ristretto255-SHA512"
    label, elements = b"maglia/1 matrix proof", _all(part["elements"])
    transcript = (
        b"\x00\x15" + label + b"\x01" + bytes.fromhex(FIGURES["key_set_digest"])
        + FIGURES["epoch"].to_bytes(4, "big") + bytes([part["mask"]])
        + len(BLINDED).to_bytes(4, "big") + len(part["publics"]).to_bytes(4, "big")
        + b"".join(BLINDED) + b"".join(_all(part["publics"])) + b"".join(elements)
    )  # fmt: skip
    seed = hashlib.sha512(transcript).digest()
    tag = b"HashToScalar-" + suffix
    d = [reference.hash_to_scalar(seed + b"key" + i.to_bytes(4, "big"), tag) for i in range(len(part["publics"]))]
    e = [reference.hash_to_scalar(seed + b"input" + j.to_bytes(4, "big"), tag) for j in range(len(BLINDED))]
    public = reference.weighted_sum(d, [reference.decode(key) for key in _all(part["publics"])])
    base = reference.weighted_sum(e, [reference.decode(element) for element in BLINDED])
    weights = [row * column for row in e for column in d]
    image = reference.weighted_sum(weights, [reference.decode(element) for element in elements])
    proof = bytes.fromhex(part["proof"])
    c, s = int.from_bytes(proof[:32], "little"), int.from_bytes(proof[32:], "little")
    commitments = [
        reference.add(reference.multiply(s, reference.GENERATOR), reference.multiply(c, public)),
        reference.add(reference.multiply(s, base), reference.multiply(c, image)),
    ]
    encoded = [reference.encode(point) for point in (public, base, image, *commitments)]
    hashed = b"\x00\x40" + seed + b"".join(b"\x00\x20" + element for element in encoded) + b"Challenge"
    assert reference.hash_to_scalar(hashed, tag) == c


def test_the_document_shows_the_figures_of_the_file() -> None:
    text = DOCUMENT.read_text("utf-8")
    long = PARTS[0]["seed"] + PARTS[0]["nonce"] + PARTS[0]["proof"]
    shown = [FIGURES["key_set_digest"], *(long[start : start + 64] for start in range(0, len(long), 64))]
    shown += [pseudonym for entry in FIGURES["inputs"] for pseudonym in entry["pseudonyms"]]
    assert [figure for figure in shown if figure not in text] == []
