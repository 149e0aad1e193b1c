"""The words of a call for applicants: what a row reads, what is shown of it, how far a run is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tui.batch_model import Batch, BatchRow, Progress
from tui.labels import FACETS, SILENCES, STATUSES, Labels, label, pick, refusal
from tui.model import Finding
from tui.text import code_sentence, show_day, show_when
from tui.verdict import amount_of, body_of, decision

VERDICTS: Labels = {
    "match": ("RISCONTRO", "MATCH"),
    "partial": ("PARZIALE", "PARTIAL"),
    "none": ("NESSUNO", "NONE"),
    "rejected": ("SCARTATA", "REJECTED"),
}
STATES: Labels = {
    "running": ("in corso", "running"),
    "paused": ("in pausa", "paused"),
    "done": ("completo", "complete"),
}
_BAR = 28


def number(count: int, lang: str) -> str:
    """Return a count as people write it: 1.204."""
    grouped = f"{count:,}"
    return grouped if lang == "en" else grouped.replace(",", ".")


def progress_line(progress: Progress, lang: str) -> str:
    """Return one line that tells how far a run is, and how long it may still take."""
    what = ("Codici", "Codes") if progress.is_naming else ("Risposte", "Answers")
    share = progress.done / progress.total if progress.total else 1.0
    bar = "#" * int(_BAR * share)
    counted = f"{number(progress.done, lang)} {pick(('su', 'of'), lang)} {number(progress.total, lang)}"
    line = f"{pick(what, lang):<9} [{bar:.<{_BAR}}] {counted}"
    return f"{line}   {time_left(progress.left_ms, lang)}" if progress.left_ms is not None else line


def time_left(left_ms: int, lang: str) -> str:
    """Return `mancano ~4 min`, seconds below a minute."""
    seconds = max(1, round(left_ms / 1000))
    length = f"{seconds} s" if seconds < 60 else f"{round(seconds / 60)} min"
    return f"{pick(('mancano', 'left'), lang)} ~{length}"


def summary(batch: Batch, lang: str) -> list[str]:
    """Return what is known of a whole file: who is silent is in its rows, what may be concluded in these lines."""
    counts = [
        (VERDICTS["none"], batch.none),
        (VERDICTS["match"], batch.matches),
        (VERDICTS["partial"], batch.partial),
        (VERDICTS["rejected"], batch.rejected),
    ]
    asked = pick(("enti interrogati", "bodies asked"), lang)
    lines = [
        f"{pick(('Bando', 'Call'), lang)} {batch.procedure}   {label(FACETS, batch.facet, lang)}   {batch.id}",
        f"{batch.file_name}   {number(batch.rows, lang)} {pick(('righe', 'rows'), lang)}   {batch.bodies} {asked}",
        "   ".join(f"{pick(words, lang)} {number(count, lang)}" for words, count in counts),
    ]
    if batch.state != "done":
        lines.append(f"{label(STATES, batch.state, lang)}: {_unfinished(lang)}")
    if batch.stopped:
        lines.append(code_sentence(batch.stopped, lang))
    if batch.partial:
        lines += _partial(batch, lang)
    return lines


def _unfinished(lang: str) -> str:
    return pick(("non tutti sono stati interrogati.", "not everybody has been asked."), lang)


def _partial(batch: Batch, lang: str) -> list[str]:
    rows = number(batch.partial, lang)
    if lang == "en":
        said = "1 row is" if batch.partial == 1 else f"{rows} rows are"
        return [f"?? {said} partial: in the file they stay PARTIAL, never NONE."]
    said = "1 riga è parziale" if batch.partial == 1 else f"{rows} righe sono parziali"
    return [f"?? {said}: nel file restano PARZIALE, mai NESSUNO."]


def next_steps(batch: Batch, lang: str) -> list[str]:
    """Return which command goes on from here."""
    if batch.state == "running":
        return [
            _step(("Segue da solo sul nodo; per fermarlo", "It goes on at the node; to stop it"), "pause", batch, lang)
        ]
    if batch.state == "paused":
        return [_step(("Per riprendere", "To go on"), "resume", batch, lang)]
    if batch.partial:
        return [_step(("Per richiedere a chi manca", "To ask who is missing again"), "retry", batch, lang)]
    return []


def _step(words: tuple[str, str], verb: str, batch: Batch, lang: str) -> str:
    return f"{pick(words, lang)}: maglia bando {verb} {batch.id}"


def closing(lang: str) -> str:
    """Return the sentence that leaves the decision to people."""
    return decision(lang)


def listed(batches: Sequence[Batch], lang: str) -> list[str]:
    """Return one line for each batch."""
    if not batches:
        return [pick(("Nessun bando controllato.", "No call was checked."), lang)]
    header = ("NUMBER", "STATE", "ROWS", "CALL") if lang == "en" else ("NUMERO", "STATO", "RIGHE", "BANDO")
    lines = ["{:<13} {:<9} {:>7}  {}".format(*header)]
    for one in batches:
        until = f"{pick(('fino al', 'until'), lang)} {show_day(date.fromisoformat(one.erase_on))}"
        state, rows = label(STATES, one.state, lang), number(one.rows, lang)
        lines.append(f"{one.id:<13} {state:<9} {rows:>7}  {one.procedure} ({until})")
    return lines


def row_line(row: BatchRow, lang: str) -> str:
    """Return a row of the table, without its code: what is read aloud or copied names nobody."""
    bodies = f"{row.answered}/{row.asked}" if row.asked else "-"
    line = f"{row.row:>6}  {label(VERDICTS, row.verdict, lang):<9} {bodies:>7}  {detail(row, lang)}"
    return line if len(line) <= 80 else line[:79] + "…"


def detail(row: BatchRow, lang: str) -> str:
    """Return what was found and who is missing, in a few words; of a rejected row why."""
    if row.code:
        return f"{row.column}: {rejection(row, lang)}" if row.column else rejection(row, lang)
    said = [_found(one, lang) for one in row.findings]
    if row.omitted:
        said[:1] = [f"{pick(('almeno', 'at least'), lang)} {said[0]}"]
    said += [f"{body.name or body.member} {label(SILENCES, body.reason, lang)}" for body in row.silent]
    said += [
        f"{body.name or body.member} {pick(('rifiuta', 'refuses'), lang)}: {refusal(body.reason, lang)}"
        for body in row.refused
    ]
    if row.unasked:
        said.append(f"{row.unasked} {pick(('da interrogare', 'still to be asked'), lang)}")
    return "; ".join(said)


def rejection(row: BatchRow, lang: str) -> str:
    """Return why a row was rejected, and what to do."""
    return code_sentence(row.code, lang, row.params)


def in_file(row: BatchRow, lang: str) -> str:
    """Return which other rows of the file belong to the same household, or to the same supply or lease."""
    said = [
        f"{pick(words, lang)} {', '.join(map(str, rows))}"
        for words, rows in (
            (("stesso nucleo della riga", "same household as row"), row.same_household),
            (("stessa fornitura della riga", "same supply as row"), row.same_need),
        )
        if rows
    ]
    return "; ".join(said)


def _found(one: Finding, lang: str) -> str:
    status = "" if one.status in {"", "given"} else f"{label(STATUSES, one.status, lang).lower()} "
    same = f"{pick(('stesso bisogno', 'same need'), lang)}: " if one.same_need else ""
    when = show_when(one.when, "", lang)
    return f"{same}{status}{label(FACETS, one.facet, lang)} {when}, {amount_of(one, lang)}, {body_of(one, lang)}"
