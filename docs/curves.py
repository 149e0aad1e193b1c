"""The curves of `docs/curves`: what grows with records, bodies and log, drawn from the published figures.

Both axes are logarithmic, so that a straight slope of one decade a decade is linear growth. `--check` proves that each
picture is the one that `docs/figures.json` makes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from figures import DOCS, Figures, put, read_figures, shown

FOLDER = DOCS / "curves"
_WIDTH, _HEIGHT = 640, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 20, 44, 48
_COLOURS = ("#0b5fa5", "#b3470b", "#3f7d20", "#7a3e9d")
_DASHES = ("", "6 3", "2 3", "8 3 2 3")

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Chart:
    """One picture: its title, what the axes count, and the points of each curve by its name."""

    title: str
    across: str
    up: str
    curves: Mapping[str, Points]


def charts(figures: Figures) -> dict[str, Chart]:
    """Return every picture by the name of its file."""
    node = _sized(figures, "growth: records: ")
    log = _sized(figures, "growth: log: ")
    return {
        "records-time": Chart("A question, as the node's records grow", "records", "us of processor", {
            "a question, 16 in flight": node["a question, CPU"],
        }),
        "records-memory": Chart("A node's memory, as its records grow", "records", "MiB", {"node": node["memory"]}),
        "bodies-time": Chart("A check, as more bodies are asked", "bodies asked", "ms, median", _bodies(figures)),
        "bodies-memory": Chart("All bodies' processes together", "bodies asked", "MiB", {
            "memory": _by_width(figures, "memory of all bodies' processes", "value"),
        }),
        "log-time": Chart("One entry, as the log grows", "entries", "us of processor", {
            "appended, in groups of 128": log["an entry appended, in groups of 128, CPU"],
            "inclusion proof made": log["an inclusion proof made, CPU"],
        }),
        "log-memory": Chart("A process with a log, as the log grows", "entries", "MiB", {"memory": log["memory"]}),
    }  # fmt: skip


def _sized(figures: Figures, beginning: str) -> dict[str, list[tuple[float, float]]]:
    """Return the points of each figure whose name begins with a size, as in `10,000: memory`."""
    found: dict[str, list[tuple[float, float]]] = {}
    for rest, row in figures.starting(beginning):
        size, _, name = rest.partition(": ")
        found.setdefault(name, []).append((float(size.replace(",", "")), row["value"]))
    return found


def _bodies(figures: Figures) -> dict[str, Points]:
    return {
        "check": _by_width(figures, "p50", "value"),
        "bare unary echoes": _by_width(figures, "p50", "beside"),
        "check, cold channels": _by_width(figures, "cold channels: p50", "value"),
        "cold echoes": _by_width(figures, "cold channels: p50", "beside"),
    }


def _by_width(figures: Figures, name: str, column: str) -> list[tuple[float, float]]:
    found = (
        (re.fullmatch(rf"N=(\d+): {re.escape(name)}", rest), row) for rest, row in figures.starting("wide check: ")
    )
    return sorted((float(match[1]), row[column]) for match, row in found if match)


def draw(chart: Chart) -> str:
    """Return the picture of a chart."""
    points = [point for curve in chart.curves.values() for point in curve]
    across, up = _axis([x for x, _ in points]), _axis([y for _, y in points])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif"'
        f' font-size="12" role="img" aria-label="{escape(chart.title)}">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        _text(_WIDTH / 2, 20, chart.title, "middle", size=15),
        _text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 10, chart.across, "middle"),
        _text(_LEFT - 58, _TOP - 12, chart.up, "start"),
    ]
    parts += [part for tick in _ticks(across) for part in _across_tick(_x(tick, across), tick)]
    parts += [part for tick in _ticks(up) for part in _up_tick(_y(tick, up), tick)]
    for number, (name, curve) in enumerate(chart.curves.items()):
        parts += _curve(number, name, [(_x(x, across), _y(y, up), y) for x, y in curve])
    return "\n".join([*parts, "</svg>"]) + "\n"


def _axis(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends of an axis as powers of ten, a decade at least."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return float(low), float(max(high, low + 1))


def _ticks(axis: tuple[float, float]) -> list[float]:
    return [10.0**power for power in range(int(axis[0]), int(axis[1]) + 1)]


def _x(value: float, axis: tuple[float, float]) -> float:
    return _LEFT + (math.log10(value) - axis[0]) / (axis[1] - axis[0]) * (_WIDTH - _LEFT - _RIGHT)


def _y(value: float, axis: tuple[float, float]) -> float:
    return _HEIGHT - _BOTTOM - (math.log10(value) - axis[0]) / (axis[1] - axis[0]) * (_HEIGHT - _TOP - _BOTTOM)


def _across_tick(x: float, value: float) -> list[str]:
    return [_line(x, _TOP, x, _HEIGHT - _BOTTOM), _text(x, _HEIGHT - _BOTTOM + 16, shown(value), "middle")]


def _up_tick(y: float, value: float) -> list[str]:
    return [_line(_LEFT, y, _WIDTH - _RIGHT, y), _text(_LEFT - 6, y + 4, shown(value), "end")]


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#d0d0d0"/>'


def _curve(number: int, name: str, placed: Sequence[tuple[float, float, float]]) -> list[str]:
    """Return a curve with its points, the value at each, and its line in the legend."""
    colour, top = _COLOURS[number % len(_COLOURS)], _TOP + 8 + 16 * number
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in placed)
    stroke = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{_DASHES[number % len(_DASHES)]}"'
    parts = [f'<polyline points="{path}" {stroke}/>']
    for x, y, value in placed:
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
        parts.append(_text(x, y - 7, shown(value), "end" if x > _WIDTH / 2 else "start", colour))
    legend = f"{_LEFT + 10},{top} {_LEFT + 40},{top}"
    return [*parts, f'<polyline points="{legend}" {stroke}/>', _text(_LEFT + 46, top + 4, name, "start", colour)]


def _text(x: float, y: float, words: str, anchor: str, colour: str = "#222222", size: int = 12) -> str:
    where = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="{size}"'
    return f"<text {where}>{escape(words)}</text>"


def main() -> None:
    """Run from the command line."""
    for name, chart in charts(read_figures()).items():
        put(FOLDER / f"{name}.svg", draw(chart), "curves.py")


if __name__ == "__main__":
    main()
