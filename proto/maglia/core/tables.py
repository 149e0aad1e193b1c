"""Tables written as CSV and XLSX for people's own programs: text never becomes a formula."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

Cell = str | int | Decimal | date | datetime | None
Row = Sequence[Cell]
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_MAX_TEXT, _MAX_ROWS = 32_767, 1_048_576
"""Characters of a cell and rows of a sheet in XLSX."""
_BAD_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))


def harmless(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula: one that looks like it gets a leading quote."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_row(row: Row) -> list[str]:
    """Return a row's cells as Italian programs read them: days dd/mm/yyyy, decimals after a comma."""
    return [_written(cell) for cell in row]


def csv_bytes(rows: Iterable[Row]) -> bytes:
    """Return a CSV file (UTF-8 with mark, semicolons)."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(map(csv_row, rows))
    return out.getvalue().encode("utf-8-sig")


class XlsxBook:
    """A workbook written row by row; rows wait in temporary files that only their owner can read, and are not held.

    Use as a context manager: it is whole when that ends.
    """

    def __init__(self, out: BinaryIO) -> None:
        import xlsxwriter  # noqa: PLC0415 - few commands write one

        self._private = tempfile.TemporaryDirectory()
        options = {"constant_memory": True, "tmpdir": self._private.name, "strings_to_formulas": False}
        self._book = xlsxwriter.Workbook(out, options | {"strings_to_urls": False, "strings_to_numbers": False})
        self._strong = self._book.add_format({"bold": True})
        self._day = self._book.add_format({"num_format": "dd/mm/yyyy"})
        self._instant = self._book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        self._money = self._book.add_format({"num_format": "#,##0.00"})
        self._name, self._part, self._row = "", 1, 0
        self._titles: Sequence[str] = ()

    def __enter__(self) -> XlsxBook:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        try:
            if kind is None:
                self._book.close()
        finally:
            self._private.cleanup()

    def begin(self, name: str, titles: Sequence[str]) -> None:
        """Begin a sheet."""
        self._name, self._titles, self._part = name.translate(_BAD_IN_NAMES)[:28] or "Foglio", tuple(titles), 1
        self._new_sheet(self._name)

    def add(self, row: Row) -> None:
        """Add a row; a sheet that is full goes on in another."""
        if self._row >= _MAX_ROWS:
            self._part += 1
            self._new_sheet(f"{self._name} {self._part}")
        for column, cell in enumerate(row):
            self._write(column, cell, None)
        self._row += 1

    def _new_sheet(self, name: str) -> None:
        self._sheet = self._book.add_worksheet(name)
        self._sheet.freeze_panes(1, 0)
        self._row = 0
        for column, title in enumerate(self._titles):
            self._write(column, title, self._strong)
        self._row = 1

    def _write(self, column: int, cell: Cell, look: Any) -> None:
        match cell:
            case None | "":
                pass
            case str():
                self._sheet.write_string(self._row, column, harmless(cell)[:_MAX_TEXT], look)
            case datetime():
                self._sheet.write_datetime(self._row, column, cell.replace(tzinfo=None), self._instant)
            case date():
                self._sheet.write_datetime(self._row, column, cell, self._day)
            case Decimal():
                self._sheet.write_number(self._row, column, float(cell), self._money)
            case _:
                self._sheet.write_number(self._row, column, cell)


class CsvFolder:
    """A new folder with a CSV file for each table, all readable by their owner alone. Use as a context manager."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self._folder = folder
        self._open = ExitStack()
        self._writer = csv.writer(io.StringIO())

    def __enter__(self) -> CsvFolder:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._open.close()

    def begin(self, name: str, titles: Sequence[str]) -> None:
        """Begin a file."""
        self._open.close()
        path = self._folder / f"{name.lower().replace(' ', '-').translate(_BAD_IN_NAMES)}.csv"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        file = self._open.enter_context(os.fdopen(descriptor, "w", encoding="utf-8-sig", newline=""))
        self._writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        self.add(titles)

    def add(self, row: Row) -> None:
        """Add a row."""
        self._writer.writerow(csv_row(row))


def xlsx_bytes(name: str, rows: Iterable[Row]) -> bytes:
    """Return a workbook with one sheet, whose first row has the titles."""
    out = io.BytesIO()
    with XlsxBook(out) as book:
        left = iter(rows)
        book.begin(name, csv_row(next(left, ())))
        for row in left:
            book.add(row)
    return out.getvalue()


def table_bytes(path: Path, name: str, rows: Iterable[Row]) -> bytes:
    """Return a table in the format that a file's name asks for: XLSX, else CSV."""
    return xlsx_bytes(name, rows) if path.suffix.lower() == ".xlsx" else csv_bytes(rows)


def _written(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return harmless(cell)
        case datetime():
            return f"{cell:%d/%m/%Y %H:%M:%S}"
        case date():
            return f"{cell:%d/%m/%Y}"
        case Decimal():
            return f"{cell:.2f}".replace(".", ",")
        case _:
            return str(cell)
