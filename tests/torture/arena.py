"""A small live network under load, and what is asked of it after each fault: that it recovers, and that all held."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from maglia.wire.channel import quiet_grpc
from tests.e2e.live import LiveNetwork
from tests.torture.console import Console, Refused
from tests.torture.evidence import Evidence
from tests.torture.load import Load, open_load
from tests.torture.programs import PATIENCE_S, Programs
from tests.torture.rounds import Round

BODIES, RECORDS = 3, 200
_LOOK_S = 0.2


@dataclass
class NetworkArena:
    """What the rounds of a kind share: the network, its load, and all that can be known of both."""

    live: LiveNetwork
    load: Load
    programs: Programs
    evidence: Evidence

    async def fill(self) -> None:
        """File help for every person at every body, and let everybody ask about all: then nobody is new to anybody."""
        for console in self.load.consoles.values():
            for person in self.load.persons:
                await self.load.help(console, person)
        for console in self.load.consoles.values():
            assert await self.is_whole(console), f"{console.member} has no complete answer"
            for person in self.load.persons:
                await self.load.check(console, person)
        self.load.oracle.tell(Round("fill", 0, 0))

    async def settle(self, found: Round) -> None:
        """Wait until every body has a complete answer again, then hold all that was acknowledged against the files."""
        start = time.monotonic()
        for console in self.load.consoles.values():
            if not await self.is_whole(console):
                found.unrecovered.append(f"{console.member} has no complete answer after {PATIENCE_S:.0f} s")
        found.recovery_s = round(time.monotonic() - start, 2)
        self.gather(found)

    async def is_whole(self, console: Console, patience_s: float = PATIENCE_S) -> bool:
        """Ask until an answer is complete; return whether one was."""
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            try:
                state = await self.load.check(console, self.load.random.choice(self.load.persons))
                if state is not None and state.complete:
                    return True
            except Refused as refused:
                self.load.oracle.refused(refused.code.value, refused.fault)
            await asyncio.sleep(_LOOK_S)
        return False

    async def whole(self, found: Round) -> None:
        """Recompute every log, by the command's own door."""
        for member in self.live.members():
            ended = await asyncio.to_thread(self.live.verify_log, member)
            if ended.status != 0 or not ended.document["ok"]:
                found.losses.append(f"{member}: log verify said {ended.out or ended.err}")

    def gather(self, found: Round) -> None:
        """Fill in what the oracle and the files say of this round, and begin the next."""
        oracle = self.load.oracle
        found.losses += self.evidence.lost(oracle.helped)
        try:
            self.evidence.read_on()
        except AssertionError as hole:
            found.losses.append(str(hole))
        found.unlogged += [*self.evidence.unlogged(oracle.asked.values()), *self.evidence.open_questions()]
        oracle.tell(found)


@contextlib.asynccontextmanager
async def open_arena(live: LiveNetwork, seed: int, persons: int) -> AsyncIterator[NetworkArena]:
    """Yield an arena on a network that is up; raises `Refused`."""
    quiet_grpc()
    folders = {member: Path(live.node(member)["data_dir"]) for member in live.members()}
    async with open_load(live, seed, persons) as load:
        yield NetworkArena(live, load, Programs(live), Evidence(folders))


@contextlib.contextmanager
def small_network(folder: Path, more: Mapping[str, str] | None = None, settings: str = "") -> Iterator[LiveNetwork]:
    """Bring a network of a few bodies up in a new folder, and take it down whatever happened.

    Its programs have `more` in their environment, and its nodes `settings`, lines of their `node.toml`.
    """
    live = LiveNetwork(folder / "rete", {**os.environ, **(more or {})})
    try:
        live.up(bodies=BODIES, records=RECORDS)
        for member in live.members() if settings else ():
            set_up(live, member, settings)
        yield live
    finally:
        live.down()


def set_up(live: LiveNetwork, member: str, settings: str) -> None:
    """Start a node anew, with lines more in its settings."""
    live.stop(member)
    path = Path(live.node(member)["data_dir"]) / "node.toml"
    path.write_text(settings + path.read_text("utf-8"), "utf-8")
    live.start(member)
