"""A call for applicants as a screen shows it: rows of its tables, what stands above and below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from maglia.core.translation import mark, tr
from tui.batch_columns import COLUMNS, read_row
from tui.batch_model import Batch, BatchRow, FileReading, Progress
from tui.batch_row_text import detail, in_file, pieces, rejection
from tui.batch_text import (
    COUNTS,
    STATES,
    VERDICTS,
    answered,
    awaited_line,
    closing,
    counts,
    is_lasting,
    partial_line,
    unfinished,
)
from tui.labels import FACETS, label
from tui.lines import Line, Tone
from tui.text import code_sentence, number, plain, show_day
from tui.widgets.bars import Bar
from tui.widgets.listing import Column, ListRow

LIST = (
    Column(mark("BANDO"), 21),
    Column(mark("FILE")),
    Column(mark("RIGHE"), 7, right=True),
    Column(mark("RISCONTRI"), 11, right=True, from_width=100),
    Column(mark("PARZIALI"), 10, right=True),
    Column(mark("STATO"), 10),
    Column(mark("FINO AL"), 11),
    Column(mark("APERTO DA"), 12, from_width=100),
    Column(mark("NUMERO"), 13, from_width=100),
)
READ = (
    Column(mark("RIGA"), 6, right=True),
    Column(mark("CODICE"), 18),
    Column(mark("COME SI LEGGE")),
)
REJECTS = (
    Column(mark("RIGA"), 6, right=True),
    Column(mark("COLONNA"), 11),
    Column(mark("SCRITTO"), 18),
    Column(mark("MOTIVO")),
)
ROWS = (
    Column(mark("RIGA"), 6, right=True),
    Column(mark("CODICE"), 18),
    Column(mark("ESITO"), 10),
    Column(mark("ENTI"), 7, right=True),
    Column(mark("DETTAGLIO")),
    Column(mark("NEL FILE"), 26, from_width=100),
)
_TONES = {"match": Tone.FOUND, "partial": Tone.PARTIAL, "none": Tone.CALM, "rejected": Tone.NOTE}
FILTERS: Mapping[str, str] = {
    "worth": mark("Da guardare"),
    "all": mark("Tutte"),
    "match": mark("Riscontri"),
    "partial": mark("Parziali"),
    "none": mark("Nessun riscontro"),
    "rejected": mark("Scartate"),
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
    """Return the rejected rows with what is written in the file, and why: each reason once, above those alike."""
    groups: dict[str, list[BatchRow]] = {}
    for row in rows:
        if row.code:
            groups.setdefault(rejection(row, lang), []).append(row)
    alike = tr("come sopra", lang)
    return [
        ListRow(str(row.row), (str(row.row), row.column, row.identifier, alike if at else why), Tone.PARTIAL)
        for why, group in groups.items()
        for at, row in enumerate(group)
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
    rows = tr("righe", lang)
    call, file = tr("Bando", lang), tr("File", lang)
    aid = label(FACETS, batch.facet, lang)
    return f"{call} {batch.procedure}   {aid}   {file} {batch.file_name}   {number(batch.rows, lang)} {rows}"


def row_detail(row: BatchRow, lang: str) -> list[str]:
    """Return all that is known of a row, a line for each thing: every body that is silent is named."""
    named = [f"{label(COLUMNS, 'codice', lang)} {row.identifier}"] if row.identifier else []
    if row.household:
        named.append(f"{label(COLUMNS, 'nucleo', lang)} {row.household}")
    if row.protocol:
        named.append(f"{tr('Protocollo', lang)} {row.protocol}")
    lines = ["   ".join(named), _answered(row, lang), "", *(f"- {piece}" for piece in pieces(row, lang))]
    if alike := in_file(row, lang):
        lines += ["", f"{tr('Nel file', lang)}: {alike}"]
    if row.verdict == "partial":
        stays = tr("Nel file resta PARZIALE, mai NESSUNO.", lang)
        lines += ["", f"?? {stays}"]
    if row.verdict == "match":
        lines += ["", closing(lang)]
    return lines


def _answered(row: BatchRow, lang: str) -> str:
    verdict = label(VERDICTS, row.verdict, lang)
    if not row.asked:
        return verdict
    words = tr("enti che hanno risposto per intero {0} su {1}", lang)
    return f"{verdict}   {words.format(row.answered, row.asked)}"


def said_lines(batch: Batch, progress: Progress | None, lang: str) -> list[Line]:
    """Return what may be concluded from a call's rows, and what to do next; who is silent is in the rows."""
    if batch.state == "running":
        return [*_silent(progress, lang), *awaited_lines(progress, lang), _next(_RUNNING, lang)]
    lines = []
    if batch.state == "paused":
        lines += _paused(batch, lang)
    if batch.matches:
        words = tr("Righe con riscontro: {0}.", lang)
        lines.append(Line("!!", words.format(number(batch.matches, lang)), Tone.FOUND))
    if batch.partial and batch.answered_at_ms:
        lines.append(Line("??", partial_line(batch, lang), Tone.PARTIAL))
    if batch.state == "done":
        lines.append(_next(_PARTIAL if batch.partial else _DONE, lang))
    return [*lines, Line("  ", closing(lang), Tone.NOTE)]


_RUNNING = mark("Il controllo va avanti sul nodo anche se si chiude la postazione. F9 lo ferma.")
_PARTIAL = mark("F6 chiede di nuovo a chi manca. Invio apre una riga, F2 esporta.")
_DONE = mark("Invio apre una riga, F2 esporta.")
_RESUMES = mark("F2 riprende da dove era: chi ha risposto non viene richiesto.")
_UNASKED = mark("Nessun ente è stato ancora interrogato. F2 comincia; resta registrato a suo nome.")


def _next(words: str, lang: str) -> Line:
    return Line("  ", tr(words, lang), Tone.NOTE)


def _paused(batch: Batch, lang: str) -> list[Line]:
    if batch.stopped:
        why = Line("!!", code_sentence(batch.stopped, lang, batch.stopped_params), Tone.FOUND)
        return [why] if is_lasting(batch.stopped) else [why, _next(_RESUMES, lang)]
    if not batch.answered_at_ms:
        return [_next(_UNASKED, lang)]
    return [Line("??", unfinished(batch, lang), Tone.PARTIAL), _next(_RESUMES, lang)]


def awaited_lines(progress: Progress | None, lang: str) -> list[Line]:
    """Return who is still to answer, while a run goes on."""
    line = awaited_line(progress, lang) if progress is not None else ""
    return [Line("  ", line, Tone.NOTE)] if line else []


def _silent(progress: Progress | None, lang: str) -> list[Line]:
    if progress is None or not progress.silent:
        return []
    names = ", ".join(map(plain, progress.silent))
    return [Line("??", f"{tr('Non rispondono', lang)}: {names}.", Tone.PARTIAL)]


def answered_line(batch: Batch, lang: str) -> str:
    """Return what stands where the bar does while nothing runs: when the bodies answered."""
    state, when = label(STATES, batch.state, lang), answered(batch, lang)
    return f"{tr('Risposte', lang)} {when} ({state})" if when else state
