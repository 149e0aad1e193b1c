"""What every command does alike: find the profile, do the work, print text or JSON, end with the right status."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.folding import fold_sentence
from tui.exits import Exit, exit_of_error
from tui.profile import Profile, find_profile, known_lang, load_profile
from tui.text import sentence_of
from tui.typed import PASSWORD_VARIABLE, ask_secret, environment_password

ERROR_SCHEMA = "maglia.error/1"
Json = Annotated[bool, typer.Option("--json", help="Risultato in JSON, con schema e versione.")]
Person = Annotated[str, typer.Argument(help="Codice della persona; - per leggerlo dall'ingresso standard.")]
Body = Annotated[str, typer.Argument(help="Nome breve dell'ente, per esempio onlus-ponte.")]
Reason = Annotated[str, typer.Option("--reason", help="Motivo, che resta nel registro.")]


YES = frozenset({"s", "si", "sì", "y", "yes"})
"""What confirms an act; whatever else is typed does not."""


@dataclass(frozen=True)
class Settings:
    """What stands before the command's name."""

    profile: Path | None = None
    lang: str | None = None


@dataclass(frozen=True)
class Result:
    """What a command found: a document for programs, lines for people, a status for scripts."""

    document: dict[str, object]
    lines: list[str]
    status: Exit = Exit.DONE


Work = Callable[[Profile], Coroutine[Any, Any, Result]]


def perform(ctx: typer.Context, as_json: bool, work: Work) -> NoReturn:
    """Do `work` with the chosen profile and end the process with its status."""
    settings = ctx.ensure_object(Settings)
    finish(as_json, known_lang(settings.lang), lambda: _with_profile(settings, as_json, work))


def finish(as_json: bool, lang: str, work: Callable[[], Exit]) -> NoReturn:
    """End the process with the status of `work`, telling any refusal in `lang`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        status = work()
    except MagliaError as error:
        status = tell_error(error, as_json, lang)
    except KeyboardInterrupt:
        status = Exit.INTERRUPTED
    raise typer.Exit(int(status))


def _with_profile(settings: Settings, as_json: bool, work: Work) -> Exit:
    profile = load_profile(find_profile(settings.profile), settings.lang)
    try:
        result = asyncio.run(work(profile))
    except MagliaError as error:
        return tell_error(error, as_json, profile.lang, at_office=profile.is_of_the_office)
    tell(result, as_json)
    return result.status


def tell(result: Result, as_json: bool) -> None:
    """Print the document, or else the lines."""
    print_json(result.document) if as_json else print("\n".join(result.lines))


def tell_error(error: MagliaError, as_json: bool, lang: str, *, at_office: bool = False) -> Exit:
    """Print what happened and what to do next; return the status it ends with."""
    sentence = sentence_of(error, lang, at_office=at_office)
    if as_json:
        print_json(
            {
                "schema": ERROR_SCHEMA,
                "code": error.code.value,
                "message": sentence.message,
                "next_action": sentence.next_action,
            }
        )
    else:
        print(fold_sentence(f"{sentence.message} {sentence.next_action}"), file=sys.stderr)
    return exit_of_error(error)


def print_json(document: dict[str, object]) -> None:
    """Print one document on one line."""
    print(json.dumps(document, ensure_ascii=False))


def read_identifier(argument: str) -> str:
    """Return the code of the argument; `-` reads it from standard input, so that no list of processes shows it."""
    return sys.stdin.readline().strip() if argument == "-" else argument


def password_of(profile: Profile) -> str:
    """Return the password from the environment, else from the terminal; raise `session.unattended`."""
    given = environment_password()
    return given if given is not None else ask_secret(f"Password di {profile.user}: ", PASSWORD_VARIABLE)


def require_given(is_given: bool, field: str) -> None:
    """Raise `input.missing` unless a field was filled in."""
    if not is_given:
        raise MagliaError(Code.INPUT_MISSING, field=field)


def require(condition: bool, field: str) -> None:
    """Raise `input.field` unless `condition` holds."""
    if not condition:
        raise MagliaError(Code.INPUT_FIELD, field=field)
