"""The figures: rows, the table that people read, the file that programs read."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

SCHEMA = "maglia.bench/1"
LATEST = Path(__file__).parent / "results" / "latest.json"


@dataclass(frozen=True)
class Row:
    """One figure. `beside` is the ceiling measured next to it, in the same unit; `ratio` is value over ceiling.

    `target` is what the project wants: of the ratio where there is one, else of the value.
    """

    name: str
    value: float
    unit: str
    beside: float | None = None
    ratio: float | None = None
    target: float | None = None


class Table:
    """Collects rows, printing each as it comes: a bench that is broken off has still told something."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def section(self, title: str) -> None:
        """Print a heading; it says what the figures below it stand beside."""
        print(f"\n{title}\n  {'':52}{'value':>11} {'unit':13}{'beside':>11}{'ratio':>8}{'target':>8}", flush=True)

    def add(
        self,
        name: str,
        value: float,
        unit: str,
        beside: float | None = None,
        target: float | None = None,
        *,
        ratio: float | None = None,
    ) -> None:
        """Add a figure. Its ratio is value over `beside`, unless it was measured pair by pair and is given."""
        if ratio is None and beside:
            ratio = value / beside
        row = Row(name, _rounded(value), unit, _maybe(beside), _maybe(ratio), target)
        self.rows.append(row)
        print(
            f"  {name:52}{_shown(row.value):>11} {unit:13}{_shown(row.beside):>11}"
            f"{_shown(row.ratio):>8}{_shown(target):>8}",
            flush=True,
        )

    def save(self, path: Path = LATEST) -> None:
        """Write the rows as `maglia.bench/1`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {"schema": SCHEMA, "rows": [asdict(row) for row in self.rows]}
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _rounded(value: float) -> float:
    """Return four digits that mean something: more would be noise."""
    return float(f"{value:.4g}")


def _maybe(value: float | None) -> float | None:
    return None if value is None else _rounded(value)


def _shown(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"
