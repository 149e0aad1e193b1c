"""The office's acts as they are kept: events, and the registry's own log that holds them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from maglia.core.log_port import LogBackend


@dataclass(frozen=True)
class Event:
    """One line of history: when (seconds since the epoch), who, what, about whom."""

    at: float
    actor: str
    action: str
    detail: str = ""


@dataclass(frozen=True)
class LoggedEvent:
    """An event with its place in the registry's log and the bytes that the log's hash covers."""

    index: int
    leaf: bytes
    event: Event


class History(Protocol):
    """The registry's own log."""

    @property
    def log(self) -> LogBackend:
        """Return where its entries and checkpoints are kept."""
        ...

    def of(self, member: str, without: Collection[str]) -> Sequence[LoggedEvent]:
        """Return what was logged about a body (empty: about none), oldest first, but for these actions."""
        ...

    def newest(self, actions: Collection[str], count: int) -> Sequence[LoggedEvent]:
        """Return the newest entries of these actions, oldest first."""
        ...
