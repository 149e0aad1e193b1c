"""Reading every log, twice, into an archive.

The second pass makes comparison safe without common clocks: what is in one log below its first head was written before
that pass ended, so its counterpart, written earlier still, is in the other log below its second head.

What is in the archive is not fetched again: a pull that was interrupted goes on from there. A log that no longer
continues what was read of it is not believed: what was read before stays, and the log is left out, with the reason.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace

from maglia.core.checkpoint import Checkpoint, NoteKey, open_checkpoint, verify_cosignature
from maglia.core.errors import Code, MagliaError
from maglia.core.merkle import leaf_hash
from tui.audit.archive import Archive, LogState
from tui.audit.chain import Doubt, find_doubt
from tui.audit.source import Head, LogSource, Page, Party

AT_ONCE = 4
"""Logs read at the same time."""
PASSES = 2


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
        self, archive: Archive, witness: NoteKey, witnessed: Mapping[str, bytes], tell: Tell, *, whole: bool = False
    ) -> None:
        self._archive = archive
        self._witness = witness
        self._witnessed = witnessed
        self._tell = tell
        self._whole = whole
        self._progress = Progress()
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def run(self, parties: Sequence[Party]) -> Sequence[LogState]:
        """Read every log twice; return what is then known of each. What one log fails with stops no other."""
        self._progress.logs = len(parties) * PASSES
        first = {state.member: state for state in await self._pass(parties, whole=self._whole)}
        sound = [party for party in parties if not first[party.member].problem]
        latest = first | {state.member: state for state in await self._pass(sound)}
        found = [_marked(first[party.member], latest[party.member]) for party in parties]
        for state in found:  # only now: marks of a pull that was interrupted would compare logs of different times
            self._archive.save_state(state)
        return found

    async def _pass(self, parties: Sequence[Party], *, whole: bool = False) -> Sequence[LogState]:
        return await asyncio.gather(*(self._one(party, whole) for party in parties))

    async def _one(self, party: Party, whole: bool) -> LogState:
        async with self._slots:
            before = self._archive.state(party.member)
            try:
                state = await _OneLog(self._archive, party, before, self._progress, self._tell).read(
                    self._witness, self._witnessed.get(party.key.name, b""), whole=whole
                )
            except MagliaError as error:
                state = replace(self._archive.state(party.member), problem=error.code.value, at_entry=_entry_of(error))
                self._archive.save_state(state)
            self._progress.done += 1
            self._tell(self._progress)
            return state


def _marked(first: LogState, latest: LogState) -> LogState:
    if latest.problem:
        return latest
    return replace(latest, first_pass=first.size, second_pass=latest.size)


def _entry_of(error: MagliaError) -> int | None:
    entry = error.params.get("entry", "")
    return int(entry) if entry.isdecimal() else None


class _OneLog:
    """One reading of one log, from the last entry held to its head."""

    def __init__(self, archive: Archive, party: Party, before: LogState, progress: Progress, tell: Tell) -> None:
        self._archive = archive
        self._party = party
        self._before = before
        self._progress = progress
        self._tell = tell

    async def read(self, witness: NoteKey, witnessed: bytes, *, whole: bool) -> LogState:
        """Return the log's state once what was read continues what is held.

        Raises `log.fork` or `log.broken` with the first `entry` that does not, `log.checkpoint` for a head that is not
        signed by the log, or why the log could not be read.
        """
        source = self._source()
        held, proven = await asyncio.to_thread(self._held)
        head = await source.head()
        signed = open_checkpoint(head.checkpoint, *self._party.key)
        heads = [(signed, head.checkpoint), *self._also(head, witness, witnessed)]
        await self._fetch(source, held, head)
        for checkpoint, note in heads:
            self._archive.keep_checkpoint(self._party.member, checkpoint, note)
        doubt = await asyncio.to_thread(self._doubt)
        try:
            if held and (whole or doubt is not None or head.size < held):
                await self._compare(source, held)
        except MagliaError:
            # It has another past than was read: what it added to that is none of what it was before.
            await asyncio.to_thread(self._archive.cut, self._party.member, proven)
            raise
        if doubt is not None:
            raise MagliaError(doubt.code, cause=f"entries {doubt.first} to {doubt.last}", entry=doubt.first)
        return replace(
            self._archive.state(self._party.member),
            origin=self._party.key.name,
            checkpoint=head.checkpoint,
            cosigned=head.cosigned,
            witnessed=witnessed,
            read_ms=int(time.time() * 1000),
            problem="",
            at_entry=None,
        )

    def _source(self) -> LogSource:
        if self._party.source is None:
            raise MagliaError(Code(self._party.problem))
        return self._party.source

    def _held(self) -> tuple[int, int]:
        """Return how many entries are held, and how many of them a head proved.

        Of a log that was broken, what no head proved is read again.
        """
        held = self._before.size
        proven = max((head.size for head in self._sound(held)), default=0)
        if self._before.problem == Code.LOG_BROKEN:
            self._archive.cut(self._party.member, proven)
            held = proven
        return held, proven

    def _heads(self) -> Sequence[Checkpoint]:
        notes = self._archive.unsettled(self._party.member)
        return [open_checkpoint(note, *self._party.key) for note in notes]

    def _sound(self, held: int) -> Sequence[Checkpoint]:
        return [head for head in self._heads() if head.size <= held and self._root(head.size) == head.root]

    def _root(self, size: int) -> bytes:
        return self._archive.root(self._party.member, size)

    def _doubt(self) -> Doubt | None:
        size = self._archive.state(self._party.member).size
        self._archive.settle(self._party.member, self._sound(size))
        return find_doubt(self._heads(), size, self._root)

    def _also(self, head: Head, witness: NoteKey, witnessed: bytes) -> list[tuple[Checkpoint, bytes]]:
        """Other heads that the log signed: the one that the witness cosigned, and the one that it remembers.

        One that does not open is no word of the log's; `tui.audit.verify` tells that it lacks.
        """
        found = []
        for note, cosigner in ((head.cosigned, witness), (witnessed, None)):
            with suppress(MagliaError):
                if cosigner is not None:
                    verify_cosignature(note, *cosigner)
                found.append((open_checkpoint(note, *self._party.key), note))
        return found

    async def _fetch(self, source: LogSource, held: int, head: Head) -> None:
        """Add what follows the entries held."""
        if head.size < held:
            return
        self._progress.wanted += head.size - held
        at = held
        async with aclosing(source.read(held)) as pages:
            async for page in pages:
                at = await asyncio.to_thread(self._add, page, at)
                self._progress.read += len(page.leaves) + len(page.hashes) // 32
                self._tell(self._progress)
        if at < head.size:
            raise MagliaError(Code.LOG_BROKEN, cause=f"{at} entries of {head.size}", entry=at)

    def _add(self, page: Page, at: int) -> int:
        if page.start != at:
            raise MagliaError(Code.LOG_BROKEN, cause=f"entry {page.start} after {at}", entry=at)
        if page.hashes:
            self._archive.add_hashes(self._party.member, at, page.hashes)
            return at + len(page.hashes) // 32
        self._archive.add(self._party.member, at, page.leaves)
        return at + len(page.leaves)

    async def _compare(self, source: LogSource, held: int) -> None:
        """Read from the first entry again; raise `log.fork` with the first one that is not what it was."""
        at = 0
        async with aclosing(source.read(0)) as pages:
            async for page in pages:
                hashes = _hashes_of(page)
                known = await asyncio.to_thread(self._archive.hashes, self._party.member, at, len(hashes))
                for offset, (one, before) in enumerate(zip(hashes, known, strict=False)):
                    if one != before and at + offset < held:
                        raise MagliaError(Code.LOG_FORK, cause="another entry than before", entry=at + offset)
                at += len(hashes)
                if at >= held:
                    return
        if at < held:
            raise MagliaError(Code.LOG_FORK, cause=f"{at} entries, {held} were read before", entry=at)


def _hashes_of(page: Page) -> Sequence[bytes]:
    if page.hashes:
        return [page.hashes[at : at + 32] for at in range(0, len(page.hashes), 32)]
    return [leaf_hash(leaf) for leaf in page.leaves]
