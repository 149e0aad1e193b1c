"""A second ristretto255, from RFC 9496 section 4 in plain integers: slow, not constant time, for tests only.

It shares nothing with libsodium, so that what it accepts is what the written protocol says.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


class Point(NamedTuple):
    """A point in extended coordinates on the twisted Edwards curve with a = -1."""

    x: int
    y: int
    z: int
    t: int


def _negative(value: int) -> bool:
    return value % P % 2 == 1


def _absolute(value: int) -> int:
    return -value % P if _negative(value) else value % P


def _sqrt_ratio(u: int, v: int) -> tuple[bool, int]:
    """Return whether u/v is a square, and its non-negative root or that of SQRT_M1 u/v (RFC 9496 section 4.2)."""
    root = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * root * root % P
    square, flipped, flipped_i = check == u % P, check == -u % P, check == -u * SQRT_M1 % P
    if flipped or flipped_i:
        root = root * SQRT_M1 % P
    return square or flipped, _absolute(root)


INV_SQRT_A_MINUS_D = _sqrt_ratio(1, -1 - D)[1]
SQRT_A_D_MINUS_1 = 25063068953384623474111414158702152701244531502492656460079210482610430750235


def decode(data: bytes) -> Point:
    """Return the point of 32 canonical bytes (RFC 9496 section 4.3.1); raise ValueError for others."""
    s = int.from_bytes(data, "little")
    if len(data) != 32 or s >= P or _negative(s):
        raise ValueError("non-canonical")
    u1, u2 = (1 - s * s) % P, (1 + s * s) % P
    v = (-D * u1 * u1 - u2 * u2) % P
    square, inverse = _sqrt_ratio(1, v * u2 * u2)
    x = _absolute(2 * s * inverse * u2)
    y = u1 * inverse * inverse * u2 * v % P
    if not square or _negative(x * y) or y == 0:
        raise ValueError("not an element")
    return Point(x, y, 1, x * y % P)


def encode(point: Point) -> bytes:
    """Return the 32 bytes of a point (RFC 9496 section 4.3.2)."""
    x, y, z, t = point
    u1, u2 = (z + y) * (z - y) % P, x * y % P
    inverse = _sqrt_ratio(1, u1 * u2 * u2)[1]
    den1, den2 = inverse * u1 % P, inverse * u2 % P
    z_inverse = den1 * den2 * t % P
    rotate = _negative(t * z_inverse)
    if rotate:
        x, y = y * SQRT_M1 % P, x * SQRT_M1 % P
    den = den1 * INV_SQRT_A_MINUS_D % P if rotate else den2
    if _negative(x * z_inverse):
        y = -y % P
    return _absolute(den * (z - y)).to_bytes(32, "little")


def add(p: Point, q: Point) -> Point:
    """Return the sum: unified addition for a = -1 (RFC 8032 section 5.1.4)."""
    a, b = (p.y - p.x) * (q.y - q.x) % P, (p.y + p.x) * (q.y + q.x) % P
    c, d = 2 * D * p.t * q.t % P, 2 * p.z * q.z % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return Point(e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(scalar: int, point: Point) -> Point:
    """Return `scalar` times `point`, by doubling and adding."""
    total = Point(0, 1, 1, 0)
    for bit in bin(scalar % ORDER)[2:]:
        total = add(total, total)
        if bit == "1":
            total = add(total, point)
    return total


def weighted_sum(weights: list[int], points: list[Point]) -> Point:
    """Return the sum of `weights[i]` times `points[i]`."""
    total = Point(0, 1, 1, 0)
    for weight, point in zip(weights, points, strict=True):
        total = add(total, multiply(weight, point))
    return total


def expand(message: bytes, tag: bytes) -> bytes:
    """Return expand_message_xmd(message, tag, 64) with SHA-512, as RFC 9380 section 5.3.1 spells it out."""
    tail = tag + len(tag).to_bytes(1, "big")
    b0 = hashlib.sha512(b"\0" * 128 + message + (64).to_bytes(2, "big") + b"\0" + tail).digest()
    return hashlib.sha512(b0 + b"\1" + tail).digest()


def hash_to_scalar(message: bytes, tag: bytes) -> int:
    """Return the scalar of a message: 64 bytes read little-endian, modulo the order (RFC 9497 section 4.1)."""
    return int.from_bytes(expand(message, tag), "little") % ORDER


def _map(data: bytes) -> Point:
    """Return the point of 32 uniform bytes (MAP of RFC 9496 section 4.3.4)."""
    t = int.from_bytes(data, "little") % 2**255 % P
    r = SQRT_M1 * t * t % P
    u, v = (r + 1) * (1 - D * D) % P, (-1 - r * D) * (r + D) % P
    square, s = _sqrt_ratio(u, v)
    c = P - 1
    if not square:
        s, c = -_absolute(s * t) % P, r
    n = (c * (r - 1) * (D - 1) ** 2 - v) % P
    w0, w1, w2, w3 = 2 * s * v % P, n * SQRT_A_D_MINUS_1 % P, (1 - s * s) % P, (1 + s * s) % P
    return Point(w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P)


def from_uniform(data: bytes) -> Point:
    """Return the point of 64 uniform bytes (RFC 9496 section 4.3.4)."""
    return add(_map(data[:32]), _map(data[32:]))


def hash_to_group(message: bytes, tag: bytes) -> Point:
    """Return the point of a message (RFC 9380 appendix B)."""
    return from_uniform(expand(message, tag))


GENERATOR = decode(bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"))
