"""The group ristretto255 (RFC 9496) over libsodium, with the hashing of RFC 9380 and the checks libsodium leaves out.

Elements and scalars are 32 bytes. Every function that reads an element refuses non-canonical bytes; `multiply` and
`check_element` refuse the identity too. libsodium's scalar arithmetic runs in constant time, so secrets stay out of
Python integers; ctypes releases the interpreter lock, so callers may use threads.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import hashlib
import importlib
from collections.abc import Callable, Iterable
from functools import reduce
from pathlib import Path
from typing import TypeAlias

from maglia.core.errors import Code, MagliaError

Element: TypeAlias = bytes
Scalar: TypeAlias = bytes

SIZE = 32
ORDER = 2**252 + 27742317777372353535851937790883648493
IDENTITY: Element = bytes(SIZE)
_WIDE = 64
_SHA512_BLOCK = 128


def _load() -> ctypes.CDLL:
    """Return the system's libsodium if it knows ristretto255 (1.0.18 or later), else the copy inside `rbcl`."""
    name = ctypes.util.find_library("sodium")
    if name is not None:
        system = ctypes.CDLL(name)
        if hasattr(system, "crypto_core_ristretto255_from_hash") and system.sodium_init() >= 0:
            return system
    return _load_bundled()


def _load_bundled() -> ctypes.CDLL:
    """Return the copy inside `rbcl`, without the 2.8 MB temporary file that `rbcl` leaves behind."""
    bundled = importlib.import_module("rbcl._sodium")
    Path(bundled.lib_path).unlink(missing_ok=True)
    library: ctypes.CDLL = bundled._sodium
    if library.sodium_init() < 0:
        raise RuntimeError("libsodium does not start: reinstall the package rbcl, then start again")
    return library


_sodium = _load()
_Buffer32 = ctypes.c_char * SIZE


def _bind(name: str, arguments: int) -> Callable[..., int]:
    """Return libsodium's function `name`, which takes `arguments` byte pointers and returns 0 on success."""
    function = getattr(_sodium, name)
    function.argtypes = [ctypes.c_char_p] * arguments
    function.restype = ctypes.c_int
    bound: Callable[..., int] = function
    return bound


_multiply = _bind("crypto_scalarmult_ristretto255", 3)
_base_multiply = _bind("crypto_scalarmult_ristretto255_base", 2)
_add = _bind("crypto_core_ristretto255_add", 3)
_is_valid = _bind("crypto_core_ristretto255_is_valid_point", 1)
_from_hash = _bind("crypto_core_ristretto255_from_hash", 2)
_scalar_random = _bind("crypto_core_ristretto255_scalar_random", 1)
_scalar_reduce = _bind("crypto_core_ristretto255_scalar_reduce", 2)
_scalar_invert = _bind("crypto_core_ristretto255_scalar_invert", 2)
_scalar_negate = _bind("crypto_core_ristretto255_scalar_negate", 2)
_scalar_add = _bind("crypto_core_ristretto255_scalar_add", 3)
_scalar_multiply = _bind("crypto_core_ristretto255_scalar_mul", 3)


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
    if element == IDENTITY or _is_valid(element) != 1:
        raise _refused("identity or non-canonical element")
    return element


def is_scalar(scalar: Scalar) -> bool:
    """Return whether `scalar` is canonical and not zero. For scalars received, not secrets: not constant time."""
    return len(scalar) == SIZE and 0 < int.from_bytes(scalar, "little") < ORDER


def check_scalar(scalar: Scalar) -> Scalar:
    """Return `scalar` unless it is zero or non-canonical; libsodium alone would accept both.

    Raises MagliaError: PSEUDONYM_ELEMENT.
    """
    if not is_scalar(scalar):
        raise _refused("zero or non-canonical scalar")
    return scalar


def multiply(scalar: Scalar, element: Element) -> Element:
    """Return `scalar` times `element`.

    Raises MagliaError: PSEUDONYM_ELEMENT if `element` is non-canonical or the product is the identity.
    """
    _check_sizes(scalar)
    _check_encodings(element)
    product = _Buffer32()
    if _multiply(product, scalar, element) != 0:
        raise _refused("identity or non-canonical element")
    return product.raw


def base_multiply(scalar: Scalar) -> Element:
    """Return `scalar` times the generator.

    Raises MagliaError: PSEUDONYM_ELEMENT if `scalar` is zero.
    """
    _check_sizes(scalar)
    product = _Buffer32()
    if _base_multiply(product, scalar) != 0:
        raise _refused("zero scalar")
    return product.raw


def add(left: Element, right: Element) -> Element:
    """Return the sum of two elements, which may be the identity.

    Raises MagliaError: PSEUDONYM_ELEMENT if one is non-canonical.
    """
    _check_encodings(left, right)
    total = _Buffer32()
    if _add(total, left, right) != 0:
        raise _refused("non-canonical element")
    return total.raw


def add_all(elements: Iterable[Element]) -> Element:
    """Return the sum of one or more elements, which may be the identity."""
    return reduce(add, elements)


def weighted_sum(weights: Iterable[Scalar], elements: Iterable[Element]) -> Element:
    """Return the sum of `weights[i]` times `elements[i]`, for one or more pairs of equal number.

    Raises MagliaError: PSEUDONYM_ELEMENT if an element is the identity or non-canonical.
    """
    return add_all(multiply(weight, element) for weight, element in zip(weights, elements, strict=True))


def expand_message(message: bytes, tag: bytes) -> bytes:
    """Return 64 uniform bytes: expand_message_xmd with SHA-512 and a single output block (RFC 9380 section 5.3.1).

    `tag` is the domain separation tag, at most 255 bytes.
    """
    if len(tag) > 255:
        raise _refused("domain separation tag over 255 bytes")
    suffix = tag + bytes([len(tag)])
    first = hashlib.sha512(bytes(_SHA512_BLOCK) + message + _WIDE.to_bytes(2, "big") + b"\0" + suffix).digest()
    return hashlib.sha512(first + b"\1" + suffix).digest()


def from_uniform(uniform: bytes) -> Element:
    """Return the element of 64 uniform bytes (RFC 9496 section 4.3.4)."""
    if len(uniform) != _WIDE:
        raise _refused("not 64 bytes")
    element = _Buffer32()
    _from_hash(element, uniform)
    return element.raw


def hash_to_group(message: bytes, tag: bytes) -> Element:
    """Return the element for `message` under the domain separation tag `tag` (RFC 9380 appendix B)."""
    return from_uniform(expand_message(message, tag))


def hash_to_scalar(message: bytes, tag: bytes) -> Scalar:
    """Return 64 uniform bytes, read little-endian, modulo the order of the group (RFC 9497 section 4.1)."""
    scalar = _Buffer32()
    _scalar_reduce(scalar, expand_message(message, tag))
    return scalar.raw


def scalar_random() -> Scalar:
    """Return a uniform scalar other than zero."""
    scalar = _Buffer32()
    _scalar_random(scalar)
    return scalar.raw


def scalar_add(left: Scalar, right: Scalar) -> Scalar:
    """Return the sum modulo the order of the group."""
    _check_sizes(left, right)
    total = _Buffer32()
    _scalar_add(total, left, right)
    return total.raw


def scalar_multiply(left: Scalar, right: Scalar) -> Scalar:
    """Return the product modulo the order of the group."""
    _check_sizes(left, right)
    product = _Buffer32()
    _scalar_multiply(product, left, right)
    return product.raw


def scalar_negate(scalar: Scalar) -> Scalar:
    """Return the additive inverse modulo the order of the group."""
    _check_sizes(scalar)
    negative = _Buffer32()
    _scalar_negate(negative, scalar)
    return negative.raw


def scalar_invert(scalar: Scalar) -> Scalar:
    """Return the multiplicative inverse modulo the order of the group.

    Raises MagliaError: PSEUDONYM_ELEMENT if `scalar` is zero.
    """
    _check_sizes(scalar)
    inverse = _Buffer32()
    if _scalar_invert(inverse, scalar) != 0:
        raise _refused("zero scalar")
    return inverse.raw
