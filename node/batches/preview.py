"""A file of applicants as it would be read: which title is which column, what the first rows say, what is rejected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from maglia.core.errors import Code, MagliaError
from node.batches.applicants import OPTIONAL, REQUIRED, read_rows
from node.domain.batch import Applicant, RejectedApplicant
from node.domain.import_plan import suggest_columns
from node.domain.sheet import Sheet, plain_name
from node.sheets.read import open_sheet

_COLUMNS = (*REQUIRED, *OPTIONAL)
_FIRST = 20
"""Rows that are shown of a file, and rejected ones where no other can be."""
_NO_COLUMN = frozenset({Code.INPUT_COLUMN, Code.INPUT_COLUMN_LIKE, Code.INPUT_FIELD})
"""Why a file is not read by some columns, while it may be by others."""


@dataclass(frozen=True)
class ReadRow:
    """One row: its cells by column, or with `error` why it is rejected, in which column."""

    row: int
    cells: Mapping[str, str] = field(repr=False)
    column: str = ""
    error: MagliaError | None = None


@dataclass(frozen=True)
class FileReading:
    """How a file is read; with `error` by these columns it is not, and `titles` are what there is to choose from."""

    titles: Sequence[str]
    columns: Mapping[str, str]
    rows: int = 0
    rejected: int = 0
    first: Sequence[ReadRow] = ()
    error: MagliaError | None = None


def preview_applicants(content: bytes, file_name: str, sheet_name: str, columns: Mapping[str, str]) -> FileReading:
    """Return how a file is read under `columns` (titles by column), or with none under those that are much alike.

    Raises `input.map`, `input.too_large`, and as `open_sheet` for a file that can't be opened at all.
    """
    sheet = open_sheet(content, file_name, _COLUMNS, sheet_name)
    wanted = columns or _alike(sheet)
    there = {**_same(sheet), **wanted}
    rows = rejected = 0
    first: list[ReadRow] = []
    try:
        for one in read_rows(sheet, wanted, file_name):
            rows, rejected = rows + 1, rejected + isinstance(one, RejectedApplicant)
            if len(first) < _FIRST:
                first.append(_read(one))
    except MagliaError as error:
        if error.code not in _NO_COLUMN:
            raise
        return FileReading(sheet.titles, there, error=error)
    return FileReading(sheet.titles, there, rows, rejected, first)


def _same(sheet: Sheet) -> dict[str, str]:
    """Return the titles that are our own columns' names."""
    return {plain_name(title): title for title in sheet.titles if plain_name(title) in _COLUMNS}


def _alike(sheet: Sheet) -> dict[str, str]:
    """Return, for a column that no title is called by, the title that is clearly most like it."""
    same = _same(sheet)
    free = [title for title in sheet.titles if title.strip() and title not in same.values()]
    return suggest_columns(free, [column for column in _COLUMNS if column not in same])


def _read(one: Applicant | RejectedApplicant) -> ReadRow:
    if isinstance(one, RejectedApplicant):
        cells = {"codice": one.written} if one.written else {}
        return ReadRow(one.row, cells, one.column, MagliaError(one.code, **one.params))
    return ReadRow(one.row, dict(_cells(one)))


def _cells(one: Applicant) -> Iterator[tuple[str, str]]:
    yield "codice", one.identifier.text
    if one.household:
        yield "nucleo", one.household
    if one.creditor:
        yield "creditore", one.creditor
    if one.need is not None:
        yield "fornitura", one.need.text
    first, last = one.period
    if first is not None and last is not None:
        yield "periodo", f"{_day(first)}-{_day(last)}"
    if one.points is not None:
        yield "punteggio", f"{one.points // 100},{one.points % 100:02d}"


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
