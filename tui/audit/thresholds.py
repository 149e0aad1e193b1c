"""From when on something is a finding: numbers in a file beside this one, or in one that the auditor gives."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from maglia.core.errors import Code, MagliaError

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
    """Return the thresholds of a TOML file; raise `input.file` when it can't be read or is not of this form."""
    try:
        said = tomllib.loads(path.read_text("utf-8"))
        _check_names(said, _SECTIONS)
        return Thresholds(**{name: _section(form, said[name]) for name, form in _SECTIONS.items()})
    except (OSError, ValueError, TypeError) as error:
        raise MagliaError(Code.INPUT_FIELD, field="thresholds", cause=str(error)) from error


def _section(form: type[Any], said: Mapping[str, Any]) -> Any:
    """Return one section; every number of it is there, none is negative, nothing else is."""
    _check_names(said, [each.name for each in fields(form)])
    for value in said.values():
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise ValueError("numbers")
    return form(**said)


def _check_names(said: Mapping[str, Any], wanted: Iterable[str]) -> None:
    if said.keys() != set(wanted):
        raise ValueError("names")
