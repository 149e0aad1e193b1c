"""What a body takes out of its node: tables with typed columns, whatever program reads them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """What the cells of a column are, each written as text: days and instants in ISO 8601, money in cents."""

    TEXT = "text"
    DAY = "day"
    INSTANT = "instant"
    CENTS = "cents"
    NUMBER = "number"


@dataclass(frozen=True)
class Column:
    """A column under its Italian title."""

    title: str
    type: Type = Type.TEXT


@dataclass(frozen=True)
class ExportedTable:
    """A table whose rows are read when they are asked for; a missing value is an empty text."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[str]]
