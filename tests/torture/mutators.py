"""Ways to spoil bytes: what a broken line, a broken disk, a broken program and a patient enemy make of a message.

Everything is drawn from one `random.Random`, so that a seed and a number name an input for ever.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from random import Random

LONGEST = 64 * 1024
"""Bytes of an input at most: more is refused by size before anything reads it, and tells nothing new."""
DEPTHS = (40, 120, 900, 5_000, 20_000)
"""How deep something nested goes: around the bounds of protobuf (100) and of Python (1,000), and far beyond."""
HEAVY = (b"\0", b"\xff", b"\x80", b"'", b'"', b"\\", b"\n", b"\r\n", b";", b",", b"../", b"\x1b[2J", b"%s", b"{{")
_NUMBERS = (0, -1, 1, 2**31, 2**63, 2**64 - 1, 10**40, 1e308, -0.0, 0.5)
_TEXTS = ("", "\0", "\ud800", "\u202e", "=1+1", "A" * 5_000, "../../x", "1e999", "NaN", "maglia", "0" * 64)

Mutator = Callable[[Random, bytes, Sequence[bytes]], bytes]
"""Makes an input of a sample; other samples of the same decoder are there to be spliced in."""


def spoil(random: Random, sample: bytes, others: Sequence[bytes]) -> bytes:
    """Return `sample` changed once to four times; now and then something that never was a message."""
    changed = sample
    for _ in range(random.choice((1, 1, 1, 2, 2, 4))):
        changed = random.choice(_ALL)(random, changed, others)[:LONGEST]
    return changed


def _flip(random: Random, sample: bytes, others: Sequence[bytes]) -> bytes:
    del others
    out = bytearray(sample or b"\0")
    for _ in range(random.choice((1, 1, 2, 8))):
        out[random.randrange(len(out))] ^= 1 << random.randrange(8)
    return bytes(out)


def _set(random: Random, sample: bytes, others: Sequence[bytes]) -> bytes:
    del others
    at = random.randint(0, len(sample))
    piece = random.choice((random.choice(HEAVY), random.randbytes(random.choice((1, 2, 9)))))
    return sample[:at] + piece + sample[at + len(piece) :]


def _insert(random: Random, sample: bytes, others: Sequence[bytes]) -> bytes:
    del others
    at = random.randint(0, len(sample))
    return sample[:at] + random.choice(HEAVY) * random.choice((1, 3, 400)) + sample[at:]


def _cut(random: Random, sample: bytes, others: Sequence[bytes]) -> bytes:
    del others
    at = random.randint(0, len(sample))
    return sample[:at] if random.random() < 0.5 else sample[:at] + sample[at + random.randint(1, 40) :]


def _repeat(random: Random, sample: bytes, others: Sequence[bytes]) -> bytes:
    del others
    at = random.randint(0, len(sample))
    piece = sample[at : at + random.choice((1, 8, 60, 2_000))]
    return sample[:at] + piece * random.choice((2, 2, 30)) + sample[at:]


def _splice(random: Random, sample: bytes, others: Sequence[bytes]) -> bytes:
    other = random.choice(others)
    return sample[: random.randint(0, len(sample))] + other[random.randint(0, len(other)) :]


def _noise(random: Random, sample: bytes, others: Sequence[bytes]) -> bytes:
    del sample, others
    return random.randbytes(random.choice((0, 1, 2, 16, 64, 300)))


def _nest_message(random: Random, sample: bytes, others: Sequence[bytes]) -> bytes:
    """Nest a field of protobuf in itself, as messages or as groups, and append it."""
    del others
    tag, depth = random.randint(1, 15) << 3, random.choice(DEPTHS)
    if random.random() < 0.5:
        return sample + bytes([tag | 3]) * depth + bytes([tag | 4]) * random.choice((0, depth))
    nested = b""
    for _ in range(min(depth, 900)):
        nested = bytes([tag | 2]) + _varint(len(nested)) + nested
    return sample + nested


def _foreign_field(random: Random, sample: bytes, others: Sequence[bytes]) -> bytes:
    """Append a field of protobuf with another type, a length that is not there, or a number that nobody knows."""
    del others
    tag = _varint(random.choice((random.randint(1, 24), 1_000, 2**28)) << 3 | random.choice((0, 1, 2, 5, 6, 7)))
    value = random.choice(
        (_varint(2**64 - 1), _varint(random.randrange(300)) + random.randbytes(20), b"\xff" * 11, b"")
    )
    return sample + (tag + value) * random.choice((1, 1, 500))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _change_json(random: Random, sample: bytes, others: Sequence[bytes]) -> bytes:
    """Put another value, or none, at one place of a document in JSON; other bytes are only flipped."""
    try:
        document = json.loads(sample)
    except (ValueError, RecursionError):
        return _flip(random, sample, others)
    changed = _changed(random, document, random.randint(0, 6))
    try:
        return json.dumps(changed, indent=random.choice((None, 1)), sort_keys=random.random() < 0.7).encode()
    except (ValueError, RecursionError):
        return sample


def _changed(random: Random, value: object, depth: int) -> object:
    """Go down at random and replace what is found there."""
    if depth and isinstance(value, dict) and value:
        name = random.choice(list(value))
        if random.random() < 0.1:
            return {key: each for key, each in value.items() if key != name}
        return value | {name: _changed(random, value[name], depth - 1)}
    if depth and isinstance(value, list) and value:
        at = random.randrange(len(value))
        return [*value[:at], _changed(random, value[at], depth - 1), *value[at + random.choice((0, 1)) :]]
    values: tuple[object, ...] = (
        None,
        True,
        [],
        {},
        [value],
        {"": value},
        [[]],
        random.choice(_NUMBERS),
        random.choice(_TEXTS),
    )
    return random.choice(values)


def _nest_text(random: Random, sample: bytes, others: Sequence[bytes]) -> bytes:
    """Put brackets without end, as JSON and TOML have them, at one place or in place of all."""
    del others
    opening, closing = random.choice(((b"[", b"]"), (b'{"a":', b"}"), (b"{a=", b"}"), (b"(", b")")))
    depth = random.choice(DEPTHS)
    nested = opening * depth + b"1" + closing * random.choice((0, depth))
    at = random.choice((0, len(sample), sample.find(b": ") + 2, sample.find(b"=") + 1, random.randint(0, len(sample))))
    return nested if random.random() < 0.3 else sample[:at] + nested + sample[at:]


_ALL: tuple[Mutator, ...] = (
    *(_flip, _set, _insert, _cut, _repeat, _splice, _noise),
    *(_nest_message, _foreign_field, _change_json, _change_json, _nest_text),
)
