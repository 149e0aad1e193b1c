"""The error file of an import: each rejected row as it was, with its reason and what to do."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from maglia.core.errors import MagliaError
from node.domain.sheet import MAX_CELL, Line
from node.importing import OPTIONAL, REQUIRED, ImportReport, Rejected
from node.sheets import read_sheet

_ADDED = ("riga", "colonna", "motivo", "prossimo passo", "riga originale")
_SHOWN = 200
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def rejects_csv(report: ImportReport, content: bytes) -> bytes:
    """Return a CSV file (UTF-8 with mark, semicolons) of the rejected rows of `content`, the file that was imported.

    It has the original columns too: corrected, it can be imported. Where the quotes don't match there are no cells, and
    the line is under `riga originale`, as it was. Cells that a spreadsheet would run as formulas get a leading quote;
    long ones are cut.
    """
    rejected = {one.row: one for one in report.rejected}
    sheet = read_sheet(content, "", REQUIRED, OPTIONAL)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([*_ADDED, *map(_harmless, sheet.header)])
    for line in sheet.lines():
        if line.row in rejected:
            writer.writerow([*_told(rejected[line.row]), *_original(line)])
    return out.getvalue().encode("utf-8-sig")


def _told(one: Rejected) -> Sequence[str]:
    sentence = MagliaError(one.code, **one.params).sentence("it")
    return [str(one.row), *map(_harmless, (one.column, sentence.message, sentence.next_action))]


def _original(line: Line) -> Sequence[str]:
    if line.cells is None:
        return [_harmless(line.raw, MAX_CELL)]
    return ["", *map(_harmless, line.cells)]


def _harmless(cell: str, most: int = _SHOWN) -> str:
    shown = cell if len(cell) <= most else cell[: most - 1] + "…"
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
