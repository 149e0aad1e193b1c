"""The published figures: `docs/figures.json` is one run of `make bench`, `docs/figures.md` is its page.

`make figures` publishes the run in `benchmarks/results/latest.json`: it copies it here, and writes anew everything that
is made from it: this page, the pictures of `curves.py`, the arithmetic of `scale.py`. `--check` proves that the page is
the one that the figures make.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
PUBLISHED = DOCS / "figures.json"
PAGE = DOCS / "figures.md"
_TAKEN = frozenset({"s", "ms", "us", "MiB", "bytes"})
"""Units of what is better small."""

LATEST = DOCS.parent / "benchmarks" / "results" / "latest.json"


@dataclass(frozen=True)
class Figures:
    """A run: its rows by name, where it was taken, the seconds of each part."""

    rows: Mapping[str, Mapping[str, Any]]
    machine: Mapping[str, Any]
    parts: Mapping[str, float]

    def value(self, name: str) -> float:
        """Return a figure; ends with its name where the run has none."""
        if name not in self.rows or self.rows[name]["value"] is None:
            sys.exit(f"docs/figures.json has no figure {name!r}. Run: make bench figures")
        return float(self.rows[name]["value"])

    def starting(self, *beginnings: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the rest of the name and the row of each figure whose name begins so."""
        for name, row in self.rows.items():
            for beginning in beginnings:
                if name.startswith(beginning):
                    yield name.removeprefix(beginning), row


def read_figures(path: Path = PUBLISHED) -> Figures:
    """Read a run."""
    run = json.loads(path.read_text("utf-8"))
    return Figures({row["name"]: row for row in run["rows"]}, run["machine"], run["parts"])


def page(figures: Figures) -> str:
    """Return the page: every figure, part by part."""
    where = figures.machine
    kind = "a quick run" if where["quick"] else "a whole run"
    lines = [
        "# All figures of one run",
        "",
        f"Written by `make figures` from {kind} of `make bench`: Python {where['python']}, {where['cores']} cores,",
        f"begun {where['begun']} at a load of {where['load']}. What each stands beside, and how it is measured:",
        "[performance](performance.md). A target is of the ratio where there is one, else of the value.",
    ]
    lines += ["", "## Against what is wanted", "", "| figure | measured | wanted | |", "|---|---|---|---|"]
    lines += [_judged(name, row) for name, row in figures.rows.items() if row["target"] is not None]
    for part, rows in groupby(figures.rows.items(), key=lambda each: each[0].partition(": ")[0]):
        lines += [
            "",
            f"## {part}",
            "",
            "| figure | value | unit | beside | ratio | target |",
            "|---|---|---|---|---|---|",
        ]
        lines += [_line(name.partition(": ")[2], row) for name, row in rows]
        if part in figures.parts:
            lines += ["", f"{figures.parts[part]:.0f} s."]
    return "\n".join(lines) + "\n"


def _line(name: str, row: Mapping[str, Any]) -> str:
    cells = [name, shown(row["value"]), row["unit"], shown(row["beside"]), shown(row["ratio"]), shown(row["target"])]
    return "| " + " | ".join(cells) + " |"


def _judged(name: str, row: Mapping[str, Any]) -> str:
    """Return a line on a figure with a target, which is of its ratio where it has one."""
    measured, target = row["ratio"] if row["ratio"] is not None else row["value"], row["target"]
    at_most = row["unit"].partition("/")[0] in _TAKEN
    is_met = measured <= target if at_most else measured >= target
    wanted = f"{'at most' if at_most else 'at least'} {shown(target)}"
    return f"| {name} | {shown(measured)} | {wanted} | {'' if is_met else 'missed'} |"


def shown(value: float | None) -> str:
    """Return a number as people read it: three digits that mean something, no exponents."""
    if value is None:
        return ""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def put(path: Path, content: str, script: str) -> None:
    """Write a file, or with `--check` end unless it holds exactly this."""
    if "--check" not in sys.argv[1:]:
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, "utf-8")
    elif not path.is_file() or path.read_text("utf-8") != content:
        sys.exit(f"{path.relative_to(DOCS.parent)} is stale. Run: python docs/{script}")


def main() -> None:
    """Run from the command line; `--publish` takes the latest run first."""
    if "--publish" in sys.argv[1:]:
        PUBLISHED.write_bytes(LATEST.read_bytes())
    put(PAGE, page(read_figures()), "figures.py")


if __name__ == "__main__":
    main()
