"""What the command lines of node, registry and console tell alike: an error, and a command that can't be understood."""

from __future__ import annotations

import atexit
import gc
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import typer
from typer.core import TyperGroup

from maglia.core.errors import Code, MagliaError
from maglia.core.exits import Exit, exit_of_error
from maglia.core.folding import fold_sentence

_YOUNG = 20_000
"""Objects made and not gone at which the collector looks among the youngest (Python's own number is 700)."""
# Typer carries its own copy of Click; this class of it has no public name.
_UsageError = cast("type[Exception]", typer.BadParameter.__base__)


class Commands(TyperGroup):
    """A command line whose usage errors end with the next action, or are a `maglia.error/1` document with `--json`."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the command; end the process with its status, as Typer does."""
        os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # read at import: later, its own lines would be told too
        atexit.register(gc.freeze)  # a last collection, through all that was loaded, is a fifth of a short command
        given = list(sys.argv[1:] if args is None else args)
        passed = {"complete_var": complete_var, "windows_expand_args": windows_expand_args, **extra}
        try:
            status = super().main(given, prog_name, standalone_mode=False, **passed)
        except _UsageError as error:
            if not standalone_mode:
                raise
            sys.exit(_tell_usage(error, as_json="--json" in given, lang=_lang_of(given)))
        except typer.Abort:
            if not standalone_mode:
                raise
            typer.echo("\nInterrotto. Ripetere il comando quando si vuole.", err=True)
            sys.exit(Exit.INTERRUPTED)
        if standalone_mode:
            sys.exit(status if isinstance(status, int) else Exit.DONE)
        return status


@contextmanager
def loading() -> Iterator[None]:
    """Load what a server needs without collecting meanwhile, nor ever looking through it again: it all stays.

    From then on the collector looks seldom: as it comes, it takes an eighth of the processor time of a long import.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(_YOUNG, 20, 20)
        gc.enable()


def tell_error(error: MagliaError, *, as_json: bool, lang: str = "it") -> Exit:
    """Print what happened and what to do next, to standard error unless it is a document; return the exit status.

    It is one line: a service's journal keeps it whole, and so does whoever reads the last line of one.
    """
    sentence = error.sentence(lang)
    if as_json:
        words = {"code": error.code.value, "message": sentence.message, "next_action": sentence.next_action}
        typer.echo(json.dumps({"schema": "maglia.error/1", **words}, ensure_ascii=False))
    else:
        typer.echo(f"{sentence.message} {sentence.next_action}", err=True)
    return exit_of_error(error)


def _tell_usage(error: Exception, *, as_json: bool, lang: str) -> Exit:
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


def _lang_of(given: Sequence[str]) -> str:
    """Return the language asked for; nothing else is understood of a command that can't be read."""
    before = ["", *given]
    asked = [word for option, word in zip(before, given, strict=False) if option == "--lang"]
    return "en" if [*asked, os.environ.get("MAGLIA_LANG", "")][0] == "en" else "it"


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
