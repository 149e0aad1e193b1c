"""Why a program's settings were refused, as an error that says what would be right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from maglia.core.errors import Code, MagliaError

_BOUNDS = {"gt": "> {}", "ge": "≥ {}", "lt": "< {}", "le": "≤ {}"}
_KINDS = {"bool": "true, false", "int": "0, 1, 2, …", "float": "0.5, 1, 2, …", "date": "2026-11-22"}
"""How a value of each kind is written, by the first word of the library's name for what was wrong."""


def settings_error(error: ValueError, file: Path, forms: Mapping[str, str]) -> MagliaError:
    """Return what a settings class raised on reading `file`, as an error for people.

    `forms` says, by setting, how a value is written that the class checks by itself, such as `HOST:PORT`. What comes
    back is `input.setting_value` with what is allowed, `input.setting` for a setting that is unknown or lacks, or
    `input.toml` with the line of a file that is no TOML.
    """
    if isinstance(error, ValidationError):
        first: Mapping[str, Any] = dict(error.errors()[0])
        field = ".".join(map(str, first["loc"]))
        if allowed := _allowed(first, forms.get(field, "")):
            return MagliaError(Code.INPUT_SETTING_VALUE, field=field, source=file.name, allowed=allowed)
        return MagliaError(Code.INPUT_SETTING, field=field, source=file.name)
    return MagliaError(Code.INPUT_TOML, file=file.name, line=_line(str(error), file))


def _allowed(first: Mapping[str, Any], form: str) -> str:
    """Return which values a setting may have; empty where it is unknown, or lacks."""
    kind, told = str(first["type"]), first.get("ctx", {})
    if kind in {"missing", "extra_forbidden"}:
        return ""
    if "expected" in told:
        return ", ".join(re.findall(r"'([^']*)'", str(told["expected"])))
    bounds = [shape.format(told[name]) for name, shape in _BOUNDS.items() if name in told]
    return ", ".join(bounds) or form or _KINDS.get(kind.split("_", maxsplit=1)[0], "")


def _line(said: str, file: Path) -> int:
    """Return the line that a TOML reader names; the last one where it read to the end."""
    if named := re.search(r"line (\d+)", said):
        return int(named[1])
    try:
        return len(file.read_bytes().splitlines())
    except OSError:
        return 1
