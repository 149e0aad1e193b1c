"""What RESOCONTI shows in its tables: requests with their clock, and what was found of one, gaps first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
from tui.labels import pick
from tui.lines import Line, Tone
from tui.widgets.listing import Column, ListRow

CASES = (
    Column(("NUMERO", "NUMBER"), 9),
    Column(("RICEVUTA", "RECEIVED"), 11),
    Column(("ENTRO IL", "ANSWER BY"), 11),
    Column(("TERMINE", "TIME LEFT")),
    Column(("APERTA DA", "OPENED BY"), 12),
    Column(("PROROGATA", "EXTENDED"), 11, from_width=110),
)
FOUND = (
    Column(("QUANDO", "WHEN"), 17),
    Column(("CHI HA CHIESTO", "WHO ASKED")),
    Column(("A CHI", "WHOM")),
    Column(("PERCHÉ", "WHY"), 22),
)
_BAR = 40
_GAPS = 6
"""Lines of gaps in a window; all of them are in the table below it."""


def case_row(one: Case, lang: str) -> ListRow:
    """Return one request with its clock."""
    if one.closed:
        said = pick((f"chiusa il {show_iso(one.closed)}", f"closed on {show_iso(one.closed)}"), lang)
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
        yield pick(("MANCA", "MISSING"), lang), part.name or part.member, "", missing_reason(part, lang)
    for part in case.unnamed:
        yield pick(("NOMI", "NAMES"), lang), part.name or part.member, "", unnamed_reason(part, lang)


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
    return [*gaps[:_GAPS], pick((f"... e altre {more} righe", f"... and {more} more lines"), lang)]


def case_lines(case: Case, lang: str) -> list[Line]:
    """Return how a request stands, and what to do next."""
    if case.closed:
        left = ("Di quanto conteneva restano le date.", "Of what it held the dates are left.")
        return [Line("  ", f"{case.name}: {pick(left, lang)}", Tone.NOTE)]
    lines = [Line("  ", f"{case.name}  {told_line(case, lang)}", Tone.NOTE)]
    if case.missing or case.unnamed:
        partial = (
            "RESOCONTO PARZIALE. F6 chiede di nuovo a chi manca.",
            "PARTIAL REPORT. F6 asks again who is missing.",
        )
        lines.append(Line("??", pick(partial, lang), Tone.PARTIAL))
    todo = ("F8 scrive il resoconto per la persona; poi F4 chiude.", "F8 writes the person's report; then F4 closes.")
    return [*lines, Line("  ", pick(todo, lang), Tone.NOTE)]


def collecting_lines(case: Case, lang: str) -> list[Line]:
    """Return how many bodies have told so far, and who has not."""
    total = len(case.parts)
    full = _BAR * (total - len(case.missing)) // max(total, 1)
    bar = f"[{'#' * full}{'.' * (_BAR - full)}]"
    waiting = ", ".join(part.name or part.member for part in case.missing)
    lines = [Line("  ", f"{case.name}  {bar}", Tone.NOTE), Line("  ", told_line(case, lang), Tone.NOTE)]
    if waiting:
        lines.append(Line("  ", f"{pick(('Mancano', 'Missing'), lang)}: {waiting}", Tone.NOTE))
    return lines
