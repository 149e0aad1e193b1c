"""Room kept on the disk, by a size that the test says is free."""

from __future__ import annotations

from pathlib import Path

import pytest

from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code, MagliaError
from node.disk import RESERVE_FILE, DiskReserve, kept_bytes
from node.entries import Entries
from tests.clerk import StoppedClock
from tests.peer_world import MemoryLog, OneKey

SIZE = 4 * 1024 * 1024
OTHERS = (
    Entry(EntryKind.ANSWERED, 1, peer="alfa"),
    Entry(EntryKind.REFUSED, 1, peer="alfa", code="budget.answer"),
    Entry(EntryKind.REFUSALS, 1, peer="alfa", count=9),
)
BEGUN = (Entry(EntryKind.ASKED, 1, peer="alfa"), Entry(EntryKind.ENROLMENT, 1))
ENDS = (Entry(EntryKind.END_STATE, 1, peer="alfa"), Entry(EntryKind.REFUSED, 1, operator="anna"))


class Disk:
    """A disk on which as much is free as a test says, less what the reserve takes up."""

    def __init__(self, folder: Path, free: int, size: int = SIZE) -> None:
        self.free = free
        self.reserve = DiskReserve(folder, size, lambda _: self.free - kept_bytes(folder))
        self.reserve.start()
        self.log = MemoryLog()
        self._entries = Entries(self.log, OneKey(), StoppedClock(), room=self.reserve)

    async def writes(self) -> list[bool]:
        """Return whether entries of others, entries that begin and entries that end can be written."""
        return [all([await self._is_written(entry) for entry in kinds]) for kinds in (OTHERS, BEGUN, ENDS)]

    async def _is_written(self, entry: Entry) -> bool:
        try:
            await self._entries.write(entry)
        except MagliaError as error:
            return error.code not in self.reserve.problems()
        return True


async def test_others_stop_first_then_what_begins_and_never_what_ends(tmp_path: Path) -> None:
    disk = Disk(tmp_path, 3 * SIZE)
    assert (await disk.writes(), disk.reserve.problems()) == ([True, True, True], [])
    disk.free = 2 * SIZE - 1
    assert (await disk.writes(), disk.reserve.problems()) == ([False, True, True], [Code.STORAGE_LOW])
    disk.free = SIZE
    disk.reserve.look()
    assert (await disk.writes(), disk.reserve.problems()) == ([False, False, True], [Code.STORAGE_FULL])
    assert kept_bytes(tmp_path) == 0
    disk.free = 2 * SIZE
    disk.reserve.look()
    assert (await disk.writes(), kept_bytes(tmp_path)) == ([True, True, True], SIZE)


async def test_a_start_on_a_full_disk_begins_nothing(tmp_path: Path) -> None:
    Disk(tmp_path, 3 * SIZE)
    assert (await Disk(tmp_path, SIZE).writes(), kept_bytes(tmp_path)) == ([False, False, True], 0)
    assert (await Disk(tmp_path, 2 * SIZE - 1).writes(), kept_bytes(tmp_path)) == ([False, False, True], 0)
    assert (await Disk(tmp_path, 2 * SIZE).writes(), kept_bytes(tmp_path)) == ([True, True, True], SIZE)


async def test_whoever_wants_no_reserve_has_none(tmp_path: Path) -> None:
    Disk(tmp_path, 3 * SIZE)
    disk = Disk(tmp_path, 0, size=0)
    assert (await disk.writes(), disk.reserve.problems()) == ([True, True, True], [])
    assert not (tmp_path / RESERVE_FILE).exists()


@pytest.mark.parametrize("size", [SIZE // 2, 2 * SIZE])
def test_another_size_is_taken_at_the_next_start(tmp_path: Path, size: int) -> None:
    Disk(tmp_path, 9 * SIZE)
    Disk(tmp_path, 9 * SIZE, size)
    assert (kept_bytes(tmp_path), (tmp_path / RESERVE_FILE).stat().st_size) == (size, size)


def test_a_hole_keeps_no_room(tmp_path: Path) -> None:
    with (tmp_path / RESERVE_FILE).open("wb") as file:
        file.truncate(SIZE)
    assert kept_bytes(tmp_path) == 0
    Disk(tmp_path, 9 * SIZE)
    assert kept_bytes(tmp_path) == SIZE
