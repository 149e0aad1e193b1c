"""Reads what a command is given without pydantic, where there is nothing to read.

Typer hands every value of every option to pydantic, even a text that is taken as it is: to load it takes 60 ms of
processor time, a third of a short command. A text, a path and lists of them are read here, with Typer's own checks of a
path; whatever else goes Typer's way. A test holds both ways equal.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

# Typer keeps what reads a value in modules without public names; the lock holds its version.
from typer._coercion import RuntimeParam, build_runtime_param
from typer._param_types import coerce_cli_path
from typer.core import TyperArgument, TyperOption

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typer._click.core import Context


class _PlainParam(RuntimeParam):
    """Reads one parameter's values."""

    def _coerce_value(self, value: Any, param: Any, ctx: Context) -> Any:
        match value:
            case str() if self.annotation is str:
                return value
            case bool() | int() if type(value) is self.annotation and value == param.default:
                return value
            case str() | Path() if self.annotation is Path:
                return self._path(value, param, ctx)
            case list() | tuple() if self.annotation == list[str]:
                return [str(each) for each in value]
            case list() | tuple() if self.annotation == list[Path]:
                return [self._path(each, param, ctx) for each in value]
        return build_runtime_param(param.type_descriptor)._coerce_value(value, param=param, ctx=ctx)

    def _path(self, value: str | Path, param: Any, ctx: Context) -> Any:
        return coerce_cli_path(Path(value), self.parameter_info, path_type=Path, param=param, ctx=ctx)


def read_plainly(parameters: Iterable[object]) -> None:
    """Let these parameters of a command be read without pydantic, where they can."""
    for parameter in parameters:
        if isinstance(parameter, TyperOption | TyperArgument) and parameter._runtime_param is None:
            described = parameter.type_descriptor
            if described.parameter_info.parser is None:
                parameter._runtime_param = _PlainParam(described.parameter_info, described.annotation)
