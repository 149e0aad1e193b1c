"""What a search found, for programs and for people."""

from __future__ import annotations

from datetime import UTC, datetime
from textwrap import wrap

from maglia.core.entry import EntryKind
from maglia.core.operator_day import italian_time
from maglia.core.translation import mark, tr
from tui.audit.entry_words import ENTRY_KINDS
from tui.audit.search import Found, FoundPage
from tui.audit.search_words import Titles, code_in_words, outcome_in_words, signals_in_words
from tui.labels import FACETS, PURPOSES, label
from tui.table import Cells, Table, italian_cell, make_table
from tui.text import number, plain

SCHEMA = "maglia.audit.search/1"
_WIDTH = 80
_UNTITLED: Titles = {}


def search_document(page: FoundPage) -> dict[str, object]:
    """Return a page of entries, for programs; `next` goes on from there."""
    return {"schema": SCHEMA, "entries": [_entry(found) for found in page.entries], "next": page.next_page}


def _entry(found: Found) -> dict[str, object]:
    return {
        "log": found.member,
        "index": found.idx,
        "time": datetime.fromtimestamp(found.time_ms / 1000, UTC).isoformat(timespec="milliseconds"),
        "kind": found.kind,
        "peer": found.peer,
        "purpose": found.purpose,
        "facet": found.facet,
        "basis": found.basis,
        "operator": found.operator,
        "outcome": found.outcome,
        "code": found.code,
        "count": found.count,
        "procedure": found.procedure,
        "question": found.question_id.hex(),
        "check": found.check_id,
        "signals": found.signals.split(",") if found.signals else [],
    }


def search_lines(page: FoundPage, lang: str, titles: Titles = _UNTITLED) -> list[str]:
    """Return a page of entries, for people, their codes in words; `titles` are those of signals."""
    if not page.entries:
        return [tr("Nessuna voce così in quanto è stato letto.", lang)]
    lines = [line for found in page.entries for line in _lines(found, lang, titles)]
    if page.next_page:
        more = tr("Ce ne sono altre: ripetere con --page", lang)
        lines.append(f"{more} {plain(page.next_page)}")
    return lines


def search_table(page: FoundPage, lang: str, titles: Titles = _UNTITLED, partial: str = "") -> Table:
    """Return entries, one row each; metadata alone, no person and no aid. `partial` says what they are a part of."""
    head = mark(
        "Ora|Registro|Voce|Che cosa|Ente|Scopo|Aiuto|Operatore|Esito|Perché|Procedura|Numero|Segnali|Domanda|Verifica"
    )
    rows: list[Cells] = [(None, tr("PARZIALE", lang), None, partial, *[None] * 11)] if partial else []
    rows += [
        (
            italian_cell(found.time_ms),
            found.member,
            found.idx,
            label(ENTRY_KINDS, found.kind, lang),
            found.peer,
            label(PURPOSES, found.purpose, lang) if found.purpose else None,
            label(FACETS, found.facet, lang) if found.facet else None,
            found.operator,
            outcome_in_words(found.kind, found.outcome, titles, lang),
            code_in_words(found.code, lang),
            found.procedure,
            found.count,
            signals_in_words(found.signals, lang),
            found.question_id.hex(),
            found.check_id,
        )
        for found in page.entries
    ]
    return make_table(mark("Voci trovate"), head, rows, lang)


def _amount(found: Found, lang: str) -> str:
    """How many pseudonyms or refusals; of a reading, the entry that it began with."""
    if found.kind == EntryKind.READING:
        return tr("dalla voce {entry}", lang).format(entry=number(found.count, lang))
    return f"× {number(found.count, lang)}" if found.count > 1 else ""


def _lines(found: Found, lang: str, titles: Titles) -> list[str]:
    moment = italian_time(found.time_ms)
    kind = label(ENTRY_KINDS, found.kind, lang)
    head = f"{moment:%d/%m/%Y %H:%M}  {plain(found.member)} {number(found.idx, lang)}  {kind}"
    said = [
        tr("ente {member}", lang).format(member=plain(found.peer)) if found.peer else "",
        label(PURPOSES, found.purpose, lang) if found.purpose else "",
        label(FACETS, found.facet, lang) if found.facet else "",
        tr("operatore {operator}", lang).format(operator=plain(found.operator)) if found.operator else "",
        outcome_in_words(found.kind, found.outcome, titles, lang),
        code_in_words(found.code, lang),
        tr("procedura {procedure}", lang).format(procedure=plain(found.procedure)) if found.procedure else "",
        _amount(found, lang),
        signals_in_words(found.signals, lang),
    ]
    details = ", ".join(part for part in said if part)
    return [head, *wrap(details, _WIDTH, initial_indent="   ", subsequent_indent="   ")]
