"""What ACCESSI shows in its tables: entries, signals, differences, logs. Names are made plain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from maglia.core.operator_day import italian_time
from maglia.core.translation import tr
from tui.audit.anomalies import Anomalies
from tui.audit.anomalies_text import counted, purposes_of, title_of, when_of
from tui.audit.day import Compared, Searched
from tui.audit.entry_words import ENTRY_KINDS
from tui.audit.findings import Finding
from tui.audit.findings_text import ask, entries_text
from tui.audit.findings_words import TYPES
from tui.audit.log_text import hashes_only, name_of, progress_line, why
from tui.audit.model import LogState
from tui.audit.pull import Progress
from tui.audit.search import Found
from tui.audit.search_words import Titles, code_in_words, outcome_in_words, signals_in_words
from tui.audit.verify import Verdict, Verified
from tui.audit.verify_text import VERDICTS
from tui.labels import PURPOSES, label
from tui.lines import Line, Tone
from tui.text import number, plain
from tui.widgets.listing import ListRow

MORE = "more"
"""The key of the row that asks for the next entries."""
_BAR = 40
_BAD = frozenset({Verdict.BROKEN, Verdict.FORK, Verdict.DAMAGED})


def entry_rows(found: Searched, lang: str) -> list[ListRow]:
    """Return the entries of a search, the newest first, and last a row that asks for more where there are more."""
    rows = [_entry_row(one, found.titles, lang) for one in found.page.entries]
    if found.page.next_page:
        more = tr("Invio: altre voci", lang)
        rows.append(ListRow(MORE, ("...", "", "", "", "", "", "", ""), Tone.NOTE, more))
    return rows


def entries_line(done: int, total: int, lang: str) -> str:
    """Return how many entries were read for a file."""
    return tr("Voci lette per il file: {done} di {total}", lang).format(
        done=number(done, lang), total=number(total, lang)
    )


def entry_key(one: Found) -> str:
    """Return what an entry is known by on the screen."""
    return f"{one.member}/{one.idx}"


def _entry_row(one: Found, titles: Titles, lang: str) -> ListRow:
    came = outcome_in_words(one.kind, one.outcome, titles, lang), code_in_words(one.code, lang)
    signals = signals_in_words(one.signals, lang)
    cells = (
        f"{italian_time(one.time_ms):%d/%m %H:%M}",
        plain(one.operator),
        name_of(one.member, lang),
        label(ENTRY_KINDS, one.kind, lang),
        plain(one.peer),
        ", ".join(part for part in (*came, signals) if part),
        label(PURPOSES, one.purpose, lang) if one.purpose else "",
        number(one.idx, lang),
    )
    return ListRow(entry_key(one), cells, Tone.FOUND if signals else Tone.CALM)


def signal_rows(found: Anomalies, lang: str) -> list[ListRow]:
    """Return the logs that could not be read, then every signal with what was counted."""
    left_out = tr("NON LETTO", lang)
    rows = [
        ListRow(
            f"unread/{member}", ("", "", plain(member), "", left_out), Tone.PARTIAL, why(code, (), lang, on_screen=True)
        )
        for member, code in sorted(found.unread.items())
    ]
    for at, one in enumerate(found.found):
        title = title_of(found.rules.data, one.signal.code, lang)
        cells = (when_of(one), plain(one.operator), plain(one.member), purposes_of(one, lang), title)
        rows.append(ListRow(f"signal/{at}", cells, Tone.FOUND, counted(one, lang)))
    return rows


def difference_rows(compared: Compared, lang: str) -> list[ListRow]:
    """Return the logs that were left out, then every difference with what to ask."""
    left_out = tr("ESCLUSO", lang)
    doubtful = {one.member: one.entries for one in compared.logs}
    rows = [
        ListRow(
            f"unread/{one.member}",
            (left_out, name_of(one.member, lang), ""),
            Tone.PARTIAL,
            why(one.code, doubtful.get(one.member, ()), lang, on_screen=True),
        )
        for one in compared.report.unread
    ]
    return rows + [_difference_row(at, one, lang) for at, one in enumerate(compared.report.findings)]


def _difference_row(at: int, one: Finding, lang: str) -> ListRow:
    whose = ", ".join(name_of(member, lang) for member in one.about.members)
    entries = entries_text(one, lang).partition(": ")[2]
    kind = f"DIFF  {label(TYPES, one.about.type, lang)}"
    return ListRow(f"diff/{at}", (kind, whose, entries), Tone.FOUND, f"-> {ask(one, lang)}")


def log_rows(logs: Iterable[LogState], verified: Sequence[Verified], lang: str) -> list[ListRow]:
    """Return every log, what does not hold or was not read first; what holds is known once it was recomputed."""
    found = {one.member: one for one in verified}
    rows = [_verified_row(found[log.member], lang) if log.member in found else _log_row(log, lang) for log in logs]
    return sorted(rows, key=lambda row: list(_ORDER).index(row.tone))


_ORDER = (Tone.FOUND, Tone.PARTIAL, Tone.CALM)


def _log_row(log: LogState, lang: str) -> ListRow:
    problem = log.why_unread
    status = tr("NON LETTO", lang) if problem else tr("letto", lang)
    at = f", {italian_time(log.read_ms):%d/%m/%Y %H:%M}" if log.read_ms else ""
    entries = tr("{size} voci{at}", lang).format(size=number(log.size, lang), at=at)
    doubtful = () if log.at_entry is None else (log.at_entry,)
    note = why(problem, doubtful, lang, on_screen=True) if problem else ""
    return ListRow(
        log.member, (name_of(log.member, lang), status, entries), Tone.PARTIAL if problem else Tone.CALM, note
    )


def _verified_row(one: Verified, lang: str) -> ListRow:
    entries, cosigned = number(one.size, lang), number(one.cosigned, lang)
    said = tr("{entries} voci, {cosigned} controfirmate", lang).format(entries=entries, cosigned=cosigned)
    if one.first:
        said = f"{said}; {hashes_only(one.first, lang)}"
    note = f"-> {why(one.code, one.entries, lang, on_screen=True)}" if one.code else ""
    tone = Tone.FOUND if one.verdict in _BAD else Tone.PARTIAL if one.code else Tone.CALM
    return ListRow(one.member, (name_of(one.member, lang), label(VERDICTS, one.verdict, lang), said), tone, note)


def progress_lines(progress: Progress, lang: str) -> list[Line]:
    """Return how far a pull is: a bar of the entries, and the numbers in words."""
    full = _BAR * progress.read // max(progress.wanted, progress.read, 1)
    bar = f"[{'#' * full}{'.' * (_BAR - full)}]"
    return [Line("  ", bar, Tone.NOTE), Line("  ", progress_line(progress, lang), Tone.NOTE)]


def days_line(done: int, total: int, lang: str) -> str:
    """Return how many days were judged."""
    words = tr("Giornate valutate", lang)
    return f"{words}: {number(done, lang)}/{number(total, lang)}"


def comparing_lines(member: str, done: int, total: int, lang: str) -> list[Line]:
    """Return how far a comparison is: which log is recomputed, or that they are held against each other."""
    full = _BAR * done // max(done, total, 1)
    said = tr("Registri a confronto...", lang)
    if member:
        words = tr("Si ricalcola il registro", lang)
        said = f"{words} {name_of(member, lang)} ({done}/{max(done, total)})"
    return [Line("  ", f"[{'#' * full}{'.' * (_BAR - full)}]", Tone.NOTE), Line("  ", said, Tone.NOTE)]
