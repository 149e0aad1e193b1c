"""A command's help in the reader's language.

What commands, options and arguments say of themselves is Italian, and the catalog has the other languages, an entry for
each paragraph. Typer's own words are English, and their Italian is here.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import typer
from typer._click.formatting import HelpFormatter  # Typer carries its own copy of Click, without public names

from maglia.core.translation import WRITTEN_IN, mark, tr
from maglia.plain_values import read_plainly

if TYPE_CHECKING:
    from typer._click.core import Command

EXAMPLE = mark("Esempio: ")
"""How a paragraph begins whose rest is a command, the same in each language."""
_PLACEHOLDER = re.compile(r"\bCODICE(?=\d?\b)")

OWN_WORDS = {
    "Usage: ": mark("Uso: "),
    "Options": mark("Opzioni"),
    "Arguments": mark("Argomenti"),
    "Commands": mark("Comandi"),
    "Show this message and exit.": mark("Mostra questo aiuto ed esce."),
    "Install completion for the current shell.": mark("Installa il completamento per la shell in uso."),
    "Show completion for the current shell, to copy it or customize the installation.": mark(
        "Mostra il completamento per la shell in uso, per copiarlo o adattarlo."
    ),
}
_IN_USAGE = {"[OPTIONS]": mark("[OPZIONI]"), "COMMAND [ARGS]...": mark("COMANDO [ARGOMENTI]...")}
_IN_BRACKETS = {"required": mark("obbligatorio"), "default: ": mark("di norma: "), "env var: ": mark("variabile: ")}
TYPES = {
    "str": mark("testo"),
    "int": mark("numero"),
    "int range": mark("numero"),
    "path": mark("percorso"),
    "list[str]": mark("testo, ..."),
    "list[Path]": mark("percorso, ..."),
}
"""What an option wants, as Typer writes it and as people read it."""
ARGUMENTS = {
    "adults": mark("adulti"),
    "batch_id": mark("controllo"),
    "body": mark("ente"),
    "check_id": mark("verifica"),
    "code": mark("codice"),
    "current": mark("nuovo"),
    "file": mark("file"),
    "files": mark("file", "several"),
    "former": mark("vecchio"),
    "identifier": mark("codice"),
    "member": mark("ente"),
    "members": mark("enti"),
    "name": mark("nome"),
    "number": mark("numero"),
    "official": mark("persona"),
    "requests": mark("richieste"),
    "token": mark("codice"),
    "user": mark("utente"),
}
"""What the usage line calls each argument, by its name in the program."""
_BRACKETS = re.compile(r"(?:^|  )\[[^\[\]]+\]$")
_TYPE = re.compile(r"<([^<>|]+)>")
_ARGUMENT = re.compile(r"(?<=[{\[])[a-z_]+(?=[}\]])")
_FIRST_WORD = re.compile(r"^[a-z_]+(?= <)")


class _Formatter(HelpFormatter):
    """Writes Typer's own words in the reader's language, and what values and arguments are: `<testo>`, not `<str>`."""

    language = WRITTEN_IN

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how the command is called."""
        args = _ARGUMENT.sub(self._argument, args)
        for word, italian in _IN_USAGE.items():
            args = args.replace(word, tr(italian, self.language))
        super().write_usage(prog, args, prefix or self._own("Usage: "))

    def write_heading(self, heading: str) -> None:
        """Write the heading of a part."""
        super().write_heading(self._own(heading))

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write options, arguments or commands."""
        said = [(self._left(one), _BRACKETS.sub(self._bracketed, self._own(other))) for one, other in rows]
        super().write_dl(said, col_max, col_spacing)

    def _left(self, text: str) -> str:
        named = _FIRST_WORD.sub(self._argument, text)
        return _TYPE.sub(lambda found: f"<{self._called(TYPES, found[1])}>", named)

    def _argument(self, found: re.Match[str]) -> str:
        return self._called(ARGUMENTS, found[0])

    def _own(self, text: str) -> str:
        return self._called(OWN_WORDS, text)

    def _called(self, words: Mapping[str, str], text: str) -> str:
        return tr(words[text], self.language) if text in words else text

    def _bracketed(self, found: re.Match[str]) -> str:
        """Return what stands at the end of an option's line, such as `[default: 7; required]`."""
        text = found[0]
        for word, italian in _IN_BRACKETS.items():
            text = re.sub(rf"(?<=[\[ ]){word}(?=[\];]|(?<= ))", tr(italian, self.language), text)
        return text


class _Context(typer.Context):
    """What one command runs in: how its help is written, and how its values are read."""

    formatter_class = _Formatter

    def __init__(self, command: Command, *others: Any, **named: Any) -> None:
        super().__init__(command, *others, **named)
        read_plainly(command.get_params(self))


@cache
def _context_in(lang: str) -> type[_Context]:
    formatter = type("_FormatterIn", (_Formatter,), {"language": lang})
    return type("_ContextIn", (_Context,), {"formatter_class": formatter})


def put_into(lang: str, command: Command, *, below: bool = False) -> None:
    """Let a command say its help in `lang`, and all `below` it too."""
    command.context_class = _context_in(lang)
    if lang != WRITTEN_IN:
        command.help, command.epilog = _in(lang, command.help), _in(lang, command.epilog)
        command.short_help = _in(lang, command.short_help)
        for parameter in command.params:
            if help_ := getattr(parameter, "help", None):
                setattr(parameter, "help", _in(lang, help_))  # noqa: B010 - both kinds have it, their base has not
    for each in getattr(command, "commands", {}).values() if below else ():
        put_into(lang, each, below=True)


def texts_of(command: Command) -> Iterator[str]:
    """Yield what a command itself says in Italian, and so needs translating: paragraphs, lines of options."""
    said = [command.help, command.epilog, command.short_help]
    said += [getattr(parameter, "help", None) for parameter in command.params]
    for text in said:
        for paragraph in _paragraphs(text or ""):
            if paragraph not in OWN_WORDS and not paragraph.startswith(EXAMPLE):
                yield paragraph


def _in(lang: str, text: str | None) -> str | None:
    return text and "\n\n".join(_paragraph_in(lang, each) for each in _paragraphs(text))


def _paragraph_in(lang: str, text: str) -> str:
    if text.startswith(EXAMPLE):
        return tr(EXAMPLE, lang) + _PLACEHOLDER.sub(tr("CODICE", lang), text.removeprefix(EXAMPLE))
    return tr(text, lang)


def _paragraphs(text: str) -> list[str]:
    """Return paragraphs, each on one line, but for those whose lines are to stay (Click's mark is a backspace)."""
    parts = [part for part in re.split(r"\n\s*\n", inspect.cleandoc(text)) if part.strip()]
    return [part if part.startswith("\b") else " ".join(part.split()) for part in parts]
