"""What the command lines of node, registry, console and demo do alike.

A command's module is loaded when the command is called. An error, and a command that can't be understood, end with the
next action.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from maglia.core.translation import WRITTEN_IN, languages, tr
from maglia.help_text import put_into

if TYPE_CHECKING:
    from typer._click.core import Command, Context

    from maglia.core.errors import MagliaError
    from maglia.core.exits import Exit

_YOUNG = 20_000
"""Objects made and not gone at which the collector looks among the youngest (Python's own number is 700)."""
_INTERRUPTED = 130
"""As `maglia.core.exits` has it, which loads every sentence of every error."""
# Typer carries its own copy of Click; this class of it has no public name.
_UsageError = cast("type[Exception]", typer.BadParameter.__base__)


class Commands(TyperGroup):
    """A command line whose usage errors end with the next action, or are a `maglia.error/1` document with `--json`.

    `table` says of each command where it is (`module:attribute`, a function or a group of Typer's) and the first
    paragraph of its own help, whose first sentence lists it. Its module is loaded when the command is called.
    """

    table: ClassVar[Mapping[str, tuple[str, str]]] = {}
    spoken: ClassVar[str] = WRITTEN_IN
    """The language of the command that runs: a process runs one."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _Loading(self.table, self.commands)
        self.lang = WRITTEN_IN

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - as Typer calls it
        """Return the names of all commands, in the table's order."""
        return list(self.commands)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """Return a command as it is listed: of one in the table, its name and its line alone."""
        if cmd_name in self.table:
            listed: Command | None = TyperCommand(cmd_name, help=self.table[cmd_name][1])
        else:
            listed = super().get_command(ctx, cmd_name)
        if listed is not None:
            put_into(self.lang, listed)
        return listed

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        """Return the command that is called, loaded, with its name and its own arguments."""
        name, listed, rest = super().resolve_command(ctx, args)
        if name is None or listed is None:
            return name, listed, rest
        put_into(self.lang, self.commands[name], below=True)
        return name, self.commands[name], rest

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
        self.lang = Commands.spoken = _lang_of(given)
        put_into(self.lang, self)
        passed = {"complete_var": complete_var, "windows_expand_args": windows_expand_args, **extra}
        try:
            status = super().main(given, prog_name, standalone_mode=False, **passed)
        except _UsageError as error:
            if not standalone_mode:
                raise
            from maglia.usage import tell_usage  # noqa: PLC0415 - loads every sentence of every error

            sys.exit(tell_usage(error, as_json="--json" in given, lang=self.lang))
        except typer.Abort:
            if not standalone_mode:
                raise
            typer.echo("\n" + tr("Interrotto. Ripetere il comando quando si vuole.", self.lang), err=True)
            sys.exit(_INTERRUPTED)
        if standalone_mode:
            sys.exit(status if isinstance(status, int) else 0)
        return status


class _Loading(MutableMapping[str, "Command"]):
    """The commands by name; one of the table is loaded when it is taken, and kept."""

    def __init__(self, table: Mapping[str, tuple[str, str]], others: Mapping[str, Command]) -> None:
        self._table = table
        self._loaded = dict(others)
        self._names = dict.fromkeys([*table, *others])

    def __getitem__(self, name: str) -> Command:
        if name not in self._loaded and name in self._table:
            self._loaded[name] = _load(name, self._table[name][0])
        return self._loaded[name]

    def __setitem__(self, name: str, command: Command) -> None:
        self._names[name] = None
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._names[name]
        self._loaded.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _load(name: str, where: str) -> Command:
    """Import the module of `module:attribute` and make its function or group a command called `name`."""
    module, _, attribute = where.partition(":")
    work = getattr(import_module(module), attribute)
    around = typer.Typer(rich_markup_mode=None)
    if isinstance(work, typer.Typer):
        around.add_typer(work, name=name)
    else:
        around.command(name)(work)
    return get_group(around).commands[name]


def _tell_version(ctx: typer.Context, wanted: bool) -> None:
    """Print the program's name and the version, which is one for all four, and end."""
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - seldom asked for

        typer.echo(f"{ctx.info_name} {version('maglia')}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Mostra la versione ed esce.")
]
"""The option of every program that says which version it is."""


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


def spoken() -> str:
    """Return the language that the command says everything in: `--lang` where it is an option, MAGLIA_LANG, Italian."""
    return Commands.spoken


def ask_secret(question: str, variable: str, *, is_new: bool = False) -> str:
    """Return what `variable` holds, else what is typed unseen, twice where it is new; `question` is a marked text.

    Asked on standard error: what a command prints may go to a file. Raises `session.unattended` where nobody types.
    """
    if given := os.environ.get(variable):
        return given
    if not sys.stdin.isatty():
        from maglia.core.errors import Code, MagliaError  # noqa: PLC0415 - loads every sentence of every error

        raise MagliaError(Code.SESSION_UNATTENDED, variable=variable)
    lang = spoken()
    while True:
        typed: str = typer.prompt(tr(question, lang), hide_input=True, err=True)
        if not is_new or typed == typer.prompt(tr("Di nuovo, per conferma", lang), hide_input=True, err=True):
            return typed
        typer.echo(tr("Le due non sono uguali: ripetere.", lang), err=True)


def tell_error(error: MagliaError, *, as_json: bool) -> Exit:
    """Tell a refusal in the command's language; return the exit status."""
    from maglia.refusal import tell_refusal  # noqa: PLC0415 - loads every sentence of every error

    return tell_refusal(error, as_json=as_json, lang=spoken())


def _lang_of(given: Sequence[str]) -> str:
    """Return the language asked for, before anything else of the command line is read."""
    before = ["", *given]
    asked = [word for option, word in zip(before, given, strict=False) if option == "--lang"]
    asked += [word.removeprefix("--lang=") for word in given if word.startswith("--lang=")]
    wanted = [*asked, os.environ.get("MAGLIA_LANG", "")][0]
    return wanted if wanted in languages() else WRITTEN_IN
