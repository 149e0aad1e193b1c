"""The words of a call for applicants as a whole: how far a run is, what is known of it, how it goes on."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import UTC, date, datetime

from maglia.core.folding import fold
from tui.batch_model import Batch, Progress
from tui.labels import FACETS, Labels, label, pick
from tui.text import code_sentence, command_lines, show_day
from tui.verdict import decision

VERDICTS: Labels = {
    "match": ("RISCONTRO", "MATCH"),
    "partial": ("PARZIALE", "PARTIAL"),
    "none": ("NESSUNO", "NONE"),
    "rejected": ("SCARTATA", "REJECTED"),
}
COUNTS: Labels = {
    "none": ("Nessun riscontro", "No match"),
    "match": ("Riscontro", "Match"),
    "partial": ("Parziali", "Partial"),
    "rejected": ("Scartate", "Rejected"),
}
STATES: Labels = {
    "running": ("in corso", "running"),
    "paused": ("in pausa", "paused"),
    "done": ("finito", "finished"),
}
_BAR = 28
WIDTH = 80
"""Characters of a line."""
_UNDER = 8
"""Blanks before what stands below its row."""
_RESUME = ("Per riprendere", "To go on")
_LASTING = ("budget.procedure", "policy.", "input.", "member.", "session.role")
"""What stopped a run and stays until somebody else mends it: its own sentence says who."""


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


def asked_about(facet: str, months: int, lang: str) -> str:
    """Return the line that says, before anybody is asked, of which aid and of how many months."""
    aid = f"{label(FACETS, facet, lang)} ({facet})"
    if lang == "en":
        return f"Asked about: {aid}, {_count(months, ('month', 'months'), lang)}. For another aid: --facet."
    return f"Si chiede di: {aid}, {_count(months, ('mese', 'mesi'), lang)}. Per un altro aiuto: --facet."


def summary(batch: Batch, lang: str) -> list[str]:
    """Return what is known of a whole file: who is silent is in its rows, what may be concluded in these lines."""
    rows = _count(batch.rows, _one_many(("riga", "righe"), ("row", "rows"), lang), lang)
    asked = _one_many(("ente interrogato", "enti interrogati"), ("body asked", "bodies asked"), lang)
    lines = [
        f"{pick(('Bando', 'Call'), lang)} {batch.procedure}   {label(FACETS, batch.facet, lang)}   {batch.id}",
        f"{batch.file_name}   {rows}   {_count(batch.bodies, asked, lang)}",
        counts_line(batch, lang),
    ]
    if when := answered(batch, lang):
        lines.append(f"{pick(('Risposte', 'Answers'), lang)} {when}")
    if batch.state != "done":
        lines.append(unfinished(batch, lang))
    if batch.stopped:
        lines.append(code_sentence(batch.stopped, lang, batch.stopped_params))
    if batch.partial:
        lines.append(f"?? {partial_line(batch, lang)}")
    return fold(lines)


def counts(batch: Batch) -> list[tuple[str, int]]:
    """Return how many rows read what, by verdict."""
    return [
        ("none", batch.none),
        ("match", batch.matches),
        ("partial", batch.partial),
        ("rejected", batch.rejected),
    ]


def counts_line(batch: Batch, lang: str) -> str:
    """Return in one line how many rows read what."""
    return "   ".join(f"{label(COUNTS, verdict, lang)} {number(count, lang)}" for verdict, count in counts(batch))


def _one_many(it: tuple[str, str], en: tuple[str, str], lang: str) -> tuple[str, str]:
    """Return one and many of a word in a language."""
    return en if lang == "en" else it


def _count(count: int, words: tuple[str, str], lang: str) -> str:
    return f"{number(count, lang)} {words[count != 1]}"


def answered(batch: Batch, lang: str) -> str:
    """Return `del 21/11/2026 10:41`, or from which day to which: an answer is never older than its batch.

    Empty where nobody has answered, or where it was not noted.
    """
    if not batch.answered_at_ms:
        return ""
    first, last = instant(batch.opened_at_ms), instant(batch.answered_at_ms)
    if first[:10] == last[:10]:
        return f"{pick(('del', 'of'), lang)} {last}"
    return f"{pick(('dal', 'from'), lang)} {first[:10]} {pick(('al', 'to'), lang)} {last}"


def instant(time_ms: int) -> str:
    """Return an instant (milliseconds since the epoch) on this machine's clock, as dd/mm/yyyy hh:mm."""
    return f"{datetime.fromtimestamp(time_ms / 1000, UTC).astimezone():%d/%m/%Y %H:%M}"


def known_already(batch: Batch, lang: str) -> list[str]:
    """Return what is said where the very same was checked before: nobody was asked again, and how to ask."""
    when, delete = instant(batch.answered_at_ms or batch.opened_at_ms), f"maglia bando delete {batch.id}"
    if lang == "en":
        return fold([f"Already checked on {when}.", f"To ask again: {delete}, then check again."])
    return fold([f"Già controllato il {when}.", f"Per chiedere di nuovo: {delete}, poi di nuovo check."])


def unfinished(batch: Batch, lang: str) -> str:
    """Return that a batch runs or waits, and so says little yet."""
    not_all = pick(("non tutti sono stati interrogati.", "not everybody has been asked."), lang)
    return f"{label(STATES, batch.state, lang)}: {not_all}"


def partial_line(batch: Batch, lang: str) -> str:
    """Return what becomes of rows that not everybody has answered about: never that nothing is known."""
    rows, one = number(batch.partial, lang), batch.partial == 1
    if lang == "en":
        said = "1 row is partial: in the file it stays" if one else f"{rows} rows are partial: in the file they stay"
        return f"{said} PARTIAL, never NONE."
    said = "1 riga è parziale: nel file resta" if one else f"{rows} righe sono parziali: nel file restano"
    return f"{said} PARZIALE, mai NESSUNO."


def next_steps(batch: Batch, lang: str) -> list[str]:
    """Return which command goes on from here; none where what stopped it does not pass by itself."""
    if batch.state == "running":
        return _step_lines(
            pick(("Segue da solo sul nodo; per fermarlo", "It goes on at the node; to stop it"), lang), "pause", batch
        )
    if batch.state == "paused":
        return [] if is_lasting(batch.stopped) else _step_lines(pick(_RESUME, lang), "resume", batch)
    if batch.partial:
        return _step_lines(pick(("Per richiedere a chi manca", "To ask who is missing again"), lang), "retry", batch)
    return []


def is_lasting(code: str) -> bool:
    """Return whether what stopped a run stays until somebody else mends it."""
    return code.startswith(_LASTING)


def _step_lines(said: str, verb: str, batch: Batch) -> list[str]:
    return command_lines(said, f"maglia bando {verb} {batch.id}")


def closing(lang: str) -> str:
    """Return the sentence that leaves the decision to people."""
    return decision(lang)


def listed(batches: Sequence[Batch], lang: str) -> list[str]:
    """Return one line for each batch."""
    if not batches:
        return [pick(("Nessun bando controllato.", "No call was checked."), lang)]
    header = (
        ("NUMBER", "STATE", "ROWS", "PARTIAL", "CALL")
        if lang == "en"
        else ("NUMERO", "STATO", "RIGHE", "PARZIALI", "BANDO")
    )
    lines = ["{:<13} {:<9} {:>7} {:>8}  {}".format(*header)]
    for one in batches:
        until = f"{pick(('fino al', 'until'), lang)} {show_day(date.fromisoformat(one.erase_on))}"
        state, rows = label(STATES, one.state, lang), number(one.rows, lang)
        partial = number(one.partial, lang) if one.was_asked else "-"
        lines += one_or_two(f"{one.id:<13} {state:<9} {rows:>7} {partial:>8}", f"{one.procedure} ({until})")
    return lines


def one_or_two(head: str, said: str, short: str = "") -> list[str]:
    """Return both on one line, or the second below the first, whole, where 80 characters are too few."""
    whole = f"{head}  {said}".rstrip()
    if len(whole) <= WIDTH:
        return [whole]
    under = " " * _UNDER
    below = textwrap.wrap(
        said, WIDTH, initial_indent=under, subsequent_indent=under, break_on_hyphens=False, break_long_words=False
    )
    return [f"{head}  {short}".rstrip(), *below]
