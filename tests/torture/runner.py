"""Plays rounds of faults one after the other, and keeps each."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.torture.rounds import Arena, Kind, Round, seed_of
from tests.torture.state import State

Say = Callable[[str], None]


async def play(kind: Kind, rounds: int, state: State, say: Say) -> None:
    """Play the rounds of a kind that the state has not yet; each is kept before the next begins."""
    left = [number for number in range(1, rounds + 1) if number not in state.done()]
    await _play(kind, [Round(kind.name, number, seed_of(state.seed, kind.name, number)) for number in left], state, say)


async def replay(kind: Kind, seed: int, state: State, say: Say) -> None:
    """Play one round of this very seed."""
    await _play(kind, [Round(kind.name, max(state.done(), default=0) + 1, seed)], state, say)


async def _play(kind: Kind, rounds: Iterable[Round], state: State, say: Say) -> None:
    rounds = list(rounds)
    if missing := kind.why_not():
        state.skipped = missing
        state.save()
        say(f"{kind.name}: not played: {missing}")
    elif rounds:
        say(f"{kind.name}: {kind.summary}")
        with tempfile.TemporaryDirectory(prefix=f"maglia-{kind.name}-") as folder:
            async with kind.open(Path(folder)) as arena:
                for found in rounds:
                    await play_one(arena, found)
                    state.add(found)
                    say(line(found))


async def play_one(arena: Arena, found: Round) -> None:
    """Play a round and time it."""
    start = time.monotonic()
    await arena.play(found)
    found.seconds = round(time.monotonic() - start, 2)


def line(found: Round) -> str:
    """Return a round as one line, with a line more for each breach."""
    said = (
        f"{found.kind} {found.number} seed {found.seed}: {found.fault}; {found.checks} checks,"
        f" {found.complete} complete, {found.acknowledged} acknowledged, whole after {found.recovery_s:.1f} s,"
        f" {found.seconds:.1f} s"
    )
    return "\n".join([said, *(f"  !! {breach}" for breach in found.breaches())])
