"""kill -9 of a node, the registry, the policy server or the relay, at a random moment under load."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.torture.arena import NetworkArena, open_arena, small_network
from tests.torture.load import PERSONS
from tests.torture.programs import RELAY
from tests.torture.rounds import Kind, Round

ROUNDS = 300
_TWICE = 0.2
"""Share of rounds in which a program is killed again while it starts."""
_RELAY_SHARE = 0.4
_VERIFY_EVERY = 25


@dataclass
class Kills:
    """Kills one program after the other; each round ends with a whole network."""

    arena: NetworkArena

    async def play(self, found: Round) -> None:
        """Kill one program of those there are, twice at times, and start it again."""
        random = Random(found.seed)
        await self.kill(choose(self.arena.programs.names(), random), random, found)
        if found.number % _VERIFY_EVERY == 0:
            await self.arena.whole(found)

    async def kill(self, victim: str, random: Random, found: Round) -> None:
        """Kill this program in a moment, and see the network recover."""
        programs = self.arena.programs
        found.fault = f"kill -9 {victim}"
        await asyncio.sleep(random.uniform(0.1, 1.2))
        programs.kill(victim)
        if random.random() < _TWICE:
            await self._kill_starting(victim, random)
            found.faults = 2
        await asyncio.sleep(random.uniform(0.0, 0.6))
        await programs.revive(victim)
        await self.arena.settle(found)

    async def _kill_starting(self, victim: str, random: Random) -> None:
        starting = asyncio.create_task(self.arena.programs.revive(victim))
        await asyncio.sleep(random.uniform(0.3, 1.5))
        self.arena.programs.kill(victim)
        with contextlib.suppress(AssertionError):  # it says that the program ended before it served, as it was made to
            await starting


def choose(names: list[str], random: Random) -> str:
    """Return what is killed next: a relay seldom, since its nodes dial it the more slowly the more often it ends."""
    return random.choices(names, [_RELAY_SHARE if name == RELAY else 1.0 for name in names])[0]


@contextlib.asynccontextmanager
async def _open(folder: Path) -> AsyncIterator[Kills]:
    with small_network(folder) as live:
        async with open_arena(live, seed=1, persons=PERSONS) as arena:
            arena.programs.add_relay(live.members()[-1])
            async with arena.load.busy():
                yield Kills(arena)


KILLS = Kind("kills", "kill -9 of node, registry, policy server, relay under load", ROUNDS, _open)
