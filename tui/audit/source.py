"""A log as it comes from afar: what `tui.audit.pull` needs of it, and nothing of how it travels."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol

from maglia.core.checkpoint import NoteKey


@dataclass(frozen=True)
class Head:
    """How long a log says it is, and its signed heads (C2SP notes, not verified; empty when there is none)."""

    size: int
    first: int
    checkpoint: bytes
    cosigned: bytes


@dataclass(frozen=True)
class Page:
    """Entries that follow one another: leaves, or the joined hashes of entries that were archived. Not verified."""

    start: int
    leaves: Sequence[bytes]
    hashes: bytes


class LogSource(Protocol):
    """Where one log is read."""

    async def head(self) -> Head:
        """Return the log's head as of now; raise why it can't be had."""
        ...

    def read(self, start: int) -> AsyncGenerator[Page, None]:
        """Yield the entries from `start` to the log's end; raise why they can't be had."""
        ...


@dataclass(frozen=True)
class Party:
    """One log to be read: whose it is, the key that signs its heads, and where it is read.

    Without a `source`, `problem` is the code that says why there is none.
    """

    member: str
    key: NoteKey
    source: LogSource | None
    problem: str = ""
