"""Reading one log into an archive, from the last entry held to its head.

What is in the archive is not fetched again. A log that no longer continues what was read of it is not believed: what
was read before stays, and the log is left out, with the reason. What pages may hold at all is `tui.audit.reading`'s.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import ParamSpec

from maglia.core.checkpoint import Checkpoint, NoteKey, open_checkpoint, verify_cosignature
from maglia.core.errors import Code, MagliaError
from maglia.core.merkle import TILE_WIDTH, Tree, leaf_hash
from tui.audit.archive import Archive, LogState
from tui.audit.chain import Doubt, find_doubt
from tui.audit.copied import Copied
from tui.audit.reading import Pace, read_pages
from tui.audit.source import Head, LogSource, Page, Party
from tui.audit.tiles import hash_list

_BATCH = 2048
"""Leaves checked at a time: memory stays flat however long a log is."""
_OWN_READING = 1
"""Entries after the head that are read too: that of this very reading. A log that grows meanwhile is read next time."""

P = ParamSpec("P")


class OneLog:
    """One reading of one log, from the last entry held to its head."""

    def __init__(
        self, archive: Archive, party: Party, before: LogState, told: Callable[[int, int], None], pace: Pace
    ) -> None:
        """`told` hears how many entries more are wanted, and how many more were read."""
        self._archive = archive
        self._party = party
        self._before = before
        self._told = told
        self._pace = pace

    async def read(self, witness: NoteKey, witnessed: bytes, *, whole: bool) -> LogState:
        """Return the log's state once what was read continues what is held.

        Raises `log.fork` or `log.broken` with the first `entry` that does not, `log.copy` when the archive itself was
        altered, `log.checkpoint` for a head that is not signed by the log, or why the log could not be read.
        """
        source = self._source()
        held, proven = await asyncio.to_thread(self._held)
        head = await source.head()
        signed = open_checkpoint(head.checkpoint, *self._party.key)
        seen = self._also(head, witness, witnessed)
        await self._fetch(source, held, head, _archived(head, [checkpoint for checkpoint, _note in seen]))
        for checkpoint, note in [(signed, head.checkpoint), *seen]:
            self._archive.keep_checkpoint(self._party.member, checkpoint, note)
        doubt = await asyncio.to_thread(self._doubt)
        try:
            if held and (whole or doubt is not None or head.size < held):
                await self._compare(source, held)
                _require_latest(head, held)
        except MagliaError as error:
            if error.code is Code.LOG_FORK:
                await asyncio.to_thread(self._check_copy, held)
            # It has another past than was read: what it added to that is none of what it was before.
            await _whole(self._archive.cut, self._party.member, proven)
            raise
        if doubt is not None:
            await asyncio.to_thread(self._check_copy, held)
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

    def _check_copy(self, held: int) -> None:
        """Raise `log.copy` when the entries held are not what was added: before a body is told that it has others."""
        state = self._archive.state(self._party.member)
        copied, tree = Copied(self._archive, state), Tree()
        while tree.size < held:
            tree.append(copied.hashes(tree.size, min(_BATCH, held - tree.size)))
        if tree.root() != self._root(held):
            raise MagliaError(Code.LOG_COPY, cause="tiles are not of the leaves", member=state.member, entry=0)

    async def _fetch(self, source: LogSource, held: int, head: Head, archived: int) -> None:
        """Add what follows the entries held; those before index `archived` may be known by their hashes alone."""
        if head.size < held:
            return
        self._told(head.size - held, 0)
        at = held
        async with aclosing(read_pages(source, held, head.size + _OWN_READING, archived, self._pace)) as pages:
            async for count, page in pages:
                await _whole(self._add, page)
                at += count
                self._told(0, count)
        if at < head.size:
            raise MagliaError(Code.LOG_BROKEN, cause=f"{at} entries of {head.size}", entry=at)

    def _add(self, page: Page) -> None:
        if page.hashes:
            self._archive.add_hashes(self._party.member, page.start, page.hashes)
        else:
            self._archive.add(self._party.member, page.start, page.leaves)

    async def _compare(self, source: LogSource, held: int) -> None:
        """Read from the first entry again; raise `log.fork` with the first one that is not what it was.

        What the body archived since may come as hashes: the leaves that are held stay.
        """
        at = 0
        async with aclosing(read_pages(source, 0, held, held, self._pace)) as pages:
            async for count, page in pages:
                known = await asyncio.to_thread(self._archive.hashes, self._party.member, at, count)
                for entry, (one, before) in enumerate(zip(_hashes_of(page), known, strict=False), at):
                    if one != before:
                        raise MagliaError(Code.LOG_FORK, cause="another entry than before", entry=entry)
                at += count
        if at < held:
            raise MagliaError(Code.LOG_FORK, cause=f"{at} entries, {held} were read before", entry=at)


async def _whole(write: Callable[P, None], *arguments: P.args, **named: P.kwargs) -> None:
    """Write in a thread; whoever stops the reading waits until it is written, so that nobody finds half of it later."""
    writing = asyncio.ensure_future(asyncio.to_thread(write, *arguments, **named))
    try:
        await asyncio.shield(writing)
    except asyncio.CancelledError:
        await asyncio.wait([writing])
        raise


def _require_latest(head: Head, held: int) -> None:
    """Raise `log.fork` for a head of fewer entries than were read: an older one said again, to hide what came after.

    All that was read was durable at the body, that of the reading itself too, and a head is signed when asked for.
    """
    if head.size < held:
        raise MagliaError(Code.LOG_FORK, cause=f"a head of {head.size} entries, {held} were read", entry=head.size)


def _archived(head: Head, seen: Sequence[Checkpoint]) -> int:
    """Return before which entry a log may hand out hashes alone: where it says that its archives end.

    0 where no honest log ends them: within a tile, or beyond what the witness saw.
    """
    witnessed = max((checkpoint.size for checkpoint in seen), default=0)
    return head.first if head.first % TILE_WIDTH == 0 and head.first <= witnessed else 0


def _hashes_of(page: Page) -> Sequence[bytes]:
    return hash_list(page.hashes) if page.hashes else [leaf_hash(leaf) for leaf in page.leaves]
