"""Reading every log, twice, into an archive.

The second pass makes comparison safe without common clocks: what is in one log below its first head was written before
that pass ended, so its counterpart, written earlier still, is in the other log below its second head.

One reading of one log is `tui.audit.one_log`'s: it goes on from what is in the archive.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from maglia.core.checkpoint import NoteKey
from maglia.core.errors import Code, MagliaError
from tui.audit.archive import Archive, LogState
from tui.audit.damage import is_own_disk
from tui.audit.one_log import OneLog
from tui.audit.reading import Pace
from tui.audit.source import Party

AT_ONCE = 4
"""Logs read at the same time."""
PASSES = 2
_PACE = Pace()
_CONTRADICTIONS = frozenset(
    code.value for code in (Code.LOG_BROKEN, Code.LOG_CHECKPOINT, Code.LOG_FORK, Code.LOG_REWRITTEN, Code.LOG_COPY)
)
"""What stays found while the body can't be read anew."""


@dataclass
class Progress:
    """How far a pull is; `wanted` grows as logs say how long they are."""

    logs: int = 0
    done: int = 0
    wanted: int = 0
    read: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def left_s(self) -> float:
        """Return about how many seconds are left; 0 before anything can be said."""
        passed = time.monotonic() - self.started
        return passed / self.read * max(self.wanted - self.read, 0) if self.read else 0.0


Tell = Callable[[Progress], None]


class Pull:
    """One pull of many logs. `witnessed` are the registry's notes of what it cosigned, by origin."""

    def __init__(
        self,
        archive: Archive,
        witness: NoteKey,
        witnessed: Mapping[str, bytes],
        tell: Tell,
        *,
        whole: bool = False,
        pace: Pace = _PACE,
    ) -> None:
        self._archive = archive
        self._witness = witness
        self._witnessed = witnessed
        self._tell = tell
        self._whole = whole
        self._pace = pace
        self._progress = Progress()
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def run(self, parties: Sequence[Party]) -> Sequence[LogState]:
        """Read every log twice; return what is then known of each. What one log fails with stops no other.

        The second reading of any begins when the first of all has ended. Interrupted before one was read twice, every
        mark stays what it was; later, the logs that were read twice keep theirs, and the others are not read.
        """
        self._progress.logs = len(parties) * PASSES
        first: dict[str, LogState] = {}
        latest: dict[str, LogState] = {}
        await self._pass(parties, first, whole=self._whole)
        try:
            await self._pass([party for party in parties if not first[party.member].problem], latest)
        finally:
            self._mark(first, latest)
        found = {log.member: log for log in self._archive.logs()}
        return [found[party.member] for party in parties]

    async def _pass(self, parties: Sequence[Party], into: dict[str, LogState], *, whole: bool = False) -> None:
        async def read(party: Party) -> None:
            into[party.member] = await self._one(party, whole)

        await asyncio.gather(*map(read, parties))

    def _mark(self, first: Mapping[str, LogState], latest: Mapping[str, LogState]) -> None:
        """Keep how long the logs that were read twice were.

        Marks of different pulls can't be compared: a log without its second reading may lack what the others answer to.
        It loses its marks before the others get theirs, so that whatever ends this in the middle accuses nobody.
        """
        done = [state for state in latest.values() if not state.problem]
        for log in self._archive.logs() if done else ():
            if log.member not in latest and not log.problem:
                self._archive.save_state(replace(log, first_pass=0, second_pass=0))
        for state in done:
            marked = replace(state, first_pass=first[state.member].size, second_pass=state.size)
            self._archive.save_state(marked)

    def _told(self, wanted: int, read: int) -> None:
        self._progress.wanted += wanted
        self._progress.read += read
        self._tell(self._progress)

    async def _one(self, party: Party, whole: bool) -> LogState:
        async with self._slots:
            before = state = self._archive.state(party.member)
            try:
                if before.problem != Code.LOG_COPY:  # an altered copy stays one: the folder is to be put aside
                    reading = OneLog(self._archive, party, before, self._told, self._pace)
                    state = await reading.read(self._witness, self._witnessed.get(party.key.name, b""), whole=whole)
            except MagliaError as error:
                if is_own_disk(error):  # the archive's own trouble is no log's
                    raise
                state = self._failed(before, error)
            self._progress.done += 1
            self._tell(self._progress)
            return state

    def _failed(self, before: LogState, error: MagliaError) -> LogState:
        """Keep why a log could not be read; a body that contradicted itself does not undo that by being away."""
        state = self._archive.state(before.member)
        if before.problem not in _CONTRADICTIONS or error.code.value in _CONTRADICTIONS:
            state = replace(state, problem=error.code.value, at_entry=_entry_of(error))
            self._archive.save_state(state)
        return state


def _entry_of(error: MagliaError) -> int | None:
    entry = error.params.get("entry", "")
    return int(entry) if entry.isdecimal() else None
