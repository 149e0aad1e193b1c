"""A call for applicants as a screen shows it: rows of its tables, what stands above and below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from tui.batch_columns import COLUMNS, read_row
from tui.batch_model import Batch, BatchRow, FileReading, Progress
from tui.batch_row_text import detail, in_file, pieces, rejection
from tui.batch_text import (
    COUNTS,
    STATES,
    VERDICTS,
    answered,
    closing,
    counts,
    is_lasting,
    number,
    partial_line,
    unfinished,
)
from tui.labels import FACETS, label, pick
from tui.lines import Line, Tone
from tui.text import code_sentence, plain, show_day
from tui.widgets.bars import Bar
from tui.widgets.listing import Column, ListRow

LIST = (
    Column(("BANDO", "CALL")),
    Column(("FILE", "FILE")),
    Column(("RIGHE", "ROWS"), 7, right=True),
    Column(("RISCONTRI", "MATCHES"), 11, right=True, from_width=100),
    Column(("PARZIALI", "PARTIAL"), 10, right=True),
    Column(("STATO", "STATE"), 10),
    Column(("FINO AL", "UNTIL"), 11),
    Column(("APERTO DA", "OPENED BY"), 12, from_width=100),
    Column(("NUMERO", "NUMBER"), 13, from_width=100),
)
READ = (
    Column(("RIGA", "ROW"), 6, right=True),
    Column(("CODICE", "CODE"), 18),
    Column(("COME SI LEGGE", "AS IT IS READ")),
)
REJECTS = (
    Column(("RIGA", "ROW"), 6, right=True),
    Column(("COLONNA", "COLUMN"), 11),
    Column(("SCRITTO", "WRITTEN"), 18),
    Column(("MOTIVO", "REASON")),
)
ROWS = (
    Column(("RIGA", "ROW"), 6, right=True),
    Column(("CODICE", "CODE"), 18),
    Column(("ESITO", "RESULT"), 10),
    Column(("ENTI", "BODIES"), 7, right=True),
    Column(("DETTAGLIO", "DETAIL")),
    Column(("NEL FILE", "IN THE FILE"), 26, from_width=100),
)
_TONES = {"match": Tone.FOUND, "partial": Tone.PARTIAL, "none": Tone.CALM, "rejected": Tone.NOTE}
FILTERS: Mapping[str, tuple[str, str]] = {
    "worth": ("Da guardare", "To look at"),
    "all": ("Tutte", "All"),
    "match": ("Riscontri", "Matches"),
    "partial": ("Parziali", "Partial"),
    "none": ("Nessun riscontro", "No match"),
    "rejected": ("Scartate", "Rejected"),
}
"""Which rows are shown; those worth a look are all but the ones without a match."""


def list_rows(batches: Sequence[Batch], running: Mapping[str, Progress], lang: str) -> list[ListRow]:
    """Return one row for each call; `running` says by number how far those are that are followed from here."""
    return [ListRow(one.id, _list_cells(one, running.get(one.id), lang)) for one in batches]


def _list_cells(one: Batch, progress: Progress | None, lang: str) -> Sequence[str]:
    state = label(STATES, one.state, lang)
    if one.state == "running" and progress is not None and progress.total:
        state = f"{state} {100 * progress.done // progress.total}%"
    found = (number(one.matches, lang), number(one.partial, lang)) if one.was_asked else ("-", "-")
    until = show_day(date.fromisoformat(one.erase_on))
    return (
        one.procedure,
        one.file_name,
        number(one.rows, lang),
        *found,
        state,
        until,
        one.opened_by,
        one.id,
    )


def read_rows(read: FileReading, lang: str) -> list[ListRow]:
    """Return the first rows of a file as the node reads them."""
    return [
        ListRow(
            str(one.row),
            (str(one.row), one.cells.get("codice", ""), read_row(one, lang)),
            Tone.PARTIAL if one.code else Tone.CALM,
        )
        for one in read.first
    ]


def reject_rows(rows: Sequence[BatchRow], lang: str) -> list[ListRow]:
    """Return the rejected rows with what is written in the file, and why."""
    return [
        ListRow(str(row.row), (str(row.row), row.column, row.identifier, rejection(row, lang)), Tone.PARTIAL)
        for row in rows
        if row.code
    ]


def shown_rows(rows: Sequence[BatchRow], which: str) -> list[BatchRow]:
    """Return the rows that one of `FILTERS` leaves."""
    if which == "all":
        return list(rows)
    return [row for row in rows if row.verdict == which or (which == "worth" and row.verdict != "none")]


def result_rows(rows: Sequence[BatchRow], lang: str) -> list[ListRow]:
    """Return rows with whose they are and what they read."""
    return [ListRow(str(row.row), _result_cells(row, lang), _TONES.get(row.verdict, Tone.CALM)) for row in rows]


def _result_cells(row: BatchRow, lang: str) -> Sequence[str]:
    bodies = f"{row.answered}/{row.asked}" if row.asked else "-"
    verdict = label(VERDICTS, row.verdict, lang)
    return (str(row.row), row.identifier, verdict, bodies, detail(row, lang), in_file(row, lang))


def bars_of(batch: Batch, lang: str) -> list[Bar]:
    """Return the verdicts as bars."""
    return [Bar(label(COUNTS, verdict, lang), count, number(count, lang)) for verdict, count in counts(batch)]


def head_line(batch: Batch, lang: str) -> str:
    """Return which call is looked at."""
    rows = pick(("righe", "rows"), lang)
    call, file = pick(("Bando", "Call"), lang), pick(("File", "File"), lang)
    aid = label(FACETS, batch.facet, lang)
    return f"{call} {batch.procedure}   {aid}   {file} {batch.file_name}   {number(batch.rows, lang)} {rows}"


def row_detail(row: BatchRow, lang: str) -> list[str]:
    """Return all that is known of a row, a line for each thing: every body that is silent is named."""
    named = [f"{label(COLUMNS, 'codice', lang)} {row.identifier}"] if row.identifier else []
    if row.household:
        named.append(f"{label(COLUMNS, 'nucleo', lang)} {row.household}")
    if row.protocol:
        named.append(f"{pick(('Protocollo', 'Protocol'), lang)} {row.protocol}")
    lines = ["   ".join(named), _answered(row, lang), "", *(f"- {piece}" for piece in pieces(row, lang))]
    if alike := in_file(row, lang):
        lines += ["", f"{pick(('Nel file', 'In the file'), lang)}: {alike}"]
    if row.verdict == "partial":
        stays = ("Nel file resta PARZIALE, mai NESSUNO.", "In the file it stays PARTIAL, never NONE.")
        lines += ["", f"?? {pick(stays, lang)}"]
    if row.verdict == "match":
        lines += ["", closing(lang)]
    return lines


def _answered(row: BatchRow, lang: str) -> str:
    verdict = label(VERDICTS, row.verdict, lang)
    if not row.asked:
        return verdict
    words = ("enti che hanno risposto per intero {0} su {1}", "bodies that answered in full {0} of {1}")
    return f"{verdict}   {pick(words, lang).format(row.answered, row.asked)}"


def said_lines(batch: Batch, progress: Progress | None, lang: str) -> list[Line]:
    """Return what may be concluded from a call's rows, and what to do next; who is silent is in the rows."""
    if batch.state == "running":
        return [*_silent(progress, lang), _next(_RUNNING, lang)]
    lines = []
    if batch.state == "paused":
        lines += _paused(batch, lang)
    if batch.matches:
        words = ("Righe con riscontro: {0}.", "Rows with a match: {0}.")
        lines.append(Line("!!", pick(words, lang).format(number(batch.matches, lang)), Tone.FOUND))
    if batch.partial and batch.answered_at_ms:
        lines.append(Line("??", partial_line(batch, lang), Tone.PARTIAL))
    if batch.state == "done":
        lines.append(_next(_PARTIAL if batch.partial else _DONE, lang))
    return [*lines, Line("  ", closing(lang), Tone.NOTE)]


_RUNNING = (
    "Il controllo va avanti sul nodo anche se si chiude la postazione. F9 lo ferma.",
    "The batch goes on at the node even if the console is closed. F9 stops it.",
)
_PARTIAL = (
    "F6 chiede di nuovo a chi manca. Invio apre una riga, F2 esporta.",
    "F6 asks who is missing again. Enter opens a row, F2 exports.",
)
_DONE = ("Invio apre una riga, F2 esporta.", "Enter opens a row, F2 exports.")
_RESUMES = ("F2 riprende da dove era: chi ha risposto non viene richiesto.", "F2 goes on: nobody is asked twice.")
_UNASKED = (
    "Nessun ente è stato ancora interrogato. F2 comincia; resta registrato a suo nome.",
    "Nobody has been asked yet. F2 begins; it is recorded under your name.",
)


def _next(words: tuple[str, str], lang: str) -> Line:
    return Line("  ", pick(words, lang), Tone.NOTE)


def _paused(batch: Batch, lang: str) -> list[Line]:
    if batch.stopped:
        why = Line("!!", code_sentence(batch.stopped, lang, batch.stopped_params), Tone.FOUND)
        return [why] if is_lasting(batch.stopped) else [why, _next(_RESUMES, lang)]
    if not batch.answered_at_ms:
        return [_next(_UNASKED, lang)]
    return [Line("??", unfinished(batch, lang), Tone.PARTIAL), _next(_RESUMES, lang)]


def _silent(progress: Progress | None, lang: str) -> list[Line]:
    if progress is None or not progress.silent:
        return []
    names = ", ".join(map(plain, progress.silent))
    return [Line("??", f"{pick(('Non rispondono', 'Not answering'), lang)}: {names}.", Tone.PARTIAL)]


def answered_line(batch: Batch, lang: str) -> str:
    """Return what stands where the bar does while nothing runs: when the bodies answered."""
    state, when = label(STATES, batch.state, lang), answered(batch, lang)
    return f"{pick(('Risposte', 'Answers'), lang)} {when} ({state})" if when else state
