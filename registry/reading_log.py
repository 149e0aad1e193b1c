"""The registry's own log as auditors read it, and what its witness saw of every log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from maglia.core.log_port import LogBackend, leaf_hashes
from registry.history import OfficeLog
from registry.ports import Counts, Event, Members, WitnessedNote

READ_LOG = "read_log"


@dataclass(frozen=True)
class LogReading:
    """`log` is read from any thread, beside the one that writes; each reading is itself an entry of it first."""

    office_log: OfficeLog
    log: LogBackend
    members: Members
    counts: Counts
    clock: Callable[[], float]

    @property
    def size(self) -> int:
        """Return the number of durable entries."""
        return self.log.size()

    @property
    def first(self) -> int:
        """Return the first entry that is there."""
        return self.log.first()

    def read(self, start: int, count: int) -> Sequence[bytes]:
        """Return up to `count` entries from index `start` on."""
        return [entry.leaf for entry in self.log.entries(start, count)]

    def leaf_hashes(self, start: int, count: int) -> bytes:
        """Return the leaf hashes of up to `count` entries from index `start` on, joined."""
        return leaf_hashes(self.log, start, min(count, self.size - start))

    def checkpoint(self) -> bytes:
        """Sign the head and have it cosigned; raise as `OfficeLog.checkpoint` does. In the thread that writes."""
        return self.office_log.checkpoint()

    def begin(self, auditor: str, start: int) -> int:
        """Log that an auditor reads from entry `start` on, durably; return where this reading ends."""
        self.members.add_event("", Event(self.clock(), auditor, READ_LOG, str(start)))
        return self.size

    def witnessed(self, after: str, count: int) -> Sequence[WitnessedNote]:
        """Return the last checkpoint cosigned of up to `count` logs whose origin comes after `after`."""
        return self.counts.witnessed_notes(after, count)
