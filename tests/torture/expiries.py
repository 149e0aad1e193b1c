"""Time that passes: the office away for an hour and past every expiry, and cards that end while a check is under way.

The programs' clock is moved, so that every lifetime is the real one.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from maglia.core.identity import REGISTRY_ID
from maglia.core.vocabulary import TIMESTAMP_S
from tests.support.shifted_clock import ShiftedClock, why_not
from tests.torture.arena import NetworkArena, open_arena, small_network
from tests.torture.rounds import Kind, Round

AWAY_ROUNDS, CARD_ROUNDS = 10, 10
PERSONS = 12
_HOUR_S = 3600
_SHORT_H, _LONG_H = (0.5, 3.5), (8.2, 20.0)
"""Hours without the office that cost nothing known, and hours after which its word may not be used any more."""
_LOOK_S = 4.0
"""How long checks are watched after each turn of the clock."""
_PATIENCE_S = 30.0
_CARD_S, _RENEW_S = 600, 300
_CARDS = f"card_s = {_CARD_S}\ncard_renew_s = {_RENEW_S}\n"
_NOTICED_S = 2.5
"""How long after a jump of the clock a program may still go by what it looked at before."""


@dataclass
class Time:
    """The clock of all programs, which only goes on."""

    clock: ShiftedClock
    passed_s: int = 0

    def passes(self, seconds: float) -> None:
        """Let so much time pass at once."""
        self.passed_s += int(seconds)
        self.clock.sleep(self.passed_s)


@dataclass
class Away:
    """The office is away: for an hour nothing known is missed; past the expiry of its word nothing is complete."""

    arena: NetworkArena
    time: Time

    async def play(self, found: Round) -> None:
        """Kill the registry, let hours pass, watch the answers, and start it again."""
        random, load = Random(found.seed), self.arena.load
        is_long = found.number % 2 == 0
        hours = random.uniform(*(_LONG_H if is_long else _SHORT_H)) if found.number > 1 else 1.0
        found.fault = f"office away for {hours:.1f} h"
        self.arena.programs.kill(REGISTRY_ID)
        self.time.passes(hours * _HOUR_S)
        await asyncio.sleep(_NOTICED_S)
        if hours * _HOUR_S > TIMESTAMP_S:
            load.oracle.is_closed = True
            await asyncio.sleep(_LOOK_S)
            load.oracle.is_closed = False
        else:
            for console in load.consoles.values():
                if not await self.arena.is_whole(console, _PATIENCE_S):
                    found.unrecovered.append(f"{console.member} has no complete answer while the office is away")
        await self.arena.programs.revive(REGISTRY_ID)
        await self.arena.settle(found)


@dataclass
class Cards:
    """A card ends while a check is under way, or while the office that would take a new one is away."""

    arena: NetworkArena
    time: Time

    async def play(self, found: Round) -> None:
        """Let every card end, with the office there or not, and a body asleep meanwhile or not."""
        random, live = Random(found.seed), self.arena.live
        sleeper = live.process(random.choice(live.members())).pid if random.random() < 0.5 else 0
        is_away = random.random() < 0.5
        found.fault = (
            f"cards end, office {'away' if is_away else 'there'}, {'one body asleep' if sleeper else 'all awake'}"
        )
        if is_away:
            self.arena.programs.kill(REGISTRY_ID)
        if sleeper:
            os.kill(sleeper, signal.SIGSTOP)
        try:
            await asyncio.sleep(random.uniform(0.2, 1.5))
            self.time.passes(_CARD_S + 60)
            await asyncio.sleep(random.uniform(0.2, 1.5))
        finally:
            if sleeper:
                os.kill(sleeper, signal.SIGCONT)
        if is_away:
            await self._nobody_counts()
            await self.arena.programs.revive(REGISTRY_ID)
        await self.arena.settle(found)

    async def _nobody_counts(self) -> None:
        await asyncio.sleep(_NOTICED_S)
        self.arena.load.oracle.is_closed = True
        await asyncio.sleep(_LOOK_S)
        self.arena.load.oracle.is_closed = False


@contextlib.asynccontextmanager
async def _clocked(folder: Path, settings: str = "") -> AsyncIterator[tuple[NetworkArena, Time]]:
    clock = ShiftedClock(folder)
    with small_network(folder, clock.environment, settings) as live:
        async with open_arena(live, seed=4, persons=PERSONS) as arena:
            await arena.fill()
            arena.load.files_newcomers = arena.load.promises = False
            async with arena.load.busy():
                yield arena, Time(clock)


@contextlib.asynccontextmanager
async def _open_away(folder: Path) -> AsyncIterator[Away]:
    async with _clocked(folder) as (arena, passing):
        yield Away(arena, passing)


@contextlib.asynccontextmanager
async def _open_cards(folder: Path) -> AsyncIterator[Cards]:
    async with _clocked(folder, _CARDS) as (arena, passing):
        yield Cards(arena, passing)


AWAY = Kind("away", "the registry away for hours, and past every expiry", AWAY_ROUNDS, _open_away, why_not)
CARDS = Kind("cards", "cards that end during a check", CARD_ROUNDS, _open_cards, why_not)
