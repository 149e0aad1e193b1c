"""What is said of a command line that can't be understood."""

from __future__ import annotations

import re

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.exits import Exit, exit_of_error
from maglia.core.folding import fold_sentence
from maglia.core.translation import tr
from maglia.refusal import tell_refusal


def tell_usage(error: Exception, *, as_json: bool, lang: str) -> Exit:
    """Print what could not be understood, and then the next action; where a word of the command lacks, its help."""
    usage = _understood(error)
    if as_json:
        return tell_refusal(usage, as_json=True, lang=lang)
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()  # type: ignore[attr-defined]  # every error of Typer has it
        typer.echo(fold_sentence(usage.sentence(lang).next_action), err=True)
        return exit_of_error(usage)
    said = f"{_in_words(error, usage, lang)} {usage.sentence(lang).next_action}"
    typer.echo(fold_sentence(said), err=True)
    return exit_of_error(usage)


def _in_words(error: Exception, usage: MagliaError, lang: str) -> str:
    """Return what Typer says of a command line, without what was typed: that may be a person's code."""
    said, about = str(getattr(error, "message", "")), usage.params["field"]
    kind = type(error).__name__
    if said.startswith("No such command"):
        text = tr("Dopo «{about}» c'è un comando che non esiste{alike}.", lang)
    elif said.startswith("Got unexpected extra argument"):
        text = tr("Dopo «{about}» c'è una parola di troppo.", lang)
    elif kind == "NoSuchOption":
        text = tr("L'opzione «{about}» non esiste{alike}.", lang)
    elif kind == "BadOptionUsage":
        text = tr("L'opzione «{about}» non è usata bene: forse le manca il valore.", lang)
    elif kind in {"MissingParameter", "BadParameter"} and about.startswith("-"):
        missing, bad = (
            tr("Manca l'opzione «{about}».", lang),
            tr("Il valore dato per l'opzione «{about}» non va bene.", lang),
        )
        text = missing if kind == "MissingParameter" else bad
    elif kind in {"MissingParameter", "BadParameter"}:
        about = _argument_in_words(error, about)
        missing, bad = tr("Manca «{about}».", lang), tr("Il valore dato per «{about}» non va bene.", lang)
        text = missing if kind == "MissingParameter" else bad
    else:
        return usage.sentence(lang).message
    alike = _alike(error, said)
    return text.format(about=about, alike=tr("; forse: {names}", lang).format(names=alike) if alike else "")


def _alike(error: Exception, said: str) -> str:
    """Return the names that Typer thinks were meant."""
    meant = re.search(r"Did you mean ([^?]+)\?$", said)
    return ", ".join(
        sorted(getattr(error, "possibilities", None) or (meant[1].replace("'", "").split(", ") if meant else ()))
    )


def _argument_in_words(error: Exception, about: str) -> str:
    """Return what a nameless argument is, as its help begins; its own name is a program's word."""
    parameter = getattr(error, "param", None)
    words = re.split(r"[,;.]", getattr(parameter, "help", None) or "")[0].strip()
    if getattr(parameter, "metavar", None) or not words:
        return about
    return words if words[:2].isupper() else words[0].lower() + words[1:]


def _understood(error: Exception) -> MagliaError:
    """Return the error with the option or argument that it is about, and the command whose help explains it."""
    context = getattr(error, "ctx", None)
    command = str(getattr(context, "command_path", "") or "maglia").rstrip()
    parameter = getattr(error, "param", None)
    options = [name for name in getattr(parameter, "opts", ()) if name.startswith("-")]
    about = getattr(error, "option_name", None) or (options[-1] if options else getattr(parameter, "metavar", None))
    about = about or getattr(parameter, "name", None) or command
    return MagliaError(Code.INPUT_USAGE, cause=str(error), field=str(about), command=command)
