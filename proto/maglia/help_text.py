"""A command's help in the reader's language.

What commands, options and arguments say of themselves is Italian, and the catalog has its English, an entry for each
paragraph. Typer's own words are English, and their Italian is here.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import typer
from typer._click.formatting import HelpFormatter  # Typer carries its own copy of Click, without public names

from maglia.core.translation import WRITTEN_IN, tr
from maglia.plain_values import read_plainly

if TYPE_CHECKING:
    from typer._click.core import Command

EXAMPLE = "Esempio: "
"""How a paragraph begins whose rest is a command, the same in each language."""
_EXAMPLE_EN = "Example: "
_PLACEHOLDER = re.compile(r"\bCODICE(\d?)\b")

OWN_WORDS = {
    "Usage: ": "Uso: ",
    "Options": "Opzioni",
    "Arguments": "Argomenti",
    "Commands": "Comandi",
    "Show this message and exit.": "Mostra questo aiuto ed esce.",
    "Install completion for the current shell.": "Installa il completamento per la shell in uso.",
    "Show completion for the current shell, to copy it or customize the installation.": (
        "Mostra il completamento per la shell in uso, per copiarlo o adattarlo."
    ),
}
_IN_USAGE = {"[OPTIONS]": "[OPZIONI]", "COMMAND [ARGS]...": "COMANDO [ARGOMENTI]..."}
_IN_BRACKETS = {"required": "obbligatorio", "default: ": "di norma: ", "env var: ": "variabile: "}
TYPES = {
    "str": ("testo", "text"),
    "int": ("numero", "number"),
    "int range": ("numero", "number"),
    "path": ("percorso", "path"),
    "list[str]": ("testo, ...", "text, ..."),
    "list[Path]": ("percorso, ...", "path, ..."),
}
"""What an option wants, as Typer writes it and as people read it."""
ARGUMENTS = {
    "adults": ("adulti", "adults"),
    "batch_id": ("controllo", "check"),
    "body": ("ente", "body"),
    "check_id": ("verifica", "check"),
    "code": ("codice", "code"),
    "current": ("nuovo", "new"),
    "file": ("file", "file"),
    "files": ("file", "files"),
    "former": ("vecchio", "old"),
    "identifier": ("codice", "code"),
    "member": ("ente", "body"),
    "members": ("enti", "bodies"),
    "name": ("nome", "name"),
    "number": ("numero", "number"),
    "official": ("persona", "person"),
    "requests": ("richieste", "requests"),
    "token": ("codice", "code"),
    "user": ("utente", "user"),
}
"""What the usage line calls each argument, by its name in the program."""
_BRACKETS = re.compile(r"(?:^|  )\[[^\[\]]+\]$")
_TYPE = re.compile(r"<([^<>|]+)>")
_ARGUMENT = re.compile(r"(?<=[{\[])[a-z_]+(?=[}\]])")
_FIRST_WORD = re.compile(r"^[a-z_]+(?= <)")


class _Formatter(HelpFormatter):
    """Writes Typer's own words in English, as they are, but for values and arguments: `<text>`, not `<str>`."""

    language = 1

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how the command is called."""
        super().write_usage(prog, _ARGUMENT.sub(self._argument, args), prefix)

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write options, arguments or commands."""
        super().write_dl([(self._left(one), self._right(other)) for one, other in rows], col_max, col_spacing)

    def _left(self, text: str) -> str:
        named = _FIRST_WORD.sub(self._argument, text)
        return _TYPE.sub(lambda found: f"<{TYPES[found[1]][self.language]}>" if found[1] in TYPES else found[0], named)

    def _right(self, text: str) -> str:
        return text

    def _argument(self, found: re.Match[str]) -> str:
        return ARGUMENTS[found[0]][self.language] if found[0] in ARGUMENTS else found[0]


class _ItalianFormatter(_Formatter):
    """Writes Typer's own words in Italian."""

    language = 0

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how the command is called."""
        for word, italian in _IN_USAGE.items():
            args = args.replace(word, italian)
        super().write_usage(prog, args, prefix or OWN_WORDS["Usage: "])

    def write_heading(self, heading: str) -> None:
        """Write the heading of a part."""
        super().write_heading(OWN_WORDS.get(heading, heading))

    def _right(self, text: str) -> str:
        return _BRACKETS.sub(_brackets_in_italian, OWN_WORDS.get(text, text))


class _Context(typer.Context):
    """What one command runs in: how its help is written, and how its values are read."""

    formatter_class = _Formatter

    def __init__(self, command: Command, *others: Any, **named: Any) -> None:
        super().__init__(command, *others, **named)
        read_plainly(command.get_params(self))


class _ItalianContext(_Context):
    formatter_class = _ItalianFormatter


def put_into(lang: str, command: Command, *, below: bool = False) -> None:
    """Let a command say its help in `lang`, and all `below` it too."""
    command.context_class = _ItalianContext if lang == WRITTEN_IN else _Context
    if lang != WRITTEN_IN:
        command.help, command.epilog = _in(lang, command.help), _in(lang, command.epilog)
        command.short_help = _in(lang, command.short_help)
        for parameter in command.params:
            if help_ := getattr(parameter, "help", None):
                setattr(parameter, "help", _in(lang, help_))  # noqa: B010 - both kinds have it, their base has not
    for each in getattr(command, "commands", {}).values() if below else ():
        put_into(lang, each, below=True)


def texts_of(command: Command) -> Iterator[str]:
    """Yield what a command itself says in Italian, and so needs its English: paragraphs, lines of options."""
    said = [command.help, command.epilog, command.short_help]
    said += [getattr(parameter, "help", None) for parameter in command.params]
    for text in said:
        for paragraph in _paragraphs(text or ""):
            if paragraph not in OWN_WORDS and not paragraph.startswith(EXAMPLE):
                yield paragraph


def _brackets_in_italian(found: re.Match[str]) -> str:
    """Return what stands at the end of an option's line, such as `[default: 7; required]`."""
    text = found[0]
    for word, italian in _IN_BRACKETS.items():
        text = re.sub(rf"(?<=[\[ ]){word}(?=[\];]|(?<= ))", italian, text)
    return text


def _in(lang: str, text: str | None) -> str | None:
    return text and "\n\n".join(_paragraph_in(lang, each) for each in _paragraphs(text))


def _paragraph_in(lang: str, text: str) -> str:
    if text.startswith(EXAMPLE):
        return _EXAMPLE_EN + _PLACEHOLDER.sub(r"CODE\1", text.removeprefix(EXAMPLE))
    return tr(text, lang)


def _paragraphs(text: str) -> list[str]:
    """Return paragraphs, each on one line, but for those whose lines are to stay (Click's mark is a backspace)."""
    parts = [part for part in re.split(r"\n\s*\n", inspect.cleandoc(text)) if part.strip()]
    return [part if part.startswith("\b") else " ".join(part.split()) for part in parts]
