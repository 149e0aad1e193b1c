"""Every command of the four programs alike: JSON with a schema, tables for files, one error told two ways."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from docs.catalog import PROGRAMS
from maglia.core.exits import Exit

ROOT = Path(__file__).parents[2]
WITHOUT_JSON = {"maglia-node host run": "what it runs has its own"}
TABLE_VERBS = frozenset(
    {"anomalies", "board", "bodies", "budgets", "diff", "expiring", "history", "list", "names", "network", "officials"}
    | {"pull", "read", "reconcile", "rejects", "search", "show", "signals", "verify"}
)
"""What a command of the console is called that tells rows, or one thing in all its parts."""
NO_TABLE = {
    "maglia reserve show": "one promise",
    "maglia refer show": "one referral; its list has the table",
    "maglia office show": "one body; the list has the table",
    "maglia settings show": "six values of this console",
    "maglia inbox read": "it marks, and its list has the table",
    "maglia tour list": "steps to do, not data",
}
SCHEMA = re.compile(r"maglia\.[a-z]+([._-][a-z]+)*/[1-9]")
ERROR = {"schema", "code", "message", "next_action"}
SOURCES = ("tui", "node", "registry", "demo", "proto/maglia")


def leaves(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    below: dict[str, Any] = getattr(command, "commands", {})
    if not below:
        yield path, command
    for name, each in below.items():
        yield from leaves(each, f"{path} {name}")


@cache
def commands() -> dict[str, Any]:
    return {path: leaf for name, app in PROGRAMS.items() for path, leaf in leaves(get_command(app), name)}


def options(command: Any) -> dict[str, Any]:
    return {option: parameter for parameter in command.params for option in parameter.opts}


def test_every_command_answers_programs_too() -> None:
    assert len(commands()) > 140
    assert {path for path, command in commands().items() if "--json" not in options(command)} == set(WITHOUT_JSON)


def test_every_command_that_tells_rows_writes_them_to_a_file() -> None:
    tables = [path for path in commands() if path.split()[0] == "maglia" and path.split()[-1] in TABLE_VERBS]
    assert len(tables) > 35
    without = {path for path in tables if "--out" not in options(commands()[path])}
    assert without == set(NO_TABLE)


def test_every_document_says_its_schema_and_version() -> None:
    found = [
        (path.relative_to(ROOT).as_posix(), value)
        for part in SOURCES
        for path in sorted((ROOT / part).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and key.value == "schema" and isinstance(value, ast.Constant)
    ]
    assert len(found) > 80
    assert [(name, value.value) for name, value in found if not SCHEMA.fullmatch(str(value.value))] == []


def run(path: str, *arguments: str) -> Result:
    program, *rest = path.split()
    before = ["--profile", "nowhere.toml"] if program == "maglia" else []
    runner = CliRunner(env={"MAGLIA_LANG": "it", "MAGLIA_PASSPHRASE": "", "MAGLIA_PASSWORD": "", "COLUMNS": "80"})
    return runner.invoke(PROGRAMS[program], [*before, *rest, *arguments], prog_name=program)


def check_told_two_ways(path: str, *arguments: str) -> tuple[int, str]:
    """Return status and code of an error that must be the same as text and as a document."""
    text, document = run(path, *arguments), run(path, *arguments, "--json")
    assert (text.exit_code, text.stdout) == (document.exit_code, ""), (path, text.output)
    said = json.loads(document.stdout)
    assert (said.keys(), said["schema"]) == (ERROR, "maglia.error/1"), path
    assert text.exit_code in {status for status in Exit if status}, path
    told = " ".join(text.stderr.split())
    assert told.endswith(" ".join(said["next_action"].split())), (path, told)
    assert said["next_action"], path
    return text.exit_code, said["code"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_option_that_there_is_none_of_is_told_alike_by_every_command(program: str) -> None:
    for path in commands():
        if path.split()[0] == program and path not in WITHOUT_JSON:
            assert check_told_two_ways(path, "--nonesuch")[0] == Exit.USAGE


def wanted(command: Any) -> list[str]:
    """Return the least that a command can be called with: names of nothing."""
    given: list[str] = []
    for parameter in command.params:
        if parameter.required:
            value = "1" if parameter.type_descriptor.annotation is int else "nowhere"
            given += [parameter.opts[0], value] if parameter.opts[0].startswith("--") else [value]
    return given


OTHERWISE = frozenset({"maglia tour", "maglia-registry root init", "maglia-node host", "maglia-node doctor"})
"""What asks of no place, would make one, or tells that it is not there as a finding."""


@pytest.mark.parametrize("program", ["maglia", "maglia-node", "maglia-registry"])
def test_a_place_that_is_not_there_is_told_alike_by_every_command(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = [path for path in commands() if path.split()[0] == program]
    for path in asked:
        if not any(path == each or path.startswith(f"{each} ") for each in OTHERWISE):
            check_told_two_ways(path, *wanted(commands()[path]))
    assert list(tmp_path.iterdir()) == []
