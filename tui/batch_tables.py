"""Calls for applicants as tables: the list of what was checked, and one file's rows without their codes.

The results with the codes, which are the office's alone, are `tui.batch_files`.
"""

from __future__ import annotations

from collections.abc import Sequence

from maglia.core.translation import mark, tr
from tui.batch_model import Batch, BatchRow
from tui.batch_row_text import detail, in_file, rejection
from tui.batch_text import STATES, VERDICTS
from tui.labels import FACETS, label
from tui.table import Cells, Table, day_cell, instant_cell, make_table


def batch_list_table(batches: Sequence[Batch], lang: str) -> Table:
    """Return what was checked, one row for each file."""
    rows: list[Cells] = [
        (
            one.id,
            one.procedure,
            label(FACETS, one.facet, lang),
            one.file_name,
            label(STATES, one.state, lang),
            one.rows,
            *((one.none, one.matches, one.partial) if one.was_asked else (None, None, None)),
            one.rejected,
            one.opened_by,
            instant_cell(one.opened_at_ms),
            instant_cell(one.answered_at_ms),
            day_cell(one.erase_on),
        )
        for one in batches
    ]
    head = mark(
        "Numero|Bando|Aiuto|File|Stato|Righe|Nessuno|Riscontri|Parziali|Scartate|Aperto da|Aperto il|Ultima risposta"
        "|Si cancella il"
    )
    return make_table(mark("Bandi controllati"), head, rows, lang)


def batch_table(batch: Batch, found: Sequence[BatchRow], lang: str) -> Table:
    """Return what every row of one file reads; whose they are is told by the row's number in the file alone."""
    rows: list[Cells] = [
        (
            row.row,
            label(VERDICTS, row.verdict, lang),
            f"{row.answered} {tr('su', lang)} {row.asked}" if row.asked else None,
            detail(row, lang),
            in_file(row, lang),
        )
        for row in found
    ]
    head = mark("Riga|Esito|Enti|Dettaglio|Nel file")
    return make_table(mark("Bando {procedure}"), head, rows, lang, procedure=batch.procedure)


def rejects_table(batch: Batch, rejected: Sequence[BatchRow], lang: str) -> Table:
    """Return the rejected rows with what stands in the file in place of a code, so that the office mends them."""
    rows: list[Cells] = [(row.row, row.column, row.identifier, rejection(row, lang)) for row in rejected]
    head = mark("Riga|Colonna|Codice com'è scritto|Motivo")
    return make_table(mark("Scarti {procedure}"), head, rows, lang, has_codes=True, procedure=batch.procedure)
