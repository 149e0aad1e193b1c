"""PERSONA's sentences: who the person is in short, one row in full, what is said where there is nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from maglia.core.translation import mark, tr, trn
from tui.consent_model import ConsentFile
from tui.consent_text import against_lines, consent_lines
from tui.labels import label
from tui.lines import Line, Tone
from tui.needs_text import filed_sentences
from tui.person_text import code_line, counts_line, standing_lines
from tui.persons_model import FormerCode, Place
from tui.persons_model import PersonFile as Who
from tui.persons_text import AGES
from tui.recorders import recorded
from tui.records_model import FiledAid, PersonFile
from tui.records_text import STATUSES, in_short, moment, national_line, person_table
from tui.screens.person.file import AID, CHART, CONSENTS, HOUSEHOLD, NEEDS, NOTES, OnFile
from tui.screens.person.rows import day
from tui.text import short_number, show_day

_NO_CONSENT = mark("Nessun consenso: non si può chiedere agli altri enti. 3, F3 lo registra.")
_NO_CASE = mark("Nessuna pratica: per chiedere agli altri enti, il protocollo va in VERIFICA.")
_IN_HEAD = 6
"""Columns of the file's table that the first line says already."""
EMPTY = {
    AID: mark("Nessun aiuto di questa persona agli atti di questo ente."),
    HOUSEHOLD: mark("Nessun nucleo registrato. F3 aggiunge chi vive con questa persona."),
    CONSENTS: mark("Nessun consenso, rifiuto o opposizione agli atti. F3 per registrarne uno."),
    NEEDS: mark("Nessun bisogno registrato. F3 ne apre uno."),
    NOTES: mark("Nessuna nota. F3 ne aggiunge una: resta in questo ente."),
    CHART: mark("Nessun aiuto da mostrare nel grafico."),
}
START = mark("Leggere la tessera con lo scanner, o scrivere il codice e premere Invio.")
OWN_ALONE = mark("Qui c'è soltanto ciò che ha scritto questo ente. Gli altri enti si chiedono in VERIFICA (F10).")
LOADING = mark("Lettura in corso...")
NOT_FOR_ROLE = mark("Il suo ruolo qui non lo legge. Chiedere a un responsabile dell'ente.")
BY_NAME = mark("Persona senza codice: qui si vedono nucleo e conteggi. Gli aiuti per nome: F6 in REGISTRA.")


def who_lines(who: Who, typed: str, lang: str, *, on_consent: bool = True) -> list[str]:
    """Return who a person is on file, in short: code, other codes, how much, on what they may be asked about.

    The code itself is there where another was typed. `on_consent` is false at a body that asks on its public task.
    """
    head = code_line(who.code, lang)
    if typed == who.code.identifier:
        head = head.removeprefix(typed).strip()
    if who.on_file.name:
        head += f", {who.on_file.name}"
    if who.former:
        known = tr("noto anche come", lang)
        head += f"; {known} {', '.join(one.code.identifier for one in who.former)}"
    here = f"{tr('Qui', lang)}: {counts_line(who.on_file, lang)}"
    if who.household and (count := len(who.household.members)):
        one = tr("nucleo di 1 persona", lang)
        here += "; " + (one if count == 1 else tr("nucleo di {count} persone", lang).format(count=count))
    return [head, f"{here}.", " ".join(standing_lines(who, lang, _NO_CONSENT if on_consent else _NO_CASE))]


def said_of(on_file: OnFile, lang: str) -> list[Line]:
    """Return what is worth one sentence of a person just read, what is left to do first."""
    lines = []
    if on_file.consents and (count := len(on_file.consents.still_to_tell)):
        left = trn(
            "Resta 1 ente da avvisare: chiamarlo, poi F3 sulla riga, in 3 Consensi.",
            "Restano {count} enti da avvisare: chiamarli, poi F3 sulla riga, in 3 Consensi.",
            count,
            lang,
        )
        lines.append(Line("!!", left.format(count=count), Tone.FOUND))
    if on_file.who and not on_file.who.on_file.known and not on_file.by_name:
        none = tr("Di questa persona qui non c'è ancora nulla. F10 porta a registrare un aiuto.", lang)
        lines.append(Line("  ", none, Tone.NOTE))
    if on_file.by_name:
        lines.append(Line("  ", tr(BY_NAME, lang), Tone.NOTE))
    return lines or [Line("  ", tr(OWN_ALONE, lang), Tone.NOTE)]


def detail_of(view: str, key: str, on_file: OnFile, lang: str) -> list[str]:
    """Return all that is known of one row, one thing after another; nothing for a row that is gone."""
    if view == AID and on_file.records:
        return [fact for one in on_file.records.records if one.id == key for fact in _facts(one, lang)]
    if view == NEEDS and on_file.needs:
        return [line for one in on_file.needs if one.name == key for line in filed_sentences(one, lang)]
    if view == CONSENTS and on_file.consents:
        return _said(on_file.consents, key, lang)
    if view == NOTES and on_file.records:
        one = on_file.records.notes[int(key[1:])] if int(key[1:]) < len(on_file.records.notes) else None
        return [f"{one.written_by}, {moment(one.written_at_ms)}", "", *one.text.split("\n")] if one else []
    if view == HOUSEHOLD and on_file.who:
        return _place(on_file.who, key, lang)
    return []


def _facts(one: FiledAid, lang: str) -> list[str]:
    """Return a record as its head, and each further thing that the table of a file says of it, under its name."""
    table = person_table(PersonFile((one,), (), ""), lang)
    status, number = label(STATUSES, one.status, lang), short_number(one.id)
    named = zip(table.head[_IN_HEAD:], table.rows[0][_IN_HEAD:], strict=True)
    facts = [f"{name}: {_shown(value)}" for name, value in named if value not in {None, ""}]
    national = national_line(one, lang)
    return [
        f"{status}  {number}  {in_short(one, lang)}",
        "",
        *facts,
        *([national[:1].upper() + national[1:]] if national else []),
    ]


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}"
    return show_day(value) if isinstance(value, date) else str(value)


def _said(on_file: ConsentFile, key: str, lang: str) -> list[str]:
    kind, rest = key[:1], key[1:]
    if kind == "g" and int(rest) < len(on_file.consents):
        return consent_lines(on_file.consents[int(rest)], on_file.day, lang)
    if kind == "o" and int(rest) < len(on_file.oppositions):
        return against_lines(on_file.oppositions[int(rest)], lang)
    of_body = [one for one in on_file.oppositions if any(body.member == rest for body in one.to_tell)]
    return [line for one in of_body for line in against_lines(one, lang)] if kind == "t" else []


def _place(who: Who, key: str, lang: str) -> list[str]:
    kind, at = key[:1], int(key[1:])
    if kind == "c":
        return _former(who.former[at], lang) if at < len(who.former) else []
    household = who.household
    people: Sequence[Place] = () if household is None else (household.members if kind == "m" else household.former)
    if at >= len(people):
        return []
    one = people[at]
    since = f"{tr('dal', lang, 'since')} {day(one.since)}" if one.since else ""
    until = f"{tr('fino al', lang)} {day(one.until)}" if one.until else ""
    by = recorded(one.recorded_by, lang) if one.recorded_by else ""
    return [one.identifier, *filter(None, (one.name, label(AGES, one.age, lang), since, until, by))]


def _former(one: FormerCode, lang: str) -> list[str]:
    until = tr("Chi chiede con questo codice lo trova fino al", lang)
    by = tr("Collegato da", lang)
    lines = [code_line(one.code, lang), f"{by} {one.linked_by}, {moment(one.linked_ms)}."]
    return lines if one.code.type == "name" else [*lines, f"{until} {day(one.answers_until)}."]
