"""A table that somebody sends, as CSV, XLSX or ODS: told apart by what is in the file, not by its name."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from maglia.core.errors import Code, MagliaError
from node.domain.forms import echo
from node.domain.sheet import Sheet, check_columns
from node.sheets.csv_file import read_csv
from node.sheets.workbook import COMPOUND, ZIPPED, read_workbook


def open_sheet(content: bytes, file_name: str, known: Collection[str], sheet_name: str = "") -> Sheet:
    """Return the file's table, whatever its columns; `known` are names that help to find a CSV file's separator.

    Of a spreadsheet it is the sheet called `sheet_name`, else the only visible one that holds something. Raises
    `input.file_empty`, `input.encoding`, `input.delimiter`, `input.sheet`, `input.locked`, `input.file_kind`,
    `input.file_content`, `input.too_large`.
    """
    file = echo(file_name)
    if content.startswith((ZIPPED, COMPOUND)):
        sheet: Sheet = read_workbook(content, file, sheet_name)
    else:
        sheet = read_csv(content, file, frozenset(known))
    if not any(sheet.header) and next(iter(sheet.lines()), None) is None:
        raise MagliaError(Code.INPUT_FILE_EMPTY, file=file)
    return sheet


def read_sheet(
    content: bytes, file_name: str, required: Sequence[str], optional: Sequence[str], sheet_name: str = ""
) -> Sheet:
    """Return the file as a sheet with all required columns.

    Raises as `open_sheet`; `input.column` for a missing column, `input.field` for a repeated one.
    """
    sheet = open_sheet(content, file_name, [*required, *optional], sheet_name)
    check_columns(sheet.header, echo(file_name), required, optional)
    return sheet
