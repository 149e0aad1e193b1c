"""The words of a call for applicants as a whole: how far a run is, what is known of it, how it goes on."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from maglia.core.folding import fold
from maglia.core.translation import mark, tr, trn
from tui.batch_model import Batch, Progress
from tui.labels import FACETS, Labels, label
from tui.text import code_sentence, command_lines, number, plain, show_day
from tui.verdict import decision

VERDICTS: Labels = {
    "match": mark("RISCONTRO"),
    "partial": mark("PARZIALE"),
    "none": mark("NESSUNO"),
    "rejected": mark("SCARTATA"),
}
COUNTS: Labels = {
    "none": mark("Nessun riscontro"),
    "match": mark("Riscontro"),
    "partial": mark("Parziali"),
    "rejected": mark("Scartate"),
}
STATES: Labels = {
    "running": mark("in corso"),
    "paused": mark("in pausa"),
    "done": mark("finito"),
}
_BAR, _SHORT_BAR = 28, 12
_NAMED = 2
"""Bodies that are awaited and named; more would leave no room for what is known."""
WIDTH = 80
"""Characters of a line."""
_UNDER = 8
"""Blanks before what stands below its row."""
_RESUME = mark("Per riprendere")
_LASTING = ("budget.procedure", "policy.", "input.", "member.", "session.role")
"""What stopped a run and stays until somebody else mends it: its own sentence says who."""


def progress_line(
    progress: Progress, lang: str, rows: int = 0, *, is_still: bool = False, bar_width: int = _BAR
) -> str:
    """Return one line that tells how far a run is, and how long it may still take.

    With `rows`, those of the file that are asked about, it counts these instead of rows times bodies. No time is told
    where a body is silent or, `is_still`, nothing has come for a while: the pace of the others says nothing of it.
    """
    what = tr("Codici" if progress.is_naming else "Righe" if rows else "Risposte", lang)
    share = progress.done / progress.total if progress.total else 1.0
    bar = "#" * int(bar_width * share)
    by_rows = rows if rows and not progress.is_naming else 0
    done, total = (int(by_rows * share), by_rows) if by_rows else (progress.done, progress.total)
    line = f"{what:<9} [{bar:.<{bar_width}}] {number(done, lang)} {tr('su', lang)} {number(total, lang)}"
    if is_still and progress.done < progress.total:
        return f"{line}   {tr('si aspetta ancora', lang)}"
    if progress.left_ms is None or progress.silent:
        return line
    return f"{line}   {time_left(progress.left_ms, lang)}"


def awaited_line(progress: Progress, lang: str) -> str:
    """Return which bodies are still to answer: a few by name, then how many more; "" where nobody is awaited."""
    if not progress.awaited:
        return ""
    shown, more = progress.awaited[:_NAMED], len(progress.awaited) - _NAMED
    line = f"{tr('Si aspetta', lang)}: {', '.join(map(plain, shown))}"
    if more <= 0:
        return f"{line}."
    return trn("{bodies} e un altro ente.", "{bodies} e altri {count} enti.", more, lang).format(
        bodies=line, count=number(more, lang)
    )


def watched_line(progress: Progress, lang: str, columns: int) -> str:
    """Return one line of a terminal: how far a run is, and whom it waits for.

    Once only a few bodies are awaited their names take the room of a longer bar, and of a time that is not theirs.
    """
    awaited = awaited_line(progress, lang)
    if awaited and len(progress.awaited) <= _NAMED:
        line = progress_line(replace(progress, left_ms=None), lang, bar_width=_SHORT_BAR)
    else:
        line = progress_line(progress, lang)
    return f"{line}   {awaited}".rstrip()[: columns - 1]


def time_left(left_ms: int, lang: str) -> str:
    """Return `mancano ~4 min`, seconds below a minute."""
    seconds = max(1, round(left_ms / 1000))
    length = f"{seconds} s" if seconds < 60 else f"{round(seconds / 60)} min"
    return f"{tr('mancano', lang)} ~{length}"


def asked_about(facet: str, months: int, lang: str) -> str:
    """Return the line that says, before anybody is asked, of which aid and of how many months."""
    aid = f"{label(FACETS, facet, lang)} ({facet})"
    span = trn("{count} mese", "{count} mesi", months, lang).format(count=number(months, lang))
    return tr("Si chiede di: {aid}, {months}. Per un altro aiuto: --facet.", lang).format(aid=aid, months=span)


def summary(batch: Batch, lang: str) -> list[str]:
    """Return what is known of a whole file: who is silent is in its rows, what may be concluded in these lines."""
    rows = trn("{count} riga", "{count} righe", batch.rows, lang).format(count=number(batch.rows, lang))
    asked = trn("{count} ente interrogato", "{count} enti interrogati", batch.bodies, lang)
    lines = [
        f"{tr('Bando', lang)} {batch.procedure}   {label(FACETS, batch.facet, lang)}   {batch.id}",
        f"{batch.file_name}   {rows}   {asked.format(count=number(batch.bodies, lang))}",
        counts_line(batch, lang),
    ]
    if when := answered(batch, lang):
        lines.append(f"{tr('Risposte', lang)} {when}")
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


def answered(batch: Batch, lang: str) -> str:
    """Return `del 21/11/2026 10:41`, or from which day to which: an answer is never older than its batch.

    Empty where nobody has answered, or where it was not noted.
    """
    if not batch.answered_at_ms:
        return ""
    first, last = instant(batch.opened_at_ms), instant(batch.answered_at_ms)
    if first[:10] == last[:10]:
        return f"{tr('del', lang)} {last}"
    return f"{tr('dal', lang)} {first[:10]} {tr('al', lang)} {last}"


def instant(time_ms: int) -> str:
    """Return an instant (milliseconds since the epoch) on this machine's clock, as dd/mm/yyyy hh:mm."""
    return f"{datetime.fromtimestamp(time_ms / 1000, UTC).astimezone():%d/%m/%Y %H:%M}"


def known_already(batch: Batch, lang: str) -> list[str]:
    """Return what is said where the very same was checked before: nobody was asked again, and how to ask."""
    when, delete = instant(batch.answered_at_ms or batch.opened_at_ms), f"maglia bando delete {batch.id}"
    said = tr("Già controllato il {when}.", lang).format(when=when)
    again = tr("Per chiedere di nuovo: {delete}, poi di nuovo check.", lang).format(delete=delete)
    return fold([said, again])


def unfinished(batch: Batch, lang: str) -> str:
    """Return that a batch runs or waits, and so says little yet."""
    not_all = tr("non tutti sono stati interrogati.", lang)
    return f"{label(STATES, batch.state, lang)}: {not_all}"


def partial_line(batch: Batch, lang: str) -> str:
    """Return what becomes of rows that not everybody has answered about: never that nothing is known."""
    return trn(
        "1 riga è parziale: nel file resta PARZIALE, mai NESSUNO.",
        "{count} righe sono parziali: nel file restano PARZIALE, mai NESSUNO.",
        batch.partial,
        lang,
    ).format(count=number(batch.partial, lang))


def next_steps(batch: Batch, lang: str) -> list[str]:
    """Return which command goes on from here; none where what stopped it does not pass by itself."""
    if batch.state == "running":
        return _step_lines(tr("Segue da solo sul nodo; per fermarlo", lang), "pause", batch)
    if batch.state == "paused":
        return [] if is_lasting(batch.stopped) else _step_lines(tr(_RESUME, lang), "resume", batch)
    if batch.partial:
        return _step_lines(tr("Per richiedere a chi manca", lang), "retry", batch)
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
        return [tr("Nessun bando controllato.", lang)]
    header = tr("NUMERO|STATO|RIGHE|PARZIALI|BANDO", lang).split("|")
    lines = ["{:<13} {:<9} {:>7} {:>8}  {}".format(*header)]
    for one in batches:
        until = f"{tr('fino al', lang)} {show_day(date.fromisoformat(one.erase_on))}"
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
