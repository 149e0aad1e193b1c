"""From when on something is a finding: numbers in a file beside this one, or in one that the auditor gives."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from maglia.core.errors import Code, MagliaError
from tui.text import plain

DEFAULT = Path(__file__).with_name("thresholds.toml")


@dataclass(frozen=True)
class Rate:
    """A share (0 to 1) that is too high once more than that, and `at_least` so many cases, are counted."""

    share: float
    at_least: int

    def is_exceeded(self, cases: int, of: int) -> bool:
        """Return whether `cases` out of `of` are too many."""
        return cases >= self.at_least and cases > self.share * of


@dataclass(frozen=True)
class Open:
    """How far a log goes on after a question before its end state is missed: entries, and seconds by its own clock."""

    entries: int
    seconds: int


@dataclass(frozen=True)
class Archived:
    """How near the first entry that can still be read, in seconds, counterparts are not judged any more.

    Entries younger than `months` (of 30 days) must be there, wherever a log says that it begins.
    """

    seconds: int
    months: int


@dataclass(frozen=True)
class Limits:
    """Elements that the registry evaluates for one body, class and day."""

    check: int
    enrolment: int


@dataclass(frozen=True)
class Thresholds:
    """All of them; `thresholds.toml` says what each is for."""

    open: Open
    late: Rate
    undelivered: Rate
    unused: Rate
    archived: Archived
    limits: Limits


_SECTIONS = {
    "open": Open,
    "late": Rate,
    "undelivered": Rate,
    "unused": Rate,
    "archived": Archived,
    "limits": Limits,
}


def load_thresholds(path: Path = DEFAULT) -> Thresholds:
    """Return the thresholds of a TOML file.

    Raises `input.file` when it can't be read, `input.file_content` when it is no TOML, `input.setting` with the name
    of what is missing, unknown or no number from 0, and the file's.
    """
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise MagliaError(Code.INPUT_FILE, file=path.name) from error
    except (ValueError, RecursionError) as error:
        raise MagliaError(Code.INPUT_FILE_CONTENT, file=path.name, cause=str(error)) from error
    try:
        _check_names(said, _SECTIONS)
        return Thresholds(**{name: _section(name, form, said[name]) for name, form in _SECTIONS.items()})
    except _WrongError as error:
        raise MagliaError(Code.INPUT_SETTING, field=str(error), source=path.name) from error


class _WrongError(ValueError):
    """Names what is wrong in a file of thresholds."""


def _section(section: str, form: type[Any], said: object) -> Any:
    """Return one section; every number of it is there, none is negative, nothing else is."""
    if not isinstance(said, Mapping):
        raise _WrongError(section)
    _check_names(said, [each.name for each in fields(form)], f"{section}.")
    for name, value in said.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
            raise _WrongError(f"{section}.{name}")
    return form(**said)


def _check_names(said: Mapping[str, Any], wanted: Iterable[str], section: str = "") -> None:
    other = sorted(said.keys() ^ set(wanted))
    if other:
        raise _WrongError(f"{section}{plain(other[0], 40)}")
