"""A CSV file as people's programs write it: encoding, separator and columns found out, never guessed past doubt."""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from maglia.core.errors import Code, MagliaError
from node.domain.forms import echo

DELIMITERS = (";", ",", "\t")
MAX_CELL = 4096
"""Characters of a cell; a longer one rejects its row."""
_SNIFFED = 4096
_MAX_ROW_LINES = 50
"""Physical lines of one row; a quote still open after as many was never closed."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row as a spreadsheet numbers it (the header is row 1).

    `cells` is None where the quotes don't match: `raw` is then the one physical line in which the row begins, as it is.
    """

    row: int
    cells: Sequence[str] | None
    raw: str = ""


@dataclass(frozen=True)
class Sheet:
    """A decoded file: its text, its separator, its header's normal names in order."""

    text: str
    delimiter: str
    header: tuple[str, ...]

    def lines(self) -> Iterator[Line]:
        """Yield the rows under the header; blank ones are numbered and left out."""
        for line in _lines(self.text, self.delimiter, len(self.header)):
            if line.row > 1 and (line.cells is None or any(cell.strip() for cell in line.cells)):
                yield line


def read_sheet(content: bytes, file_name: str, required: Sequence[str], optional: Sequence[str]) -> Sheet:
    """Return the file as a sheet with all required columns.

    Raises `input.encoding`, `input.delimiter`, `input.column` for a missing one, `input.field` for a repeated one.
    """
    file = echo(file_name)
    text = _decode(content, file)
    delimiter, header = _find_header(text, file, frozenset([*required, *optional]))
    for column in required:
        if column not in header:
            raise MagliaError(Code.INPUT_COLUMN, file=file, field=column)
    for column in (*required, *optional):
        if header.count(column) > 1:
            raise MagliaError(Code.INPUT_FIELD, field=column)
    return Sheet(text, delimiter, header)


def _decode(content: bytes, file: str) -> str:
    """UTF-8, with or without its mark, then Windows-1252; a NUL near the start is the sign of a binary file."""
    if b"\0" in content[:_SNIFFED]:
        raise MagliaError(Code.INPUT_ENCODING, file=file, row=1)
    body = content.removeprefix(codecs.BOM_UTF8)
    for encoding in ("utf-8", "cp1252"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError as failure:
            row = body.count(b"\n", 0, failure.start) + 1
    raise MagliaError(Code.INPUT_ENCODING, file=file, row=row)


def _find_header(text: str, file: str, known: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    """Return the separator under which most known columns appear, and the header it gives."""
    best = max(((d, _header(text, d)) for d in DELIMITERS), key=lambda found: len(known.intersection(found[1])))
    if len(known.intersection(best[1])) < 2 and text.strip():
        raise MagliaError(Code.INPUT_DELIMITER, file=file)
    return best


def _header(text: str, delimiter: str) -> tuple[str, ...]:
    first = next(_lines(text, delimiter), None)
    return tuple(_plain(cell) for cell in first.cells) if first and first.cells else ()


def _plain(name: str) -> str:
    """Lower-case without accents: `Visibilità` is `visibilita`."""
    split = unicodedata.normalize("NFD", name.strip().lower())
    return "".join(character for character in split if not unicodedata.combining(character))


def _lines(text: str, delimiter: str, width: int = 0) -> Iterator[Line]:
    """Yield the rows; a quote that is never closed costs its own physical line, and reading goes on at the next one."""
    # The limit belongs to the csv module: a long cell must reject its own row, not end the file.
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    physical = io.StringIO(text, newline="")
    ahead: deque[str] = deque()
    row = 0
    while True:
        ahead.extend(islice(physical, _MAX_ROW_LINES - len(ahead)))
        if not ahead:
            return
        row += 1
        cells, used = _first_row(ahead, delimiter, width)
        yield Line(row, cells, "" if cells is not None else ahead[0].rstrip("\r\n"))
        for _ in range(used):
            ahead.popleft()


def _first_row(ahead: Sequence[str], delimiter: str, width: int) -> tuple[Sequence[str] | None, int]:
    """Return the cells of the row that begins the lines `ahead`, and how many of them it takes."""
    reader = csv.reader(ahead, delimiter=delimiter, strict=True)
    try:
        cells = next(reader)
    except csv.Error:
        return None, 1
    used = reader.line_num
    if used > 1 and _is_swallowing(list(islice(ahead, used)), delimiter, width):
        return None, 1
    return cells, used


def _is_swallowing(lines: Sequence[str], delimiter: str, width: int) -> bool:
    """Whether two rows with one quote each read as one row: its first line has every column, and so has a later one."""
    whole = [line.count(delimiter) >= width - 1 for line in lines]
    return width > 1 and whole[0] and any(whole[1:])
