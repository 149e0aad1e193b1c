"""What every command says of itself, in both languages: all of it, and the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from typer.main import get_command
from typer.testing import CliRunner

from demo.__main__ import app as demo_app
from maglia.core.translation import LOCALE, tr
from maglia.help_text import ARGUMENTS, EXAMPLE, OWN_WORDS, TYPES, texts_of
from node.__main__ import app as node_app
from registry.__main__ import app as registry_app
from tui.__main__ import app as tui_app

PROGRAMS = {"maglia": tui_app, "maglia-node": node_app, "maglia-registry": registry_app, "maglia-demo": demo_app}
PROGRAM = pytest.mark.parametrize("name", PROGRAMS)


def tree(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, below in dict(getattr(command, "commands", {})).items():
        yield from tree(below, (*path, name))


@cache
def help_of(name: str, path: tuple[str, ...], lang: str) -> str:
    ran = CliRunner(env={"MAGLIA_LANG": lang}).invoke(PROGRAMS[name], [*path, "--help"], prog_name=name)
    assert ran.exit_code == 0, (name, path)
    return ran.output


def on_one_line(text: str) -> str:
    return " ".join(text.split())


@PROGRAM
def test_every_command_and_option_speaks_english(name: str) -> None:
    written = read_po((LOCALE / "en" / "LC_MESSAGES" / "maglia.po").open("rb"), locale="en")
    for path, command in tree(get_command(PROGRAMS[name])):
        for parameter in command.params:
            assert parameter.help, (path, parameter.name)
        texts = list(texts_of(command))
        assert texts, path
        said = on_one_line(help_of(name, path, "en"))
        for text in texts:
            entry = written.get(text)
            assert entry is not None, (path, text)
            assert entry.string, (path, text)
            assert tr(text, "en") == entry.string, "proto/maglia/locale is not compiled"
            assert on_one_line(str(entry.string)) in said, (path, text)
            assert entry.string == text or text not in said, (path, text)


@PROGRAM
def test_typers_own_words_are_in_the_readers_language(name: str) -> None:
    for path, _ in tree(get_command(PROGRAMS[name])):
        english, italian = help_of(name, path, "en"), help_of(name, path, "it")
        assert english.startswith("Usage: "), path
        assert italian.startswith("Uso: "), path
        assert "Mostra questo aiuto ed esce." in italian, path
        for word in (*OWN_WORDS, "OPTIONS]", "COMMAND [", "[required", "default: ", "env var: ", "Example: "):
            assert word not in italian, path
        for word in (EXAMPLE, "Uscita:", "[obbligatorio", "di norma: ", "OPZIONI", "Opzioni"):
            assert word not in english, path


@PROGRAM
def test_values_and_arguments_are_called_by_words(name: str) -> None:
    kinds = {tr(words, lang) for words in TYPES.values() for lang in ("it", "en")}
    for path, command in tree(get_command(PROGRAMS[name])):
        for parameter in command.params:
            if parameter.param_type_name == "argument" and parameter.metavar is None:
                assert parameter.name in ARGUMENTS, path
        for lang in ("it", "en"):
            shown = re.findall(r"<([^<>|]+)>", help_of(name, path, lang))
            assert kinds.issuperset(shown), path


@pytest.mark.parametrize(
    ("arguments", "variable", "begins"),
    [
        ([], None, "Uso: "),
        ([], "en", "Usage: "),
        ([], "de", "Uso: "),
        (["--lang", "en"], None, "Usage: "),
        (["--lang=en"], None, "Usage: "),
        (["--lang", "it"], "en", "Uso: "),
    ],
)
def test_the_language_is_the_options_else_the_environments(
    arguments: list[str], variable: str | None, begins: str
) -> None:
    for rest in (["--help"], ["office", "--help"], ["office", "procedure", "add", "--help"]):
        ran = CliRunner(env={"MAGLIA_LANG": variable}).invoke(tui_app, [*arguments, *rest])
        assert (ran.exit_code, ran.output[: len(begins)]) == (0, begins)


def test_a_text_without_english_stays_as_it_is() -> None:
    assert tr("Nessuno ha ancora tradotto questo.", "en") == "Nessuno ha ancora tradotto questo."
    assert (tr("", "en"), tr("Nome utente.", "it"), tr("Nome utente.", "de")) == ("", "Nome utente.", "Nome utente.")


def test_completion_explains_in_english_and_no_help_loads_babel() -> None:
    script = (
        "import sys; sys.argv = ['maglia', '--help']\nfrom tui.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    print([n for n in ('babel', 'pydantic') if n in sys.modules])"
    )
    spoken = {**os.environ, "MAGLIA_LANG": "en"}
    done = subprocess.run([sys.executable, "-c", script], env=spoken, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("\n[]\n")
    asked = {**spoken, "_MAGLIA_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "maglia off"}
    program = Path(sys.executable).parent / "maglia"
    done = subprocess.run([program], env=asked, capture_output=True, text=True, check=True)
    assert "Accreditation office." in done.stdout


@pytest.mark.parametrize(
    ("given", "lang", "said"),
    [
        (["office", "shw"], "it", "Dopo «maglia office» c'è un comando che non esiste; forse: show. Leggere"),
        (["office", "shw"], "en", "After “maglia office” stands a command that does not exist; perhaps: show. Read"),
        (["office", "qwertz"], "en", "After “maglia office” stands a command that does not exist. Read"),
        (["office", "show"], "en", "Missing: “short name of the body”. Read"),
        (["office", "show", "a", "SECRET"], "en", "After “maglia office show” stands a word too many. Read"),
        (["check", "SECRET", "--monhts", "3"], "en", "There is no option “--monhts”; perhaps: --months, --out. Read"),
        (["check", "SECRET", "--months"], "en", "The option “--months” is not used well: it may lack its value. Read"),
        (["access-report", "approve", "SECRET"], "en", "The option “--reason” is missing. Read"),
        (
            ["access-report", "approve", "a", "--reason", "b", "--out", "c", "--days", "SECRET"],
            "en",
            "The value given for the option “--days” will not do. Read",
        ),
    ],
)
def test_a_command_that_cannot_be_read_says_why_without_what_was_typed(given: list[str], lang: str, said: str) -> None:
    done = CliRunner(env={"MAGLIA_LANG": lang}).invoke(tui_app, given)
    assert (done.exit_code, done.stdout) == (2, "")
    assert on_one_line(done.stderr).startswith(said)
    assert "SECRET" not in done.stderr
