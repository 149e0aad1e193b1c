"""Random keys and inputs: agreement with an independent implementation, and with arithmetic done another way."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from voprf import ristretto

from maglia.core import group, oprf
from maglia.core.errors import Code, MagliaError
from maglia.core.pseudonym import ALL_SHARES, Evaluator, KeyContext, Share, blind, combine, finalize
from maglia.core.vocabulary import PseudonymClass

NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)
SEEDS = st.fixed_dictionaries({share: st.binary(min_size=32, max_size=32) for share in Share})
FIXED_SEEDS = {Share.S12: b"\x0a" * 32, Share.S13: b"\x0b" * 32, Share.S23: b"\x0c" * 32}
FIXED_SET = Evaluator(FIXED_SEEDS).key_set("esempio", PseudonymClass.PERSON, 1, ["comune-uno"])
FIXED_ELEMENTS = [blind(b"cf:XQZXQW80A01D150O").element]
PARTS = {mask: Evaluator(FIXED_SEEDS).evaluate(FIXED_SET, mask, FIXED_ELEMENTS) for mask in range(1, 8)}
CONTEXTS = st.builds(KeyContext, NAMES, NAMES, st.sampled_from(PseudonymClass), st.integers(0, 2**32 - 1))


def test_1000_derived_keys_and_inputs_agree_with_an_independent_implementation() -> None:
    source = random.Random(9497)
    for _ in range(1_000):
        seed, info, data = source.randbytes(32), source.randbytes(source.randrange(60)), source.randbytes(20)
        theirs = ristretto.Evaluator.from_seed(seed, info)
        key = oprf.derive_key(seed, info)
        element = group.multiply(key, oprf.hash_to_group(data))
        assert group.base_multiply(key) == theirs.public_key.serialize()
        assert oprf.finalize(data, (1).to_bytes(32, "little"), element) == theirs.evaluate_known_input(data)


@settings(max_examples=40, deadline=None)
@given(seed=st.binary(min_size=32, max_size=32), info=st.binary(max_size=80), data=st.binary(min_size=1, max_size=200))
def test_both_directions_of_the_protocol_with_an_independent_implementation(
    seed: bytes, info: bytes, data: bytes
) -> None:
    theirs, key = ristretto.Evaluator.from_seed(seed, info), oprf.derive_key(seed, info)
    blinded = blind(data)
    answer = theirs.evaluate(ristretto.BlindedInput.deserialize(blinded.element)).serialize()
    proof, evaluated = answer[:64], answer[64:]
    oprf.check_batch(theirs.public_key.serialize(), [blinded.element], [evaluated], proof)
    assert finalize(data, blinded, evaluated) == theirs.evaluate_known_input(data)[:16]

    client, request = ristretto.Client.blind(data)
    element = request.serialize()
    ours = group.multiply(key, element)
    proved = oprf.prove_batch(key, group.base_multiply(key), [element], [ours], group.scalar_random())
    output = client.finalize(ristretto.VerifiableOutput.deserialize(proved + ours), theirs.public_key)
    assert output[:16] == finalize(data, blinded, evaluated)

    client, request = ristretto.Client.blind(data)  # whose element our proof is not about
    other = ristretto.VerifiableOutput.deserialize(proved + group.multiply(key, request.serialize()))
    with pytest.raises(ValueError, match="proof"):
        client.finalize(other, theirs.public_key)


@settings(max_examples=20, deadline=None)
@given(
    seed=st.binary(min_size=32, max_size=32),
    inputs=st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=6),
    wrong=st.integers(0, 5),
)
def test_batches_with_one_proof_are_verified_by_either_side(seed: bytes, inputs: list[bytes], wrong: int) -> None:
    theirs, key = ristretto.Evaluator.from_seed(seed, b""), oprf.derive_key(seed, b"")
    public = group.base_multiply(key)
    asked = [ristretto.Client.blind(data) for data in inputs]
    elements = [request.serialize() for _, request in asked]
    answer = theirs.evaluate_batch([request for _, request in asked]).serialize()
    ours = [group.multiply(key, element) for element in elements]
    proof = oprf.prove_batch(key, public, elements, ours, group.scalar_random())
    assert answer[64:] == b"".join(ours)
    oprf.check_batch(public, elements, ours, answer[:64])
    batch = ristretto.VerifiableBatchOutput.deserialize(proof + b"".join(ours))
    outputs = ristretto.Client.finalize_batch([client for client, _ in asked], batch, theirs.public_key)
    assert outputs == [theirs.evaluate_known_input(data) for data in inputs]

    spoilt = list(ours)
    spoilt[wrong % len(ours)] = group.base_multiply(group.scalar_random())
    with pytest.raises(MagliaError):
        oprf.check_batch(public, elements, spoilt, answer[:64])


@settings(max_examples=30, deadline=None)
@given(
    seeds=SEEDS,
    members=st.sets(NAMES, min_size=1, max_size=4),
    inputs=st.lists(st.binary(max_size=40), min_size=1, max_size=3),
    mask=st.integers(1, 6),
)
def test_parts_give_what_the_keys_give(
    seeds: dict[Share, bytes], members: set[str], inputs: list[bytes], mask: int
) -> None:
    whole = Evaluator(seeds)
    key_set = whole.key_set("esempio", PseudonymClass.NEED, 1, members)
    blinded = [blind(data) for data in inputs]
    elements = [each.element for each in blinded]
    split = [whole.evaluate(key_set, part, elements) for part in (mask, ALL_SHARES - mask)]
    rows = combine(key_set, elements, split)
    assert rows == combine(key_set, elements, [whole.evaluate(key_set, ALL_SHARES, elements)])
    for data, each, row in zip(inputs, blinded, rows, strict=True):
        assert [finalize(data, each, element) for element in row] == [
            _directly(seeds, key_set.context(member), data) for member in key_set.members
        ]


HELD = {1: (Share.S12, Share.S13), 2: (Share.S12, Share.S23), 3: (Share.S13, Share.S23)}
"""The two seeds that each of three evaluators holds."""


@settings(max_examples=30, deadline=None)
@given(
    seeds=SEEDS,
    members=st.sets(NAMES, min_size=1, max_size=4),
    inputs=st.lists(st.binary(max_size=40), min_size=1, max_size=3),
    pair=st.sampled_from([(1, 2), (1, 3), (2, 3)]),
    common_by_first=st.booleans(),
    epoch=st.integers(0, 2**32 - 1),
)
def test_any_two_evaluators_of_three_make_the_pseudonyms_of_one(
    seeds: dict[Share, bytes],
    members: set[str],
    inputs: list[bytes],
    pair: tuple[int, int],
    common_by_first: bool,
    epoch: int,
) -> None:
    """Each knows two seeds and, of the set's keys, the public ones alone; the share both hold is answered by either."""
    key_set = Evaluator(seeds).key_set("esempio", PseudonymClass.PERSON, epoch, members)
    first, second = (Evaluator({share: seeds[share] for share in HELD[each]}) for each in pair)
    first_mask = first.mask if common_by_first else ALL_SHARES - second.mask
    blinded = [blind(data) for data in inputs]
    elements = [each.element for each in blinded]
    parts = [first.evaluate(key_set, first_mask, elements)]
    parts += [second.evaluate(key_set, ALL_SHARES - first_mask, elements)]
    for data, each, row in zip(inputs, blinded, combine(key_set, elements, parts[::-1]), strict=True):
        made = [finalize(data, each, element) for element in row]
        assert made == [_directly(seeds, key_set.context(member), data) for member in key_set.members]
    for code, both in ((Code.PSEUDONYM_MASK, parts[:1]), (Code.PSEUDONYM_MASK, [*parts, parts[0]])):
        with pytest.raises(MagliaError) as caught:
            combine(key_set, elements, both)
        assert caught.value.code is code


@given(masks=st.lists(st.integers(1, 7), max_size=4))
def test_masks_partition_the_shares_or_are_refused(masks: list[int]) -> None:
    """An independent reading: each share is named by one mask exactly."""
    partition = all(sum(bool(mask & share) for mask in masks) == 1 for share in Share)
    parts = [PARTS[mask] for mask in masks]
    if partition:
        assert combine(FIXED_SET, FIXED_ELEMENTS, parts)
        return
    with pytest.raises(MagliaError) as caught:
        combine(FIXED_SET, FIXED_ELEMENTS, parts)
    assert caught.value.code is Code.PSEUDONYM_MASK


def _directly(seeds: dict[Share, bytes], context: KeyContext, data: bytes) -> bytes:
    """Return the pseudonym as the holder of all seeds computes it: what the documents admit it can."""
    numbers = [int.from_bytes(oprf.derive_key(seed, context.info(share)), "little") for share, seed in seeds.items()]
    key = (sum(numbers) % group.ORDER).to_bytes(32, "little")
    element = group.multiply(key, oprf.hash_to_group(data))
    return oprf.finalize(data, (1).to_bytes(32, "little"), element)[:16]


@given(left=CONTEXTS, right=CONTEXTS, share=st.sampled_from(Share), other=st.sampled_from(Share))
def test_different_contexts_never_have_the_same_bytes(
    left: KeyContext, right: KeyContext, share: Share, other: Share
) -> None:
    assert (left.info(share) == right.info(other)) == ((left, share) == (right, other))


def test_names_cannot_slide_into_each_other() -> None:
    first = KeyContext("ab", "c", PseudonymClass.PERSON, 0)
    second = KeyContext("a", "bc", PseudonymClass.PERSON, 0)
    assert first.info(Share.S12) != second.info(Share.S12)
