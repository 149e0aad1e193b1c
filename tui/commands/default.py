"""A group of commands with one that needs no name: `maglia check CODE` beside `maglia check show V-...`."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup

_UNNAMED = "ask"


class DefaultCommand(TyperGroup):
    """Reads what begins with none of its commands' names as the words of the one that is called `ask`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the name where it was left out."""
        named = bool(args) and args[0] in self.commands
        return super().parse_args(ctx, args if named else [_UNNAMED, *args])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command, without the name that nobody typed: usage and errors are of what was."""
        name, command, rest = super().resolve_command(ctx, args)
        return ("" if name == _UNNAMED else name), command, rest


class Unnamed(TyperCommand):
    """The command that needs no name."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the usage line without a name."""
        formatter.write_usage(ctx.command_path.rstrip(), " ".join(self.collect_usage_pieces(ctx)))
