"""Messages that are well formed and mean nothing: every field of any type filled with what nobody would write."""

from __future__ import annotations

from random import Random
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

TEXTS = (
    "",
    "\0",
    "\u202e",
    "a" * 5_000,
    "../../x",
    "'; DROP TABLE person;--",
    "2025-02-30",
    "2025-06-01",
    "9" * 400,
    "{}",
)
NUMBERS = (0, 1, -1, 2**31 - 1, -(2**31), 2**63 - 1, -(2**63), 2**32 - 1, 2**64 - 1)
_LENGTHS = 0, 1, 15, 16, 31, 32, 33, 64, 300
_DEEP, _MANY = 4, 3
_LEFT_OUT = 0.15
"""Share of the fields that stay empty, so that what looks at the next one is reached too."""
_INTEGERS = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
    FieldDescriptor.CPPTYPE_ENUM: (-1, 40),
}


def hostile(drawn: Random, kind: Descriptor, likely: tuple[str, ...] = (), depth: int = 0) -> Message:
    """Return a message of a kind; half of its texts are `likely` ones, which pass the first look."""
    message: Message = GetMessageClass(kind)()
    for field in kind.fields:
        if drawn.random() < _LEFT_OUT or (field.message_type and depth == _DEEP):
            continue
        if field.is_repeated:
            _fill(drawn, getattr(message, field.name), field, likely, depth)
        elif field.message_type:
            getattr(message, field.name).CopyFrom(hostile(drawn, field.message_type, likely, depth + 1))
        else:
            setattr(message, field.name, _value(drawn, field, likely))
    return message


def _fill(drawn: Random, many: Any, field: FieldDescriptor, likely: tuple[str, ...], depth: int) -> None:
    entry = field.message_type
    for _ in range(drawn.randrange(_MANY + 1)):
        if entry is None:
            many.append(_value(drawn, field, likely))
        elif entry.GetOptions().map_entry:
            key, value = entry.fields_by_name["key"], entry.fields_by_name["value"]
            if value.message_type is None:
                many[_value(drawn, key, likely)] = _value(drawn, value, likely)
        else:
            many.add().CopyFrom(hostile(drawn, entry, likely, depth + 1))


def _value(drawn: Random, field: FieldDescriptor, likely: tuple[str, ...]) -> Any:
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        if field.type == FieldDescriptor.TYPE_BYTES:
            return drawn.randbytes(drawn.choice(_LENGTHS))
        return drawn.choice(likely) if likely and drawn.random() < 0.5 else drawn.choice(TEXTS)
    if field.cpp_type in _INTEGERS:
        least, most = _INTEGERS[field.cpp_type]
        return drawn.choice([number for number in NUMBERS if least <= number <= most])
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return drawn.random() < 0.5
    return drawn.choice((0.0, -1.0, float("inf"), float("nan")))
