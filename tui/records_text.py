"""The sentences of a person's file: records with their versions, private notes; no line holds the person's code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from textwrap import wrap

from maglia.core.translation import mark, tr
from maglia.core.vocabulary import AidStatus
from tui.labels import FACETS, Labels, label
from tui.recorders import recorded, recorder
from tui.records_model import FiledAid, Note, PersonFile
from tui.table import Cells, Table, day_cell, euros, instant_cell, make_table
from tui.text import short_number, show_amount, show_day

_WIDTH = 80
_INDENT = "  "
STATUSES: Labels = {
    "given": mark("DATO"),
    "reserved": mark("IMPEGNO"),
    "cancelled": mark("ANNULLATO"),
    "corrected": mark("CORRETTO"),
}
BASES: Labels = {
    "consent": mark("su consenso"),
    "public_task": mark("su compito pubblico"),
}
VISIBILITIES: Labels = {"network": mark("rete"), "only_us": mark("solo noi")}
MEANS_TESTS: Labels = {
    "isee": mark("prova dei mezzi ISEE"),
    "other": mark("altra prova dei mezzi"),
    "exempt": mark("esente dalla prova dei mezzi"),
}


def person_lines(found: PersonFile, lang: str) -> list[str]:
    """Return all that is on file, the newest first."""
    if not found.records and not found.notes:
        return [tr("Nessun aiuto di questa persona agli atti di questo ente.", lang)]
    return [line for one in found.records for line in record_lines(one, lang)] + note_lines(found.notes, lang)


def record_lines(one: FiledAid, lang: str) -> list[str]:
    """Return one version of one record, its status and number first."""
    head = f"{label(STATUSES, one.status, lang):<9}  {short_number(one.id)}  {in_short(one, lang)}"
    told = [
        label(BASES, one.basis, lang),
        label(VISIBILITIES, one.visibility, lang),
        f"{tr('creditore', lang)} {one.creditor}" if one.creditor else "",
        one.need,
        _period(one, lang),
        f"{tr('protocollo', lang)} {one.protocol}" if one.protocol else "",
        label(MEANS_TESTS, one.means_test, lang) if one.means_test in MEANS_TESTS else "",
        national_line(one, lang),
        f"{recorded(one.recorded_by, lang)}, {moment(one.recorded_at_ms)}"
        if one.recorded_by
        else moment(one.recorded_at_ms),
        _promised(one, lang),
        f"{tr('conservato fino al', lang)} {_day(one.keep_until)}",
        _versions(one, lang),
    ]
    return [*_wrapped(head, ""), *_wrapped("; ".join(part for part in told if part), _INDENT)]


def national_line(one: FiledAid, lang: str) -> str:
    """Return the code of the national flow, and that it is to be verified where it is; "" for none."""
    if not one.national_code:
        return ""
    unsure = "" if one.national_sure else tr(" (da verificare)", lang)
    return f"{tr('codice nazionale', lang)} {one.national_code}{unsure}"


def undone_lines(again: FiledAid | None, now_ms: float, lang: str) -> list[str]:
    """Return that help was taken off the file, and the version that is in force again, if there is one."""
    done = tr("Annullato.", lang)
    if again is None:
        return [done]
    back = tr("Vale di nuovo, {status}:", lang)
    if again.status == AidStatus.RESERVED and again.reserved_until_ms <= now_ms:
        ended = tr("Torna un impegno, intanto scaduto; se serve, registrarne un altro:", lang)
        back = ended
    return [
        done,
        back.format(status=tr(STATUSES.get(again.status, ""), lang)),
        f"  {short_number(again.id)}  {in_short(again, lang)}",
    ]


def in_short(one: FiledAid, lang: str) -> str:
    """Return when, what and how much, on one line."""
    amount = "" if one.amount_cents is None else f", {show_amount(one.amount_cents)}"
    monthly = tr(" al mese", lang) if amount and one.frequency == "monthly" else ""
    return f"{_day(one.date)}  {label(FACETS, one.facet, lang)}{amount}{monthly}"


def person_table(found: PersonFile, lang: str) -> Table:
    """Return a person's records with their versions; neither notes nor the person's code are in it."""
    head = mark(
        "Numero|Stato|Giorno|Aiuto|Importo|Ogni mese|Dal|Al|Creditore|Fornitura o contratto|Base|Visibile a|Protocollo"
        "|Registrato da|Registrato il|Promesso fino al|Conservato fino al|Versione|Corregge|Corretto da"
    )
    title = mark("Aiuti agli atti")
    return make_table(title, head, [_row(one, lang) for one in found.records], lang)


def _row(one: FiledAid, lang: str) -> Cells:
    return (
        short_number(one.id),
        label(STATUSES, one.status, lang),
        day_cell(one.date),
        label(FACETS, one.facet, lang),
        euros(one.amount_cents),
        tr("sì", lang) if one.frequency == "monthly" else None,
        day_cell(one.period_from),
        day_cell(one.period_to),
        one.creditor,
        one.need,
        label(BASES, one.basis, lang) if one.basis in BASES else None,
        label(VISIBILITIES, one.visibility, lang),
        one.protocol,
        recorder(one.recorded_by, lang),
        instant_cell(one.recorded_at_ms),
        instant_cell(one.reserved_until_ms),
        day_cell(one.keep_until),
        one.version,
        short_number(one.replaces),
        short_number(one.replaced_by),
    )


def note_lines(notes: Sequence[Note], lang: str) -> list[str]:
    """Return private notes, each under who wrote it and when."""
    lines: list[str] = []
    for one in notes:
        word = tr("NOTA", lang)
        lines.append(f"{word}  {one.written_by}, {moment(one.written_at_ms)}")
        lines += [part for line in one.text.split("\n") for part in _wrapped(line, _INDENT)]
    return lines


def moment(time_ms: int) -> str:
    """Return an instant on this machine's clock, as dd/mm/yyyy hh:mm."""
    return f"{datetime.fromtimestamp(time_ms / 1000):%d/%m/%Y %H:%M}"


def _versions(one: FiledAid, lang: str) -> str:
    parts = [f"{tr('versione', lang)} {one.version}"] if one.version > 1 or one.replaced_by else []
    if one.replaces:
        parts.append(f"{tr('corregge', lang)} {short_number(one.replaces)}")
    if one.replaced_by:
        parts.append(f"{tr('corretto da', lang)} {short_number(one.replaced_by)}")
    return ", ".join(parts)


def _period(one: FiledAid, lang: str) -> str:
    begin = f"{tr('dal', lang)} {_day(one.period_from)}" if one.period_from else ""
    end = f"{tr('al', lang)} {_day(one.period_to)}" if one.period_to else ""
    return " ".join(part for part in (begin, end) if part)


def _promised(one: FiledAid, lang: str) -> str:
    if one.status != "reserved" or not one.reserved_until_ms:
        return ""
    return f"{tr('promesso fino al', lang)} {moment(one.reserved_until_ms)}"


def _day(iso: str) -> str:
    try:
        return show_day(date.fromisoformat(iso))
    except ValueError:
        return iso


def _wrapped(text: str, indent: str) -> list[str]:
    return wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent or "  ")
