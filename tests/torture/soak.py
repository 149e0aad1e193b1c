"""A hundred thousand checks, some given up half-way: memory and open files of every program stay as they were."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.asker import Questions, open_asker
from benchmarks.network import BenchNetwork
from maglia.core.identity import REGISTRY_ID
from tests.torture.arena import NetworkArena, open_arena, small_network
from tests.torture.console import Console
from tests.torture.rounds import Kind, Round

ROUNDS = 20
BY_STREAM, BY_CONSOLE = 4_750, 250
"""Questions of each round: most as one body's node puts them to another's, the rest as checks at the counters."""
PERSONS = 12
_IN_FLIGHT = 16
_SLICE_S = 1.0
_WARM_ROUNDS = 2
"""Until then caches fill: what is used after them is what may be used ever."""
_MORE_KIB, _MORE_FILES = 48 * 1024, 24
"""How much a program may grow after that, in all: its log's cache and the allocator's, but nothing for each check."""
_ANSWERS_A_DAY = "answers_a_day = 1000000\n"


@dataclass
class Soak:
    """Asks, gives up a fifth of all checks, and weighs every program after each round."""

    arena: NetworkArena
    bench: BenchNetwork
    _warm: dict[str, Weight] = field(default_factory=dict)
    _played: int = 0

    async def play(self, found: Round) -> None:
        """Ask the questions of a round, and weigh."""
        await self.ask(found, BY_STREAM, BY_CONSOLE)

    async def ask(self, found: Round, by_stream: int, by_console: int) -> None:
        """Ask so many questions by stream and at the counters, and weigh."""
        [asker, answerer, *_] = self.arena.live.members()
        questions = Questions(self.bench, asker, answerer, persons=50)
        streamed = 0
        async with open_asker(self.bench, asker, answerer, self.arena.live.process(answerer).pid) as stream:
            while streamed < by_stream:
                streamed += (await stream.ask(questions.usual, _IN_FLIGHT, _SLICE_S)).count
        await self._at_the_counters(by_console)
        await self.arena.settle(found)
        found.checks += streamed
        found.fault, found.faults = f"{streamed} questions by stream, {by_console} at the counters", 0
        self._weigh(found)

    async def _at_the_counters(self, times: int) -> None:
        consoles = list(self.arena.load.consoles.values())
        each = times // len(consoles)
        await asyncio.gather(*(self._ask(console, each) for console in consoles))

    async def _ask(self, console: Console, times: int) -> None:
        for _ in range(times):
            await self.arena.load.act(console)

    def _weigh(self, found: Round) -> None:
        live = self.arena.live
        now = {name: weigh(live.process(name).pid) for name in (REGISTRY_ID, *live.members())}
        found.notes = {name: f"{weight.kib // 1024} MiB, {weight.files} files" for name, weight in now.items()}
        self._played += 1
        if self._played <= _WARM_ROUNDS:
            self._warm = now
        for name, weight in now.items():
            if weight.kib > self._warm[name].kib + _MORE_KIB:
                found.leaks.append(f"{name}: {self._warm[name].kib} KiB after {_WARM_ROUNDS} rounds, now {weight.kib}")
            if weight.files > self._warm[name].files + _MORE_FILES:
                found.leaks.append(
                    f"{name}: {self._warm[name].files} files after {_WARM_ROUNDS} rounds, now {weight.files}"
                )


@dataclass(frozen=True)
class Weight:
    """What a process holds: KiB of memory of its own, and open files."""

    kib: int
    files: int


def weigh(pid: int) -> Weight:
    """Return what a process holds now."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    kib = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon:"))
    return Weight(kib, len(os.listdir(f"/proc/{pid}/fd")))  # noqa: PTH208 - a thousand names that are not files


@contextlib.asynccontextmanager
async def _open(folder: Path) -> AsyncIterator[Soak]:
    with small_network(folder, settings=_ANSWERS_A_DAY) as live:
        async with open_arena(live, seed=6, persons=PERSONS) as arena:
            yield Soak(arena, BenchNetwork(live.directory))


SOAK = Kind("soak", "100,000 checks, a fifth of those at counters given up", ROUNDS, _open)
