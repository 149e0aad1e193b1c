"""Whole batches: the same bytes as plain integers give, and as any other number of threads gives."""

from __future__ import annotations

import dataclasses
import hashlib
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maglia.core import batch, group, matrix, oprf, sodium
from maglia.core.errors import Code, MagliaError
from maglia.core.lanes import ALONE, Lanes
from maglia.core.pseudonym import (
    ALL_SHARES,
    SHARES,
    Blinded,
    Evaluator,
    blind,
    blind_all,
    combine,
    finalize,
    finalize_all,
)
from maglia.core.vocabulary import PseudonymClass
from tests.contract import ristretto_reference as reference

NUMBERS = st.integers(1, group.ORDER - 1)
POINTS = st.binary(min_size=64, max_size=64).map(group.from_uniform).filter(lambda element: element != group.IDENTITY)
PAIRS = st.lists(st.tuples(NUMBERS, POINTS), min_size=1, max_size=3)
COUNTS = [1, 2, 3, 7]


DOUBLE = group.base_multiply(b"\x02" + bytes(31))
BAD_ELEMENTS = {
    "identity": group.IDENTITY,
    "identity written another way": bytes(31) + b"\x80",
    "non-canonical": b"\xff" * 32,
    "bit 255 set": DOUBLE[:31] + bytes([DOUBLE[31] | 0x80]),
    "short": b"\x01" * 31,
}


def _scalar(number: int) -> bytes:
    return number.to_bytes(32, "little")


@settings(max_examples=15, deadline=None)
@given(pairs=PAIRS)
def test_products_and_weighted_sums_are_those_of_plain_integers(pairs: list[tuple[int, bytes]]) -> None:
    numbers, elements = [number for number, _ in pairs], [element for _, element in pairs]
    points = [reference.decode(element) for element in elements]
    scalars = [_scalar(number) for number in numbers]
    expected = [reference.encode(reference.multiply(n, p)) for n, p in zip(numbers, points, strict=True)]
    assert batch.multiply_all(scalars, elements) == expected
    assert batch.weighted_sum(scalars, elements) == reference.encode(reference.weighted_sum(numbers, points))


@settings(max_examples=15, deadline=None)
@given(inputs=st.lists(st.binary(max_size=60), min_size=1, max_size=2), number=NUMBERS, blinds=st.data())
def test_finalization_is_that_of_plain_integers(inputs: list[bytes], number: int, blinds: st.DataObject) -> None:
    blinded = [blind(data, _scalar=_scalar(blinds.draw(NUMBERS))) for data in inputs]
    rows = [[element] for element in matrix.evaluate(batch.Keys([_scalar(number)]), [each.element for each in blinded])]
    for data, [pseudonym] in zip(inputs, finalize_all(inputs, blinded, rows), strict=True):
        point = reference.hash_to_group(data, b"HashToGroup-OPRFV1-\x01-ristretto255-SHA512")
        element = reference.encode(reference.multiply(number, point))
        hashed = len(data).to_bytes(2, "big") + data + b"\x00\x20" + element + b"Finalize"
        assert pseudonym == hashlib.sha512(hashed).digest()[:16]


@given(numbers=st.lists(NUMBERS, min_size=1, max_size=6))
def test_inverses_taken_together_are_those_taken_one_by_one(numbers: list[int]) -> None:
    assert batch.invert_all([_scalar(number) for number in numbers]) == [
        _scalar(pow(number, -1, group.ORDER)) for number in numbers
    ]


WEIGHTS = st.one_of(st.sampled_from([0, 1, 2**30, 2**128 - 1]), st.integers(0, 2**128 - 1))
KEYS = st.one_of(st.sampled_from([1, 2**30, 2**240, group.ORDER - 1]), NUMBERS)


@given(pairs=st.lists(st.tuples(WEIGHTS, KEYS), min_size=1, max_size=200))
def test_the_weighted_key_is_that_of_plain_integers(pairs: list[tuple[int, int]]) -> None:
    weights, keys = [weight for weight, _ in pairs], batch.Keys(_scalar(key) for _, key in pairs)
    expected = sum(weight * key for weight, key in pairs) % group.ORDER
    assert keys.weighted(weights) == _scalar(expected)


def test_every_key_and_every_weighted_key_is_an_integer_of_one_length(monkeypatch: pytest.MonkeyPatch) -> None:
    reduced: list[bytes] = []
    monkeypatch.setattr(sodium, "scalar_reduce", lambda _result, wide: reduced.append(wide))
    for number in (0, 1, group.ORDER - 1):
        keys = batch.Keys([_scalar(number)] * 300)
        assert {key.bit_length() for key in keys._marked} == {262}
        for weight in (0, 1, 2**128 - 1):
            keys.weighted([weight] * 300)
    assert {int.from_bytes(wide, "little").bit_length() for wide in reduced} == {512}


def test_as_many_weights_as_keys() -> None:
    for count in (0, 2, 4):
        with pytest.raises(ValueError, match="different length"):
            batch.Keys([_scalar(3)] * 3).weighted([1] * count)


@given(number=st.integers(0, group.ORDER - 1), at=st.integers(0, 2))
def test_zero_anywhere_has_no_inverse(number: int, at: int) -> None:
    scalars = [_scalar(number or 1)] * 3
    scalars[at] = bytes(32)
    with pytest.raises(MagliaError) as caught:
        batch.invert_all(scalars)
    assert caught.value.code is Code.PSEUDONYM_ELEMENT


EVALUATOR = Evaluator({share: bytes([share]) * 32 for share in SHARES})
KEY_SET = EVALUATOR.key_set("esempio", PseudonymClass.PERSON, 1, [f"ente-{number}" for number in range(9)])
INPUTS = [b"cf:%d" % number for number in range(17)]
BLINDED = [blind(data, _scalar=group.hash_to_scalar(data, b"test")) for data in INPUTS]
ELEMENTS = [each.element for each in BLINDED]
PART = EVALUATOR.evaluate(KEY_SET, ALL_SHARES, ELEMENTS)
STATEMENT = matrix.Statement(
    KEY_SET.digest, KEY_SET.epoch, ALL_SHARES, ELEMENTS, KEY_SET.publics(ALL_SHARES), PART.elements
)


@pytest.mark.parametrize("count", COUNTS)
def test_any_number_of_threads_gives_the_same_bytes(count: int) -> None:
    lanes, nonce = Lanes(count), group.hash_to_scalar(b"nonce", b"test")
    keys = batch.Keys(group.hash_to_scalar(name.encode(), b"test") for name in KEY_SET.members)
    assert EVALUATOR.evaluate(KEY_SET, ALL_SHARES, ELEMENTS, lanes).elements == PART.elements
    assert matrix.prove(STATEMENT, keys, lanes, _nonce=nonce) == matrix.prove(STATEMENT, keys, _nonce=nonce)
    matrix.verify(STATEMENT, PART.proof, lanes)
    rows = combine(KEY_SET, ELEMENTS, [PART], lanes)
    plainly = [
        [finalize(data, each, element) for element in row]
        for data, each, row in zip(INPUTS, BLINDED, rows, strict=True)
    ]
    assert finalize_all(INPUTS, BLINDED, rows, lanes) == plainly
    again = blind_all(INPUTS, lanes)
    evaluated = EVALUATOR.evaluate(KEY_SET, ALL_SHARES, [each.element for each in again], lanes)
    rows = combine(KEY_SET, [each.element for each in again], [evaluated], lanes)
    assert finalize_all(INPUTS, again, rows, lanes) == plainly


@pytest.mark.parametrize(
    "bad", [group.IDENTITY, b"\xff" * 32, b"\x01" * 31], ids=["identity", "non-canonical", "short"]
)
@pytest.mark.parametrize("count", COUNTS)
def test_no_chunk_lets_a_bad_element_pass(count: int, bad: bytes) -> None:
    lanes, scalars = Lanes(count), [_scalar(3)] * 100
    for at in (0, 15, 16, 49, 50, 98, 99):
        elements = [*ELEMENTS[:1] * 100]
        elements[at] = bad
        for refuse in (
            lambda elements=elements: batch.check_all(elements, lanes),
            lambda elements=elements: batch.multiply_all(scalars, elements, lanes),
            lambda elements=elements: batch.weighted_sum(scalars, elements, lanes),
            lambda elements=elements: oprf.finalize_all([b""] * 100, scalars, elements, lanes),
        ):
            with pytest.raises(MagliaError) as caught:
                refuse()
            assert caught.value.code is Code.PSEUDONYM_ELEMENT


@pytest.mark.parametrize("count", COUNTS)
def test_one_wrong_element_in_any_chunk_is_not_proved(count: int) -> None:
    source = random.Random(9497)
    for at in source.sample(range(len(PART.elements)), 6):
        elements = (*PART.elements[:at], ELEMENTS[0], *PART.elements[at + 1 :])
        with pytest.raises(MagliaError) as caught:
            matrix.verify(dataclasses.replace(STATEMENT, evaluated=elements), PART.proof, Lanes(count))
        assert caught.value.code is Code.PSEUDONYM_PROOF


def test_sequences_that_do_not_belong_together() -> None:
    for call in (batch.multiply_all, batch.weighted_sum):
        with pytest.raises(ValueError, match="different length"):
            call([_scalar(3)], ELEMENTS[:2])


ROWS = [list(PART.elements[at : at + 9]) for at in range(0, len(PART.elements), 9)]
UNLIKE: dict[str, tuple[Sequence[bytes], Sequence[Blinded], Sequence[Sequence[bytes]]]] = {
    "an input too few": (INPUTS[1:], BLINDED, ROWS),
    "a blind too few": (INPUTS, BLINDED[1:], ROWS),
    "a row too few": (INPUTS, BLINDED, ROWS[1:]),
    "a row too many": (INPUTS, BLINDED, [*ROWS, ROWS[0]]),
    "twice the rows": (INPUTS, BLINDED, ROWS * 2),
    "an element too few": (INPUTS, BLINDED, [*ROWS[:-1], ROWS[-1][:-1]]),
    "an element moved": (INPUTS, BLINDED, [ROWS[0][:-1], [*ROWS[1], ROWS[0][-1]], *ROWS[2:]]),
}


@pytest.mark.parametrize(("inputs", "blinded", "rows"), UNLIKE.values(), ids=UNLIKE)
def test_nothing_is_finalized_under_another_input_or_left_out(
    inputs: Sequence[bytes], blinded: Sequence[Blinded], rows: Sequence[Sequence[bytes]]
) -> None:
    with pytest.raises(ValueError, match="for each input"):
        finalize_all(inputs, blinded, rows)


@pytest.mark.parametrize("count", [1, 16])
def test_no_remainder_of_a_row_is_left_out(count: int) -> None:
    with pytest.raises(ValueError, match="for each input"):
        oprf.finalize_all(INPUTS, [each.inverse for each in BLINDED], PART.elements[: 17 * 8 + count])


@given(count=st.integers(0, 5_000), lanes=st.integers(1, 9))
def test_every_item_is_in_one_chunk(count: int, lanes: int) -> None:
    spread = Lanes(lanes).spread(lambda chunk: list(range(count))[chunk], count)
    assert [item for chunk in spread for item in chunk] == list(range(count))
    assert len(ALONE.spread(lambda chunk: chunk, count)) == 1
