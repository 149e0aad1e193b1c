"""Refusals before a question is read: one entry for each peer and reason, few at once, none forgotten."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from maglia.core.entry import EntryKind
from maglia.core.errors import Code
from node.entries import Entries
from node.refusals import MAX_SUMMARIES, Refusals
from tests.clerk import StoppedClock
from tests.peer_world import MemoryLog, OneKey, refused


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def refusals(log: MemoryLog) -> Refusals:
    return Refusals(Entries(log, OneKey(), StoppedClock()), every_s=0.02)


def summaries(log: MemoryLog) -> dict[tuple[str, str], int]:
    return {(entry.peer, entry.code): entry.count for entry in log.entries(EntryKind.REFUSALS)}


async def test_one_entry_for_each_peer_and_reason(refusals: Refusals, log: MemoryLog) -> None:
    for _ in range(1_000):
        refusals.count("caritas", Code.MEMBER_SIGNATURE)
    refusals.count("caritas", Code.MEMBER_STALE)
    refusals.count("comune", Code.MEMBER_SIGNATURE)
    await refusals.write()
    assert summaries(log) == {
        ("caritas", "member.signature"): 1_000,
        ("caritas", "member.stale"): 1,
        ("comune", "member.signature"): 1,
    }
    await refusals.write()
    assert len(log.leaves) == 3


async def test_a_flood_of_names_writes_few_entries_the_worst_first(refusals: Refusals, log: MemoryLog) -> None:
    for number in range(MAX_SUMMARIES + 50):
        refusals.count(f"peer-{number}", Code.MEMBER_CARD)
    for _ in range(5):
        refusals.count("worst", Code.MEMBER_CARD)
    await refusals.write()
    assert len(log.leaves) == MAX_SUMMARIES
    assert summaries(log)["worst", "member.card"] == 5
    await refusals.write()
    assert len(log.leaves) == MAX_SUMMARIES + 51


async def test_nothing_is_forgotten_when_the_log_fails(refusals: Refusals, log: MemoryLog) -> None:
    refusals.count("caritas", Code.MEMBER_STALE)
    log.down = True
    with refused(Code.LOG_UNAVAILABLE):
        await refusals.write()
    log.down = False
    refusals.count("caritas", Code.MEMBER_STALE)
    await refusals.write()
    assert summaries(log) == {("caritas", "member.stale"): 2}


async def test_it_goes_on_after_a_failure_until_cancelled(refusals: Refusals, log: MemoryLog) -> None:
    task = asyncio.create_task(refusals.run())
    log.down = True
    refusals.count("caritas", Code.MEMBER_STALE)
    await asyncio.sleep(0.1)
    assert not task.done()
    log.down = False
    await asyncio.sleep(0.1)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert summaries(log) == {("caritas", "member.stale"): 1}
