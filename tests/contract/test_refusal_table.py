"""The table of what accreditation refuses names tests that are there, and each expects the code that it stands for."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from maglia.core.errors import Code

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "security" / "accreditation-refusals.md"


@dataclass(frozen=True)
class Row:
    attack: str
    control: str
    code: Code
    path: Path
    test: str


def rows() -> list[Row]:
    found = []
    for line in TABLE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and cells[0] != "attack":
            attack, control, code, test = cells
            path, _, name = test.strip("`").partition("::")
            found.append(Row(attack, control, Code(code.strip("`")), ROOT / "tests" / path, name))
    return found


@cache
def functions_of(path: Path) -> dict[str, str]:
    """Return each function of a file with its source, decorators included."""
    text = path.read_text("utf-8")
    lines, found = text.splitlines(), {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            found[node.name] = "\n".join(lines[first - 1 : node.end_lineno])
    return found


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.attack)
def test_each_attack_is_played_by_a_test_that_expects_its_code(row: Row) -> None:
    assert row.control
    source = functions_of(row.path).get(row.test)
    assert source is not None, f"no {row.test} in {row.path}"
    assert f"Code.{row.code.name}" in source or f'"{row.code.value}"' in source, f"{row.test} expects another code"


def test_the_table_is_whole() -> None:
    found = rows()
    assert len({row.attack for row in found}) == len(found) > 30
    families = {"member", "directory", "session", "log", "input", "policy", "budget", "storage"}
    assert {row.code.value.partition(".")[0] for row in found} == families
