"""Pseudonyms: an asker blinds an input, evaluators raise it to every node's key, the asker checks and finalizes.

The evaluators see blinded values only; the asker learns no key; what is stored and sent is the first 16 bytes of the
RFC's hashed output, never a bare element (two databases of elements could be joined by submitting each to the other's
key). One holder of all three seeds can identify any stolen database: docs/protocol/pseudonyms.md says what this does
not hide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from maglia.core import batch, group, matrix, oprf
from maglia.core.batch import Keys
from maglia.core.errors import Code, MagliaError
from maglia.core.group import Element, Scalar
from maglia.core.keyset import (
    ALL_SHARES,
    SHARES,
    KeyContext,
    KeySet,
    NodeKey,
    Share,
    build_key_set,
    check_mask,
    derive_share,
    share_public,
    shares_of,
)
from maglia.core.lanes import ALONE, Lanes
from maglia.core.secret import Secret
from maglia.core.vocabulary import PSEUDONYM_BYTES, PseudonymClass

__all__ = [
    "ALL_SHARES",
    "SHARES",
    "Blinded",
    "Evaluator",
    "KeyContext",
    "KeySet",
    "NodeKey",
    "Part",
    "Share",
    "blind",
    "blind_all",
    "combine",
    "derive_share",
    "finalize",
    "finalize_all",
    "share_public",
]

_CACHED_SETS = 16


@dataclass(frozen=True)
class Blinded(Secret):
    """A blinded input: `element` goes to the evaluators, the secret `scalar` stays here."""

    scalar: Scalar = field(repr=False)
    element: Element

    @cached_property
    def inverse(self) -> Scalar:
        """The inverse of the secret scalar, computed once for all the keys of a set."""
        return group.scalar_invert(self.scalar)


def blind(data: bytes, *, _scalar: Scalar | None = None) -> Blinded:
    """Return `data`, a typed and normalised input such as `cf:...`, under a fresh random blind.

    `_scalar` is for test vectors: a blind used twice tells the evaluators that the same person was asked about.

    Raises MagliaError: PSEUDONYM_ELEMENT if `data` is longer than 65,535 bytes.
    """
    scalar = _scalar or group.scalar_random()
    return Blinded(scalar, group.multiply(scalar, oprf.hash_to_group(data)))


def blind_all(inputs: Sequence[bytes], lanes: Lanes = ALONE) -> list[Blinded]:
    """Return every input under a blind of its own; see `blind`."""
    chunks = lanes.spread(lambda chunk: [blind(data) for data in inputs[chunk]], len(inputs))
    return list(chain.from_iterable(chunks))


def finalize(data: bytes, blinded: Blinded, evaluated: Element) -> bytes:
    """Return the 16-byte pseudonym of `data` at the node whose key made `evaluated`.

    Raises MagliaError: PSEUDONYM_ELEMENT if `evaluated` is the identity or non-canonical.
    """
    return oprf.finalize(data, blinded.inverse, evaluated)[:PSEUDONYM_BYTES]


def finalize_all(
    inputs: Sequence[bytes], blinded: Sequence[Blinded], rows: Sequence[Sequence[Element]], lanes: Lanes = ALONE
) -> list[list[bytes]]:
    """Return `finalize` of every element, one row for each input, with one inversion for all blinds.

    Raises MagliaError: PSEUDONYM_ELEMENT if an element is the identity or non-canonical.
    """
    width = len(rows[0])
    if len(rows) != len(inputs) or any(len(row) != width for row in rows):
        raise ValueError("not one row of equal length for each input")
    inverses = batch.invert_all([each.scalar for each in blinded])
    outputs = oprf.finalize_all(inputs, inverses, list(chain.from_iterable(rows)), lanes)
    return _rows([output[:PSEUDONYM_BYTES] for output in outputs], width)


@dataclass(frozen=True)
class Part:
    """The answer of one evaluator for the shares in `mask`: a row of `elements` for each input, a column for each key.

    `proof` is 64 bytes and covers all of it.
    """

    mask: int
    elements: tuple[Element, ...]
    proof: bytes


class Evaluator(Secret):
    """Holds the seeds of one, two or all three shares, and evaluates blinded elements with the keys derived from them.

    Which key sets are served, and how many elements a member may ask for, is the caller's decision.
    """

    def __init__(self, seeds: Mapping[Share, bytes]) -> None:
        if not seeds or any(share not in SHARES or len(seed) != oprf.SEED_BYTES for share, seed in seeds.items()):
            raise MagliaError(Code.PSEUDONYM_KEY_SET, cause="seeds are 32 bytes, one for each share")
        self._seeds = dict(seeds)
        self._keys: dict[tuple[bytes, int], Keys] = {}

    def __repr__(self) -> str:
        return f"Evaluator(shares={self.mask})"

    @property
    def mask(self) -> int:
        """The shares held."""
        return sum(self._seeds)

    def publics(self, context: KeyContext) -> dict[Share, Element]:
        """Return the public key of each share held, for publication."""
        return {share: share_public(derive_share(seed, context, share)) for share, seed in self._seeds.items()}

    def key_set(self, network: str, cls: PseudonymClass, epoch: int, members: Iterable[str]) -> KeySet:
        """Return the key set of `members`; only the holder of all three seeds can.

        Raises MagliaError: PSEUDONYM_KEY_SET if a seed is missing, there are no members, or a name is not allowed.
        """
        return build_key_set(network, cls, epoch, members, self.publics)

    def evaluate(self, key_set: KeySet, mask: int, elements: Sequence[Element], lanes: Lanes = ALONE) -> Part:
        """Return every blinded element under every key of `key_set`, for the shares in `mask`, with one proof.

        Raises MagliaError: PSEUDONYM_MASK for shares not held, PSEUDONYM_BATCH for no elements, PSEUDONYM_ELEMENT for
        one that is the identity or non-canonical, PSEUDONYM_KEY_SET if the set's keys are not derived from our seeds.
        """
        keys = self._keys_for(key_set, mask)
        evaluated = matrix.evaluate(keys, elements, lanes)
        statement = _statement(key_set, mask, elements, evaluated)
        return Part(mask, evaluated, matrix.prove(statement, keys, lanes))

    def _keys_for(self, key_set: KeySet, mask: int) -> Keys:
        """Return the secret key of each member for `mask`, derived once and checked against the published ones."""
        if check_mask(mask) & ~self.mask:
            raise MagliaError(Code.PSEUDONYM_MASK, cause="share not held")
        keys = self._keys.get((key_set.digest, mask))
        if keys is None:
            keys = Keys(self._key(key_set.context(member), mask) for member in key_set.members)
            if tuple(map(group.base_multiply, keys.scalars)) != key_set.publics(mask):
                raise MagliaError(Code.PSEUDONYM_KEY_SET, cause="the set's keys are not derived from our seeds")
            if len(self._keys) >= _CACHED_SETS:
                self._keys.clear()
            self._keys[key_set.digest, mask] = keys
        return keys

    def _key(self, context: KeyContext, mask: int) -> Scalar:
        total = bytes(group.SIZE)
        for share in shares_of(mask):
            total = group.scalar_add(total, derive_share(self._seeds[share], context, share))
        return total


def combine(
    key_set: KeySet, blinded: Sequence[Element], parts: Sequence[Part], lanes: Lanes = ALONE, *, verify: bool = True
) -> list[list[Element]]:
    """Return the evaluated elements, one row for each of `blinded` and one column for each key of `key_set`.

    With `verify` each part's proof is checked; without, only that its elements are allowed (bulk, where a random sample
    is verified).

    Raises MagliaError: PSEUDONYM_MASK unless the masks partition the three shares (a share counted twice would match
    nothing, silently), PSEUDONYM_BATCH, PSEUDONYM_ELEMENT, PSEUDONYM_PROOF; PSEUDONYM_KEY_SET as `KeySet.publics`.
    """
    _check_partition([part.mask for part in parts])
    for part in parts:
        statement = _statement(key_set, part.mask, blinded, part.elements)
        if verify:
            matrix.verify(statement, part.proof, lanes)
        else:
            batch.check_all(part.elements, lanes)
    sums = [_sum(column) for column in zip(*(part.elements for part in parts), strict=True)]
    return _rows(sums, len(key_set.keys))


def _rows(values: Sequence[bytes], width: int) -> list[list[bytes]]:
    return [list(values[start : start + width]) for start in range(0, len(values), width)]


def _check_partition(masks: Sequence[int]) -> None:
    union = 0
    for mask in masks:
        if check_mask(mask) & union:
            raise MagliaError(Code.PSEUDONYM_MASK, cause="a share is counted twice")
        union |= mask
    if union != ALL_SHARES:
        raise MagliaError(Code.PSEUDONYM_MASK, cause="a share is missing")


def _statement(
    key_set: KeySet, mask: int, blinded: Sequence[Element], evaluated: Sequence[Element]
) -> matrix.Statement:
    return matrix.Statement(key_set.digest, key_set.epoch, mask, blinded, key_set.publics(mask), evaluated)


def _sum(elements: Sequence[Element]) -> Element:
    """Return the sum of the parts of one result; the shares of an honest key never cancel each other out."""
    total = group.add_all(elements)
    if total == group.IDENTITY:
        raise MagliaError(Code.PSEUDONYM_ELEMENT, cause="the parts cancel each other out")
    return total
