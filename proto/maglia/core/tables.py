"""Tables written as CSV and XLSX for people's own programs: text never becomes a formula."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

Cell = str | int | Decimal | date | datetime | None
Row = Sequence[Cell]
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_MAX_TEXT = 32_767
"""Characters of a cell in XLSX."""
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


def write_xlsx(out: BinaryIO, tables: Mapping[str, Iterable[Row]] | Iterable[tuple[str, Iterable[Row]]]) -> None:
    """Write a workbook with one sheet for each table, in order; the first row of each stands out.

    Rows go to temporary files that only their owner can read, and so are not held.
    """
    import xlsxwriter  # noqa: PLC0415 - few commands write one

    pairs = tables.items() if isinstance(tables, Mapping) else tables
    with tempfile.TemporaryDirectory() as private:
        options = {"constant_memory": True, "tmpdir": private, "strings_to_formulas": False, "strings_to_urls": False}
        book = xlsxwriter.Workbook(out, options)
        strong = book.add_format({"bold": True})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        instant = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        money = book.add_format({"num_format": "#,##0.00"})
        for name, rows in pairs:
            sheet = book.add_worksheet(name.translate(_BAD_IN_NAMES)[:31] or "Foglio")
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    match cell:
                        case None | "":
                            pass
                        case str():
                            sheet.write_string(number, column, harmless(cell)[:_MAX_TEXT], None if number else strong)
                        case datetime():
                            sheet.write_datetime(number, column, cell.replace(tzinfo=None), instant)
                        case date():
                            sheet.write_datetime(number, column, cell, day)
                        case Decimal():
                            sheet.write_number(number, column, float(cell), money)
                        case _:
                            sheet.write_number(number, column, cell)
        book.close()


def xlsx_bytes(name: str, rows: Iterable[Row]) -> bytes:
    """Return a workbook with one sheet."""
    out = io.BytesIO()
    write_xlsx(out, {name: rows})
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
