"""Access requests as tables: how each stands, and what was found of one. The persons are in neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from maglia.core.translation import mark, tr
from tui.access_model import Access, Case, Report
from tui.access_text import disclosed, missing_reason, unnamed_reason
from tui.labels import FACETS, PURPOSES, label
from tui.table import Cells, Table, day_cell, italian_cell, make_table


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
    head = mark(
        "Numero|Ricevuta il|Rispondere entro|Giorni che restano|Prorogata il|Perché|Chiusa il|Chiusa da|Aperta da"
        "|Registri letti|Registri|Resoconto"
    )
    return make_table(mark("Richieste di accesso"), head, rows, lang)


def report_table(report: Report, lang: str) -> Table:
    """Return who asked about the person, one row for each question, under the bodies that are missing."""
    case, names = report.case, report.names
    missing, unnamed = tr("MANCA", lang), tr("NOMI", lang)
    gaps = [(missing, part, missing_reason(part, lang)) for part in case.missing]
    gaps += [(unnamed, part, unnamed_reason(part, lang)) for part in case.unnamed]
    rows: list[Cells] = [(word, None, part.name or part.member, *_BLANK, said) for word, part, said in gaps]
    rows += [_access(one, names, lang) for one in report.questions]
    head = mark("Stato|Quando|Chi ha chiesto|Operatore|A chi|Scopo|Aiuto|Comunicati")
    return make_table(mark("Accessi {name}"), head, rows, lang, name=case.name)


_BLANK = (None,) * 4


def _access(one: Access, names: Mapping[str, str], lang: str) -> Cells:
    asker, answerer = (names.get(body, body) for body in (one.asker, one.answerer))
    facet = label(FACETS, one.facet, lang) if one.facet else None
    purpose, told = label(PURPOSES, one.purpose, lang), disclosed(one, lang)
    return (None, italian_cell(one.time_ms), asker, one.operator, answerer, purpose, facet, told)


def _stands(one: Case, lang: str) -> str:
    if one.closed:
        return ""
    return tr("completo" if one.is_complete else "PARZIALE", lang)
