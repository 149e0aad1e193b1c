"""The error file of an import: each rejected row as it was, with its reason and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from maglia.core.codes import Code
from maglia.core.errors import MagliaError

ADDED = ("riga", "colonna", "motivo", "prossimo passo", "riga originale")
"""Columns that stand before the file's own: without them, corrected, it can be imported."""
SHOWN = 200
"""Characters of a cell in an error file; of a line whose quotes don't match all are shown, up to `SHOWN_LINE`."""
SHOWN_LINE = 4096


@dataclass(frozen=True)
class RejectedLine:
    """A row that was not kept, with its cells, or the physical line of one whose quotes don't match.

    `params` fill the error's sentence and never hold a tax code; the cells do.
    """

    row: int
    column: str
    code: Code
    params: Mapping[str, str]
    cells: Sequence[str]
    raw: str = ""


def rejected_rows(titles: Sequence[str], lines: Iterable[RejectedLine], lang: str = "it") -> Iterator[list[str]]:
    """Yield the rows of the error file, its header first; long cells are cut."""
    yield [*ADDED, *(_short(title, SHOWN) for title in titles)]
    for line in lines:
        error = MagliaError(line.code)
        error.params = dict(line.params)
        said = error.sentence(lang)
        told = [str(line.row), line.column, said.message, said.next_action, _short(line.raw, SHOWN_LINE)]
        yield [*told, *(_short(cell, SHOWN) for cell in line.cells)]


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
