"""A check as a table: how many answered and who is silent stand above what was found, as on the screen."""

from __future__ import annotations

from tui.labels import FACETS, STATUSES, label, pick
from tui.model import CheckState, Finding
from tui.table import Cells, Table, euros, make_table, when_cell
from tui.verdict import amount_of, answered_of_asked, body_of, rows

_HEAD = ("Persona|Stato|Ente|Aiuto|Quando|Importo|Nota", "Person|Status|Body|Aid|When|Amount|Note")


def check_table(state: CheckState, lang: str) -> Table:
    """Return what a check found, one row each; persons of a household by their places, nobody by a code."""
    others = rows(state, lang)[len(state.findings) :]
    without = [_other(row.status, row.body, row.note, row.person) for row in others if row.note]
    nothing = [_other(row.status, row.body, row.note, row.person) for row in others if not row.note]
    found = [_found(one, lang) for one in sorted(state.findings, key=lambda one: not one.same_need)]
    title = (f"Verifica {state.check_id}", f"Check {state.check_id}")
    return make_table(title, _HEAD, [_answers(state, lang), *without, *found, *nothing], lang)


def _answers(state: CheckState, lang: str) -> Cells:
    word = pick(("RISPOSTE", "ANSWERS"), lang)
    whole = ("completa", "complete") if state.complete else ("PARZIALE", "PARTIAL")
    at_least = pick((", almeno", ", at least"), lang) if state.omitted else ""
    return (None, word, answered_of_asked(state, lang), None, None, None, f"{pick(whole, lang)}{at_least}")


def _other(status: str, body: str, note: str, person: int) -> Cells:
    # Of a household, a row's body is the person's code: in a file their place says who it is.
    return (person or None, status, None if person else body, None, None, None, note)


def _found(one: Finding, lang: str) -> Cells:
    status = label(STATUSES, one.status, lang) if one.status else pick(("TROVATO", "FOUND"), lang)
    notes = [
        pick(("stesso bisogno", "same need"), lang) if one.same_need else "",
        pick(("la persona si è opposta", "the person objects"), lang) if one.objection else "",
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
