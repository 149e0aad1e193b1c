"""What RESOCONTI shows in its tables: requests with their clock, and what was found of one, gaps first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from maglia.core.translation import mark, tr
from tui.access_model import Access, Case, Report
from tui.access_text import (
    WARNED_DAYS,
    disclosed,
    earlier_line,
    gap_lines,
    left_line,
    missing_reason,
    moment,
    show_iso,
    told_line,
    unnamed_reason,
    unsearched_lines,
    why,
)
from tui.lines import Line, Tone
from tui.widgets.listing import Column, ListRow

CASES = (
    Column(mark("NUMERO"), 9),
    Column(mark("RICEVUTA"), 11),
    Column(mark("ENTRO IL"), 11),
    Column(mark("TERMINE")),
    Column(mark("APERTA DA"), 12),
    Column(mark("PROROGATA"), 11, from_width=110),
)
FOUND = (
    Column(mark("QUANDO"), 17),
    Column(mark("CHI HA CHIESTO")),
    Column(mark("A CHI")),
    Column(mark("PERCHÉ"), 22),
)
_BAR = 40
_GAPS = 6
"""Lines of gaps in a window; all of them are in the table below it."""


def case_row(one: Case, lang: str) -> ListRow:
    """Return one request with its clock."""
    if one.closed:
        said = tr("chiusa il {closed}", lang).format(closed=show_iso(one.closed))
    else:
        said = left_line(one.days_left, lang)
    tone = Tone.CALM
    if not one.closed and one.days_left < WARNED_DAYS:
        tone = Tone.FOUND if one.days_left < 0 else Tone.PARTIAL
    due = "" if one.closed else show_iso(one.due)
    return ListRow(
        str(one.number), (one.name, show_iso(one.received), due, said, one.opened_by, show_iso(one.extended)), tone
    )


def found_rows(report: Report, lang: str) -> list[ListRow]:
    """Return who did not tell and what nobody can search any more, then who asked about the person."""
    case, names = report.case, report.names
    rows = [ListRow(f"gap/{at}", cells, Tone.PARTIAL) for at, cells in enumerate(_gaps(case, lang))]
    rows += [
        ListRow(f"unsearched/{at}", ("??", "", "", ""), Tone.PARTIAL, line.removeprefix("?? "))
        for at, line in enumerate(unsearched_lines(case, lang))
    ]
    rows += [_access_row(at, one, names, lang) for at, one in enumerate(report.questions)]
    if report.earlier:
        rows.append(ListRow("earlier", ("", "", "", ""), Tone.NOTE, earlier_line(report.earlier, names, lang)))
    return rows


def _gaps(case: Case, lang: str) -> Iterator[tuple[str, str, str, str]]:
    for part in case.missing:
        yield tr("MANCA", lang), part.name or part.member, "", missing_reason(part, lang)
    for part in case.unnamed:
        yield tr("NOMI", lang), part.name or part.member, "", unnamed_reason(part, lang)


def _access_row(at: int, one: Access, names: Mapping[str, str], lang: str) -> ListRow:
    asker, answerer = (names.get(body, body) or "-" for body in (one.asker, one.answerer))
    who = f"{asker} ({one.operator})" if one.operator else asker
    return ListRow(
        f"access/{at}", (moment(one.time_ms, lang), who, answerer, why(one, lang)), note=disclosed(one, lang)
    )


def some_gaps(case: Case, lang: str) -> list[str]:
    """Return who is missing as a window has room for: the first few, and how many lines there are more."""
    gaps = gap_lines(case, lang)
    more = len(gaps) - _GAPS
    if more <= 0:
        return gaps
    return [*gaps[:_GAPS], tr("... e altre {more} righe", lang).format(more=more)]


def case_lines(case: Case, lang: str) -> list[Line]:
    """Return how a request stands, and what to do next."""
    if case.closed:
        left = tr("Di quanto conteneva restano le date.", lang)
        return [Line("  ", f"{case.name}: {left}", Tone.NOTE)]
    lines = [Line("  ", f"{case.name}  {told_line(case, lang)}", Tone.NOTE)]
    if case.missing or case.unnamed:
        partial = tr("RESOCONTO PARZIALE. F6 chiede di nuovo a chi manca.", lang)
        lines.append(Line("??", partial, Tone.PARTIAL))
    todo = tr("F8 scrive il resoconto per la persona; poi F4 chiude.", lang)
    return [*lines, Line("  ", todo, Tone.NOTE)]


def collecting_lines(case: Case, lang: str) -> list[Line]:
    """Return how many bodies have told so far, and who has not."""
    total = len(case.parts)
    full = _BAR * (total - len(case.missing)) // max(total, 1)
    bar = f"[{'#' * full}{'.' * (_BAR - full)}]"
    waiting = ", ".join(part.name or part.member for part in case.missing)
    lines = [Line("  ", f"{case.name}  {bar}", Tone.NOTE), Line("  ", told_line(case, lang), Tone.NOTE)]
    if waiting:
        lines.append(Line("  ", f"{tr('Mancano', lang)}: {waiting}", Tone.NOTE))
    return lines
