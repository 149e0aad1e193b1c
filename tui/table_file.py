"""The one way for a table to become a file: CSV or XLSX as its name says, private, never over another one unasked."""

from __future__ import annotations

from pathlib import Path

from maglia.core.errors import Code, MagliaError
from maglia.core.quoted import echo
from maglia.core.tables import Cell
from tui.papers.writing import check_name, write_rows
from tui.table import Table
from tui.text import plain

FORMATS = (".csv", ".xlsx")
_LONGEST = 32_000
"""Characters of a cell; a program's own limit is 32,767."""


def check_table_file(path: Path, *, force: bool = False) -> None:
    """Refuse, before any work is done, a file that could not be written as its name says.

    Raises `input.table_name` for another format than CSV or XLSX, `input.file_name` for a name that holds a person's
    code, `input.out_exists` unless `force`, `input.file_write` for a folder that is not there.
    """
    if path.suffix.lower() not in FORMATS:
        raise MagliaError(Code.INPUT_TABLE_NAME, file=echo(path.name))
    check_name(path, force=True)
    if path.exists() and not force:
        raise MagliaError(Code.INPUT_OUT_EXISTS, file=echo(path.name))
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise MagliaError(Code.INPUT_FILE_WRITE, file=echo(path.name))


def write_table(path: Path, table: Table, *, force: bool = False) -> Path:
    """Write a table, whole or not at all, into a file that only its owner can read; return the path.

    No cell is run as a formula, and no control character is left in any. Raises what `check_table_file` raises.
    """
    check_table_file(path, force=force)
    rows = [[_clean(cell) for cell in row] for row in (table.head, *table.rows)]
    write_rows(path, plain(table.title), rows)
    return path


def _clean(cell: Cell) -> Cell:
    return plain(cell, _LONGEST) if isinstance(cell, str) else cell
