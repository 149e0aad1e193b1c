"""The file of a call for applicants: which rows may be asked about, and why each other one may not.

Nothing is guessed: a code that is not valid, a period that can't be read, a person who stands there twice reject their
own row, with its column and reason.
"""

from __future__ import annotations

import calendar
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TypeVar

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier, parse_identifier, parse_need
from node.domain import forms
from node.domain.batch import Applicant, ApplicantFile, RejectedApplicant
from node.domain.import_plan import Plan, apply_plan, check_plan
from node.domain.sheet import MAX_CELL, Day, Line, Sheet
from node.sheets.read import open_sheet

T = TypeVar("T")
REQUIRED = ("codice", "nucleo")
OPTIONAL = ("creditore", "fornitura", "periodo", "punteggio")
MAX_ROWS = 100_000
_WRITTEN = 40
"""Characters of a rejected row's code that are kept, so that the office finds its mistake."""
_POINTS = re.compile(r"([0-9]{1,6})(?:,([0-9]{1,2}))?")
_MONTH = re.compile(r"([0-9]{2})/([0-9]{4})")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Of protocols: none that is read for another."""


def read_applicants(
    content: bytes, file_name: str, sheet_name: str = "", columns: Mapping[str, str] | None = None
) -> ApplicantFile:
    """Return the rows of a file; of a person who stands there twice the first. Of a spreadsheet as `open_sheet`.

    `columns` gives the title in the file, by our column, where it has names of its own. Raises as `open_sheet` and
    `apply_plan` for a file that can't be used at all, `input.applicants_none` for one without a row to ask about.
    """
    sheet = open_sheet(content, file_name, (*REQUIRED, *OPTIONAL), sheet_name)
    applicants: list[Applicant] = []
    rejected: list[RejectedApplicant] = []
    for one in read_rows(sheet, columns or {}, file_name):
        if isinstance(one, Applicant):
            applicants.append(one)
        else:
            rejected.append(one)
    if not applicants:
        raise MagliaError(Code.INPUT_APPLICANTS_NONE, file=forms.echo(file_name))
    return ApplicantFile(applicants, rejected)


def read_rows(sheet: Sheet, columns: Mapping[str, str], file_name: str) -> Iterator[Applicant | RejectedApplicant]:
    """Yield the rows of an open file in order; raise `input.map`, `input.too_many_rows`, and as `apply_plan`."""
    plan = check_plan(Plan(columns), (*REQUIRED, *OPTIONAL))
    planned = apply_plan(sheet, plan, forms.echo(file_name), REQUIRED, OPTIONAL)
    protocols = _protocols()
    known: dict[Identifier, Applicant] = {}
    for count, line in enumerate(planned.lines()):
        if count >= MAX_ROWS:
            raise MagliaError(
                Code.INPUT_TOO_MANY_ROWS, field=forms.echo(file_name), limit=f"{MAX_ROWS:,}".replace(",", ".")
            )
        try:
            one = _Row(planned, line).applicant(next(protocols), known)
            known[one.identifier] = one
            yield one
        except _CellError as bad:
            yield RejectedApplicant(line.row, bad.column, bad.error.code, bad.error.params, bad.written)


def _protocols() -> Iterator[str]:
    """Yield random protocols, no two alike: nothing of a row or a person is in them."""
    drawn: set[str] = set()
    while True:
        protocol = "".join(secrets.choice(_LETTERS) for _ in range(8))
        if protocol not in drawn:
            drawn.add(protocol)
            yield protocol


class _CellError(Exception):
    """A cell that can't be read, with its column, and the row's code as it is written."""

    def __init__(self, column: str, error: MagliaError, written: str = "") -> None:
        super().__init__(column)
        self.column = column
        self.error = error
        self.written = written


class _Row:
    """The cells of one row by column; every read names the column it fails in."""

    def __init__(self, sheet: Sheet, line: Line) -> None:
        self._row = line.row
        self._cells: Mapping[str, str] = {}
        if line.cells is None or line.fault is not None:
            raise _CellError("", MagliaError(line.fault or Code.INPUT_QUOTES))
        if len(line.cells) != len(sheet.header):
            found, wanted = len(line.cells), len(sheet.header)
            raise _CellError("", MagliaError(Code.INPUT_CELLS, found=found, wanted=wanted))
        self._cells = dict(zip(sheet.header, line.cells, strict=True))
        for column, cell in self._cells.items():
            if len(cell) > MAX_CELL:
                raise self._error(forms.echo(column), MagliaError(Code.INPUT_FIELD, field=forms.echo(column)))

    def applicant(self, protocol: str, known: Mapping[Identifier, Applicant]) -> Applicant:
        """Return the row as an applicant who is not `known`; raise `_CellError` for the first cell that won't do."""
        identifier = self._read("codice", _identifier)
        if identifier in known:
            raise self._error("codice", MagliaError(Code.INPUT_APPLICANT_TWICE, row=known[identifier].row))
        return Applicant(
            row=self._row,
            protocol=protocol,
            identifier=identifier,
            household=self._read("nucleo", lambda text: forms.read_text(text, "nucleo")),
            need=self._read("fornitura", lambda text: parse_need(text) if text.strip() else None),
            creditor=self._read("creditore", lambda text: forms.read_text(text, "creditore")),
            period=self._read("periodo", read_period),
            points=self._read("punteggio", _points),
        )

    def _read(self, column: str, read: Callable[[str], T]) -> T:
        try:
            return read(self._cells.get(column, ""))
        except MagliaError as error:
            raise self._error(column, error) from None

    def _error(self, column: str, error: MagliaError) -> _CellError:
        return _CellError(column, error, self._cells.get("codice", "")[:_WRITTEN].strip())


def _identifier(text: str) -> Identifier:
    if not text.strip():
        raise MagliaError(Code.INPUT_MISSING, field="codice")
    return parse_identifier(text)


def read_period(text: str) -> tuple[date | None, date | None]:
    """Return the first and last day of a period written `03/2026`, `01/2026-03/2026` or `01/01/2026-31/03/2026`.

    Raises `input.date*` for what can't be read, `input.date_order` when it ends before it begins, and
    `input.period_cell` for a spreadsheet's day: that is also what it makes of `03/2026`, and nobody can tell which.
    """
    if isinstance(text, Day):
        raise MagliaError(Code.INPUT_PERIOD_CELL, value=text[:10])
    begin, dash, end = (part.strip() for part in text.partition("-"))
    if not begin and not dash:
        return None, None
    first = _day_or_month(begin, is_end=False)
    last = _day_or_month(end if dash else begin, is_end=True)
    return forms.read_period(first, last)


def _day_or_month(text: str, *, is_end: bool) -> date:
    month = _MONTH.fullmatch(text)
    if month is None or not 1 <= int(month[1]) <= 12 or not forms.EARLIEST.year <= int(month[2]) <= forms.LATEST.year:
        return forms.read_italian_day(text, forms.LATEST)
    year, number = int(month[2]), int(month[1])
    return date(year, number, calendar.monthrange(year, number)[1] if is_end else 1)


def _points(text: str) -> int | None:
    """Return hundredths of points written `87` or `87,5`; None where nothing is written."""
    written = text.strip()
    if not written:
        return None
    found = _POINTS.fullmatch(written)
    if found is None:
        raise MagliaError(Code.INPUT_FIELD, field="punteggio")
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
