"""How bodies answer, in words and columns: few questions are told as they are, many as hundredths, none rounded up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from maglia.core.answering import RATE_FROM, Answering
from maglia.core.folding import fold
from maglia.core.translation import mark, tr, trn
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
        return f"{part} {tr('su', lang)} {asked}"
    hundredths = part * 100 // asked
    return f"{max(hundredths, 1) if part else 0} %"


def network_lines(view: NetworkView, lang: str) -> list[str]:
    """Return every other body under a head, who is silent below, and what was left out of the counts."""
    head = tr("Come hanno risposto gli enti a questo, negli ultimi {days} giorni:", lang).format(days=view.days)
    rows = [line for row in view.rows for line in _row_lines(row, lang)]
    silent = [_silent_line(row, view, lang) for row in view.rows if row.missed_since_ms]
    ending = (
        *_check_lines(view, lang),
        *silent,
        *_unheard_lines(view, lang),
        *_own_lines(view, lang),
        *_explained(view, lang),
    )
    return fold([head, f"{cell(tr('ENTE', lang), _NAME)} {answering_titles(lang)}", *rows, *ending])


def network_table(view: NetworkView, lang: str) -> Table:
    """Return every other body with the counts of its answers, and since when it is silent; last this body's checks."""
    rows = [_cells_of(one.member, one.name, one.counts, one) for one in view.rows]
    if view.checks.asked:
        whole = tr("VERIFICHE COMPLETE", lang)
        rows.append(_cells_of(None, whole, view.checks, None))
    head = mark("Nome breve|Ente|Chieste|Entro 3 s|Entro 5 s|Dopo|Mai|Ultima risposta|Muto dal|Relay")
    return make_table(mark("Risposte degli ultimi {days} giorni"), head, rows, lang, days=view.days)


def _cells_of(member: str | None, name: str, counts: Answering, row: NetworkRow | None) -> Cells:
    shares = (counts.asked, counts.at_once, counts.at_once + counts.in_time, counts.later, counts.never)
    if row is None:
        return (member, name, *shares, None, None, None)
    return (member, name, *shares, instant_cell(row.answered_at_ms), instant_cell(row.missed_since_ms), row.relay)


def _check_lines(view: NetworkView, lang: str) -> Sequence[str]:
    """Say how many checks were complete, which no product of the bodies' shares can tell: bodies sleep together."""
    if not view.checks.asked:
        return ()
    words = tr("VERIFICHE COMPLETE", lang)
    return (f"{cell(words, _NAME)} {answering_cells(view.checks, lang)}",)


def answering_titles(lang: str) -> str:
    """Return the heads of `answering_cells`."""
    words = tr("CHIESTE|ENTRO 3 S|ENTRO 5 S|DOPO|MAI", lang)
    return _cells(*words.split("|"))


def answering_cells(counts: Answering, lang: str) -> str:
    """Return one body's counts: 47 characters, each share of all that was asked, that by 5 s with that by 3 s."""
    parts = counts.at_once, counts.at_once + counts.in_time, counts.later, counts.never
    return _cells(str(counts.asked), *(share_text(part, counts.asked, lang) for part in parts))


def _cells(asked: str, first: str, second: str, later: str, never: str) -> str:
    return f"{asked:>7} {first:>9} {second:>9} {later:>9} {never:>9}"


def _row_lines(row: NetworkRow, lang: str) -> Sequence[str]:
    line = f"{cell(row.name, _NAME)} {answering_cells(row.counts, lang)}"
    through = tr("tramite il relay", lang)
    return (line, f"  {through} {row.relay}") if row.relay else (line,)


def _silent_line(row: NetworkRow, view: NetworkView, lang: str) -> str:
    """Say since when a body is silent: from the first question without an answer, not from the last answer."""
    silent_ms = view.now_ms - row.missed_since_ms
    since = span_text(silent_ms, lang)
    if row.answered_at_ms:
        last = show_day(datetime.fromtimestamp(row.answered_at_ms / 1000, UTC).astimezone().date())
        told = tr("ultima risposta il {last}", lang).format(last=last)
    else:
        told = tr("nessuna risposta nel periodo", lang)
    word, for_ = tr("MUTO|da", lang).split("|")
    said = f"!! {word}: {row.name}, {for_} {since} ({told})."
    if not view.absence_days or silent_ms < view.absence_days * _DAY_MS:
        return said
    hosted = tr("L'ufficio può proporle l'ospitalità.", lang)
    return f"{said} {hosted}"


def span_text(ms: int, lang: str) -> str:
    """Return a length of time in whole days, else hours, else minutes."""
    days, hours, minutes = ms // _DAY_MS, ms // _HOUR_MS, max(1, ms // 60_000)
    if days > 0:
        return trn("{count} giorno", "{count} giorni", days, lang).format(count=days)
    if hours > 0:
        return trn("{count} ora", "{count} ore", hours, lang).format(count=hours)
    return trn("{count} minuto", "{count} minuti", minutes, lang).format(count=minutes)


def _unheard_lines(view: NetworkView, lang: str) -> Sequence[str]:
    if not view.unheard:
        return ()
    count = view.unheard
    said = trn(
        "?? 1 verifica senza alcuna risposta, fuori dal conto: forse mancava la linea qui.",
        "?? {count} verifiche senza alcuna risposta, fuori dal conto: forse mancava la linea qui.",
        count,
        lang,
    )
    return (said.format(count=count),)


def _own_lines(view: NetworkView, lang: str) -> Sequence[str]:
    """How the others see this body, and for how long its own node was off."""
    lines = []
    if view.own_askers:
        asked, own = view.own.asked, view.own
        by_5s, later, never = (
            share_text(part, asked, lang) for part in (own.at_once + own.in_time, own.later, own.never)
        )
        lines.append(
            tr(
                "Questo ente, dicono gli altri ({own_askers}): entro 5 s {by_5s}, dopo {later}, mai {never}.", lang
            ).format(own_askers=view.own_askers, by_5s=by_5s, later=later, never=never)
        )
    if view.absence_days and view.own_absent_days >= view.absence_days:
        lines.append(
            tr(
                "!! Il nodo di questo ente è rimasto spento {own_absent_days} giorni di fila: "
                "chiedere all'ufficio di essere ospitati (docs/it/ente-piccolo.md).",
                lang,
            ).format(own_absent_days=view.own_absent_days)
        )
    return lines


def _explained(view: NetworkView, lang: str) -> Sequence[str]:
    if not any(row.counts.asked for row in view.rows):
        return (tr("Nessuna domanda nel periodo.", lang),)
    return (tr("DOPO: anche se richiesto di nuovo nelle 72 ore. Senza i bandi.", lang),)
