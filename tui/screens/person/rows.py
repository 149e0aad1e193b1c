"""PERSONA's tables: rows of aid, of the household, of consents, needs and notes. Pure: what is on file in, rows out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from maglia.core.translation import mark, tr
from tui.consent_model import ConsentFile
from tui.consent_text import AGAINST, consent_table, consent_word, purposes
from tui.labels import FACETS, KINDS, label
from tui.lines import Tone
from tui.needs_model import FiledNeed
from tui.needs_text import need_table
from tui.persons_model import PersonFile as Who
from tui.persons_model import Place
from tui.persons_text import AGES, household_table
from tui.recorders import recorder
from tui.records_model import FiledAid, Note
from tui.records_text import STATUSES, VISIBILITIES, moment, person_table
from tui.screens.person.file import AID, CHART, CONSENTS, HOUSEHOLD, NEEDS, NOTES, OnFile
from tui.table import Table
from tui.text import show_amount, show_day, show_time
from tui.widgets.listing import Column, ListRow

COLUMNS: Mapping[str, Sequence[Column]] = {
    AID: (
        Column(mark("STATO"), 10),
        Column(mark("GIORNO"), 11),
        Column(mark("AIUTO"), 0),
        Column(mark("IMPORTO"), 12, right=True),
        Column(mark("CHI"), 10),
        Column(mark("VISTO DA"), 9),
        Column(mark("VERS"), 5),
    ),
    HOUSEHOLD: (
        Column(mark("CHI", "person"), 11),
        Column(mark("CODICE"), 18),
        Column(mark("DAL"), 11),
        Column(mark("FINO AL"), 11),
        Column(mark("NOME, SCRITTO DA"), 0),
    ),
    CONSENTS: (
        Column(mark("STATO"), 12),
        Column(mark("DAL"), 11),
        Column(mark("AL"), 11),
        Column(mark("SCOPI"), 0),
        Column(mark("CHI"), 12),
    ),
    NEEDS: (
        Column(mark("N."), 7),
        Column(mark("AIUTO"), 0),
        Column(mark("DOVUTO"), 12, right=True),
        Column(mark("COPERTO QUI"), 14, right=True),
        Column(mark("RESTA"), 12, right=True),
    ),
    NOTES: (Column(mark("QUANDO"), 17), Column(mark("CHI"), 12), Column(mark("NOTA"), 0)),
}
_LONGEST_NOTE = 160
"""Characters of a note in the list; Enter shows all of it."""


def rows_of(view: str, on_file: OnFile, now_ms: float, lang: str) -> list[ListRow]:
    """Return the rows of one view; the keys are those that `detail_of` and the acts know."""
    if view == AID and on_file.records:
        return [_aid(one, now_ms, lang) for one in on_file.records.records]
    if view == NOTES and on_file.records:
        return [_note(number, one) for number, one in enumerate(on_file.records.notes)]
    if view == HOUSEHOLD and on_file.who:
        return _household(on_file.who, lang)
    if view == CONSENTS and on_file.consents:
        return _consents(on_file.consents, lang)
    if view == NEEDS and on_file.needs:
        return [_need(one, lang) for one in on_file.needs]
    return []


def count_of(view: str, rows: Sequence[ListRow]) -> int:
    """Return how many of a view there are: persons of the household, what the person said, not who is to be told."""
    keys = [row.key[:1] for row in rows]
    if view == HOUSEHOLD:
        return keys.count("m")
    return len(keys) - keys.count("t") if view == CONSENTS else len(keys)


def table_of(view: str, on_file: OnFile, lang: str) -> Table | None:
    """Return what F7 writes of one view, None where nothing is read; private notes are in no table."""
    if view in {AID, CHART} and on_file.records:
        return person_table(on_file.records, lang)
    if view == HOUSEHOLD and on_file.who and on_file.who.household:
        return household_table(on_file.who.household, lang)
    if view == CONSENTS and on_file.consents:
        return consent_table(on_file.consents, lang)
    return need_table(on_file.needs, lang) if view == NEEDS and on_file.needs else None


def day(iso: str) -> str:
    """Return an ISO 8601 day as dd/mm/yyyy, "" for none, and anything else as it is."""
    try:
        return show_day(date.fromisoformat(iso)) if iso else ""
    except ValueError:
        return iso


def can_undo(one: FiledAid, now_ms: float) -> bool:
    """Return whether this version may still be taken back: the newest one, within its ten minutes."""
    return not one.replaced_by and one.undo_until_ms > now_ms


def _aid(one: FiledAid, now_ms: float, lang: str) -> ListRow:
    amount = "" if one.amount_cents is None else show_amount(one.amount_cents)
    monthly = tr(" al mese", lang, "short") if amount and one.frequency == "monthly" else ""
    versions = str(one.version) if one.version > 1 or one.replaced_by else ""
    cells = (
        label(STATUSES, one.status, lang),
        day(one.date),
        label(FACETS, one.facet, lang) + monthly,
        amount,
        recorder(one.recorded_by, lang),
        label(VISIBILITIES, one.visibility, lang),
        versions,
    )
    until = show_time(one.undo_until_ms)
    undo = tr("Si annulla con F9 fino alle {until}.", lang).format(until=until)
    return ListRow(one.id, cells, _tone(one), undo if can_undo(one, now_ms) else "")


def _tone(one: FiledAid) -> Tone:
    return Tone.PARTIAL if one.status == "reserved" and not one.replaced_by else Tone.CALM


def _household(who: Who, lang: str) -> list[ListRow]:
    there = who.household.members if who.household else ()
    left = who.household.former if who.household else ()
    rows = [ListRow(f"m{at}", _place(one, label(AGES, one.age, lang))) for at, one in enumerate(there)]
    gone = tr("uscito", lang)
    rows += [ListRow(f"l{at}", _place(one, gone), Tone.NOTE) for at, one in enumerate(left)]
    known = tr("altro cod.", lang)
    for at, one in enumerate(who.former):
        cells = (known, one.code.identifier, moment(one.linked_ms)[:10], day(one.answers_until), one.linked_by)
        rows.append(ListRow(f"c{at}", cells, Tone.NOTE))
    return rows


def _place(one: Place, who: str) -> tuple[str, ...]:
    named = ", ".join(filter(None, (one.name, one.recorded_by)))
    return who, one.identifier, day(one.since), day(one.until), named


def _consents(on_file: ConsentFile, lang: str) -> list[ListRow]:
    rows = []
    told: set[str] = set()
    for at, said in enumerate(on_file.oppositions):
        status = label(AGAINST, said.kind, lang)
        what = purposes(said.purposes, lang)
        rows.append(
            ListRow(
                f"o{at}", (status, day(said.date), day(said.ended), what, recorder(said.recorded_by, lang)), Tone.CALM
            )
        )
        for body in said.to_tell:
            if body.told or body.member in told:
                continue
            told.add(body.member)
            cells = (tr("DA AVVISARE", lang), day(body.last), "", body.name or body.member, "")
            rows.append(ListRow(f"t{body.member}", cells, Tone.PARTIAL, body.contact))
    for at, one in enumerate(on_file.consents):
        status = consent_word(one, on_file.day, lang)
        only = ", ".join(label(KINDS, kind, lang) for kind in one.audience)
        note = f"{tr('solo per', lang)} {only}" if only else ""
        ends = day(one.withdrawn or one.expires)
        rows.append(
            ListRow(
                f"g{at}",
                (status, day(one.date), ends, purposes(one.purposes, lang), recorder(one.recorded_by, lang)),
                note=note,
            )
        )
    return rows


def _need(one: FiledNeed, lang: str) -> ListRow:
    about = ", ".join(filter(None, (label(FACETS, one.facet, lang), one.creditor, one.need)))
    if not one.is_open:
        about += tr(" (chiuso)", lang)
    cells = (
        one.name,
        about,
        show_amount(one.owed_cents),
        show_amount(one.given_cents + one.reserved_cents),
        show_amount(max(one.left_cents, 0)),
    )
    return ListRow(one.name, cells, Tone.CALM if one.is_open else Tone.NOTE, _to_complete(one, lang))


def _to_complete(one: FiledNeed, lang: str) -> str:
    """Return that help is welcome to complete what is covered in part: another's share is no fault of the person."""
    if not one.is_open or one.left_cents <= 0 or not (one.given_cents or one.reserved_cents):
        return ""
    rest = show_amount(one.left_cents)
    return tr("Coperto in parte: si può completare con altri {rest}.", lang).format(rest=rest)


def _note(number: int, one: Note) -> ListRow:
    text = " ".join(one.text.split())
    short = text if len(text) <= _LONGEST_NOTE else f"{text[: _LONGEST_NOTE - 1]}…"
    return ListRow(f"n{number}", (moment(one.written_at_ms), one.written_by, short))
