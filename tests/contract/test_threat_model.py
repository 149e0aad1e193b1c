"""The page on threats names tests that are there and run when it says, and has a row for each threat known to us."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security" / "threat-model.md"
HEAD = "| threat | control | default | tests |"
NAMED = re.compile(r"`([a-z0-9_/]+\.py)::(test_\w+)`( \(long\))?")
KNOWN = (
    *(
        "dictionary attack",
        "secrets or tax codes",
        "a volunteer sweeps",
        "a comune sweeps",
        "store of a budget is killed",
    ),
    *("rogue node harvests", "hidden or forked log", "online keys alone", "wrong key", "replay", "clock that is off"),
    *("suspended member", "rolled-back", "tls 1.2 or plaintext", "another member's certificate", "rogue relay"),
    *("oversized, nested, truncated or random", "csv, xlsx and ods", "slow-loris", "flood of refusals"),
    *("floods the pseudonym service", "malicious names", "malicious backup archives", "policy injection"),
    "size of refusals",
)


@dataclass(frozen=True)
class Row:
    """A threat with what the page says stands against it."""

    threat: str
    control: str
    tests: tuple[tuple[str, str, bool], ...]


def rows() -> list[Row]:
    found, inside = [], False
    for line in PAGE.read_text("utf-8").splitlines():
        inside = line == HEAD or (inside and line.startswith("|"))
        if inside and line != HEAD and not line.startswith("|--"):
            threat, control, _default, tests = (cell.strip() for cell in line.strip("|").split("|"))
            named = tuple((file, name, bool(long)) for file, name, long in NAMED.findall(tests))
            assert tests.count("::") == len(named), f"not all of these are read: {tests}"
            found.append(Row(threat, control, named))
    return found


@cache
def functions_of(file: str) -> dict[str, bool]:
    """Return each test of a file, and whether it runs with the long ones alone."""
    tree = ast.parse((ROOT / "tests" / file).read_text("utf-8"))
    all_long = any(
        isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark" and ".long" in ast.unparse(node)
        for node in tree.body
    )
    return {
        node.name: all_long or any(ast.unparse(mark) == "pytest.mark.long" for mark in node.decorator_list)
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.threat)
def test_each_threat_has_a_control_and_tests_that_run_when_the_page_says(row: Row) -> None:
    assert row.control
    assert any(not is_long for _, _, is_long in row.tests), "nothing plays it on every push"
    for file, name, is_long in row.tests:
        assert name in functions_of(file), f"no {name} in {file}"
        assert functions_of(file)[name] is is_long, f"{name} runs at another time than the page says"


def test_every_threat_that_we_know_of_has_its_row() -> None:
    threats = [row.threat.lower() for row in rows()]
    assert len(set(threats)) == len(threats)
    assert [known for known in KNOWN if sum(known in threat for threat in threats) != 1] == []


def test_what_other_pages_tell_is_found_from_this_one() -> None:
    text = PAGE.read_text("utf-8")
    others = {path.name for path in PAGE.parent.glob("*.md")} - {PAGE.name}
    assert [name for name in others if f"({name}" not in text] == []
