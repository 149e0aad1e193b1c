"""RFC 9497 over ristretto255-SHA512, modes OPRF and VOPRF: hashing, key derivation, finalization and proofs.

Maglia's pseudonyms use mode VOPRF; the mode is a parameter so that every published vector can be checked. The proof of
equal logarithms (`prove_equal`, `check_equal`) also closes Maglia's own proof for a matrix, in `maglia.core.matrix`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from enum import IntEnum
from itertools import chain
from typing import NamedTuple

from maglia.core import batch, group
from maglia.core.errors import Code, MagliaError
from maglia.core.group import Element, Scalar
from maglia.core.lanes import ALONE, Lanes

PROOF_BYTES = 64
OUTPUT_BYTES = 64
SEED_BYTES = 32
_MAX_INPUT = 2**16 - 1


class Mode(IntEnum):
    """The mode byte of a context string (RFC 9497 section 3.1)."""

    OPRF = 0
    VOPRF = 1


def context_string(mode: Mode) -> bytes:
    """Return `OPRFV1-`, the mode byte, `-ristretto255-SHA512` (RFC 9497 section 3.1)."""
    return b"OPRFV1-" + bytes([mode]) + b"-ristretto255-SHA512"


def prefixed(value: bytes) -> bytes:
    """Return `value` after its length in two bytes, big-endian.

    Raises MagliaError: PSEUDONYM_ELEMENT if `value` is longer than 65,535 bytes.
    """
    _check_length(value)
    return len(value).to_bytes(2, "big") + value


def _check_length(value: bytes) -> None:
    if len(value) > _MAX_INPUT:
        raise MagliaError(Code.PSEUDONYM_ELEMENT, cause="input longer than 65,535 bytes")


_GROUP_TAGS = {mode: b"HashToGroup-" + context_string(mode) for mode in Mode}


def hash_to_group(data: bytes, mode: Mode = Mode.VOPRF) -> Element:
    """Return the element of an input.

    Raises MagliaError: PSEUDONYM_ELEMENT if `data` is too long, or its element the identity (never met in practice).
    """
    _check_length(data)
    element = group.hash_to_group(data, _GROUP_TAGS[mode])
    # Canonical it is: libsodium has just encoded it.
    if element == group.IDENTITY:
        raise MagliaError(Code.PSEUDONYM_ELEMENT, cause="an input's element is the identity")
    return element


def hash_to_scalar(data: bytes, context: bytes) -> Scalar:
    """Return the scalar of `data` under a context string."""
    return group.hash_to_scalar(data, b"HashToScalar-" + context)


def derive_key(seed: bytes, info: bytes, mode: Mode = Mode.VOPRF) -> Scalar:
    """Return the secret scalar of a 32-byte seed and a public `info` (RFC 9497 section 3.2.1, DeriveKeyPair).

    Raises MagliaError: PSEUDONYM_KEY_SET if the seed is not 32 bytes.
    """
    if len(seed) != SEED_BYTES:
        raise MagliaError(Code.PSEUDONYM_KEY_SET, cause="a seed is 32 bytes")
    derive_input = seed + prefixed(info)
    for counter in range(256):
        scalar = group.hash_to_scalar(derive_input + bytes([counter]), b"DeriveKeyPair" + context_string(mode))
        if scalar != bytes(group.SIZE):
            return scalar
    raise MagliaError(Code.PSEUDONYM_KEY_SET, cause="no key can be derived")


def finalize(data: bytes, inverse: Scalar, evaluated: Element) -> bytes:
    """Return the 64-byte output for input `data` (RFC 9497 section 3.3.1), `inverse` being the blind's inverse.

    Raises MagliaError: PSEUDONYM_ELEMENT if `evaluated` is the identity or non-canonical.
    """
    return finalize_all([data], [inverse], [evaluated])[0]


def finalize_all(
    inputs: Sequence[bytes], inverses: Sequence[Scalar], evaluated: Sequence[Element], lanes: Lanes = ALONE
) -> list[bytes]:
    """Return `finalize` of every one of `evaluated`, which holds a row of equal length for each of one or more inputs.

    Raises MagliaError: PSEUDONYM_ELEMENT if one is the identity or non-canonical.
    """
    width, rest = divmod(len(evaluated), len(inputs))
    if rest or len(inverses) != len(inputs):
        raise ValueError("not one blind and one row of equal length for each input")
    heads = batch.repeated([prefixed(data) + group.SIZE.to_bytes(2, "big") for data in inputs], width)
    scalars = batch.repeated(inverses, width)

    def outputs(chunk: slice) -> list[bytes]:
        unblinded = batch.multiply_some(scalars[chunk], evaluated[chunk])
        pairs = zip(heads[chunk], unblinded, strict=True)
        return [hashlib.sha512(head + element + b"Finalize").digest() for head, element in pairs]

    return list(chain.from_iterable(lanes.spread(outputs, len(scalars))))


class Equality(NamedTuple):
    """The claim that one secret takes the generator to `public`, and `base` to `image`.

    `context` separates the protocols that make such claims; `bound` is hashed ahead of the RFC's challenge.
    """

    context: bytes
    public: Element
    base: Element
    image: Element
    bound: bytes = b""

    def challenge(self, *commitments: Element) -> Scalar:
        """Return c (RFC 9497 section 2.2.1)."""
        elements = (self.public, self.base, self.image, *commitments)
        transcript = self.bound + b"".join(prefixed(element) for element in elements) + b"Challenge"
        return hash_to_scalar(transcript, self.context)


def prove_equal(claim: Equality, key: Scalar, nonce: Scalar) -> bytes:
    """Return the 64 bytes c, s that prove `claim` (RFC 9497 section 2.2.1).

    `nonce` is a fresh secret scalar: used twice, it gives the key away.
    """
    challenge = claim.challenge(group.base_multiply(nonce), group.multiply(nonce, claim.base))
    response = group.scalar_add(nonce, group.scalar_negate(group.scalar_multiply(challenge, key)))
    return challenge + response


def check_equal(claim: Equality, proof: bytes) -> None:
    """Check the 64 bytes that prove `claim` (RFC 9497 section 2.2.2).

    Raises MagliaError: PSEUDONYM_PROOF.
    """
    challenge, response = proof[: group.SIZE], proof[group.SIZE :]
    if not (group.is_scalar(challenge) and group.is_scalar(response)):
        raise MagliaError(Code.PSEUDONYM_PROOF, cause="malformed proof")
    if group.IDENTITY in (claim.public, claim.base, claim.image):
        raise MagliaError(Code.PSEUDONYM_PROOF, cause="the claim holds the identity")
    expected = claim.challenge(
        group.add(group.base_multiply(response), group.multiply(challenge, claim.public)),
        batch.weighted_sum((response, challenge), (claim.base, claim.image)),
    )
    if challenge != expected:
        raise MagliaError(Code.PSEUDONYM_PROOF, cause="the proof does not hold")


def prove_batch(
    key: Scalar, public: Element, blinded: Sequence[Element], evaluated: Sequence[Element], nonce: Scalar
) -> bytes:
    """Return the RFC's own proof for one key and a batch of inputs (RFC 9497 section 2.2.1, GenerateProof)."""
    context = context_string(Mode.VOPRF)
    base = batch.weighted_sum(_composite_weights(context, public, blinded, evaluated), blinded)
    return prove_equal(Equality(context, public, base, group.multiply(key, base)), key, nonce)


def check_batch(public: Element, blinded: Sequence[Element], evaluated: Sequence[Element], proof: bytes) -> None:
    """Check the RFC's own proof for one key and a batch of inputs (RFC 9497 section 2.2.2, VerifyProof).

    Raises MagliaError: PSEUDONYM_PROOF, or PSEUDONYM_ELEMENT for an element that is not allowed.
    """
    context = context_string(Mode.VOPRF)
    weights = _composite_weights(context, public, blinded, evaluated)
    base, image = batch.weighted_sum(weights, blinded), batch.weighted_sum(weights, evaluated)
    check_equal(Equality(context, public, base, image), proof)


def _composite_weights(
    context: bytes, public: Element, blinded: Sequence[Element], evaluated: Sequence[Element]
) -> list[Scalar]:
    seed = hashlib.sha512(prefixed(public) + prefixed(b"Seed-" + context)).digest()
    return [
        hash_to_scalar(
            prefixed(seed) + index.to_bytes(2, "big") + prefixed(source) + prefixed(image) + b"Composite", context
        )
        for index, (source, image) in enumerate(zip(blinded, evaluated, strict=True))
    ]
