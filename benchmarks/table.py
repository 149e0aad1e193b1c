"""The figures: rows, the table that people read, the file that programs read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

SCHEMA = "maglia.bench/1"
LATEST = Path(__file__).parent / "results" / "latest.json"
FAILED = "failed"
"""The unit of a row that stands for a part which did not come to its end."""


@dataclass(frozen=True)
class Row:
    """One figure. `beside` is the ceiling measured next to it, in the same unit; `ratio` is value over ceiling.

    `target` is what the project wants: of the ratio where there is one, else of the value. A name begins with its
    part, as in "check: N=50: p50". The value of a part that failed is None.
    """

    name: str
    value: float | None
    unit: str
    beside: float | None = None
    ratio: float | None = None
    target: float | None = None


class Table:
    """Collects rows, printing each as it comes: a bench that is broken off has still told something."""

    def __init__(self, machine: Mapping[str, Any] | None = None) -> None:
        """`machine` says where and how the figures were taken."""
        self.rows: list[Row] = []
        self.parts: dict[str, float] = {}
        """Seconds that each part took."""
        self._machine = dict(machine or {})
        self._part = self._group = ""

    def begin(self, part: str) -> None:
        """Let the figures that follow be those of a part, in place of what it gave before."""
        self._part, self._group = part, ""
        self.rows = [row for row in self.rows if not row.name.startswith(f"{part}: ")]

    def end(self, seconds: float) -> None:
        """Note how long the part took."""
        self.parts[self._part] = round(seconds, 1)
        print(f"  ({self._part}: {seconds:.0f} s)", flush=True)

    def section(self, title: str, group: str = "") -> None:
        """Print a heading; it says what the figures below it stand beside. `group` goes before their names."""
        self._group = f"{group}: " if group else ""
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
        full = f"{self._part}: {self._group}{name}" if self._part else f"{self._group}{name}"
        row = Row(full, _rounded(value), unit, _maybe(beside), _maybe(ratio), target)
        self.rows.append(row)
        print(
            f"  {name:52}{_shown(row.value):>11} {unit:13}{_shown(row.beside):>11}"
            f"{_shown(row.ratio):>8}{_shown(target):>8}",
            flush=True,
        )

    def fail(self, error: BaseException) -> None:
        """Say in a row that the part ended before its end, and why; what it gave until then stays."""
        why = " ".join(f"{type(error).__name__} {error}".split())[:200]
        self.rows.append(Row(f"{self._part}: did not finish: {why}", None, FAILED))
        print(f"  did not finish: {why}", flush=True)

    def skip(self, what: str, why: str) -> None:
        """Say what is not measured here, and why: on the screen alone, since there is no figure."""
        print(f"  {what}: not measured: {why}", flush=True)

    def take_up(self, path: Path = LATEST) -> None:
        """Begin with the figures of the run before, where there is one: some of its parts are measured anew."""
        if path.is_file():
            before = json.loads(path.read_text("utf-8"))
            self.rows = [Row(**row) for row in before["rows"]]
            self.parts = dict(before.get("parts", {}))

    def save(self, path: Path = LATEST) -> None:
        """Write the rows as `maglia.bench/1`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [asdict(row) for row in self.rows]
        content = {"schema": SCHEMA, "machine": self._machine, "parts": self.parts, "rows": rows}
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
