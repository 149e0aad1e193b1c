"""The tables of what is refused name tests that are there, and each test expects the code that it stands for."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from maglia.core.errors import Code

ROOT = Path(__file__).parents[2]
SECURITY = ROOT / "docs" / "security"
ACCREDITATION, POLICY = SECURITY / "accreditation-refusals.md", SECURITY / "hidden.md"
HEADS = ("| attack | control | code | test |", "| cause | engine | code | test |")


@dataclass(frozen=True)
class Row:
    attack: str
    control: str
    code: Code
    path: Path
    test: str


def rows(path: Path) -> list[Row]:
    """Return the rows of a page's tables that name tests."""
    found, inside = [], False
    for line in path.read_text("utf-8").splitlines():
        inside = line in HEADS or (inside and line.startswith("|"))
        if inside and line not in HEADS and not line.startswith("|--"):
            attack, control, code, test = (cell.strip() for cell in line.strip("|").split("|"))
            file, _, name = test.strip("`").partition("::")
            found.append(Row(attack, control, Code(code.strip("`")), ROOT / "tests" / file, name))
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


@pytest.mark.parametrize("row", [*rows(ACCREDITATION), *rows(POLICY)], ids=lambda row: row.attack)
def test_each_attack_is_played_by_a_test_that_expects_its_code(row: Row) -> None:
    assert row.control
    source = functions_of(row.path).get(row.test)
    assert source is not None, f"no {row.test} in {row.path}"
    assert f"Code.{row.code.name}" in source or f'"{row.code.value}"' in source, f"{row.test} expects another code"


def test_the_table_of_accreditation_is_whole() -> None:
    found = rows(ACCREDITATION)
    assert len({row.attack for row in found}) == len(found) > 30
    families = {"member", "directory", "session", "log", "input", "policy", "budget", "storage"}
    assert {row.code.value.partition(".")[0] for row in found} == families


def test_the_table_of_decisions_is_whole() -> None:
    """Each cause that leaves no decision is there for each engine that can have it."""
    found = {row.attack: row.control for row in rows(POLICY)}
    assert len(found) == len(rows(POLICY))
    assert set(found.values()) == {"both", "OPA"}
    of_opa = {"stopped", "no answer in time", "token refused", "a server of others on other rules"}
    assert {cause for cause, engine in found.items() if engine == "OPA"} == of_opa
    of_both = ("undefined", "error", "contradiction", "malformed", "another revision", "metadata expired")
    assert all(found.get(cause) == "both" for cause in of_both)
