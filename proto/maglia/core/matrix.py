"""One 64-byte proof that a whole matrix of evaluations is right: inputs B_j, keys pk_i = k_i G, results Z_ij = k_i B_j.

Not in RFC 9497, whose proof covers one key. With weights d_i, e_j of 128 bits hashed from everything both sides see,
one proof of equal logarithms covers log_G(sum d_i pk_i) = log_B'(sum d_i e_j Z_ij), where B' = sum e_j B_j; a single
wrong Z_ij survives the weights with a chance of at most 2^-127. Bytes and vectors: docs/protocol/pseudonyms.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from maglia.core import batch, group, oprf
from maglia.core.batch import Keys
from maglia.core.errors import Code, MagliaError
from maglia.core.group import Element, Scalar
from maglia.core.lanes import ALONE, Lanes
from maglia.core.oprf import Mode

CONTEXT = b"MagliaMatrixV1-" + bytes([Mode.VOPRF]) + b"-ristretto255-SHA512"
_HEAD = oprf.prefixed(b"maglia/1 matrix proof") + bytes([Mode.VOPRF])
_WEIGHTS = oprf.prefixed(b"maglia/1 matrix weights")
_WEIGHT_BYTES = 16


@dataclass(frozen=True)
class Statement:
    """What is proved: `evaluated` holds one row for each of `blinded`, one column for each of `publics`."""

    key_set: bytes
    epoch: int
    mask: int
    blinded: Sequence[Element]
    publics: Sequence[Element]
    evaluated: Sequence[Element]

    def __post_init__(self) -> None:
        if not self.evaluated or len(self.evaluated) != len(self.blinded) * len(self.publics):
            raise MagliaError(Code.PSEUDONYM_BATCH, cause="not inputs x keys")

    def transcript(self) -> bytes:
        """Return every value both sides see, each at a length the reader knows."""
        head = _HEAD + self.key_set + self.epoch.to_bytes(4, "big")
        counts = len(self.blinded).to_bytes(4, "big") + len(self.publics).to_bytes(4, "big")
        return b"".join((head, bytes([self.mask]), counts, *self.blinded, *self.publics, *self.evaluated))

    @cached_property
    def seed(self) -> bytes:
        """The SHA-512 of the transcript, from which weights and challenge are hashed."""
        return hashlib.sha512(self.transcript()).digest()

    @cached_property
    def weights(self) -> tuple[list[int], list[int]]:
        """The public weights d_i, one for each key, and e_j, one for each input: 128 bits each."""
        keys, count = len(self.publics), len(self.publics) + len(self.blinded)
        stream = hashlib.shake_256(_WEIGHTS + self.seed).digest(count * _WEIGHT_BYTES)
        weights = batch.little_endian(stream, count)
        return weights[:keys], weights[keys:]


def evaluate(keys: Keys, blinded: Sequence[Element], lanes: Lanes = ALONE) -> tuple[Element, ...]:
    """Return every blinded element under every key: a row for each element, a column for each key.

    Raises MagliaError: PSEUDONYM_ELEMENT if an element is the identity or non-canonical.
    """
    scalars, elements = keys.scalars * len(blinded), batch.repeated(blinded, len(keys.scalars))
    return tuple(batch.multiply_all(scalars, elements, lanes))


def prove(statement: Statement, keys: Keys, lanes: Lanes = ALONE, *, _nonce: Scalar | None = None) -> bytes:
    """Return the proof, 64 bytes, by the holder of the secret `keys` of `statement.publics`.

    Knowing the keys, the prover needs one multiplication for each input and four more. `_nonce` is for test vectors.
    """
    by_key, by_input = statement.weights
    key = keys.weighted(by_key)
    base = batch.weighted_sum(batch.public_scalars(by_input), statement.blinded, lanes)
    claim = _claim(statement, group.base_multiply(key), base, group.multiply(key, base))
    return oprf.prove_equal(claim, key, _nonce or group.scalar_random())


def verify(statement: Statement, proof: bytes, lanes: Lanes = ALONE) -> None:
    """Check that every element of `statement.evaluated` is the right one.

    Raises MagliaError: PSEUDONYM_PROOF; PSEUDONYM_ELEMENT if an element is the identity or non-canonical.
    """
    by_key, by_input = statement.weights
    products = [of_input * of_key % group.ORDER for of_input in by_input for of_key in by_key]
    public = batch.weighted_sum(batch.public_scalars(by_key), statement.publics, lanes)
    base = batch.weighted_sum(batch.public_scalars(by_input), statement.blinded, lanes)
    image = batch.weighted_sum(batch.public_scalars(products), statement.evaluated, lanes)
    oprf.check_equal(_claim(statement, public, base, image), proof)


def _claim(statement: Statement, public: Element, base: Element, image: Element) -> oprf.Equality:
    return oprf.Equality(CONTEXT, public, base, image, bound=oprf.prefixed(statement.seed))
