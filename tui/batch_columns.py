"""Which column of an applicants' file is which: the node's columns in words, and how a file is read under them."""

from __future__ import annotations

from collections.abc import Mapping

from maglia.core.folding import fold
from maglia.core.translation import mark, tr
from tui.batch_model import FileReading, ReadRow
from tui.labels import Labels, label
from tui.table import Cells, Table, make_table
from tui.text import code_sentence, number, plain

COLUMNS: Labels = {
    "codice": mark("Codice"),
    "nucleo": mark("Nucleo"),
    "fornitura": mark("Fornitura"),
    "creditore": mark("Creditore"),
    "periodo": mark("Periodo"),
    "punteggio": mark("Punteggio"),
}
"""The node's columns in the order in which people are asked for them."""
REQUIRED = ("codice", "nucleo")


def is_named(column: str, title: str) -> bool:
    """Return whether a title is a column's own name, so that it is that column without anybody saying so."""
    return " ".join(title.lower().split()) == column


def read_row(row: ReadRow, lang: str) -> str:
    """Return what a row says beside whose it is; of a rejected one why."""
    if row.code:
        said = code_sentence(row.code, lang, row.params)
        return f"{plain(row.column)}: {said}" if row.column else said
    cells = [f"{label(COLUMNS, name, lang)} {row.cells[name]}" for name in COLUMNS if name in row.cells]
    return "; ".join(cells[1:] if "codice" in row.cells else cells)


def reading_lines(read: FileReading, lang: str) -> list[str]:
    """Return how a file is read, without the code of anybody: its columns, its first rows, what is rejected."""
    lines = [f"{tr('Colonne', lang)}: {', '.join(map(plain, read.titles))}"]
    lines += [
        f"  {label(COLUMNS, name, lang)}: {plain(read.columns[name])}" for name in COLUMNS if name in read.columns
    ]
    if read.code:
        return fold([*lines, code_sentence(read.code, lang, read.params)])
    row = tr("riga", lang)
    lines += [f"{row} {one.row}: {read_row(one, lang)}" for one in read.first]
    return fold([*lines, counted(read, lang)])


def counted(read: FileReading, lang: str) -> str:
    """Return how many rows a file has, and how many of them are rejected."""
    words = tr("Righe {0}, di cui scartate {1}.", lang)
    return words.format(number(read.rows, lang), number(read.rejected, lang))


def asked_columns(chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the titles to ask the node for: those that it does not know by themselves."""
    return {name: title for name, title in chosen.items() if title and not is_named(name, title)}


def reading_table(read: FileReading, lang: str) -> Table:
    """Return the first rows of a file as the node reads them, without the code of anybody."""
    head = mark("Riga|Esito|Nucleo|Fornitura|Creditore|Periodo|Punteggio|Motivo")
    return make_table(mark("Lettura del file"), head, [_read_cells(one, lang) for one in read.first], lang)


def _read_cells(one: ReadRow, lang: str) -> Cells:
    verdict = tr("SCARTATA" if one.code else "LETTA", lang)
    cells = [one.cells.get(name) for name in COLUMNS if name != "codice"]
    return (one.row, verdict, *cells, read_row(one, lang) if one.code else None)
