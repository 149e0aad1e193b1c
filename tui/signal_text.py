"""What a node signalled of its own operators' days, as whoever answers for the body reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from maglia.core.translation import mark, tr
from tui.model import OperatorSignal
from tui.table import Cells, Table, day_cell, make_table


def signal_lines(found: Sequence[OperatorSignal], titles: Mapping[str, str], lang: str) -> list[str]:
    """Return one line for each signal, named by `titles`, and what a signal is."""
    if not found:
        return [tr("Nessun segnale.", lang)]
    width = max(len(one.operator) for one in found)
    since = tr("si segnala da", lang)
    note = tr("Un segnale è un motivo per guardare, non un giudizio.", lang)
    rows = [
        f"{_day(one.day)}  {one.operator:<{width}}  {titles[one.code]}: {one.count} ({since} {one.threshold})"
        for one in found
    ]
    return [*rows, "", note]


def signal_table(found: Sequence[OperatorSignal], titles: Mapping[str, str], lang: str) -> Table:
    """Return the signals, one row each."""
    rows: list[Cells] = [(day_cell(one.day), one.operator, titles[one.code], one.count, one.threshold) for one in found]
    head = mark("Giorno|Operatore|Segnale|Quante|Si segnala da")
    return make_table(mark("Segnali"), head, rows, lang)


def _day(day: str) -> str:
    return "/".join(reversed(day.split("-")))
