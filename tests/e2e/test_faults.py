"""A few rounds of what `make torture` plays hundreds of; `docs/security/faults.md` says what each fault looks like."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from random import Random

import pytest

from benchmarks.network import BenchNetwork
from maglia.core.identity import REGISTRY_ID
from tests.e2e.live import LiveNetwork
from tests.support.shifted_clock import ShiftedClock, why_not
from tests.torture.arena import NetworkArena, open_arena
from tests.torture.expiries import Away, Time
from tests.torture.kills import Kills
from tests.torture.rounds import Round
from tests.torture.soak import Soak

pytestmark = pytest.mark.xdist_group("small")

PERSONS = 6


@pytest.fixture
async def arena(small: LiveNetwork, request: pytest.FixtureRequest) -> AsyncIterator[NetworkArena]:
    """Yield the small network, with persons of this test's own whom everybody helped and asked about."""
    async with open_arena(small, zlib.crc32(request.node.name.encode()), PERSONS) as arena:
        await arena.fill()
        yield arena


async def test_kills_under_load_lose_nothing_and_turn_no_verdict(arena: NetworkArena) -> None:
    [first, *_] = arena.live.members()
    for number, victim in enumerate((first, REGISTRY_ID)):
        found = Round("kills", number, seed=number)
        async with arena.load.busy():
            await Kills(arena).kill(victim, Random(number), found)
        assert found.breaches() == []
        assert found.complete > 0
        assert found.acknowledged > 0
    await arena.whole(found)
    assert found.breaches() == []


async def test_no_answer_is_complete_once_the_offices_word_has_expired(small: LiveNetwork, tmp_path: Path) -> None:
    """Hours pass on the clock of all programs: one that costs nothing known, then more than the word is good for."""
    if reason := why_not():
        pytest.skip(reason)
    clock = ShiftedClock(tmp_path)
    every = (REGISTRY_ID, *small.members())
    shifted = small.with_environment(clock.environment)
    restart(small, shifted, every)
    try:
        async with open_arena(shifted, seed=4, persons=PERSONS) as arena:
            await arena.fill()
            arena.load.files_newcomers = arena.load.promises = False
            away = Away(arena, Time(clock))
            for number in (1, 2):
                found = Round("away", number, seed=number)
                async with arena.load.busy():
                    await away.play(found)
                assert found.breaches() == []
    finally:
        restart(shifted, small, every)
    small.wait_complete("overlap")


def restart(before: LiveNetwork, after: LiveNetwork, names: Sequence[str]) -> None:
    """Stop programs, and start them in another environment."""
    for name in names:
        before.stop(name)
    for name in names:
        after.start(name)


async def test_a_soak_leaves_memory_and_open_files_as_they_were(arena: NetworkArena) -> None:
    soak = Soak(arena, BenchNetwork(arena.live.directory))
    for number in range(3):
        found = Round("soak", number, seed=number)
        await soak.ask(found, by_stream=100, by_console=12)
        assert found.breaches() == []
        assert found.checks > 100
