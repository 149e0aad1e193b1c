"""Which cells of an XLSX sheet hold a formula with an error, or one that no program has worked out.

The library reads both as empty cells; an empty amount may be right, and a lost one never is. Run in the reader's own
process (`node.sheets.reader`), since it unpacks what a stranger sent.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import IO
from xml.etree import ElementTree
from zipfile import ZipFile

_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_PIECE, _LONGEST = 1 << 22, 1 << 26
_ERROR = re.compile(rb"<(?:\w+:)?c\s([^>]*\bt=\"e\"[^>]*)>")
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*[^>/]>[^<]*</(?:\w+:)?f>|>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_IS_TEXT = re.compile(rb"\bt=\"str\"")
_PLACE = re.compile(rb"\br=\"([A-Z]{1,3})([0-9]{1,7})\"")


def faulty_cells(content: bytes, sheet: str) -> Mapping[int, Sequence[int]]:
    """Return the columns of such cells by row, both from 0; nothing for a workbook that is no XLSX."""
    found: dict[int, list[int]] = {}
    with ZipFile(io.BytesIO(content)) as packed:
        names = set(packed.namelist())
        path = _path(packed, sheet) if {_BOOK, _RELATIONS} <= names else ""
        if path not in names:
            return found
        with packed.open(path) as file:
            for part in _parts(file):
                for attributes in _faults(part):
                    if place := _PLACE.search(attributes):
                        found.setdefault(int(place[2]) - 1, []).append(_column(place[1]))
    return found


def _path(packed: ZipFile, sheet: str) -> str:
    """Return where a sheet's cells are, from the workbook's list of its sheets."""
    book = ElementTree.fromstring(packed.read(_BOOK))  # noqa: S314 - in a process with bounds of its own
    relations = ElementTree.fromstring(packed.read(_RELATIONS))  # noqa: S314 - likewise
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    for one in book.iter():
        if one.tag.endswith("}sheet") and one.get("name") == sheet:
            identifier = next((value for name, value in one.items() if name.endswith("}id")), "")
            target = targets.get(identifier, "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return ""


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the sheet in pieces that part between rows."""
    left = b""
    while piece := file.read(_PIECE):
        left += piece
        cut = left.rfind(b"row ")
        if cut > 0:
            yield left[:cut]
            left = left[cut:]
        if len(left) > _LONGEST:
            raise MemoryError
    yield left


def _faults(part: bytes) -> Iterator[bytes]:
    for match in _ERROR.finditer(part):
        yield match[1]
    for match in _FORMULA.finditer(part):
        if not _IS_TEXT.search(match[1]):
            yield match[1]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1
