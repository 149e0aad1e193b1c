"""What is asked of an import of a file, and what became of it: alike for whoever does it and whoever shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from maglia.core.rejected import RejectedLine


@dataclass(frozen=True)
class FileAsked:
    """How a file is to be read: titles by column, values of columns that it does not have, what decimals have.

    `template` names a kept plan, `save_template` under which name this one is kept; a trial stores no row.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    decimals: str = ""
    sheet: str = ""
    template: str = ""
    save_template: str = ""
    trial: bool = False
    lang: str = "it"


@dataclass(frozen=True)
class PreviewedLine:
    """One row in words: what was read, by column, or the error's code, column and parameters."""

    row: int
    cells: Sequence[tuple[str, str]] = ()
    code: str = ""
    column: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ImportOutcome:
    """What became of a file's rows; of a trial, what would."""

    added: int
    unchanged: int
    rejected: Sequence[RejectedLine]
    titles: Sequence[str]
    preview: Sequence[PreviewedLine] = ()
