"""The tamper-evident log, and whether it is the one that the witness knows."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Protocol

from maglia.core.log import Appended
from maglia.core.log_check import LogReport


class Log(Protocol):
    """The tamper-evident log; `maglia.core.log.Log` is the one there is."""

    def append(self, leaf: bytes) -> Future[Appended]:
        """Append one leaf; the future is done when it is durable."""
        ...

    def append_many(self, leaves: Sequence[bytes]) -> Future[list[Appended]]:
        """Append several leaves in one transaction."""
        ...

    def latest_cosigned(self) -> bytes | None:
        """Return the last checkpoint that the witness cosigned, None before the first."""
        ...


class LogReader(Protocol):
    """The entries of a log, read back; may be called from any thread."""

    def latest_cosigned(self) -> bytes | None:
        """Return the last checkpoint that the witness cosigned, None before the first."""
        ...

    @property
    def size(self) -> int:
        """Return the number of durable entries."""
        ...

    @property
    def first(self) -> int:
        """Return the index of the first entry that can be read: those before it were archived at their term's end."""
        ...

    def read(self, start: int, count: int) -> list[bytes]:
        """Return up to `count` entries from index `start` on, not before `first`."""
        ...


class Room(Protocol):
    """Room to write in, of which some is kept for this body's own last entries."""

    def require_room(self) -> None:
        """Raise `storage.full` when only the last entries of what was begun have room."""
        ...

    def require_room_for_others(self) -> None:
        """Raise `storage.full`, or `storage.low` when what others make this body write has no room."""
        ...


class LogState(Protocol):
    """Whether this body's log is the one that the witness knows."""

    @property
    def forked(self) -> bool:
        """Return whether a contradiction was found; it stays so until an administrator acts."""
        ...

    def require_sound(self) -> None:
        """Raise `log.fork` when a contradiction was found."""
        ...

    def require_witnessed(self) -> None:
        """Raise `log.fork`, or `log.unwitnessed` when the last cosignature is too old."""
        ...

    def cosigned(self) -> None:
        """Keep the log's last cosigned checkpoint, outside its database."""
        ...

    def found_fork(self, cause: str) -> None:
        """Remember durably that this log is not the one the witness knows; `cause` is for the administrator."""
        ...

    def verify(self) -> LogReport:
        """Recompute everything from the entries, and compare it with what is known outside the database."""
        ...
