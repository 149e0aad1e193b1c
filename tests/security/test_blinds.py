"""What the registry sees of a person: a random element, another one each time, whoever it is.

The argument is short: the group has prime order, so `b H(x)` with a fresh uniform `b` is a uniform element whatever `x`
is, and two of them are independent. What is left to test is that `b` is fresh and uniform.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import mean, pstdev

import pytest

from maglia.core import group, oprf
from maglia.core.pseudonym import Blinded, blind
from tests.clerk import person

COUNT = 600
SIGMAS = 6.0
"""By chance alone one bit in a billion strays as far."""

Seen = Sequence[Blinded]


@pytest.fixture(scope="module")
def same() -> Seen:
    """One person, asked about many times."""
    return [blind(person(1).pseudonym_input()) for _ in range(COUNT)]


@pytest.fixture(scope="module")
def different() -> Seen:
    """Many persons, asked about once each."""
    return [blind(person(number).pseudonym_input()) for number in range(COUNT)]


def _ones(values: Sequence[bytes], bit: int) -> int:
    return sum(value[bit // 8] >> bit % 8 & 1 for value in values)


def _strays(values: Sequence[bytes], bits: range) -> list[int]:
    """Return the bits that are one far more or less often than every second time."""
    allowed = SIGMAS * len(values) ** 0.5 / 2
    return [bit for bit in bits if abs(_ones(values, bit) - len(values) / 2) > allowed]


def _distances(values: Sequence[bytes]) -> list[int]:
    return [(int.from_bytes(one) ^ int.from_bytes(other)).bit_count() for one, other in pairwise(values)]


def test_no_blind_and_no_element_comes_twice(same: Seen, different: Seen) -> None:
    seen = [*same, *different]
    assert len({one.scalar for one in seen}) == len({one.element for one in seen}) == 2 * COUNT
    assert not {one.element for one in seen} & {
        oprf.hash_to_group(person(number).pseudonym_input()) for number in range(COUNT)
    }


@pytest.mark.parametrize("name", ["same", "different"])
def test_blinds_and_elements_are_evenly_spread(name: str, request: pytest.FixtureRequest) -> None:
    seen: Seen = request.getfixturevalue(name)
    # Of an element the lowest bit is 0 by its encoding, and of both the highest are bounded by the order and the field.
    assert _strays([one.scalar for one in seen], range(252)) == []
    assert _strays([one.element for one in seen], range(1, 254)) == []


def test_two_requests_about_one_person_are_as_far_apart_as_about_two(same: Seen, different: Seen) -> None:
    one, two = (_distances([each.element for each in seen]) for seen in (same, different))
    spread = max(pstdev(one), pstdev(two)) * (2 / COUNT) ** 0.5
    assert abs(mean(one) - mean(two)) < SIGMAS * spread


def test_no_sum_or_difference_of_two_requests_tells_that_they_are_about_one_person(same: Seen) -> None:
    """What a registry can compute of two elements without a discrete logarithm, beside all it knows of the person."""
    known = {oprf.hash_to_group(person(1).pseudonym_input()), group.IDENTITY}
    minus = group.scalar_negate((1).to_bytes(32, "little"))
    for one, two in pairwise([each.element for each in same[:100]]):
        assert group.add(one, two) not in known
        assert group.add(one, group.multiply(minus, two)) not in known
