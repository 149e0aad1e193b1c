"""A table that came as a file, whatever its format: rows numbered as a spreadsheet numbers them, cells as text.

What a spreadsheet knows to be a number or a day stays one: its text is as Italians write it, and its type says that
nothing about it was guessed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol

from maglia.core.errors import Code, MagliaError

MAX_CELL = 4096
"""Characters of a cell; a longer one rejects its row."""


class Number(str):
    """A cell that is a number in its spreadsheet, written `1234,5`: no thousands, a comma before decimals."""

    __slots__ = ()

    @classmethod
    def of(cls, value: str) -> Number:
        """Return the cell of a number written with a point, such as `1234.5`."""
        return cls(value.replace(".", ","))

    @property
    def value(self) -> Decimal:
        """The number, exactly as it is written."""
        return Decimal(self.replace(",", "."))


class Day(str):
    """A cell that is a day in its spreadsheet, written dd/mm/yyyy; the time of day follows where there is one."""

    __slots__ = ()

    @property
    def day(self) -> date:
        """The day, without its time."""
        return date(int(self[6:10]), int(self[3:5]), int(self[:2]))


class Faulty(str):
    """A cell with a formula that has no result, or an error: no value, and no reader takes it for an empty cell."""

    __slots__ = ()

    def __new__(cls) -> Faulty:
        """Return such a cell, with the word that a spreadsheet shows for one."""
        return super().__new__(cls, "#VALORE!")


class Line(NamedTuple):
    """One row as a spreadsheet numbers it (the first is row 1).

    `fault` says why a row can't be read whole, whatever its cells. `cells` is None where the quotes of a CSV file don't
    match: `raw` is then the one physical line in which the row begins, as it is. `start` and `end` are where it stands
    in its sheet, for `Sheet.line_at`.
    """

    row: int
    cells: Sequence[str] | None
    raw: str = ""
    start: int = 0
    end: int = 0
    fault: Code | None = None


class Sheet(Protocol):
    """A table: its header's normal names in order, and its rows, as often as they are asked for."""

    @property
    def header(self) -> tuple[str, ...]:
        """The columns, as `plain_name` writes them."""
        ...

    @property
    def titles(self) -> tuple[str, ...]:
        """The columns as the file writes them."""
        ...

    def lines(self) -> Iterator[Line]:
        """Yield the rows under the header; blank ones are numbered and left out."""
        ...

    def line_at(self, row: int, start: int, end: int) -> Line:
        """Return again a row that `lines` yielded."""
        ...


def plain_name(name: str) -> str:
    """Lower-case without accents, single spaces: `Visibilità` is `visibilita`."""
    split = unicodedata.normalize("NFD", " ".join(name.lower().split()))
    return "".join(character for character in split if not unicodedata.combining(character))


def check_columns(header: Sequence[str], file: str, required: Sequence[str], optional: Sequence[str]) -> None:
    """Raise `input.column` for a required column that is missing, `input.field` for one that is there twice."""
    for column in required:
        if column not in header:
            raise MagliaError(Code.INPUT_COLUMN, file=file, field=column)
    for column in (*required, *optional):
        if header.count(column) > 1:
            raise MagliaError(Code.INPUT_FIELD, field=column)
