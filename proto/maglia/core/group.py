"""The group ristretto255 (RFC 9496) over libsodium, with the hashing of RFC 9380 and the checks libsodium leaves out.

Elements and scalars are 32 bytes. Every function that reads an element refuses non-canonical bytes; `multiply` and
`check_element` refuse the identity too. libsodium's scalar arithmetic runs in constant time, so secrets stay out of
Python integers; ctypes releases the interpreter lock, so callers may use threads.
"""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Iterable
from functools import lru_cache, reduce
from typing import TypeAlias

from maglia.core import sodium
from maglia.core.errors import Code, MagliaError

Element: TypeAlias = bytes
Scalar: TypeAlias = bytes

SIZE = 32
ORDER = 2**252 + 27742317777372353535851937790883648493
IDENTITY: Element = bytes(SIZE)
_WIDE = 64
_BLOCK = 128
_NOTHING = hashlib.sha512()
_ZEROS = hashlib.sha512(bytes(_BLOCK))
"""The state after the block of zeros with which every message starts: copied, it saves that block's hashing."""


_Buffer32 = ctypes.c_char * SIZE


def _refused(cause: str) -> MagliaError:
    return MagliaError(Code.PSEUDONYM_ELEMENT, cause=cause)


def _check_sizes(*values: bytes) -> None:
    """Check that C will find the 32 bytes it reads."""
    for value in values:
        if len(value) != SIZE:
            raise _refused("not 32 bytes")


def _check_encodings(*elements: Element) -> None:
    """Check what libsodium must decode: 1.0.18 ignores bit 255, so that every element would have a second encoding."""
    _check_sizes(*elements)
    for element in elements:
        if element[-1] & 0x80:
            raise _refused("non-canonical element")


def check_element(element: Element) -> Element:
    """Return `element` unless it is the identity or non-canonical (RFC 9497 section 2.1, DeserializeElement).

    Raises MagliaError: PSEUDONYM_ELEMENT.
    """
    _check_encodings(element)
    if element == IDENTITY or sodium.is_valid(element) != 1:
        raise _refused("identity or non-canonical element")
    return element


def is_scalar(scalar: Scalar) -> bool:
    """Return whether `scalar` is canonical and not zero; libsodium accepts others too.

    For scalars received, not secrets: not constant time.
    """
    return len(scalar) == SIZE and 0 < int.from_bytes(scalar, "little") < ORDER


def multiply(scalar: Scalar, element: Element) -> Element:
    """Return `scalar` times `element`.

    Raises MagliaError: PSEUDONYM_ELEMENT if `element` is non-canonical or the product is the identity.
    """
    _check_sizes(scalar)
    _check_encodings(element)
    product = _Buffer32()
    if sodium.multiply(product, scalar, element) != 0:
        raise _refused("identity or non-canonical element")
    return product.raw


def base_multiply(scalar: Scalar) -> Element:
    """Return `scalar` times the generator.

    Raises MagliaError: PSEUDONYM_ELEMENT if `scalar` is zero.
    """
    _check_sizes(scalar)
    product = _Buffer32()
    if sodium.base_multiply(product, scalar) != 0:
        raise _refused("zero scalar")
    return product.raw


def add(left: Element, right: Element) -> Element:
    """Return the sum of two elements, which may be the identity.

    Raises MagliaError: PSEUDONYM_ELEMENT if one is non-canonical.
    """
    _check_encodings(left, right)
    total = _Buffer32()
    if sodium.add(total, left, right) != 0:
        raise _refused("non-canonical element")
    return total.raw


def add_all(elements: Iterable[Element]) -> Element:
    """Return the sum of one or more elements, which may be the identity."""
    return reduce(add, elements)


def expand_message(message: bytes, tag: bytes) -> bytes:
    """Return 64 uniform bytes: expand_message_xmd with SHA-512 and a single output block (RFC 9380 section 5.3.1).

    `tag` is the domain separation tag, at most 255 bytes.
    """
    middle, end = _around(tag)
    first, second = _ZEROS.copy(), _NOTHING.copy()
    first.update(message)
    first.update(middle)
    second.update(first.digest())
    second.update(end)
    return second.digest()


@lru_cache(maxsize=32)
def _around(tag: bytes) -> tuple[bytes, bytes]:
    """Return what follows the message in the first hash, and the first hash in the second."""
    if len(tag) > 255:
        raise _refused("domain separation tag over 255 bytes")
    suffix = tag + bytes([len(tag)])
    return _WIDE.to_bytes(2, "big") + b"\0" + suffix, b"\1" + suffix


def from_uniform(uniform: bytes) -> Element:
    """Return the element of 64 uniform bytes (RFC 9496 section 4.3.4)."""
    if len(uniform) != _WIDE:
        raise _refused("not 64 bytes")
    element = _Buffer32()
    sodium.from_hash(element, uniform)
    return element.raw


def hash_to_group(message: bytes, tag: bytes) -> Element:
    """Return the element for `message` under the domain separation tag `tag` (RFC 9380 appendix B)."""
    return from_uniform(expand_message(message, tag))


def hash_to_scalar(message: bytes, tag: bytes) -> Scalar:
    """Return 64 uniform bytes, read little-endian, modulo the order of the group (RFC 9497 section 4.1)."""
    scalar = _Buffer32()
    sodium.scalar_reduce(scalar, expand_message(message, tag))
    return scalar.raw


def scalar_random() -> Scalar:
    """Return a uniform scalar other than zero."""
    scalar = _Buffer32()
    sodium.scalar_random(scalar)
    return scalar.raw


def scalar_add(left: Scalar, right: Scalar) -> Scalar:
    """Return the sum modulo the order of the group."""
    _check_sizes(left, right)
    total = _Buffer32()
    sodium.scalar_add(total, left, right)
    return total.raw


def scalar_multiply(left: Scalar, right: Scalar) -> Scalar:
    """Return the product modulo the order of the group."""
    _check_sizes(left, right)
    product = _Buffer32()
    sodium.scalar_multiply(product, left, right)
    return product.raw


def scalar_negate(scalar: Scalar) -> Scalar:
    """Return the additive inverse modulo the order of the group."""
    _check_sizes(scalar)
    negative = _Buffer32()
    sodium.scalar_negate(negative, scalar)
    return negative.raw


def scalar_invert(scalar: Scalar) -> Scalar:
    """Return the multiplicative inverse modulo the order of the group.

    Raises MagliaError: PSEUDONYM_ELEMENT if `scalar` is zero.
    """
    _check_sizes(scalar)
    inverse = _Buffer32()
    if sodium.scalar_invert(inverse, scalar) != 0:
        raise _refused("zero scalar")
    return inverse.raw
