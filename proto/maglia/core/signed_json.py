"""JSON as officers sign it: written in one way, and read strictly. What is wrong raises `TypeError` or `ValueError`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

_KEY_BYTES = 32


def dump(data: Mapping[str, object]) -> bytes:
    """Return the bytes that are signed."""
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def load(content: bytes, schema: str) -> dict[str, Any]:
    """Return an object of this schema."""
    try:
        data = json.loads(content)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(data, dict) or data.get("schema") != schema:
        raise ValueError(f"not {schema}")
    return data


def number(value: object) -> int:
    """Return a whole number from 0."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("not a number from 0")
    return value


def key(value: object) -> bytes:
    """Return a key of 32 bytes from its hex."""
    content = bytes.fromhex(str(value))
    if len(content) != _KEY_BYTES:
        raise ValueError("a key has 32 bytes")
    return content


def check_distinct(values: Sequence[object]) -> None:
    """Refuse a list in which an entry stands twice."""
    if len(set(values)) != len(values):
        raise ValueError("an entry stands twice")
