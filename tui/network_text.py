"""How bodies answer, in words and columns: few questions are told as they are, many as hundredths, none rounded up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from maglia.core.answering import RATE_FROM, Answering
from maglia.core.folding import fold
from tui.labels import pick
from tui.network_model import NetworkRow, NetworkView
from tui.office_rows import cell
from tui.table import Cells, Table, instant_cell, make_table
from tui.text import show_day

_DAY_MS, _HOUR_MS = 86_400_000, 3_600_000
_NAME = 27


def share_text(part: int, asked: int, lang: str) -> str:
    """Return a share of questions: `3 su 4` of fewer than 20, else hundredths; 100 % only where none is missing."""
    if not asked:
        return "-"
    if asked < RATE_FROM:
        return f"{part} {pick(('su', 'of'), lang)} {asked}"
    hundredths = part * 100 // asked
    return f"{max(hundredths, 1) if part else 0} %"


def network_lines(view: NetworkView, lang: str) -> list[str]:
    """Return every other body under a head, who is silent below, and what was left out of the counts."""
    head = pick(
        (
            f"Come hanno risposto gli enti a questo, negli ultimi {view.days} giorni:",
            f"How the bodies answered this one, over the last {view.days} days:",
        ),
        lang,
    )
    rows = [line for row in view.rows for line in _row_lines(row, lang)]
    silent = [_silent_line(row, view, lang) for row in view.rows if row.missed_since_ms]
    ending = (
        *_check_lines(view, lang),
        *silent,
        *_unheard_lines(view, lang),
        *_own_lines(view, lang),
        *_explained(view, lang),
    )
    return fold([head, f"{cell(pick(('ENTE', 'BODY'), lang), _NAME)} {answering_titles(lang)}", *rows, *ending])


def network_table(view: NetworkView, lang: str) -> Table:
    """Return every other body with the counts of its answers, and since when it is silent; last this body's checks."""
    rows = [_cells_of(one.member, one.name, one.counts, one) for one in view.rows]
    if view.checks.asked:
        whole = pick(("VERIFICHE COMPLETE", "COMPLETE CHECKS"), lang)
        rows.append(_cells_of(None, whole, view.checks, None))
    head = (
        "Nome breve|Ente|Chieste|Entro 3 s|Entro 5 s|Dopo|Mai|Ultima risposta|Muto dal|Relay",
        "Short name|Body|Asked|In 3 s|In 5 s|Later|Never|Last answer|Silent since|Relay",
    )
    title = (f"Risposte degli ultimi {view.days} giorni", f"Answers of the last {view.days} days")
    return make_table(title, head, rows, lang)


def _cells_of(member: str | None, name: str, counts: Answering, row: NetworkRow | None) -> Cells:
    shares = (counts.asked, counts.at_once, counts.at_once + counts.in_time, counts.later, counts.never)
    if row is None:
        return (member, name, *shares, None, None, None)
    return (member, name, *shares, instant_cell(row.answered_at_ms), instant_cell(row.missed_since_ms), row.relay)


def _check_lines(view: NetworkView, lang: str) -> Sequence[str]:
    """Say how many checks were complete, which no product of the bodies' shares can tell: bodies sleep together."""
    if not view.checks.asked:
        return ()
    words = pick(("VERIFICHE COMPLETE", "COMPLETE CHECKS"), lang)
    return (f"{cell(words, _NAME)} {answering_cells(view.checks, lang)}",)


def answering_titles(lang: str) -> str:
    """Return the heads of `answering_cells`."""
    words = pick(("CHIESTE|ENTRO 3 S|ENTRO 5 S|DOPO|MAI", "ASKED|IN 3 S|IN 5 S|LATER|NEVER"), lang)
    return _cells(*words.split("|"))


def answering_cells(counts: Answering, lang: str) -> str:
    """Return one body's counts: 47 characters, each share of all that was asked, that by 5 s with that by 3 s."""
    parts = counts.at_once, counts.at_once + counts.in_time, counts.later, counts.never
    return _cells(str(counts.asked), *(share_text(part, counts.asked, lang) for part in parts))


def _cells(asked: str, first: str, second: str, later: str, never: str) -> str:
    return f"{asked:>7} {first:>9} {second:>9} {later:>9} {never:>9}"


def _row_lines(row: NetworkRow, lang: str) -> Sequence[str]:
    line = f"{cell(row.name, _NAME)} {answering_cells(row.counts, lang)}"
    through = pick(("tramite il relay", "through the relay"), lang)
    return (line, f"  {through} {row.relay}") if row.relay else (line,)


def _silent_line(row: NetworkRow, view: NetworkView, lang: str) -> str:
    """Say since when a body is silent: from the first question without an answer, not from the last answer."""
    silent_ms = view.now_ms - row.missed_since_ms
    since = span_text(silent_ms, lang)
    if row.answered_at_ms:
        last = show_day(datetime.fromtimestamp(row.answered_at_ms / 1000, UTC).astimezone().date())
        told = pick((f"ultima risposta il {last}", f"last answer on {last}"), lang)
    else:
        told = pick(("nessuna risposta nel periodo", "no answer in this time"), lang)
    word, for_ = pick(("MUTO|da", "SILENT|for"), lang).split("|")
    said = f"!! {word}: {row.name}, {for_} {since} ({told})."
    if not view.absence_days or silent_ms < view.absence_days * _DAY_MS:
        return said
    hosted = pick(("L'ufficio può proporle l'ospitalità.", "The office may propose that it be hosted."), lang)
    return f"{said} {hosted}"


def span_text(ms: int, lang: str) -> str:
    """Return a length of time in whole days, else hours, else minutes."""
    for length, one, many in (
        (_DAY_MS, ("giorno", "day"), ("giorni", "days")),
        (_HOUR_MS, ("ora", "hour"), ("ore", "hours")),
    ):
        if (count := ms // length) > 0:
            return f"{count} {pick(one if count == 1 else many, lang)}"
    minutes = max(1, ms // 60_000)
    return f"{minutes} {pick(('minuto', 'minute') if minutes == 1 else ('minuti', 'minutes'), lang)}"


def _unheard_lines(view: NetworkView, lang: str) -> Sequence[str]:
    if not view.unheard:
        return ()
    count = view.unheard
    if lang == "en":
        said = "1 check was" if count == 1 else f"{count} checks were"
        return (f"?? {said} answered by nobody at all: not counted, the line may have been down here.",)
    said = "1 verifica" if count == 1 else f"{count} verifiche"
    return (f"?? {said} senza alcuna risposta, fuori dal conto: forse mancava la linea qui.",)


def _own_lines(view: NetworkView, lang: str) -> Sequence[str]:
    """How the others see this body, and for how long its own node was off."""
    lines = []
    if view.own_askers:
        asked, own = view.own.asked, view.own
        by_5s, later, never = (
            share_text(part, asked, lang) for part in (own.at_once + own.in_time, own.later, own.never)
        )
        lines.append(
            pick(
                (
                    f"Questo ente, dicono gli altri ({view.own_askers}): entro 5 s {by_5s}, dopo {later}, mai {never}.",
                    f"This body, say the others ({view.own_askers}): in 5 s {by_5s}, later {later}, never {never}.",
                ),
                lang,
            )
        )
    if view.absence_days and view.own_absent_days >= view.absence_days:
        lines.append(
            pick(
                (
                    f"!! Il nodo di questo ente è rimasto spento {view.own_absent_days} giorni di fila: "
                    "chiedere all'ufficio di essere ospitati (docs/it/ente-piccolo.md).",
                    f"!! This body's node was off for {view.own_absent_days} days on end: "
                    "ask the office to be hosted (docs/it/ente-piccolo.md).",
                ),
                lang,
            )
        )
    return lines


def _explained(view: NetworkView, lang: str) -> Sequence[str]:
    if not any(row.counts.asked for row in view.rows):
        return (pick(("Nessuna domanda nel periodo.", "No questions in this time."), lang),)
    return (
        pick(
            (
                "DOPO: anche se richiesto di nuovo nelle 72 ore. Senza i bandi.",
                "LATER: also when asked again within 72 hours. Without calls for applicants.",
            ),
            lang,
        ),
    )
