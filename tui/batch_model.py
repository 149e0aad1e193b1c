"""What the console knows of a call for applicants: plain values, whose texts are already plain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.model import Finding, Silent


@dataclass(frozen=True)
class Batch:
    """One file under one procedure; `state` is running, paused or done, `stopped` an error code or empty.

    `matches`, `partial` and `none` count rows by what they read. `erase_on` is ISO 8601. Instants are milliseconds
    since the epoch; `answered_at_ms` is when a body answered last, 0 where that is not known.
    """

    id: str
    procedure: str
    facet: str
    months: int
    file_name: str
    opened_by: str
    opened_at_ms: int
    erase_on: str
    rows: int
    rejected: int
    state: str
    stopped: str = ""
    matches: int = 0
    partial: int = 0
    none: int = 0
    bodies: int = 0
    stopped_params: Mapping[str, str] = field(default_factory=dict)
    answered_at_ms: int = 0

    @property
    def was_asked(self) -> bool:
        """Return whether a run has ended, so that its rows are counted."""
        return self.matches + self.partial + self.none > 0


@dataclass(frozen=True)
class BatchRow:
    """One row of the file; `verdict` is match, partial, none or rejected."""

    row: int
    verdict: str
    identifier: str = field(default="", repr=False)
    household: str = field(default="", repr=False)
    protocol: str = ""
    points: int | None = None
    answered: int = 0
    asked: int = 0
    findings: tuple[Finding, ...] = ()
    silent: tuple[Silent, ...] = ()
    refused: tuple[Silent, ...] = ()
    unasked: int = 0
    omitted: int = 0
    same_household: tuple[int, ...] = ()
    same_need: tuple[int, ...] = ()
    column: str = ""
    code: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """How far a run is: persons and needs named, then rows times bodies heard."""

    state: str
    is_naming: bool
    done: int
    total: int
    left_ms: int | None
    silent: tuple[str, ...] = ()
    stopped: str = ""
    awaited: tuple[str, ...] = ()
    """Names of bodies that have rows left to answer."""


@dataclass(frozen=True)
class CallAsked:
    """What is asked about a whole file; `months` is 0 for the default.

    `sheet` is the one to read of a spreadsheet with several, `columns` the file's titles by the node's columns.
    """

    procedure: str
    facet: str
    months: int
    sheet: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ReadRow:
    """One row as it is read, by column; with a `code` why it is rejected, in which column."""

    row: int
    cells: Mapping[str, str] = field(default_factory=dict, repr=False)
    column: str = ""
    code: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FileReading:
    """How the node reads a file: its titles, which is which column, its first rows; with a `code` why it does not."""

    titles: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    rows: int = 0
    rejected: int = 0
    first: tuple[ReadRow, ...] = ()
    code: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
