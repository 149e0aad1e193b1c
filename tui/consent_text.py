"""The sentences of `maglia consent`: what a person agreed to, what they took back, who is still to be told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tui.consent_model import BodyToTell, ConsentFile, EndedReferral, Expiring, FiledConsent, Opposition
from tui.labels import KINDS, PURPOSES, Labels, label, pick
from tui.model import Recorded
from tui.table import Cells, Table, day_cell, make_table
from tui.text import show_day

METHODS: Labels = {
    "signed": ("firmato", "signed"),
    "oral": ("dato a voce", "given orally"),
    "digital": ("dato per via digitale", "given digitally"),
}
AGAINST: Labels = {
    "withdrawal": ("RITIRO", "WITHDRAWAL"),
    "refusal": ("RIFIUTO", "REFUSAL"),
    "objection": ("OPPOSIZIONE", "OBJECTION"),
}
LEARNED: Labels = {
    "answered": ("ha ricevuto una risposta", "was given an answer"),
    "asked": ("è stato interrogato", "was asked"),
}


def file_lines(on_file: ConsentFile, lang: str) -> list[str]:
    """Return all that is on file, what a person may say against it first, and last what is left to do."""
    if not on_file.consents and not on_file.oppositions and not on_file.imported:
        nothing = "Nessun consenso, rifiuto o opposizione di questa persona agli atti di questo ente."
        return [pick((nothing, "No consent, refusal or objection of this person on file at this body."), lang)]
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
    done, until = pick(("Consenso registrato", "Consent recorded"), lang), pick(("fino al", "until"), lang)
    return f"{done}: {purposes(given, lang)}, {day(recorded.date)} {until} {day(recorded.expires)} (n. {recorded.id})."


def expiring_lines(found: Sequence[Expiring], today: str, days: int, lang: str) -> list[str]:
    """Return one line for each person, those who are to renew first; `today` is the node's, ISO 8601."""
    if not found:
        none = f"Nessun consenso scaduto o in scadenza entro {days} giorni."
        return [pick((none, f"No consent that has ended or ends within {days} days."), lang)]
    over, ends = pick(("SCADUTO il", "ENDED on"), lang), pick(("SCADE il", "ENDS on"), lang)
    return [
        f"{over if one.expires < today else ends:<10} {day(one.expires)}  {one.identifier}  "
        f"{purposes(one.purposes, lang)}"
        for one in found
    ]


def expiring_table(found: Sequence[Expiring], today: str, lang: str) -> Table:
    """Return who is to renew, one row for each person, by their codes; `today` is the node's, ISO 8601."""
    over, ends = pick(("SCADUTO", "ENDED"), lang), pick(("IN SCADENZA", "ENDING"), lang)
    rows: list[Cells] = [
        (over if one.expires < today else ends, day_cell(one.expires), one.identifier, purposes(one.purposes, lang))
        for one in found
    ]
    title = ("Consensi in scadenza", "Consents that end")
    return make_table(title, ("Stato|Il|Codice|Scopi", "Status|On|Code|Purposes"), rows, lang, has_codes=True)


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
            one.recorded_by,
        )
        for one in on_file.oppositions
    ]
    rows += [_consent_row(one, on_file.day, lang) for one in on_file.consents]
    head = (
        "Stato|Dal|Al|Scopi|Vale per|Informativa|Come|Registrato da",
        "Status|From|To|Purposes|Valid for|Notice|How|Recorded by",
    )
    return make_table(("Consensi", "Consents"), head, rows, lang)


def _consent_row(given: FiledConsent, today: str, lang: str) -> Cells:
    everybody = pick(("tutti gli enti accreditati", "every accredited body"), lang)
    return (
        pick(consent_state(given, today), lang),
        day_cell(given.date),
        day_cell(given.expires),
        purposes(given.purposes, lang),
        ", ".join(label(KINDS, kind, lang) for kind in given.audience) or everybody,
        f"{given.notice_version} ({given.language})",
        label(METHODS, given.method, lang),
        given.recorded_by,
    )


def consent_lines(given: FiledConsent, today: str, lang: str) -> list[str]:
    """Return one consent: what is left of it, for whom, on which notice."""
    state = pick(consent_state(given, today), lang)
    reaches = pick(("per tutti gli enti accreditati", "for every accredited body"), lang)
    if given.audience:
        only = ", ".join(label(KINDS, kind, lang) for kind in given.audience)
        reaches = f"{pick(('solo per', 'only for'), lang)} {only}"
    number, until = pick(("Consenso n.", "Consent no."), lang), pick(("fino al", "until"), lang)
    notice, by = pick(("informativa", "notice"), lang), pick(("registrato da", "recorded by"), lang)
    days = f"{day(given.date)} {until} {day(given.expires)}"
    lines = [
        f"{state}  {number} {given.id}: {purposes(given.purposes, lang)}, {days}",
        f"  {reaches}; {notice} {given.notice_version} ({given.language}), "
        f"{label(METHODS, given.method, lang)}, {by} {given.recorded_by}",
    ]
    if given.in_force and given.in_force != given.purposes:
        lines.append(f"  {pick(('resta per', 'left for'), lang)}: {purposes(given.in_force, lang)}")
    return lines


def consent_state(given: FiledConsent, today: str) -> tuple[str, str]:
    """Return whether a consent is in force, in both languages."""
    if given.withdrawn:
        return f"RITIRATO il {day(given.withdrawn)}", f"WITHDRAWN on {day(given.withdrawn)}"
    return ("SCADUTO", "ENDED") if given.expires < today else ("VALIDO", "IN FORCE")


def against_lines(said: Opposition, lang: str) -> list[str]:
    """Return one no of a person, and each body that it concerns."""
    of, by = pick(("del", "of"), lang), pick(("registrato da", "recorded by"), lang)
    what = f": {purposes(said.purposes, lang)}" if said.kind == "withdrawal" else ""
    head = f"{label(AGAINST, said.kind, lang)} {of} {day(said.date)}{what}, {by} {said.recorded_by}"
    if said.ended:
        head += pick((f"; superato dal consenso del {day(said.ended)}", f"; consent given on {day(said.ended)}"), lang)
    lines = [f"{head}.", *(_body(one, lang) for one in said.to_tell)]
    if said.incomplete:
        more = "L'elenco degli enti da avvisare può non essere completo: ripetere maglia consent show più tardi."
        there = "The list of bodies to tell may not be complete: repeat maglia consent show later."
        lines.append(f"  ?? {pick((more, there), lang)}")
    return lines


def _body(one: BodyToTell, lang: str) -> str:
    who = f"{one.name or one.member} ({one.member})"
    if one.told:
        told, by = pick(("avvisato il", "told on"), lang), pick(("da", "by"), lang)
        return f"  {who}: {told} {day(one.told)} {by} {one.told_by}"
    contact = f", {one.contact}" if one.contact else ""
    learned = f"{label(LEARNED, one.reason, lang)} {pick(('il', 'on'), lang)} {day(one.last)}"
    return f"  {pick(('DA AVVISARE', 'TO BE TOLD'), lang)}  {who}{contact}: {learned}"


def _imported(on_file: ConsentFile, lang: str) -> list[str]:
    """Say that others see aid on a consent that stands in a file alone: without a word, nobody would withdraw it."""
    count = on_file.imported
    if not count:
        return []
    it = "1 aiuto importato si mostra" if count == 1 else f"{count} aiuti importati si mostrano"
    en = "1 imported aid is shown" if count == 1 else f"{count} imported aids are shown"
    return [
        pick(
            (f"VALIDO  {it} alla rete sul consenso scritto nel file.", f"IN FORCE  {en} on the file's consent."), lang
        ),
        pick(
            ("  Per ritirarlo: maglia consent withdraw CODICE.", "  To withdraw it: maglia consent withdraw CODE."),
            lang,
        ),
    ]


def _statutory(on_file: ConsentFile, lang: str) -> list[str]:
    if not on_file.statutory or not on_file.oppositions:
        return []
    count = on_file.statutory
    stays = "1 aiuto su compito pubblico resta" if count == 1 else f"{count} aiuti su compito pubblico restano"
    stay = "1 aid on public task stays" if count == 1 else f"{count} aids on public task stay"
    return [pick((f"{stays} agli atti.", f"{stay} on file."), lang)]


def _ended(one: EndedReferral, lang: str) -> list[str]:
    number, body = f"I-{one.number:04d}", one.name or one.member
    head = pick((f"RITIRATO  Invio {number} a {body}.", f"WITHDRAWN  Referral {number} to {body}."), lang)
    if not one.untold:
        return [f"{head} {pick(('Non era partito.', 'It had not left.'), lang)}"]
    told = (
        f"L'ente viene avvisato da solo e cancella i dati. Controllare: maglia refer show {number}",
        f"The body is told by itself and erases the data. Look: maglia refer show {number}",
    )
    return [head, f"  {pick(told, lang)}"]


def _left_to_do(on_file: ConsentFile, lang: str) -> list[str]:
    count = len(on_file.still_to_tell)
    if not count:
        return []
    left = "Resta 1 ente da avvisare" if count == 1 else f"Restano {count} enti da avvisare"
    still = "1 body is still to be told" if count == 1 else f"{count} bodies are still to be told"
    return [
        pick(
            (
                f"!! {left}. Dopo ogni avviso: maglia consent told CODICE ENTE.",
                f"!! {still}. After each: maglia consent told CODE BODY.",
            ),
            lang,
        )
    ]
