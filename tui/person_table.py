"""One person as this body knows them, as a table: codes, what is on file, on what one may ask, who lives together."""

from __future__ import annotations

from maglia.core.translation import mark, tr
from tui.labels import PURPOSES, label
from tui.person_text import TYPES, counted
from tui.persons_model import BasisOnFile, PersonCode, PersonFile
from tui.persons_text import AGES
from tui.table import Cells, Table, day_cell, instant_cell, make_table

_HEAD = mark("Che cosa|Codice|Tipo|Dal|Al|Dettaglio")


def person_table(person: PersonFile, lang: str) -> Table:
    """Return what is known of a person, one row each; the table holds codes."""
    rows = [
        _code(tr("Codice", lang), person.code, lang),
        *(
            (
                *_code(tr("noto anche come", lang), one.code, lang)[:3],
                instant_cell(one.linked_ms),
                day_cell(one.answers_until),
                one.linked_by,
            )
            for one in person.former
        ),
        *(
            (tr("Agli atti", lang), None, None, None, None, counted(kind, count, lang))
            for kind, count in person.on_file.counts.items()
            if count
        ),
        *(_basis(one, lang) for one in person.bases),
        *_against(person, lang),
        *_household(person, lang),
    ]
    return make_table(mark("Persona"), _HEAD, rows, lang, has_codes=True)


def _code(what: str, code: PersonCode, lang: str) -> Cells:
    weak = tr("identità debole", lang) if code.weak else None
    return (what, code.identifier, label(TYPES, code.type, lang), None, None, weak)


def _basis(one: BasisOnFile, lang: str) -> Cells:
    purposes = ", ".join(label(PURPOSES, purpose, lang) for purpose in one.purposes)
    if one.kind == "consent":
        return (tr("Consenso", lang), None, None, None, day_cell(one.until), purposes)
    return (tr("Pratica", lang), None, one.protocol, None, None, purposes)


def _against(person: PersonFile, lang: str) -> list[Cells]:
    refused: Cells = (tr("Rifiuto del consenso", lang), None, None, day_cell(person.refused), None, None)
    objected: Cells = (tr("Opposizione al compito pubblico", lang), None, None, None, None, None)
    return [*([refused] if person.refused else []), *([objected] if person.objected else [])]


def _household(person: PersonFile, lang: str) -> list[Cells]:
    household = person.household
    everybody = (*household.members, *household.former) if household else ()
    return [
        (
            tr("Nucleo", lang),
            one.identifier,
            label(AGES, one.age, lang),
            day_cell(one.since),
            day_cell(one.until),
            one.name,
        )
        for one in everybody
    ]
