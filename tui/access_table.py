"""Access requests as a table: how each stands, and by when it is to be answered. The persons are not in it."""

from __future__ import annotations

from collections.abc import Sequence

from tui.access_model import Case
from tui.labels import pick
from tui.table import Cells, Table, day_cell, make_table


def case_table(cases: Sequence[Case], lang: str) -> Table:
    """Return every request, one row each."""
    rows: list[Cells] = [
        (
            one.name,
            day_cell(one.received),
            day_cell(one.due),
            None if one.closed else one.days_left,
            day_cell(one.extended),
            one.extension_reason,
            day_cell(one.closed),
            one.closed_by,
            one.opened_by,
            len(one.parts) - len(one.missing),
            len(one.parts),
            _stands(one, lang),
        )
        for one in cases
    ]
    head = (
        "Numero|Ricevuta il|Rispondere entro|Giorni che restano|Prorogata il|Perché|Chiusa il|Chiusa da|Aperta da"
        "|Registri letti|Registri|Resoconto",
        "Number|Received on|Answer by|Days left|Extended on|Why|Closed on|Closed by|Opened by|Logs read|Logs|Report",
    )
    return make_table(("Richieste di accesso", "Access requests"), head, rows, lang)


def _stands(one: Case, lang: str) -> str:
    if one.closed:
        return ""
    return pick(("completo", "complete") if one.is_complete else ("PARZIALE", "PARTIAL"), lang)
