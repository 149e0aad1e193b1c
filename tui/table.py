"""A table as people take it into their own programs: a title, a head and rows, written by `tui.table_file`.

What makes a table stands beside what makes the lines of the same list (`tui/NAME_text.py`), and knows no file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from maglia.core.operator_day import italian_time
from maglia.core.translation import tr
from tui.text import show_when

Cells = tuple[str | int | Decimal | date | datetime | None, ...]
"""One row: texts, whole numbers, days, instants of this machine's clock or of Italy's, euros as decimals, None for an
empty cell."""


@dataclass(frozen=True)
class Table:
    """A list on its way to a file; the title names the file and the sheet, and never a person.

    Texts may be as they came over the network: control characters and formulas are taken out when it is written.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[Cells, ...] = field(repr=False)
    has_codes: bool = False
    """Whether persons' codes are in it: whoever is handed the file is told."""


def make_table(
    title: str, head: str, rows: Iterable[Cells], lang: str, *, has_codes: bool = False, **values: object
) -> Table:
    """Return a table in one language: title and head are marked texts, each head's words parted by `|`.

    `values` are what the title has in braces.
    """
    return Table(tr(title, lang).format(**values), tuple(tr(head, lang).split("|")), tuple(rows), has_codes)


def keep_lines(table: Table, lang: str) -> list[str]:
    """Return how to keep a file of this table, where it holds codes."""
    keep = tr("Contiene codici: tenerlo dove lo legge solo chi deve.", lang)
    return [keep] if table.has_codes else []


def euros(cents: int | None) -> Decimal | None:
    """Return euro cents as a cell that programs add up."""
    return None if cents is None else Decimal(cents) / 100


def day_cell(iso: str) -> date | str | None:
    """Return an ISO 8601 day as a cell that programs sort; a month or anything else stays the text that it is."""
    try:
        return date.fromisoformat(iso) if iso else None
    except ValueError:
        return iso


def when_cell(when: str, lang: str) -> date | str | None:
    """Return when another body's help was: a day, a month as mm/yyyy, or that it is withheld; never "today"."""
    found = day_cell(when)
    return found if isinstance(found, date) else show_when(when, "", lang)


def instant_cell(time_ms: int | None) -> datetime | None:
    """Return an instant (milliseconds since the epoch) on this machine's clock, whole seconds.

    None for 0, which is none, and for what no calendar has: another body may have written it.
    """
    try:
        return datetime.fromtimestamp(time_ms // 1000) if time_ms else None
    except (ValueError, OverflowError, OSError):
        return None


def italian_cell(time_ms: int | None) -> datetime | None:
    """Return an instant as `instant_cell` does, by the clock on the wall in Italy: logs of all bodies are read so."""
    return italian_time(time_ms).replace(tzinfo=None, microsecond=0) if instant_cell(time_ms) and time_ms else None
