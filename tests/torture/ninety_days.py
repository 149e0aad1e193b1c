"""Ninety days in six minutes: cards, the office's word, witnessing and sessions end and are renewed under checks.

A day lasts four seconds and every lifetime is divided with it; what would then be shorter than a program's own pauses
lasts a little longer, so that a card ends every ten days instead of once.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from maglia.core.identity import REGISTRY_ID
from maglia.v1.operator_pb2 import GetStatusRequest
from tests.e2e.live import Ended, LiveNetwork, run
from tests.torture.arena import NetworkArena, open_arena, small_network
from tests.torture.console import Refused
from tests.torture.programs import PATIENCE_S
from tests.torture.rounds import Kind, Round

ROUNDS = 6
DAY_S = 4.0
_DAYS = 15
PERSONS = 20
_NODE = """card_s = 40
card_renew_s = 25
card_overlap_s = 2
directory_poll_s = 1
checkpoint_s = 2
cosignature_max_s = 30
degraded_s = 10
session_idle_s = 20
"""
_REGISTRY = "timestamp_s = 12\ncard_overlap_s = 2\n"


@dataclass
class NinetyDays:
    """Lets fifteen days pass in each round, with something on the office's calendar in most."""

    arena: NetworkArena

    async def play(self, found: Round) -> None:
        """Let days pass, do what this round's calendar says, and see that all is whole at the end."""
        acts = (self._nothing, self._change_keys, self._suspend, self._office_away, self._restart, self._nothing)
        start, before = time.monotonic(), self._renewals()
        act = acts[(found.number - 1) % len(acts)]
        found.fault = f"{_DAYS} days; {await act(found)}"
        await asyncio.sleep(max(0.0, _DAYS * DAY_S - (time.monotonic() - start)))
        await self.arena.settle(found)
        await self.arena.whole(found)
        found.notes["cards renewed"] = renewed = self._renewals() - before
        if not renewed:
            found.unrecovered.append("no card was renewed")

    async def _nothing(self, _found: Round) -> str:
        return "nothing else"

    async def _change_keys(self, found: Round) -> str:
        """Change the keys of the pseudonyms: each step once every body is ready, while people who are new come on."""
        for step in ("start", "switch", "end"):
            until = time.monotonic() + PATIENCE_S
            while (ended := await self._by_both("epoch", step, "--yes", "--json")).status != 0:
                if time.monotonic() > until:
                    found.unrecovered.append(f"epoch {step}: {ended.out}{ended.err}")
                    break
                await asyncio.sleep(1.0)
        return "the keys of pseudonyms changed"

    async def _suspend(self, found: Round) -> str:
        """Suspend a body for some days; until everybody has heard that it is back, nothing of it is owed."""
        oracle, member = self.arena.load.oracle, self.arena.live.members()[-1]
        oracle.suspended.add(member)
        ended = await self._by_one(0, "suspend", member, "--reason", "prova", "--json")
        await asyncio.sleep(2 * DAY_S)
        back = await self._by_both("reinstate", member, "--reason", "prova", "--yes", "--json")
        if ended.status or back.status or not await self._all_active():
            found.unrecovered.append(f"suspended and reinstated: {ended} {back}")
        oracle.suspended.clear()
        return f"{member} suspended and reinstated"

    async def _office_away(self, _found: Round) -> str:
        """Let the office be away for a day, past the end of its word."""
        self.arena.programs.kill(REGISTRY_ID)
        await asyncio.sleep(5 * DAY_S)
        await self.arena.programs.revive(REGISTRY_ID)
        return "the office away for five"

    async def _restart(self, _found: Round) -> str:
        """Restart every node, as an update does."""
        for member in self.arena.live.members():
            await asyncio.to_thread(self.arena.live.stop, member)
            await self.arena.programs.revive(member)
        return "every node restarted"

    async def _all_active(self) -> bool:
        until = time.monotonic() + PATIENCE_S
        waiting = set(self.arena.load.consoles)
        while waiting and time.monotonic() < until:
            for member in sorted(waiting):
                console = self.arena.load.consoles[member]
                with contextlib.suppress(Refused):
                    status = await console.call(console.node.GetStatus, GetStatusRequest())
                    if status.members_active == len(self.arena.load.consoles):
                        waiting.discard(member)
            await asyncio.sleep(0.5)
        return not waiting

    async def _by_both(self, *command: str) -> Ended:
        """Let the first officer sign, and the second what the first did."""
        first = await self._by_one(0, *command)
        return await self._by_one(1, *command) if first.status == 0 else first

    async def _by_one(self, officer: int, *command: str) -> Ended:
        live = self.arena.live
        person = live.sheet["officers"][officer]
        passphrase = live.directory.joinpath("passphrase").read_text("utf-8")
        environment = {**os.environ, "MAGLIA_PASSWORD": person["password"], "MAGLIA_PASSPHRASE": passphrase}
        arguments = ("--profile", person["profile"], "office", *command)
        return await asyncio.to_thread(run, "tui", *arguments, environment=environment)

    def _renewals(self) -> int:
        logs = [self.arena.live.directory / "log" / f"{member}.log" for member in self.arena.live.members()]
        return sum(log.read_text("utf-8", "replace").count("card renewed") for log in logs)


def shorten(live: LiveNetwork) -> None:
    """Start the registry anew, with its lifetimes divided too."""
    live.stop(REGISTRY_ID)
    with live.directory.joinpath("registry", "registry.toml").open("a") as settings:
        settings.write(_REGISTRY)
    live.start(REGISTRY_ID)


@contextlib.asynccontextmanager
async def _open(folder: Path) -> AsyncIterator[NinetyDays]:
    with small_network(folder, settings=_NODE) as live:
        shorten(live)
        async with open_arena(live, seed=8, persons=PERSONS) as arena:
            await arena.fill()
            async with arena.load.busy():
                yield NinetyDays(arena)


NINETY_DAYS = Kind("days", "ninety days of renewals, expiries and changes of keys", ROUNDS, _open)
