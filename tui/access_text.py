"""The sentences of `maglia access-report`: how a request stands, who told, who looked the person up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from textwrap import wrap

from maglia.core.operator_day import italian_time
from maglia.core.translation import mark, tr, trn
from tui.access_model import Access, Case, Part, Reading, Report, instant
from tui.labels import FACETS, PURPOSES, SILENCES, Labels, label, refusal
from tui.text import show_day

_WIDTH = 80
_KEPT = "\N{NO-BREAK SPACE}"
"""Within what has to be read on one line."""
WARNED_DAYS = 7
"""Days before the end of the time from which on a request is marked."""
_AT_A_TIME_MS = 600_000
"""Bodies told within ten minutes of one another were asked together."""
CATEGORIES: Labels = {
    "facet": mark("tipo di aiuto"),
    "kind": mark("genere di ente che ha aiutato"),
    "status": mark("se dato o promesso"),
    "month": mark("mese"),
    "amount_band": mark("fascia d'importo"),
    "date": mark("giorno"),
    "amount": mark("importo esatto"),
    "body": mark("nome dell'ente che ha aiutato"),
    "contact": mark("recapito di quell'ente"),
    "identity": mark("il suo codice"),
    "name": mark("il suo nome"),
    "person_contact": mark("il suo recapito"),
    "request": mark("che cosa le serve"),
    "note": mark("una nota"),
    "outcome": mark("che cosa ne è stato"),
    "reason": mark("per quale motivo"),
    "objection": mark("la sua opposizione"),
    "reserved": mark("da quando e fino a quando era promesso"),
    "owed": mark("totale dovuto"),
}
_TOLD = frozenset({"identity", "outcome"})
"""What only a message about a person sent to another body tells: there the data go from who writes to who reads."""
OUTCOMES: Labels = {
    "nothing": mark("nessun aiuto comunicato"),
    "refused": mark("l'ente ha rifiutato di rispondere"),
    "no_answer": mark("nessuna risposta data"),
    "unknown": mark("non si sa ancora che cosa sia stato risposto"),
}


def show_iso(iso: str) -> str:
    """Return an ISO 8601 day as dd/mm/yyyy."""
    return show_day(date.fromisoformat(iso)) if iso else ""


def moment(time_ms: int, lang: str) -> str:
    """Return an instant as dd/mm/yyyy hh:mm by the clock on the wall in Italy."""
    if not time_ms:
        return tr("data non comunicata", lang)
    if instant(time_ms) is None:
        return tr("data che non si legge", lang)
    return f"{italian_time(time_ms):%d/%m/%Y %H:%M}"


def show_known(day: date | None, lang: str) -> str:
    """Return a day of a log as dd/mm/yyyy, or that it is not known."""
    return show_day(day) if day else tr("giorno non noto", lang)


def list_lines(cases: Sequence[Case], lang: str) -> list[str]:
    """Return one line for each request."""
    if not cases:
        return [tr("Nessuna richiesta di accesso agli atti.", lang)]
    return _wrapped(f"{case.name}  {_clock(case, lang)}" for case in cases)


def report_lines(report: Report, lang: str) -> list[str]:
    """Return all of a report, what is missing before what was found, and last what is left to do."""
    case = report.case
    head = f"{tr('RICHIESTA', lang)} {case.name}  {_clock(case, lang)}"
    if case.closed:
        left = tr("Di quanto conteneva restano le date.", lang)
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
    asked = tr("ha scritto a" if is_told else "ha chiesto a", lang)
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
    return f"{tr('comunicati', lang)}: {told}"


def earlier_line(earlier: Sequence[Access], names: Mapping[str, str], lang: str) -> str:
    """Return that bodies were asked for reports before, and where: whoever did not ask for them should know."""
    count, where = _requests(earlier), ", ".join(sorted({names.get(one.asker, one.asker) for one in earlier}))
    return tr(
        "Richieste di resoconto già fatte a nome della persona, nuovi tentativi compresi: {count}, presso {where}.",
        lang,
    ).format(count=count, where=where)


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
        return tr("Nessun accesso ai dati della persona.", lang)
    return tr("Nessun accesso trovato finora: la ricerca non è completa.", lang)


def gap_lines(case: Case, lang: str) -> list[str]:
    """Return who is missing and whose operators are not named, a line of at most a screen's width each, or more."""
    return _wrapped(_gaps(case, lang))


def _gaps(case: Case, lang: str) -> Iterator[str]:
    for line in missing_lines(case, lang):
        yield f"{tr('MANCA', lang)}  {line}"
    for line in unnamed_lines(case, lang):
        yield f"{tr('NOMI', lang)}   {line}"


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
    untold = tr("i nomi approvati non sono ancora detti", lang)
    if not part.code:
        return untold
    why_not = label(SILENCES, part.code, lang) if part.code in SILENCES else refusal(part.code, lang)
    return f"{untold}, {why_not}"


def ended_keys(case: Case, lang: str) -> str:
    """Return that former keys were not searched under; empty when all were."""
    if case.covers_all_keys or not case.epochs:
        return ""
    first = min(case.epochs)
    return tr(
        "Non compresi: gli accessi fatti prima che entrassero in uso le chiavi del periodo {first}.", lang
    ).format(first=first)


def missing_reason(part: Part, lang: str) -> str:
    """Return why a body did not tell, or not all."""
    if part.state == "waiting":
        return tr("non ancora interrogato", lang)
    if part.state == "silent":
        return label(SILENCES, part.code, lang)
    if part.state == "refused":
        return refusal(part.code, lang)
    if part.reading is not None and not part.reading.is_usable:
        return tr("ha risposto con date che non esistono", lang)
    count = part.reading.unreadable if part.reading else 0
    return tr("{count} voci del suo registro non si leggono", lang).format(count=count)


def _clock(case: Case, lang: str) -> str:
    received = f"{tr('ricevuta il', lang)} {show_iso(case.received)}"
    if case.closed:
        by = tr("da", lang)
        return f"{received}, {tr('chiusa il', lang)} {show_iso(case.closed)} {by} {case.closed_by}"
    due = f"{tr('rispondere entro il', lang)} {show_iso(case.due)}"
    extended = tr(", prorogata", lang) if case.extended else ""
    return f"{received}, {due}{extended}: {left_line(case.days_left, lang).replace(' ', _KEPT)}"


def left_line(days: int, lang: str) -> str:
    """Return how many days there are left to answer, marked when few are, or how long that is over."""
    if days < 0:
        late = trn("!! TERMINE SCADUTO da 1 giorno", "!! TERMINE SCADUTO da {count} giorni", -days, lang)
        return late.format(count=-days)
    warned = "!! " if days < WARNED_DAYS else ""
    return warned + trn("resta 1 giorno", "restano {count} giorni", days, lang).format(count=days)


def told_line(case: Case, lang: str) -> str:
    """Return how many bodies told what their log holds."""
    told = len(case.parts) - len(case.missing)
    return tr("Registri letti: {told} su {count}.", lang).format(told=told, count=len(case.parts))


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
    return tr(
        "?? {name}: degli accessi prima del {day} nessuno può più dire di chi erano, il termine è passato.", lang
    ).format(name=name, day=day)


def _left_to_do(case: Case, lang: str) -> Iterator[str]:
    if case.missing or case.unnamed:
        yield tr("?? RESOCONTO PARZIALE. Per chiedere di nuovo a chi manca:", lang)
        yield f"   maglia access-report retry {case.name}"
    yield tr("Per la persona, e poi per chiudere:", lang)
    yield f"   maglia access-report show {case.name} --pdf FILE"
    yield f"   maglia access-report close {case.name}"


def _wrapped(lines: Iterable[str]) -> list[str]:
    return [piece for line in lines for piece in _pieces(line)]


def _pieces(line: str) -> list[str]:
    pieces = [line]
    if len(line) > _WIDTH:
        pieces = wrap(line, _WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    return [piece.replace(_KEPT, " ") for piece in pieces]
