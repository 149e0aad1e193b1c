"""What a pull read, as a table: one row for each log, with what to ask where it was not read or does not hold."""

from __future__ import annotations

from collections.abc import Sequence

from maglia.core.translation import mark, tr
from tui.audit.archive import LogState
from tui.audit.log_text import name_of, why
from tui.table import Cells, Table, make_table


def pull_table(logs: Sequence[LogState], lang: str) -> Table:
    """Return each log: whether it was read, how much of it is in the archive."""
    head = mark("Registro|Esito|Voci in archivio|Solo impronte fino alla voce|Che cosa chiedere")
    return make_table(mark("Registri letti"), head, [_row(log, lang) for log in logs], lang)


def _row(log: LogState, lang: str) -> Cells:
    at = () if log.at_entry is None else (log.at_entry,)
    verdict = tr("NON LETTO" if log.problem else "LETTO", lang)
    return (
        name_of(log.member, lang),
        verdict,
        log.size,
        log.first,
        why(log.problem, at, lang) if log.problem else None,
    )
