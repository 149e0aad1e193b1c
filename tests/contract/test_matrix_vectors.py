"""Our vectors of docs/protocol/pseudonyms.md, computed by the code; `test_written_protocol` is the second reading."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from maglia.core import group, matrix
from maglia.core.batch import Keys
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
    by_key, by_input = ([weight.to_bytes(16, "little").hex() for weight in axis] for axis in statement.weights)
    assert (by_key, by_input) == (part["key_weights"], part["input_weights"])
    keys = Keys(_secret(key_set, member, part["mask"]) for member in key_set.members)
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


def test_the_document_shows_the_figures_of_the_file() -> None:
    text = DOCUMENT.read_text("utf-8")
    long = PARTS[0]["seed"] + PARTS[0]["nonce"] + PARTS[0]["proof"]
    shown = [FIGURES["key_set_digest"], *(long[start : start + 64] for start in range(0, len(long), 64))]
    shown += [pseudonym for entry in FIGURES["inputs"] for pseudonym in entry["pseudonyms"]]
    assert [figure for figure in shown if figure not in text] == []
