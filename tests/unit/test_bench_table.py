"""What the benchmarks keep of their parts: rows that programs can find, and a row for whatever did not finish."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import parts
from benchmarks.measure import QUICK, Plan
from benchmarks.network import BenchNetwork
from benchmarks.table import FAILED, SCHEMA, Row, Table


def rows_in(path: Path) -> list[Row]:
    content = json.loads(path.read_text("utf-8"))
    assert content["schema"] == SCHEMA
    return [Row(**row) for row in content["rows"]]


def test_a_part_that_fails_says_so_in_a_row_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def one(_plan: Plan, table: Table) -> None:
        table.section("One", "half")
        table.add("done", 2.0, "/s", 4.0, 0.5)
        raise ConnectionError("nobody\nthere")

    def other(_network: BenchNetwork, _plan: Plan, table: Table) -> None:
        table.add("done", 3.0, "s")

    monkeypatch.setattr(parts, "ALONE", {"one": one})
    monkeypatch.setattr(parts, "IN_NETWORK", {"other": other})
    (tmp_path / "passphrase").write_text("", "utf-8")
    path = tmp_path / "results" / "latest.json"
    save = Table.save
    monkeypatch.setattr(Table, "save", lambda table: save(table, path))
    parts.measure(["one", "other"], QUICK, Table(), tmp_path)
    assert rows_in(path) == [
        Row("one: half: done", 2.0, "/s", 4.0, 0.5, 0.5),
        Row("one: did not finish: ConnectionError nobody there", None, FAILED),
        Row("other: done", 3.0, "s"),
    ]


def test_a_part_measured_anew_leaves_the_figures_of_the_others(tmp_path: Path) -> None:
    path = tmp_path / "latest.json"
    table = Table()
    for part in ("one", "other"):
        table.begin(part)
        table.add("first", 1.0, "s")
        table.end(1.0)
    table.save(path)
    again = Table()
    again.take_up(path)
    again.begin("one")
    again.add("second", 2.0, "s")
    again.end(2.0)
    again.save(path)
    assert [row.name for row in rows_in(path)] == ["other: first", "one: second"]
    assert again.parts == {"one": 2.0, "other": 1.0}
