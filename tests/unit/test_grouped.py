"""Entries of one event loop go to the log in groups: what came while one was under way goes together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress

import pytest

from maglia.core.errors import Code
from maglia.core.log import Appended
from maglia.core.merkle import leaf_hash
from node.grouped import GroupedLog
from tests.peer_world import MemoryLog, refused


class SlowLog(MemoryLog):
    """A log of which each group becomes durable when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: list[list[bytes]] = []
        self._ends: list[tuple[Future[list[Appended]], Future[list[Appended]]]] = []

    def append_many(self, leaves: Sequence[bytes]) -> Future[list[Appended]]:
        self.groups.append(list(leaves))
        promised: Future[list[Appended]] = Future()
        self._ends.append((promised, super().append_many(leaves)))
        return promised

    async def end(self) -> None:
        """Let the group under way be durable, or have failed."""
        promised, made = self._ends.pop(0)
        failure = made.exception()
        promised.set_exception(failure) if failure else promised.set_result(made.result())
        await turns()


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
def log() -> SlowLog:
    return SlowLog()


async def begun(grouped: GroupedLog, *leaves: bytes) -> asyncio.Task[list[bytes]]:
    task = asyncio.create_task(grouped.write(leaves))
    await turns()
    return task


async def test_a_lone_entry_waits_for_nobody_and_what_comes_meanwhile_goes_together(log: SlowLog) -> None:
    grouped = GroupedLog(log)
    first = await begun(grouped, b"1")
    others = [await begun(grouped, *leaves) for leaves in ((b"2", b"3"), (), (b"4",))]
    assert (log.groups, first.done()) == ([[b"1"]], False)
    await log.end()
    assert (log.groups, first.result()) == ([[b"1"], [b"2", b"3", b"4"]], [leaf_hash(b"1")])
    assert not any(task.done() for task in others)  # none before its own group is durable
    await log.end()
    assert [task.result() for task in others] == [[leaf_hash(b"2"), leaf_hash(b"3")], [], [leaf_hash(b"4")]]


async def test_a_group_that_fails_fails_for_each_and_for_no_later_one(log: SlowLog) -> None:
    grouped = GroupedLog(log)
    first = await begun(grouped, b"1")
    log.down = True
    lost = [await begun(grouped, b"2"), await begun(grouped, b"3")]
    await log.end()
    log.down = False
    later = await begun(grouped, b"4")
    await log.end()
    for task in lost:
        with refused(Code.LOG_UNAVAILABLE):
            await task
    await log.end()
    assert [first.result(), later.result()] == [[leaf_hash(b"1")], [leaf_hash(b"4")]]


async def test_who_gives_up_holds_nobody_up(log: SlowLog) -> None:
    grouped = GroupedLog(log)
    first = await begun(grouped, b"1")
    given_up, kept = await begun(grouped, b"2"), await begun(grouped, b"3")
    given_up.cancel()
    with suppress(asyncio.CancelledError):
        await given_up
    await log.end()
    await log.end()
    assert [first.result(), kept.result()] == [[leaf_hash(b"1")], [leaf_hash(b"3")]]
    assert log.leaves == [b"1", b"2", b"3"]


async def test_a_closed_log_refuses_each_time() -> None:
    grouped = GroupedLog(MemoryLog(down=True))
    for _ in range(2):
        with refused(Code.LOG_UNAVAILABLE):
            await grouped.write([b"1"])
