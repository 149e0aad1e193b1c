"""What the commands on budgets print: a bar, the figures, and whose they are, one line each."""

from __future__ import annotations

from collections.abc import Sequence

from maglia.core.translation import mark, tr
from tui.labels import Labels, label
from tui.model import Spending, SpentInProcedure, SpentLine
from tui.office_model import Budgets
from tui.office_rows import day_text
from tui.table import Cells, Table, day_cell, make_table
from tui.text import number

_BAR = 20
CLASSES: Labels = {"person": mark("persone"), "need": mark("bisogni")}
USES: Labels = {
    "check": mark("verifiche"),
    "enrolment": mark("iscrizioni"),
    "report": mark("resoconti"),
}


def bar(spent: int, limit: int) -> str:
    """Return a bar of fixed width: not empty once anything is spent, full only when nothing is left."""
    full = _BAR if spent >= limit else max(spent > 0, spent * _BAR // limit)
    return f"[{'#' * full}{'.' * (_BAR - full)}]"


def office_lines(found: Budgets, lang: str) -> list[str]:
    """Return what the office's registry counted: today by member, class and use, and under each procedure."""
    day = day_text(found.day)
    head = tr("Codici valutati oggi, {day}:", lang).format(day=day)
    none = tr("Nessun codice valutato oggi, {day}.", lang).format(day=day)
    rows = [f"  {one.holder:<26}{_what(one, lang):<22}{_spent(one.spent, one.limit, lang)}" for one in found.today]
    return [*([head, *rows] if rows else [none]), *_procedure_lines(found.procedures, lang)]


def node_lines(found: Spending, lang: str) -> list[str]:
    """Return what the node counted: bodies answered and own operators today, and under each procedure."""
    day = day_text(found.day)
    askers = tr("Persone chieste oggi da altri enti", lang)
    operators = tr("Persone e bisogni verificati oggi dai nostri operatori", lang)
    lines = []
    for head, rows in ((askers, found.askers), (operators, found.operators)):
        none = "" if rows else tr(": nessuna", lang)
        lines.append(f"{head}, {day}{none or ':'}")
        lines += [f"  {one.holder:<26}{_spent(one.spent, one.limit, lang)}" for one in rows]
    return [*lines, *_procedure_lines(found.procedures, lang)]


def office_budget_table(found: Budgets, lang: str) -> Table:
    """Return what the office's registry counted today, and under each procedure."""
    rows = [_row(None, one, lang) for one in found.today]
    return _budget_table(found.day, [*rows, *_procedure_rows(found.procedures, lang)], lang)


def node_budget_table(found: Spending, lang: str) -> Table:
    """Return what the node counted today of bodies answered and of own operators, and under each procedure."""
    askers, operators = tr("ente", lang), tr("operatore", lang)
    rows = [_row(askers, one, lang) for one in found.askers] + [_row(operators, one, lang) for one in found.operators]
    return _budget_table(found.day, [*rows, *_procedure_rows(found.procedures, lang)], lang)


def _budget_table(day: str, rows: Sequence[Cells], lang: str) -> Table:
    head = mark("Giorno|Chi|Nome|Procedura|Che cosa|Uso|Speso|Limite|Fino al")
    return make_table(mark("Limiti"), head, [(day_cell(day), *row) for row in rows], lang)


def _row(who: str | None, one: SpentLine, lang: str) -> Cells:
    what = label(CLASSES, one.cls, lang) if one.cls else None
    use = label(USES, one.use, lang) if one.use else None
    return (who, one.holder, None, what, use, one.spent, one.limit, None)


def _procedure_rows(found: Sequence[SpentInProcedure], lang: str) -> list[Cells]:
    return [
        (
            None,
            one.holder,
            one.procedure,
            label(CLASSES, one.cls, lang),
            None,
            one.spent,
            one.cap,
            day_cell(one.expires),
        )
        for one in found
    ]


def _what(line: SpentLine, lang: str) -> str:
    return f"{label(CLASSES, line.cls, lang)}, {label(USES, line.use, lang)}"


def _spent(spent: int, limit: int, lang: str) -> str:
    of = tr("su", lang)
    return f"{bar(spent, limit)} {number(spent, lang)} {of} {number(limit, lang)}"


def _procedure_lines(found: Sequence[SpentInProcedure], lang: str) -> list[str]:
    if not found:
        return [tr("Nessuna procedura.", lang)]
    head, until = tr("Procedure:", lang), tr("fino al", lang)
    return [
        head,
        *(
            f"  {one.procedure:<26}{one.holder:<26}{label(CLASSES, one.cls, lang):<10}"
            f"{_spent(one.spent, one.cap, lang)}, {until} {day_text(one.expires) or '-'}"
            for one in found
        ),
    ]
