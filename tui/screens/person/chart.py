"""PERSONA's charts: what a person was given here, month by month and by kind. Pure: records in, bars out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from maglia.core.translation import tr
from tui.labels import FACETS, label
from tui.records_model import FiledAid
from tui.text import show_amount
from tui.widgets.bars import Bar

MONTHS = 12
"""Months that the chart goes back, the node's own included."""
_FACETS = 8


@dataclass
class _Sum:
    count: int = 0
    cents: int = 0

    def add(self, cents: int | None) -> None:
        self.count += 1
        self.cents += cents or 0


def month_bars(records: Sequence[FiledAid], today: str, lang: str) -> list[Bar]:
    """Return one bar for each month since the first help of the last twelve; `today` is the node's, ISO 8601.

    Help of every month stands in each month of its period, as far as it has come.
    """
    shown = _months_until(today)
    sums: dict[str, _Sum] = defaultdict(_Sum)
    for one in _given(records):
        for month in _months_of(one, shown):
            sums[month].add(one.amount_cents)
    first = next((at for at, month in enumerate(shown) if month in sums), len(shown))
    return [_bar(f"{month[5:]}/{month[:4]}", sums[month], lang) for month in shown[first:]]


def facet_bars(records: Sequence[FiledAid], today: str, lang: str) -> list[Bar]:
    """Return one bar for each kind of help of the same months, the largest first."""
    shown = _months_until(today)
    sums: dict[str, _Sum] = defaultdict(_Sum)
    for one in _given(records):
        for _month in _months_of(one, shown):
            sums[one.facet].add(one.amount_cents)
    largest = sorted(sums, key=lambda facet: (-sums[facet].cents, -sums[facet].count, facet))
    return [_bar(label(FACETS, facet, lang), sums[facet], lang) for facet in largest[:_FACETS]]


def _given(records: Sequence[FiledAid]) -> list[FiledAid]:
    """Return what was given: a promise, a version that another replaced, and what was cancelled are none."""
    return [one for one in records if one.status == "given" and not one.replaced_by]


def _months_until(today: str) -> list[str]:
    """Return the last months up to a day, the oldest first, as 2026-11."""
    try:
        at = int(today[:4]) * 12 + int(today[5:7]) - 1
    except ValueError:
        return []
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(at - MONTHS + 1, at + 1)]


def _months_of(one: FiledAid, shown: Sequence[str]) -> list[str]:
    if one.frequency != "monthly":
        return [month for month in shown if month == one.date[:7]]
    first, last = (one.period_from or one.date)[:7], one.period_to[:7] or "9999-12"
    return [month for month in shown if first <= month <= last]


def _bar(name: str, found: _Sum, lang: str) -> Bar:
    if not found.count:
        return Bar(name, 0, "-")
    in_kind = tr("senza importo", lang)
    return Bar(name, found.cents or 1, f"{show_amount(found.cents) if found.cents else in_kind} ({found.count})")
