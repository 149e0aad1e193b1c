"""What every command does alike: find the profile, do the work, print text or JSON, end with the right status."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.folding import fold, fold_sentence
from maglia.core.translation import tr
from tui.exits import Exit, exit_of_error, strongest
from tui.profile import Profile, find_profile, known_lang, load_profile
from tui.text import sentence_of
from tui.typed import PASSWORD_VARIABLE, ask_secret, environment_password

if TYPE_CHECKING:
    from tui.table import Table

ERROR_SCHEMA = "maglia.error/1"
Json = Annotated[bool, typer.Option("--json", help="Risultato in JSON, con schema e versione.")]
Out = Annotated[Path | None, typer.Option("--out", help="Scrive la tabella anche in questo file, .csv o .xlsx.")]
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
    """What a command found: a document for programs, lines for people, a status for scripts, a table for a file."""

    document: dict[str, object]
    lines: list[str]
    status: Exit = Exit.DONE
    table: Table | None = None


Work = Callable[[Profile], Coroutine[Any, Any, Result]]


def perform(ctx: typer.Context, as_json: bool, work: Work, out: Path | None = None) -> NoReturn:
    """Do `work` with the chosen profile and end the process with its status; `out` is where its table is wanted too."""
    settings = ctx.ensure_object(Settings)
    finish(as_json, known_lang(settings.lang), lambda: _with_profile(settings, as_json, work, out))


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


def _with_profile(settings: Settings, as_json: bool, work: Work, out: Path | None) -> Exit:
    profile = load_profile(find_profile(settings.profile), settings.lang)
    try:
        check_out(out)
        result = asyncio.run(work(profile))
    except MagliaError as error:
        return tell_error(error, as_json, profile.lang, at_office=profile.is_of_the_office)
    told = written(result, out, profile.lang)
    tell(told, as_json)
    return told.status


def check_out(out: Path | None) -> None:
    """Refuse, before any work is done, a file that the table cannot be written to; raise as `check_table_file`."""
    if out is not None:
        from tui.table_file import check_table_file

        check_table_file(out)


def written(result: Result, out: Path | None, lang: str) -> Result:
    """Write the table that was wanted, if any was; what was found is told all the same when that fails."""
    from tui.table_file import write_table

    if out is None:
        return result
    if result.table is None:
        none = tr("Nessuna tabella da scrivere: il file non c'è.", lang)
        return Result(result.document | {"file": None}, [*result.lines, none], result.status)
    try:
        write_table(out, result.table)
    except MagliaError as error:
        ended = strongest(result.status, tell_error(error, as_json=False, lang=lang))
        return Result(result.document | {"file": None}, result.lines, ended)
    lines = [*result.lines, *written_lines(out, result.table, lang)]
    return Result(result.document | {"file": str(out)}, lines, result.status)


def written_lines(out: Path, table: Table, lang: str) -> list[str]:
    """Return where a table was written, and how to keep it where it holds codes."""
    from tui.table import keep_lines

    return fold([f"{tr('Scritto', lang)}: {out}", *keep_lines(table, lang)])


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
    if given is not None:
        return given
    return ask_secret(tr("Password di {user}: ", profile.lang).format(user=profile.user), PASSWORD_VARIABLE)


def require_given(is_given: bool, field: str) -> None:
    """Raise `input.missing` unless a field was filled in."""
    if not is_given:
        raise MagliaError(Code.INPUT_MISSING, field=field)


def require(condition: bool, field: str) -> None:
    """Raise `input.field` unless `condition` holds."""
    if not condition:
        raise MagliaError(Code.INPUT_FIELD, field=field)
