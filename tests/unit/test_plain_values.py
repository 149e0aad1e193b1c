"""What a command is given arrives as Typer alone would hand it over, without pydantic where nothing is to be read."""

from __future__ import annotations

import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.core import TyperGroup
from typer.testing import CliRunner

from maglia.cli import Commands


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def program(kind: type[TyperGroup]) -> typer.Typer:
    app = typer.Typer(cls=kind, rich_markup_mode=None)

    @app.command()
    def work(
        text: str,
        files: Annotated[list[Path] | None, typer.Argument()] = None,
        path: Annotated[Path | None, typer.Option(envvar="TRIED_PATH")] = None,
        there: Annotated[Path | None, typer.Option(exists=True, dir_okay=False)] = None,
        names: Annotated[list[str] | None, typer.Option("--name", envvar="TRIED_NAMES")] = None,
        paths: Annotated[list[Path] | None, typer.Option("--path-too", envvar="TRIED_PATHS")] = None,
        number: int = 3,
        most: Annotated[int, typer.Option(min=1, max=9)] = 4,
        share: float = 0.5,
        flag: bool = False,
        both: Annotated[bool, typer.Option("--both/--neither")] = True,
        colour: Colour = Colour.RED,
        parsed: Annotated[int, typer.Option(parser=lambda word: len(str(word)))] = 0,
    ) -> None:
        given = (text, files, path, there, names, paths, number, most, share, flag, both, colour, parsed)
        typer.echo(repr(given))

    app.callback()(lambda: None)
    return app


@pytest.mark.parametrize(
    "given",
    [
        ["a"],
        [""],
        ["à", "one", "two/", "~"],
        ["a", "--path", "x", "--there", __file__, "--name", "b", "--name", "", "--path-too", "y", "--path-too", "."],
        ["a", "--there", "/nowhere"],
        ["a", "--there", "/"],
        [
            "a",
            "--number",
            "5",
            "--most",
            "9",
            "--share",
            "1",
            "--flag",
            "--neither",
            "--colour",
            "blue",
            "--parsed",
            "xx",
        ],
        ["a", "--number", "five"],
        ["a", "--number", "3"],
        ["a", "--most", "10"],
        ["a", "--colour", "green"],
        ["a", "--path"],
        [],
    ],
)
def test_values_are_those_of_typer_alone(given: list[str]) -> None:
    for variables in ({}, {"TRIED_PATH": "from/there", "TRIED_NAMES": "one two", "TRIED_PATHS": "a:b"}):
        ours, typers = (
            CliRunner(env=variables).invoke(program(kind), ["work", *given]) for kind in (Commands, TyperGroup)
        )
        assert ours.exit_code == typers.exit_code, given
        assert ours.stdout == typers.stdout, given


@pytest.mark.parametrize(
    "command",
    [
        ["check", "X", "--facet", "food_parcel", "--purpose", "aid_overlap", "--with", "Y", "--months", "6"],
        ["aid", "note", "X", "--text", "t", "--json"],
        ["office", "approve", "a", "b", "--fingerprint", "4F", "--yes"],
    ],
)
def test_a_command_is_begun_without_pydantic(command: list[str], tmp_path: Path) -> None:
    script = f"""
import sys
sys.argv = ["maglia", "--profile", "{tmp_path / "none.toml"}", *{command!r}]
from tui.__main__ import main
try:
    main()
except SystemExit as end:
    print(end.code, "pydantic" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.endswith("2 False\n"), (done.stdout, done.stderr)
    assert "none.toml" in done.stdout + done.stderr
