"""The sentences of `maglia access-report`: how a request stands, who told, who looked the person up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from textwrap import wrap

from tui.access_model import Access, Case, Part, Reading, Report, instant
from tui.labels import FACETS, PURPOSES, SILENCES, Labels, label, pick, refusal
from tui.text import show_day

_WIDTH = 80
_KEPT = "\N{NO-BREAK SPACE}"
"""Within what has to be read on one line."""
WARNED_DAYS = 7
"""Days before the end of the time from which on a request is marked."""
_AT_A_TIME_MS = 600_000
"""Bodies told within ten minutes of one another were asked together."""
CATEGORIES: Labels = {
    "facet": ("tipo di aiuto", "kind of aid"),
    "kind": ("genere di ente che ha aiutato", "kind of body that helped"),
    "status": ("se dato o promesso", "whether given or promised"),
    "month": ("mese", "month"),
    "amount_band": ("fascia d'importo", "band of the amount"),
    "date": ("giorno", "day"),
    "amount": ("importo esatto", "exact amount"),
    "body": ("nome dell'ente che ha aiutato", "name of the body that helped"),
    "contact": ("recapito di quell'ente", "contact of that body"),
    "identity": ("il suo codice", "your code"),
    "name": ("il suo nome", "your name"),
    "person_contact": ("il suo recapito", "how to reach you"),
    "request": ("che cosa le serve", "what you need"),
    "note": ("una nota", "a note"),
    "outcome": ("che cosa ne è stato", "what became of it"),
    "reason": ("per quale motivo", "for which reason"),
    "objection": ("la sua opposizione", "your objection"),
    "reserved": ("da quando e fino a quando era promesso", "since when and until when it was promised"),
    "owed": ("totale dovuto", "total owed"),
}
_TOLD = frozenset({"identity", "outcome"})
"""What only a message about a person sent to another body tells: there the data go from who writes to who reads."""
OUTCOMES: Labels = {
    "nothing": ("nessun aiuto comunicato", "no aid was disclosed"),
    "refused": ("l'ente ha rifiutato di rispondere", "the body refused to answer"),
    "no_answer": ("nessuna risposta data", "no answer was given"),
    "unknown": ("non si sa ancora che cosa sia stato risposto", "what was answered is not known yet"),
}


def show_iso(iso: str) -> str:
    """Return an ISO 8601 day as dd/mm/yyyy."""
    return show_day(date.fromisoformat(iso)) if iso else ""


def moment(time_ms: int, lang: str) -> str:
    """Return an instant as dd/mm/yyyy hh:mm by this computer's clock."""
    if not time_ms:
        return pick(("data non comunicata", "date withheld"), lang)
    at = instant(time_ms)
    if at is None:
        return pick(("data che non si legge", "date that can't be read"), lang)
    return f"{at.astimezone():%d/%m/%Y %H:%M}"


def show_known(day: date | None, lang: str) -> str:
    """Return a day of a log as dd/mm/yyyy, or that it is not known."""
    return show_day(day) if day else pick(("giorno non noto", "an unknown day"), lang)


def list_lines(cases: Sequence[Case], lang: str) -> list[str]:
    """Return one line for each request."""
    if not cases:
        return [pick(("Nessuna richiesta di accesso agli atti.", "No access request on file."), lang)]
    return _wrapped(f"{case.name}  {_clock(case, lang)}" for case in cases)


def report_lines(report: Report, lang: str) -> list[str]:
    """Return all of a report, what is missing before what was found, and last what is left to do."""
    case = report.case
    head = f"{pick(('RICHIESTA', 'REQUEST'), lang)} {case.name}  {_clock(case, lang)}"
    if case.closed:
        left = pick(("Di quanto conteneva restano le date.", "Of what it held the dates are left."), lang)
        return _wrapped([head, left])
    lines = [head, *_heard(case, lang)]
    lines += [line for one in report.questions for line in access_lines(one, report.names, lang)]
    if not report.questions:
        lines.append(nobody(case, lang))
    if report.earlier:
        lines.append(earlier_line(report.earlier, report.names, lang))
    return _wrapped([*lines, *_left_to_do(case, lang)])


def access_lines(access: Access, names: Mapping[str, str], lang: str) -> list[str]:
    """Return who asked whom and when, then what for, and what was disclosed."""
    asker, answerer = (names.get(one, one) or "-" for one in (access.asker, access.answerer))
    is_told = not _TOLD.isdisjoint(access.categories)
    asked = pick(("ha scritto a", "wrote to") if is_told else ("ha chiesto a", "asked"), lang)
    who = f" ({access.operator})" if access.operator else ""
    return [
        f"{moment(access.time_ms, lang)}  {asker}{who} {asked} {answerer}: {why(access, lang)}",
        f"    {disclosed(access, lang)}",
    ]


def why(access: Access, lang: str) -> str:
    """Return the purpose and the kind of aid asked about."""
    parts = [label(PURPOSES, access.purpose, lang)]
    return ", ".join([*parts, label(FACETS, access.facet, lang)] if access.facet else parts)


def disclosed(access: Access, lang: str) -> str:
    """Return which categories of data were disclosed, or what came of the question."""
    if not access.categories:
        return label(OUTCOMES, access.outcome, lang)
    told = ", ".join(label(CATEGORIES, one, lang) for one in access.categories)
    return f"{pick(('comunicati', 'disclosed'), lang)}: {told}"


def earlier_line(earlier: Sequence[Access], names: Mapping[str, str], lang: str) -> str:
    """Return that bodies were asked for reports before, and where: whoever did not ask for them should know."""
    count, where = _requests(earlier), ", ".join(sorted({names.get(one.asker, one.asker) for one in earlier}))
    it = f"Richieste di resoconto già fatte a nome della persona, nuovi tentativi compresi: {count}, presso {where}."
    en = f"Requests for a report made earlier in the person's name, further tries included: {count}, at {where}."
    return pick((it, en), lang)


def _requests(earlier: Sequence[Access]) -> int:
    """Return how often bodies were asked: logs tell no case's number, so what one body asked at a time counts once."""
    count, before = 0, ("", 0)
    for asker, time_ms in sorted((one.asker, one.time_ms) for one in earlier):
        count += asker != before[0] or time_ms - before[1] > _AT_A_TIME_MS
        before = asker, time_ms
    return count


def nobody(case: Case, lang: str) -> str:
    """Return that nothing was found, never as if that were all while somebody has not told."""
    if case.is_searched:
        return pick(("Nessun accesso ai dati della persona.", "No access to the person's data."), lang)
    found = "Nessun accesso trovato finora: la ricerca non è completa."
    return pick((found, "No access found so far: the search is not complete."), lang)


def gap_lines(case: Case, lang: str) -> list[str]:
    """Return who is missing and whose operators are not named, a line of at most a screen's width each, or more."""
    return _wrapped(_gaps(case, lang))


def _gaps(case: Case, lang: str) -> Iterator[str]:
    for line in missing_lines(case, lang):
        yield f"{pick(('MANCA', 'MISSING'), lang)}  {line}"
    for line in unnamed_lines(case, lang):
        yield f"{pick(('NOMI', 'NAMES'), lang)}   {line}"


def missing_lines(case: Case, lang: str) -> Iterator[str]:
    """Yield each body that did not tell, or not all, with why."""
    for part in case.missing:
        yield f"{part.name or part.member} ({part.member}): {missing_reason(part, lang)}"


def unnamed_lines(case: Case, lang: str) -> Iterator[str]:
    """Yield each body that told, but not yet the names that were approved, with why if it is known."""
    for part in case.unnamed:
        yield f"{part.name or part.member} ({part.member}): {unnamed_reason(part, lang)}"


def unnamed_reason(part: Part, lang: str) -> str:
    """Return that a body's operators were not named, and why where it said nothing more when asked again."""
    it, en = "i nomi approvati non sono ancora detti", "the approved names are not told yet"
    if not part.code:
        return pick((it, en), lang)
    why_not = label(SILENCES, part.code, lang) if part.code in SILENCES else refusal(part.code, lang)
    return f"{pick((it, en), lang)}, {why_not}"


def ended_keys(case: Case, lang: str) -> str:
    """Return that former keys were not searched under; empty when all were."""
    if case.covers_all_keys or not case.epochs:
        return ""
    first = min(case.epochs)
    it = f"Non compresi: gli accessi fatti prima che entrassero in uso le chiavi del periodo {first}."
    return pick((it, f"Not included: accesses made before the keys of period {first} came into use."), lang)


def missing_reason(part: Part, lang: str) -> str:
    """Return why a body did not tell, or not all."""
    if part.state == "waiting":
        return pick(("non ancora interrogato", "not asked yet"), lang)
    if part.state == "silent":
        return label(SILENCES, part.code, lang)
    if part.state == "refused":
        return refusal(part.code, lang)
    if part.reading is not None and not part.reading.is_usable:
        return pick(("ha risposto con date che non esistono", "it answered with dates that there are not"), lang)
    count = part.reading.unreadable if part.reading else 0
    return pick((f"{count} voci del suo registro non si leggono", f"{count} entries of its log can't be read"), lang)


def _clock(case: Case, lang: str) -> str:
    received = f"{pick(('ricevuta il', 'received on'), lang)} {show_iso(case.received)}"
    if case.closed:
        by = pick(("da", "by"), lang)
        return f"{received}, {pick(('chiusa il', 'closed on'), lang)} {show_iso(case.closed)} {by} {case.closed_by}"
    due = f"{pick(('rispondere entro il', 'answer by'), lang)} {show_iso(case.due)}"
    extended = pick((", prorogata", ", extended"), lang) if case.extended else ""
    return f"{received}, {due}{extended}: {left_line(case.days_left, lang).replace(' ', _KEPT)}"


def left_line(days: int, lang: str) -> str:
    """Return how many days there are left to answer, marked when few are, or how long that is over."""
    if days < 0:
        late = f"!! TERMINE SCADUTO da {_days(-days, lang)}"
        return pick((late, f"!! OVERDUE by {_days(-days, lang)}"), lang)
    mark = "!! " if days < WARNED_DAYS else ""
    stay = "resta" if days == 1 else "restano"
    return mark + pick((f"{stay} {_days(days, lang)}", f"{_days(days, lang)} left"), lang)


def _days(count: int, lang: str) -> str:
    if count == 1:
        return pick(("1 giorno", "1 day"), lang)
    return pick((f"{count} giorni", f"{count} days"), lang)


def told_line(case: Case, lang: str) -> str:
    """Return how many bodies told what their log holds."""
    told = len(case.parts) - len(case.missing)
    it = f"Registri letti: {told} su {len(case.parts)}."
    return pick((it, f"Logs read: {told} of {len(case.parts)}."), lang)


def _heard(case: Case, lang: str) -> Iterator[str]:
    yield told_line(case, lang)
    yield from _gaps(case, lang)
    yield from unsearched_lines(case, lang)


def unsearched_lines(case: Case, lang: str) -> Iterator[str]:
    """Yield what nobody can search any more: months whose term is over, keys of before."""
    for part in case.parts:
        if part.reading is not None and part.reading.forgotten_months and part.reading.is_usable:
            yield _forgotten(part, part.reading, lang)
    if line := ended_keys(case, lang):
        yield f"?? {line}"


def _forgotten(part: Part, reading: Reading, lang: str) -> str:
    name, day = part.name or part.member, show_known(reading.known_from, lang)
    it = f"?? {name}: degli accessi prima del {day} nessuno può più dire di chi erano, il termine è passato."
    return pick(
        (it, f"?? {name}: of accesses before {day} nobody can tell any more whose they were, their term is over."), lang
    )


def _left_to_do(case: Case, lang: str) -> Iterator[str]:
    if case.missing or case.unnamed:
        it = "?? RESOCONTO PARZIALE. Per chiedere di nuovo a chi manca:"
        yield pick((it, "?? PARTIAL REPORT. To ask again who is missing:"), lang)
        yield f"   maglia access-report retry {case.name}"
    yield pick(("Per la persona, e poi per chiudere:", "For the person, and then to close:"), lang)
    yield f"   maglia access-report show {case.name} --pdf FILE"
    yield f"   maglia access-report close {case.name}"


def _wrapped(lines: Iterable[str]) -> list[str]:
    return [piece for line in lines for piece in _pieces(line)]


def _pieces(line: str) -> list[str]:
    pieces = [line]
    if len(line) > _WIDTH:
        pieces = wrap(line, _WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    return [piece.replace(_KEPT, " ") for piece in pieces]
