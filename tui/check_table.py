"""A check as a table: how many answered and who is silent stand above what was found, as on the screen."""

from __future__ import annotations

from maglia.core.translation import mark, tr
from tui.labels import FACETS, STATUSES, label
from tui.model import CheckState, Finding
from tui.table import Cells, Table, euros, make_table, when_cell
from tui.verdict import amount_of, answered_of_asked, body_of, rows

_HEAD = mark("Persona|Stato|Ente|Aiuto|Quando|Importo|Nota")


def check_table(state: CheckState, lang: str) -> Table:
    """Return what a check found, one row each; persons of a household by their places, nobody by a code."""
    others = rows(state, lang)[len(state.findings) :]
    without = [_other(row.status, row.body, row.note, row.person) for row in others if row.note]
    nothing = [_other(row.status, row.body, row.note, row.person) for row in others if not row.note]
    found = [_found(one, lang) for one in sorted(state.findings, key=lambda one: not one.same_need)]
    lines = [_answers(state, lang), *without, *found, *nothing]
    return make_table(mark("Verifica {check}"), _HEAD, lines, lang, check=state.check_id)


def _answers(state: CheckState, lang: str) -> Cells:
    word = tr("RISPOSTE", lang)
    whole = tr("completa" if state.complete else "PARZIALE", lang)
    at_least = tr(", almeno", lang) if state.omitted else ""
    return (None, word, answered_of_asked(state, lang), None, None, None, f"{whole}{at_least}")


def _other(status: str, body: str, note: str, person: int) -> Cells:
    # Of a household, a row's body is the person's code: in a file their place says who it is.
    return (person or None, status, None if person else body, None, None, None, note)


def _found(one: Finding, lang: str) -> Cells:
    status = label(STATUSES, one.status, lang) if one.status else tr("TROVATO", lang)
    notes = [
        tr("stesso bisogno", lang) if one.same_need else "",
        tr("la persona si è opposta", lang) if one.objection else "",
        one.contact,
    ]
    amount = euros(one.amount_cents) if one.amount_cents is not None else amount_of(one, lang)
    said = ", ".join(note for note in notes if note)
    return (
        one.person or None,
        status,
        body_of(one, lang),
        label(FACETS, one.facet, lang),
        when_cell(one.when, lang),
        amount,
        said,
    )
