"""The published vectors of RFC 9497 appendix A.1, ristretto255-SHA512, modes OPRF and VOPRF."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from maglia.core import group, oprf
from maglia.core.oprf import Mode
from maglia.core.pseudonym import blind, finalize

FILE = Path(__file__).parent / "vectors" / "rfc9497_ristretto255_sha512.json"


def _bytes(value: Any) -> list[bytes]:
    return [bytes.fromhex(item) for item in value]


@dataclass(frozen=True)
class Case:
    """One published case, with the key of its mode."""

    mode: Mode
    key: dict[str, Any]
    figures: dict[str, Any]

    @property
    def secret(self) -> bytes:
        return bytes.fromhex(self.key["private_key"])

    def all(self, name: str) -> list[bytes]:
        return _bytes(self.figures[name])


CASES = [
    Case(Mode(key["mode"]), key, figures)
    for key in json.loads(FILE.read_text("utf-8"))["modes"]
    for figures in key["cases"]
]
VERIFIABLE = [case for case in CASES if case.mode is Mode.VOPRF]


def test_the_file_holds_every_published_case() -> None:
    assert [(case.mode, case.figures["batch"]) for case in CASES] == [(0, 1), (0, 1), (1, 1), (1, 1), (1, 2)]


@pytest.mark.parametrize("case", CASES)
def test_key_derivation(case: Case) -> None:
    seed, info = bytes.fromhex(case.key["seed"]), bytes.fromhex(case.key["key_info"])
    assert oprf.derive_key(seed, info, case.mode) == case.secret
    if case.key["public_key"] is not None:
        assert group.base_multiply(case.secret).hex() == case.key["public_key"]


@pytest.mark.parametrize("case", CASES)
def test_blinding_and_evaluation(case: Case) -> None:
    elements = [
        group.multiply(scalar, oprf.hash_to_group(data, case.mode))
        for data, scalar in zip(case.all("input"), case.all("blind"), strict=True)
    ]
    assert elements == case.all("blinded_element")
    assert [group.multiply(case.secret, element) for element in elements] == case.all("evaluation_element")


@pytest.mark.parametrize("case", CASES)
def test_finalization(case: Case) -> None:
    outputs = [
        oprf.finalize(data, group.scalar_invert(scalar), evaluated)
        for data, scalar, evaluated in zip(
            case.all("input"), case.all("blind"), case.all("evaluation_element"), strict=True
        )
    ]
    assert outputs == case.all("output")


@pytest.mark.parametrize("case", VERIFIABLE)
def test_proofs(case: Case) -> None:
    public, proof = bytes.fromhex(case.key["public_key"]), bytes.fromhex(case.figures["proof"])
    nonce = bytes.fromhex(case.figures["proof_random_scalar"])
    blinded, evaluated = case.all("blinded_element"), case.all("evaluation_element")
    assert oprf.prove_batch(case.secret, public, blinded, evaluated, nonce) == proof
    oprf.check_batch(public, blinded, evaluated, proof)


@pytest.mark.parametrize("case", VERIFIABLE)
def test_pseudonyms_are_the_first_16_bytes_of_the_published_output(case: Case) -> None:
    for data, scalar, element, evaluated, output in zip(
        *map(case.all, ("input", "blind", "blinded_element", "evaluation_element", "output")), strict=True
    ):
        blinded = blind(data, _scalar=scalar)
        assert blinded.element == element
        assert finalize(data, blinded, evaluated) == output[:16]
