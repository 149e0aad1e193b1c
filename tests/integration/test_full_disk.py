"""A disk that fills: a small file system of its own under a body that asks and answers."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code
from maglia.core.findings.model import Level
from maglia.core.findings.words import told_in_words
from maglia.core.log import Log
from node.config import Settings
from node.disk import DiskReserve, free_bytes
from node.doctor.folder import room
from node.entries import Entries
from tests.clerk import StoppedClock, person, record
from tests.integration.node_world import joined
from tests.integration.registry_world import World, make_template
from tests.integration.registry_world import served as site_world
from tests.integration.test_log_guard import ask, state
from tests.peer_world import (
    COMUNE,
    PARISH,
    MemoryTrust,
    OneKey,
    RawStream,
    answerer,
    enrol,
    pseudonym,
    question,
    raw_stream,
    read_answer,
    refused,
    served,
    subject,
)

RESERVE = 8 * 1024 * 1024
DISK = 5 * RESERVE
ASKED = Entry(EntryKind.ASKED, 1, peer="alfa", question_id=bytes(16))
MANY = 1_000
"""Entries: more than fit where the journal was already."""
ENDED = Entry(EntryKind.END_STATE, 1, peer="alfa", question_id=bytes(16))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Yield a file system of a few megabytes; only root may make one."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(tmp_path)]
    made = subprocess.run(command, check=False, capture_output=True)
    if made.returncode:
        pytest.skip("nobody here may mount a file system")
    try:
        yield tmp_path
    finally:
        subprocess.run(["umount", "--lazy", tmp_path], check=True)


@contextmanager
def filled(folder: Path, leaving: int) -> Iterator[None]:
    """Let somebody else take all but some bytes of the disk."""
    hog = folder / "hog"
    try:
        with hog.open("wb", buffering=0) as file:
            while (free := free_bytes(folder)) > leaving:
                file.write(bytes(min(free - leaving, 1024 * 1024)))
        yield
    finally:
        hog.unlink()


async def write_many(entries: Entries, entry: Entry) -> None:
    for _ in range(MANY):
        await entries.write(entry)


async def said(stream: RawStream) -> str:
    """Ask about a client; return the code of the refusal, or how much was found."""
    await stream.send(question(subject(1)))
    response = await stream.read()
    if response.WhichOneof("kind") == "refusal":
        return response.refusal.code
    answer, _ = read_answer(response)
    return f"{len(answer.slots[0])} found"


async def test_a_body_on_a_full_disk_ends_what_it_began_and_resumes(disk: Path) -> None:
    trust, reserve = MemoryTrust(), DiskReserve(disk, RESERVE)
    reserve.start()
    with answerer(disk, trust, room=reserve) as node:
        node.store.add_record(record(person(1)), "anna")
        enrol(node.store, {person(1).pseudonym_input(): pseudonym(1)})
        own = Entries(node.log, OneKey(), StoppedClock(), room=reserve)
        async with served(PARISH, trust, node.door()), raw_stream(trust) as stream:
            assert await said(stream) == "1 found"
            with filled(disk, RESERVE - 4096):
                assert [await said(stream) for _ in range(3)] == [Code.STORAGE_LOW.value] * 3
                await node.refusals.try_to_write()
                await own.write(ASKED)
                assert [entry.kind for entry in node.entries()] == [EntryKind.ANSWERED, EntryKind.ASKED]
                assert checked(disk) == (Level.PROBLEM, "quasi finito")
            with filled(disk, 0):
                with refused(Code.LOG_UNAVAILABLE):
                    await write_many(own, ASKED)
                reserve.look()
                await write_many(own, ENDED)
                assert await said(stream) == Code.STORAGE_FULL.value
                assert checked(disk) == (Level.PROBLEM, "è pieno")
            reserve.look()
            assert await said(stream) == "1 found"
        await node.refusals.write()
        summaries = node.entries(EntryKind.REFUSALS)
        assert {(one.peer, one.code, one.count) for one in summaries} == {
            (COMUNE.id, Code.STORAGE_LOW.value, 3),
            (COMUNE.id, Code.STORAGE_FULL.value, 1),
        }
        assert len(node.entries(EntryKind.END_STATE)) == MANY
        assert isinstance(node.log, Log)
        assert node.log.verify().ok


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with site_world(make_template(tmp_path / "registry")) as world:
        yield world


async def test_a_node_says_that_it_has_no_room_until_it_has(world: World, tmp_path: Path) -> None:
    [asker] = await world.joined("mensa-ovest")
    [site] = await joined(world, tmp_path, "parrocchia-nord")
    async with site.serving(disk_reserve_bytes=free_bytes(tmp_path)):
        status, _ = await state(site)
        assert (list(status.problems), status.ready) == ([Code.STORAGE_FULL.value], False)
        assert await ask(site, asker) == Code.STORAGE_FULL
    async with site.serving():
        status, report = await state(site)
        assert (list(status.problems), status.ready, report.ok) == ([], True, True)
        assert await ask(site, asker) == "answer"


def checked(disk: Path) -> tuple[Level, str]:
    """Return what `maglia-node doctor` says of the room, in part."""
    settings = Settings(member="parrocchia", peer="127.0.0.1:1", front="127.0.0.1:2", disk_reserve_bytes=RESERVE)
    found = room(disk, settings)
    assert found.repair == f"df -h {disk}"
    told = told_in_words(found.told, "it")
    return found.level, next(part for part in ("quasi finito", "è pieno") if part in told)
