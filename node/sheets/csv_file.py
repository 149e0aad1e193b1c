"""A CSV file as people's programs write it: encoding, separator and columns found out, never guessed past doubt."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from maglia.core.errors import Code, MagliaError
from node.domain.sheet import Line, plain_name

DELIMITERS = (";", ",", "\t")
_SNIFFED = 4096
_BINARY = 20
"""More NULs than one in as many bytes are no slip of a program (UTF-16 has about one in two)."""
_MAX_ROW_LINES = 50
"""Physical lines of one row; a quote still open after as many was never closed."""
_PHYSICAL = re.compile(r"([^\r\n]*)(?:\r\n?|\n)?")


@dataclass(frozen=True)
class CsvSheet:
    """A decoded file: its text, its separator, its columns in order, as they are written too. See `Sheet`."""

    text: str
    delimiter: str
    titles: tuple[str, ...]

    @property
    def header(self) -> tuple[str, ...]:
        """The columns, as `plain_name` writes them."""
        return tuple(map(plain_name, self.titles))

    def lines(self) -> Iterator[Line]:
        """Yield the rows under the header; blank ones are numbered and left out."""
        for line in _lines(self.text, self.delimiter, len(self.titles)):
            if line.row > 1 and (line.cells is None or any(cell.strip() for cell in line.cells)):
                yield line

    def line_at(self, row: int, start: int, end: int) -> Line:
        """Return again a row that `lines` yielded."""
        del end
        return _line(self.text, row, start, self.delimiter, len(self.titles))


def read_csv(content: bytes, file: str, known: frozenset[str]) -> CsvSheet:
    """Return the file as a sheet; of the separators, the one under which most `known` columns appear.

    Raises `input.encoding`, `input.delimiter`.
    """
    text = _decode(content, file)
    # The limit belongs to the csv module: a long cell must reject its own row, not end the file.
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    return CsvSheet(text, *_find_header(text, file, known))


def _decode(content: bytes, file: str) -> str:
    """UTF-8, with or without its mark, then Windows-1252."""
    if _is_binary(content):
        raise MagliaError(Code.INPUT_ENCODING, file=file, row=1)
    body = content.removeprefix(codecs.BOM_UTF8)
    for encoding in ("utf-8", "cp1252"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError as failure:
            row = body.count(b"\n", 0, failure.start) + 1
    raise MagliaError(Code.INPUT_ENCODING, file=file, row=row)


def _is_binary(content: bytes) -> bool:
    """Whether the bytes are no text, or UTF-16: a NUL is in the header, or many near the start.

    A few NULs are what an old program left in a field: they cost the rows that they stand in.
    """
    start = content[:_SNIFFED]
    return b"\0" in start.partition(b"\n")[0] or _BINARY * start.count(b"\0") > len(start)


def _find_header(text: str, file: str, known: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    """Return the separator under which most known columns appear, and the titles it gives.

    Where the columns have names of their own, it is the separator that makes the widest table of the first two rows.
    """
    if not text.strip():
        return DELIMITERS[0], ()
    tops = {delimiter: list(islice(_lines(text, delimiter), 2)) for delimiter in DELIMITERS}
    found = {delimiter: _titles(top) for delimiter, top in tops.items()}
    best = max(found, key=lambda delimiter: len(known.intersection(map(plain_name, found[delimiter]))))
    if len(known.intersection(map(plain_name, found[best]))) < 2:
        best = max(tops, key=lambda delimiter: _width(tops[delimiter]))
        if _width(tops[best]) < 2:
            raise MagliaError(Code.INPUT_DELIMITER, file=file)
    return best, found[best]


def _titles(top: Sequence[Line]) -> tuple[str, ...]:
    return tuple(top[0].cells) if top and top[0].cells else ()


def _width(top: Sequence[Line]) -> int:
    """Return the columns of a table's first two rows; 0 where they differ, and so are no table."""
    widths = {len(line.cells or ()) for line in top}
    return widths.pop() if len(top) == 2 and len(widths) == 1 else 0


def _lines(text: str, delimiter: str, width: int = 0) -> Iterator[Line]:
    """Yield the rows; a quote that is never closed costs its own physical line, and reading goes on at the next one."""
    row = start = 0
    while start < len(text):
        row += 1
        line = _line(text, row, start, delimiter, width)
        yield line
        start = line.end


def _line(text: str, row: int, start: int, delimiter: str, width: int) -> Line:
    """Return the row that begins at `start`."""
    first = next(_PHYSICAL.finditer(text, start))
    # Quotes are all that makes a row of CSV more than its parts; to part it is far cheaper.
    if '"' not in first[0]:
        return Line(row, first[1].split(delimiter) if first[1] else (), "", start, first.end())
    cells, taken = _quoted((each[0] for each in _PHYSICAL.finditer(text, start)), delimiter)
    if cells is None or (len(taken) > 1 and _is_swallowing(taken, delimiter, width)):
        return Line(row, None, first[1], start, first.end(), Code.INPUT_QUOTES)
    return Line(row, cells, "", start, start + sum(map(len, taken)))


def _quoted(lines: Iterator[str], delimiter: str) -> tuple[Sequence[str] | None, Sequence[str]]:
    """Return the cells of a row with quotes, none where they don't match, and which physical lines it took."""
    taken: list[str] = []

    def take() -> Iterator[str]:
        for line in islice(lines, _MAX_ROW_LINES):
            taken.append(line)
            yield line

    try:
        return next(csv.reader(take(), delimiter=delimiter, strict=True)), taken
    except csv.Error:
        return None, taken


def _is_swallowing(lines: Sequence[str], delimiter: str, width: int) -> bool:
    """Whether two rows with one quote each read as one row: its first line has every column, and so has a later one."""
    whole = [line.count(delimiter) >= width - 1 for line in lines]
    return width > 1 and whole[0] and any(whole[1:])
