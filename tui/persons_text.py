"""The sentences about persons and households on file, as a counter reads them."""

from __future__ import annotations

from datetime import date
from textwrap import wrap

from maglia.core.translation import mark, tr, trn
from tui.labels import Labels, label
from tui.persons_model import Household, Place, RegistryReport
from tui.recorders import recorder
from tui.table import Cells, Table, day_cell, make_table
from tui.text import code_sentence, show_day

AGES: Labels = {"adult": mark("adulto"), "minor": mark("minore")}
_SOURCES: Labels = {
    "operator": mark("registrato qui"),
    "registry": mark("dall'anagrafe"),
}
_CHANGES: Labels = {"added": mark("nuovo"), "changed": mark("cambiato"), "departed": mark("uscito")}


def household_lines(household: Household, lang: str) -> list[str]:
    """Return who lives together and who left, one line for each; the lines hold codes."""
    count = len(household.members)
    if not count:
        head = tr("Nel nucleo non c'è più nessuno.", lang)
    else:
        of = trn("Nucleo di 1 persona", "Nucleo di {count} persone", count, lang).format(count=count)
        head = f"{of}, {label(_SOURCES, household.source, lang)}:"
    lines = [head, *(f"  {number}  {_told(one, lang)}" for number, one in enumerate(household.members, 1))]
    if household.former:
        lines.append(tr("Usciti:", lang))
        lines += [f"     {_told(one, lang)}" for one in household.former]
    return lines


def household_table(household: Household, lang: str) -> Table:
    """Return who lives together and who left; the table holds codes."""
    rows: list[Cells] = [
        (
            one.identifier,
            one.name,
            label(AGES, one.age, lang),
            day_cell(one.since),
            day_cell(one.until),
            recorder(one.recorded_by, lang),
        )
        for one in (*household.members, *household.former)
    ]
    head = mark("Codice|Nome|Età|Dal|Al|Registrato da")
    return make_table(mark("Nucleo"), head, rows, lang, has_codes=True)


def _told(one: Place, lang: str) -> str:
    parts = [one.identifier]
    if one.name:
        parts.append(one.name)
    parts.append(label(AGES, one.age, lang))
    if one.since:
        parts.append(f"{tr('dal', lang, 'since')} {_day(one.since)}")
    if one.until:
        parts.append(f"{tr('fino al', lang)} {_day(one.until)}")
    return ", ".join(parts)


def asked_together(household: Household, first: str, lang: str) -> list[str]:
    """Return whose number stands for whom in the check of a household on file, and which minors are not asked about."""
    members = to_ask(household, first)
    lines = [
        f"{tr('persona', lang)} {number}: {one.identifier}{f', {one.name}' if one.name else ''}"
        for number, one in enumerate(members, 1)
    ]
    minors = [one for one in household.members if one not in members]
    if minors:
        who = ", ".join(one.identifier for one in minors)
        lines.append(tr("Minori, non chiesti: {who}.", lang).format(who=who))
    return lines


def to_ask(household: Household, first: str) -> list[Place]:
    """Return the person who was named, though a minor, then the other adults of their household."""
    named = [one for one in household.members if one.identifier == first]
    return [*named, *(one for one in household.adults if one.identifier != first)]


def _day(iso: str) -> str:
    try:
        return show_day(date.fromisoformat(iso))
    except ValueError:
        return iso


_MOST = 50
"""Rejected rows that are listed; the file of changes has no more room for them either."""


def registry_lines(report: RegistryReport, lang: str, *, dry_run: bool) -> list[str]:
    """Return what a civil registry's file changed, or would change, and every row not kept, with its reason."""
    did = tr("Prova, nulla è cambiato" if dry_run else "Anagrafe", lang)
    counts = tr("{added} nuovi, {changed} cambiati, {departed} usciti, {unchanged} uguali", lang).format(
        added=report.added, changed=report.changed, departed=report.departed, unchanged=report.unchanged
    )
    lines = [f"{did}: {counts}."]
    if report.held:
        held = tr("{held} persone non sono nel file, ma restano: il codice di qualche riga non si legge.", lang).format(
            held=report.held
        )
        lines.append(held)
    for one in report.rejected[:_MOST]:
        row, column = tr("riga", lang), f", {one.column}" if one.column else ""
        lines.append(f"{tr('SCARTATA', lang)}  {row} {one.row}{column}")
        lines += [f"    {part}" for part in wrap(code_sentence(one.code, lang, one.params), 76)]
    if len(report.rejected) > _MOST:
        more = len(report.rejected) - _MOST
        lines.append(tr("... e altre {more} righe scartate.", lang).format(more=more))
    return lines


def changes_csv(report: RegistryReport, lang: str) -> bytes:
    """Return who is new, changed or gone as a CSV file; codes can be no formulas."""
    rows = [f"{label(_CHANGES, kind, lang)};{code}" for kind, code in report.changes]
    return "\r\n".join([tr("che cosa;codice", lang), *rows, ""]).encode("utf-8-sig")
