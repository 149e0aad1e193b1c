"""One sheet of a spreadsheet as lines of JSON, in a process of its own: `python -m node.sheets.reader [SHEET]`.

A spreadsheet is compressed and may claim any size: this process has a bound on its memory and its time, and takes
nobody with it when it dies at one. The file comes on standard input. The first line out says which sheet it is, or why
none; each further one is `[row, cells, fault]`. A cell is a text, `[number]` written with a point, or `[day, time]`.
Values of formulas are those that the file holds: no formula is run.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import resource
import sys
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from node.sheets.bounds import MEMORY_BYTES, check_whole, cpu_s
from node.sheets.formulas import faulty_cells

MAX_OUT = 512 << 20
"""Bytes written, so that a small file of one long text in a million cells fills nobody's memory."""
MAX_CHARACTERS = 4097
"""Of a cell: one more than may be kept, so that whoever reads it sees that it is too long."""
MAX_ROWS, MAX_COLUMNS = 300_000, 1_000
MERGED = "merged"
FAULTY = ["", "", "!"]
"""A formula without a result, or with an error."""
TOO_LARGE = 3
"""Exit status of a sheet that does not fit; a damaged file ends the process in any other way."""

_Cell = str | list[str]
_Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


def main() -> None:
    """Read the file on standard input; write the sheet, or why there is none, on standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    left = MAX_OUT
    try:
        content = sys.stdin.buffer.read()
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s(len(content)),) * 2)
        check_whole(content)
        for line in _document(content, wanted):
            left -= sys.stdout.write(line + "\n")
            if left < 0:
                sys.exit(TOO_LARGE)
    except MemoryError:
        sys.exit(TOO_LARGE)


def _document(content: bytes, wanted: str) -> Iterator[str]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    visible = [one.name for one in book.sheets_metadata if _is_seen(one)]
    named = [wanted] if wanted in visible else visible
    sheets = [sheet for name in named if (sheet := book.get_sheet_by_name(name)).start is not None]
    if len(sheets) > 1 or (wanted and wanted not in visible):
        yield json.dumps({"fault": "sheets", "sheets": [sheet.name for sheet in sheets]})
        return
    yield json.dumps({"fault": ""})
    for sheet in sheets:
        yield from _rows(sheet, faulty_cells(content, sheet.name))


def _is_seen(sheet: SheetMetadata) -> bool:
    """Whether it is a sheet of cells that a person sees."""
    return sheet.typ is SheetTypeEnum.WorkSheet and sheet.visible is SheetVisibleEnum.Visible


def _rows(sheet: CalamineSheet, faulty: Mapping[int, Sequence[int]]) -> Iterator[str]:
    merged = {
        row
        for first, last in sheet.merged_cell_ranges or ()
        for row in range(first[0], min(last[0], sheet.total_height) + 1)
    }
    if sheet.width > MAX_COLUMNS or sheet.height > MAX_ROWS:
        raise MemoryError
    left = sheet.start[1] if sheet.start else 0
    for row, values in enumerate(sheet.iter_rows()):
        cells = [_cell(value) for value in values]
        for column in faulty.get(row, ()):
            if 0 <= column - left < len(cells):
                cells[column - left] = FAULTY
        if any(cells):
            yield json.dumps([row + 1, cells, MERGED if row in merged else ""], ensure_ascii=False)


def _cell(value: _Value) -> _Cell:
    match value:
        case str():
            return value[:MAX_CHARACTERS]
        case bool():
            return "VERO" if value else "FALSO"
        case int() | float():
            return [_number(value)]
        case dt.datetime():
            return [f"{value:%d/%m/%Y}" if value.year > 999 else "", f"{value:%H:%M:%S}"]
        case dt.date():
            return [f"{value:%d/%m/%Y}" if value.year > 999 else "", ""]
        case _:
            return str(value)


def _number(value: float) -> str:
    """Return the number with the 15 digits that a spreadsheet shows: of 0.1 + 0.2 it shows 0.3."""
    return f"{Decimal(f'{value:.15g}'):f}"


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    main()
