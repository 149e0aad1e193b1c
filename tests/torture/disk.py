"""A disk that fills at a random write: a small file system of its own under one body, and under the office."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from maglia.core.identity import REGISTRY_ID
from node.disk import free_bytes
from tests.torture.arena import NetworkArena, open_arena, set_up, small_network
from tests.torture.load import PERSONS
from tests.torture.rounds import Kind, Round

ROUNDS = 40
_MIB = 1024 * 1024
_DISK, _RESERVE = 96 * _MIB, 4 * _MIB
_PIECE = 64 * 1024
_STARTED_FULL = 0.3
"""Share of rounds in which the program is killed and started while its disk is full."""


@dataclass
class FullDisk:
    """Fills one program's disk, at times to the last byte, and makes room again."""

    arena: NetworkArena
    folders: dict[str, Path]

    async def play(self, found: Round) -> None:
        """Fill a disk to a random rest, then piece by piece, so that each kind of write meets the end of it."""
        random = Random(found.seed)
        victim = random.choice(sorted(self.folders))
        rest = random.choice([0, random.randrange(_MIB), random.randrange(_RESERVE)])
        starts = random.random() < _STARTED_FULL
        found.fault = f"disk of {victim} full but for {rest} bytes{', and a start' if starts else ''}"
        with hog(self.folders[victim]) as fill:
            fill(rest)
            if starts:
                self.arena.programs.kill(victim)
                await self._start(victim)
                found.faults = 2
            for _ in range(random.randrange(8, 25)):
                await asyncio.sleep(0.1)
                fill(max(0, free_bytes(self.folders[victim]) - _PIECE))
        await self._start(victim)
        await self.arena.settle(found)

    async def _start(self, victim: str) -> None:
        """Start a program as a service manager does, again and again: on a full disk it may say why it can't."""
        with contextlib.suppress(AssertionError):
            await self.arena.programs.revive(victim)


@contextlib.contextmanager
def hog(folder: Path) -> Iterator[Filling]:
    """Yield what takes the room on a folder's disk, and give all of it back."""
    path = folder / "hog"
    try:
        yield Filling(path)
    finally:
        path.unlink(missing_ok=True)


@dataclass(frozen=True)
class Filling:
    """Takes all but some bytes of a disk."""

    path: Path

    def __call__(self, leaving: int) -> None:
        """Write until no more than `leaving` bytes are free."""
        with contextlib.suppress(OSError), self.path.open("ab", buffering=0) as file:
            while (free := free_bytes(self.path.parent)) > leaving:
                file.write(bytes(min(free - leaving, _MIB)))


@contextlib.contextmanager
def mounted(folder: Path, size: int) -> Iterator[None]:
    """Put a small file system of its own where a folder is, with what lies in it; raises `OSError`."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as aside:
        shutil.copytree(folder, aside, dirs_exist_ok=True)
        _run("mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(folder))
        try:
            shutil.copytree(aside, folder, dirs_exist_ok=True)
            yield
        finally:
            _run("umount", "--lazy", str(folder))


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise OSError(done.stderr.strip())


@cache
def why_not() -> str:
    """Return why no small file system can be made here; empty where one can."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with mounted(Path(folder), _MIB):
                return ""
        except OSError as error:
            return f"a file system of its own needs root: {error}"


@contextlib.asynccontextmanager
async def _open(folder: Path) -> AsyncIterator[FullDisk]:
    with small_network(folder) as live, contextlib.ExitStack() as stack:
        folders = {REGISTRY_ID: live.directory / "registry"}
        member = live.members()[0]
        set_up(live, member, f"disk_reserve_bytes = {_RESERVE}\n")
        folders[member] = Path(live.node(member)["data_dir"])
        for name, place in folders.items():
            live.stop(name)
            stack.enter_context(mounted(place, _DISK))
            live.start(name)
        stack.callback(live.down)
        async with open_arena(live, seed=5, persons=PERSONS) as arena, arena.load.busy():
            yield FullDisk(arena, folders)


DISK = Kind("disk", "a disk that fills at a random write", ROUNDS, _open, why_not)
