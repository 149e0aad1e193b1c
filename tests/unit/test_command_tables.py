"""The programs' tables of commands list what the commands say of themselves, and lead to each of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from demo.__main__ import app as demo_app
from maglia.cli import Commands
from maglia.help_text import texts_of
from node.__main__ import app as node_app
from registry.__main__ import app as registry_app
from tui.__main__ import app as tui_app

PROGRAMS = {"maglia": tui_app, "maglia-node": node_app, "maglia-registry": registry_app, "maglia-demo": demo_app}
PROGRAM = pytest.mark.parametrize("name", PROGRAMS)


def tree(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command below one, loaded, with the words that lead to it."""
    yield path, command
    for name, below in dict(getattr(command, "commands", {})).items():
        yield from tree(below, (*path, name))


@PROGRAM
def test_the_table_lists_each_command_in_its_own_words(name: str) -> None:
    root = get_command(PROGRAMS[name])
    assert isinstance(root, Commands)
    own = {each: next(texts_of(root.commands[each])) for each in root.table}
    assert own == {each: line for each, (_, line) in root.table.items()}
    listed = CliRunner().invoke(PROGRAMS[name], ["--help"], prog_name=name, terminal_width=200, max_content_width=200)
    for each in own:
        assert f"  {each} " in listed.output
        assert root.commands[each].get_short_help_str(1000) in listed.output


@PROGRAM
def test_every_command_is_reached_by_its_name(name: str) -> None:
    found = [path for path, _ in tree(get_command(PROGRAMS[name]))]
    assert len(found) > 4
    for path in found:
        done = CliRunner().invoke(PROGRAMS[name], [*path, "--help"], prog_name=name)
        assert done.exit_code == 0, path
        assert done.output.startswith("Uso: "), path


def test_a_command_that_is_loaded_is_loaded_once() -> None:
    root = get_command(tui_app)
    assert isinstance(root, Commands)
    assert root.commands["office"] is root.commands["office"]
    assert "board" in root.commands["office"].commands  # type: ignore[attr-defined]  # a group


def test_a_group_can_be_given_commands_beside_its_table() -> None:
    class Some(Commands):
        """Tries it."""

        table = {"office": ("tui.commands.office:office", "Ufficio di accreditamento.")}  # noqa: RUF012 - as it is

    app = typer.Typer(cls=Some, rich_markup_mode=None)
    app.command("now")(lambda: typer.echo("done"))
    app.callback()(lambda: None)
    assert CliRunner().invoke(app, ["now"]).output == "done\n"
    assert CliRunner().invoke(app, ["office", "board", "--help"]).exit_code == 0


@PROGRAM
def test_every_program_says_its_version(name: str) -> None:
    done = CliRunner().invoke(PROGRAMS[name], ["--version"], prog_name=name)
    assert (done.exit_code, done.output) == (0, f"{name} {version('maglia')}\n")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("maglia off", ["offline", "office"]),
        ("maglia office bo", ["board"]),
        ("maglia office procedure ", ["add", "list"]),
        ("maglia status --js", ["--json"]),
        ("maglia-node host ad", ["add"]),
        ("maglia-registry of", ["officer"]),
        ("maglia-demo st", ["stop", "start"]),
    ],
)
def test_the_shell_completes_names_and_options(typed: str, offered: list[str]) -> None:
    program = typed.partition(" ")[0]
    asked = {
        f"_{program.replace('-', '_').upper()}_COMPLETE": "complete_bash",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(typed.count(" ")),
    }
    script = Path(sys.executable).parent / program
    done = subprocess.run([script], env={**os.environ, **asked}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (0, offered), done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_told_for_each_shell(shell: str) -> None:
    script = Path(sys.executable).parent / "maglia"
    asked = {**os.environ, "_MAGLIA_COMPLETE": f"source_{shell}"}
    done = subprocess.run([script], env=asked, capture_output=True, text=True, check=True)
    assert "_MAGLIA_COMPLETE" in done.stdout
