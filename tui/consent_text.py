"""The sentences of `maglia consent`: what a person agreed to, what they took back, who is still to be told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from maglia.core.translation import mark, tr, trn
from tui.consent_model import BodyToTell, ConsentFile, EndedReferral, Expiring, FiledConsent, Opposition
from tui.labels import KINDS, PURPOSES, Labels, label
from tui.model import Recorded
from tui.recorders import recorded, recorder
from tui.table import Cells, Table, day_cell, make_table
from tui.text import show_day

METHODS: Labels = {
    "signed": mark("firmato"),
    "oral": mark("dato a voce"),
    "digital": mark("dato per via digitale"),
}
AGAINST: Labels = {
    "withdrawal": mark("RITIRO"),
    "refusal": mark("RIFIUTO", "consent"),
    "objection": mark("OPPOSIZIONE"),
}
LEARNED: Labels = {
    "answered": mark("ha ricevuto una risposta"),
    "asked": mark("è stato interrogato"),
}


def file_lines(on_file: ConsentFile, lang: str) -> list[str]:
    """Return all that is on file, what a person may say against it first, and last what is left to do."""
    if not on_file.consents and not on_file.oppositions and not on_file.imported:
        return [tr("Nessun consenso, rifiuto o opposizione di questa persona agli atti di questo ente.", lang)]
    lines = [line for each in on_file.oppositions for line in against_lines(each, lang)]
    lines += [line for each in on_file.consents for line in consent_lines(each, on_file.day, lang)]
    left = [*_statutory(on_file, lang), *(line for one in on_file.ended for line in _ended(one, lang))]
    return [*lines, *_imported(on_file, lang), *left, *_left_to_do(on_file, lang)]


def day(iso: str) -> str:
    """Return an ISO 8601 day as dd/mm/yyyy."""
    return show_day(date.fromisoformat(iso))


def purposes(codes: Sequence[str], lang: str) -> str:
    """Return the purposes in words."""
    return ", ".join(label(PURPOSES, code, lang) for code in codes)


def recorded_line(given: Sequence[str], recorded: Recorded, lang: str) -> str:
    """Return that a consent for the purposes `given` is on file, and until when."""
    done, until = tr("Consenso registrato", lang), tr("fino al", lang)
    return f"{done}: {purposes(given, lang)}, {day(recorded.date)} {until} {day(recorded.expires)} (n. {recorded.id})."


def expiring_lines(found: Sequence[Expiring], today: str, days: int, lang: str) -> list[str]:
    """Return one line for each person, those who are to renew first; `today` is the node's, ISO 8601."""
    if not found:
        return [tr("Nessun consenso scaduto o in scadenza entro {days} giorni.", lang).format(days=days)]
    over, ends = tr("SCADUTO il", lang), tr("SCADE il", lang)
    return [
        f"{over if one.expires < today else ends:<10} {day(one.expires)}  {one.identifier}  "
        f"{purposes(one.purposes, lang)}"
        for one in found
    ]


def expiring_table(found: Sequence[Expiring], today: str, lang: str) -> Table:
    """Return who is to renew, one row for each person, by their codes; `today` is the node's, ISO 8601."""
    over, ends = tr("SCADUTO", lang), tr("IN SCADENZA", lang)
    rows: list[Cells] = [
        (over if one.expires < today else ends, day_cell(one.expires), one.identifier, purposes(one.purposes, lang))
        for one in found
    ]
    title = mark("Consensi in scadenza")
    return make_table(title, mark("Stato|Il|Codice|Scopi"), rows, lang, has_codes=True)


def consent_table(on_file: ConsentFile, lang: str) -> Table:
    """Return a person's consents and what they said against them; the person's code is not in it."""
    rows: list[Cells] = [
        (
            label(AGAINST, one.kind, lang),
            day_cell(one.date),
            day_cell(one.ended),
            purposes(one.purposes, lang),
            None,
            None,
            None,
            recorder(one.recorded_by, lang),
        )
        for one in on_file.oppositions
    ]
    rows += [_consent_row(one, on_file.day, lang) for one in on_file.consents]
    head = mark("Stato|Dal|Al|Scopi|Vale per|Informativa|Come|Registrato da")
    return make_table(mark("Consensi"), head, rows, lang)


def _consent_row(given: FiledConsent, today: str, lang: str) -> Cells:
    everybody = tr("tutti gli enti accreditati", lang)
    return (
        consent_state(given, today, lang),
        day_cell(given.date),
        day_cell(given.expires),
        purposes(given.purposes, lang),
        ", ".join(label(KINDS, kind, lang) for kind in given.audience) or everybody,
        f"{given.notice_version} ({given.language})",
        label(METHODS, given.method, lang),
        recorder(given.recorded_by, lang),
    )


def consent_lines(given: FiledConsent, today: str, lang: str) -> list[str]:
    """Return one consent: what is left of it, for whom, on which notice."""
    state = consent_state(given, today, lang)
    reaches = tr("per tutti gli enti accreditati", lang)
    if given.audience:
        only = ", ".join(label(KINDS, kind, lang) for kind in given.audience)
        reaches = f"{tr('solo per', lang)} {only}"
    number, until = tr("Consenso n.", lang), tr("fino al", lang)
    notice = tr("informativa", lang)
    days = f"{day(given.date)} {until} {day(given.expires)}"
    lines = [
        f"{state}  {number} {given.id}: {purposes(given.purposes, lang)}, {days}",
        f"  {reaches}; {notice} {given.notice_version} ({given.language}), "
        f"{label(METHODS, given.method, lang)}, {recorded(given.recorded_by, lang)}",
    ]
    if given.in_force and given.in_force != given.purposes:
        lines.append(f"  {tr('resta per', lang)}: {purposes(given.in_force, lang)}")
    return lines


def consent_state(given: FiledConsent, today: str, lang: str) -> str:
    """Return whether a consent is in force."""
    if given.withdrawn:
        return tr("RITIRATO il {day}", lang).format(day=day(given.withdrawn))
    return consent_word(given, today, lang)


def consent_word(given: FiledConsent, today: str, lang: str) -> str:
    """Return the same in a word, without the day."""
    if given.withdrawn:
        return tr("RITIRATO", lang)
    return tr("SCADUTO" if given.expires < today else "VALIDO", lang)


def against_lines(said: Opposition, lang: str) -> list[str]:
    """Return one no of a person, and each body that it concerns."""
    of = tr("del", lang)
    what = f": {purposes(said.purposes, lang)}" if said.kind == "withdrawal" else ""
    head = f"{label(AGAINST, said.kind, lang)} {of} {day(said.date)}{what}, {recorded(said.recorded_by, lang)}"
    if said.ended:
        head += tr("; superato dal consenso del {ended}", lang).format(ended=day(said.ended))
    lines = [f"{head}.", *(_body(one, lang) for one in said.to_tell)]
    if said.incomplete:
        more = tr(
            "L'elenco degli enti da avvisare può non essere completo: ripetere maglia consent show più tardi.", lang
        )
        lines.append(f"  ?? {more}")
    return lines


def _body(one: BodyToTell, lang: str) -> str:
    who = f"{one.name or one.member} ({one.member})"
    if one.told:
        told, by = tr("avvisato il", lang), tr("da", lang)
        return f"  {who}: {told} {day(one.told)} {by} {one.told_by}"
    contact = f", {one.contact}" if one.contact else ""
    learned = f"{label(LEARNED, one.reason, lang)} {tr('il', lang)} {day(one.last)}"
    return f"  {tr('DA AVVISARE', lang)}  {who}{contact}: {learned}"


def _imported(on_file: ConsentFile, lang: str) -> list[str]:
    """Say that others see aid on a consent that stands in a file alone: without a word, nobody would withdraw it."""
    count = on_file.imported
    if not count:
        return []
    shown = trn(
        "VALIDO  1 aiuto importato si mostra alla rete sul consenso scritto nel file.",
        "VALIDO  {count} aiuti importati si mostrano alla rete sul consenso scritto nel file.",
        count,
        lang,
    )
    return [shown.format(count=count), tr("  Per ritirarlo: maglia consent withdraw CODICE.", lang)]


def _statutory(on_file: ConsentFile, lang: str) -> list[str]:
    if not on_file.statutory or not on_file.oppositions:
        return []
    count = on_file.statutory
    stays = trn(
        "1 aiuto su compito pubblico resta agli atti.",
        "{count} aiuti su compito pubblico restano agli atti.",
        count,
        lang,
    )
    return [stays.format(count=count)]


def _ended(one: EndedReferral, lang: str) -> list[str]:
    number, body = f"I-{one.number:04d}", one.name or one.member
    head = tr("RITIRATO  Invio {number} a {body}.", lang).format(number=number, body=body)
    if not one.untold:
        return [f"{head} {tr('Non era partito.', lang)}"]
    told = tr("L'ente viene avvisato da solo e cancella i dati. Controllare: maglia refer show {number}", lang)
    return [head, f"  {told.format(number=number)}"]


def _left_to_do(on_file: ConsentFile, lang: str) -> list[str]:
    count = len(on_file.still_to_tell)
    if not count:
        return []
    left = trn(
        "!! Resta 1 ente da avvisare. Dopo ogni avviso: maglia consent told CODICE ENTE.",
        "!! Restano {count} enti da avvisare. Dopo ogni avviso: maglia consent told CODICE ENTE.",
        count,
        lang,
    )
    return [left.format(count=count)]
