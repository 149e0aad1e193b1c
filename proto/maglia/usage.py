"""What is said of a command line that can't be understood."""

from __future__ import annotations

import re

import typer

from maglia.cli import tell_error
from maglia.core.errors import Code, MagliaError
from maglia.core.exits import Exit, exit_of_error
from maglia.core.folding import fold_sentence


def tell_usage(error: Exception, *, as_json: bool, lang: str) -> Exit:
    """Print what could not be understood, and then the next action; where a word of the command lacks, its help."""
    usage = _understood(error)
    if as_json:
        return tell_error(usage, as_json=True, lang=lang)
    if lang == "en" or type(error).__name__ == "NoArgsIsHelpError":
        error.show()  # type: ignore[attr-defined]  # every error of Typer has it
        typer.echo(fold_sentence(usage.sentence(lang).next_action), err=True)
        return exit_of_error(usage)
    said = f"{_in_italian(error, usage.params['field'])} {usage.sentence(lang).next_action}"
    typer.echo(fold_sentence(said), err=True)
    return exit_of_error(usage)


def _in_italian(error: Exception, about: str) -> str:
    """Return what Typer says of a command line, in Italian, without what was typed: that may be a person's code."""
    said = str(getattr(error, "message", ""))
    what = f"l'opzione «{about}»" if about.startswith("-") else f"«{_argument_in_italian(error, about)}»"
    alike = ", ".join(sorted(getattr(error, "possibilities", None) or ()))
    by_class = {
        "NoSuchOption": f"L'opzione «{about}» non esiste" + (f"; forse: {alike}." if alike else "."),
        "MissingParameter": f"Manca {what}.",
        "BadParameter": f"Il valore dato per {what} non va bene.",
        "BadOptionUsage": f"L'opzione «{about}» non è usata bene: forse le manca il valore.",
    }
    if said.startswith("No such command"):
        return f"Dopo «{about}» c'è un comando che non esiste."
    if said.startswith("Got unexpected extra argument"):
        return f"Dopo «{about}» c'è una parola di troppo."
    return by_class.get(type(error).__name__) or MagliaError(Code.INPUT_USAGE, field=about).sentence("it").message


def _argument_in_italian(error: Exception, about: str) -> str:
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
