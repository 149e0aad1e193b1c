"""A row of the civil registry's file, and what became of the rows of one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from maglia.core.errors import Code
from node.domain.household_file import Place

SHORT_SHARE = 0.05
"""Of the persons known, how many a file may leave out before somebody must confirm that it is whole."""


@dataclass(frozen=True)
class RegistryRow:
    """A person of the registry and the number of their family's sheet, which is secret too; rows count from 1."""

    row: int
    place: Place
    family: str = field(repr=False)


@dataclass(frozen=True)
class StoredPlace:
    """A registry row as it is stored; what it holds stays sealed."""

    id: int
    household: bytes = field(repr=False)
    salt: bytes = field(repr=False)


@dataclass(frozen=True)
class RejectedRow:
    """A row that can't be read: its number as a spreadsheet counts, its column, why. `params` hold no code."""

    row: int
    column: str
    code: Code
    params: Mapping[str, str]


@dataclass(frozen=True)
class RegistryReport:
    """What a file changes, or changed: persons by their codes, for the screen of whoever imports it.

    `held` are persons whom the file leaves out, but who are kept since some row has no readable code: it may be theirs.
    """

    added: Sequence[str] = field(repr=False)
    changed: Sequence[str] = field(repr=False)
    departed: Sequence[str] = field(repr=False)
    unchanged: int
    held: int
    rejected: Sequence[RejectedRow]


def is_short(departed: int, known: int) -> bool:
    """Return whether a file leaves out suspiciously many of the persons known."""
    return departed > known * SHORT_SHARE
