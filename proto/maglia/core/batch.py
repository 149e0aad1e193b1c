"""`maglia.core.group` over whole batches: the same arithmetic and the same checks, with no step in a loop too many.

Sequences that belong together have equal length. Elements are spread over lanes; the result doesn't depend on them.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import itemgetter, mul

from maglia.core import group, sodium
from maglia.core.errors import Code, MagliaError
from maglia.core.group import ORDER, SIZE, Element, Scalar
from maglia.core.lanes import ALONE, Lanes
from maglia.core.secret import Secret

_Buffer32 = ctypes.c_char * SIZE
_last_byte = itemgetter(SIZE - 1)
_MARK_BIT = 261
"""In the digit of 30 bits where keys end; chosen so that a key changes neither the digits of a product nor a carry."""
_MARK = bytes([1 << _MARK_BIT - 8 * SIZE])
_START = 1 << 511
"""Of the sum of weighted keys: with it the sum has 64 bytes from the first addition to the last."""


def _refused(cause: str = "identity or non-canonical element") -> MagliaError:
    return MagliaError(Code.PSEUDONYM_ELEMENT, cause=cause)


def check_all(elements: Sequence[Element], lanes: Lanes = ALONE) -> None:
    """Check that no element is the identity or non-canonical; raise MagliaError: PSEUDONYM_ELEMENT."""
    lanes.spread(lambda chunk: list(map(group.check_element, elements[chunk])), len(elements))


def multiply_all(scalars: Sequence[Scalar], elements: Sequence[Element], lanes: Lanes = ALONE) -> list[Element]:
    """Return each scalar times its element.

    Raises MagliaError: PSEUDONYM_ELEMENT if an element is non-canonical or a product is the identity.
    """
    chunks = lanes.spread(lambda chunk: multiply_some(scalars[chunk], elements[chunk]), _length(scalars, elements))
    return list(chain.from_iterable(chunks))


def multiply_some(scalars: Sequence[Scalar], elements: Sequence[Element]) -> list[Element]:
    """Do the work of `multiply_all` in this thread, for work that is one lane's already."""
    _check_encodings(scalars, elements)
    multiply, product, products = sodium.multiply, _Buffer32(), []
    for scalar, element in zip(scalars, elements, strict=True):
        if multiply(product, scalar, element) != 0:
            raise _refused()
        products.append(product.raw)
    return products


def weighted_sum(weights: Sequence[Scalar], elements: Sequence[Element], lanes: Lanes = ALONE) -> Element:
    """Return the sum of each weight times its element, for one or more; it may be the identity.

    Raises MagliaError: PSEUDONYM_ELEMENT if an element is the identity or non-canonical.
    """
    count = _length(weights, elements)
    return group.add_all(lanes.spread(lambda chunk: _weighted_sum(weights[chunk], elements[chunk]), count))


def _weighted_sum(weights: Sequence[Scalar], elements: Sequence[Element]) -> Element:
    _check_encodings(weights, elements)
    multiply, add, product, total = sodium.multiply, sodium.add, _Buffer32(), _Buffer32()
    pairs = zip(weights, elements, strict=True)
    if multiply(total, *next(pairs)) != 0:
        raise _refused()
    for weight, element in pairs:
        if multiply(product, weight, element) != 0 or add(total, total, product) != 0:
            raise _refused()
    return total.raw


class Keys(Secret):
    """Secret keys for many evaluations: the `scalars`, and what `weighted` needs, made once."""

    def __init__(self, scalars: Iterable[Scalar]) -> None:
        self.scalars = tuple(scalars)
        _check_sizes(self.scalars)
        self._marked = [int.from_bytes(scalar + _MARK, "little") for scalar in self.scalars]

    def __repr__(self) -> str:
        return f"Keys({len(self.scalars)})"

    def weighted(self, weights: Sequence[int]) -> Scalar:
        """Return the sum of each public weight, of at most 128 bits, times its key; for fewer than 2^64 keys."""
        _length(weights, self._marked)
        # One call of libsodium for each key would cost more than the proof. A bit above each key and one above the sum
        # give Python's integers lengths that tell nothing of the keys: multiplying and adding them takes the same steps
        # whatever the keys are, but for a carry at about one weight in 2^28. What the bits add up to is public, and
        # taken off again; libsodium reduces in constant time.
        total = sum(map(mul, weights, self._marked), _START) + (-(sum(weights) << _MARK_BIT) - _START) % ORDER
        reduced = _Buffer32()
        sodium.scalar_reduce(reduced, total.to_bytes(2 * SIZE, "little"))
        return reduced.raw


def little_endian(stream: bytes, count: int) -> list[int]:
    """Return the `count` numbers of equal length that `stream` is made of."""
    pieces = struct.unpack(f"{len(stream) // count}s" * count, stream)
    return [int.from_bytes(piece, "little") for piece in pieces]


def invert_all(scalars: Sequence[Scalar]) -> list[Scalar]:
    """Return each scalar's inverse for one inversion and three products each, all in libsodium: scalars are secret.

    Raises MagliaError: PSEUDONYM_ELEMENT if a scalar is zero.
    """
    # P. L. Montgomery's trick: invert the product of all, then take the scalars off again from the last to the first.
    products = list(scalars[:1])
    for scalar in scalars[1:]:
        products.append(group.scalar_multiply(products[-1], scalar))
    rest = group.scalar_invert(products[-1])
    inverses = []
    for before, scalar in zip(products[-2::-1], scalars[:0:-1], strict=True):
        inverses.append(group.scalar_multiply(rest, before))
        rest = group.scalar_multiply(rest, scalar)
    return [rest, *reversed(inverses)]


def public_scalars(numbers: Iterable[int]) -> list[Scalar]:
    """Return the scalar of each of `numbers`, which are not secret and below the order of the group.

    libsodium multiplies without the highest bit: of a number above 2^255, the product would be another's.
    """
    return [number.to_bytes(SIZE, "little") for number in numbers]


def repeated(values: Iterable[bytes], times: int) -> list[bytes]:
    """Return each value as many `times` in a row: what a row of a matrix has in common."""
    return [value for value in values for _ in range(times)]


def _check_sizes(*sequences: Sequence[bytes]) -> None:
    """Check that C will find the 32 bytes it reads each time."""
    if not {SIZE}.issuperset(map(len, chain(*sequences))):
        raise _refused("not 32 bytes")


def _check_encodings(scalars: Sequence[Scalar], elements: Sequence[Element]) -> None:
    """Check the sizes, and the bit of an element that libsodium 1.0.18 ignores: see `group`."""
    _check_sizes(scalars, elements)
    if max(map(_last_byte, elements), default=0) > 0x7F:
        raise _refused("non-canonical element")


def _length(first: Sequence[object], second: Sequence[object]) -> int:
    if len(first) != len(second):
        raise ValueError("sequences of different length")
    return len(first)
