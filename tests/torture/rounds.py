"""What a round of faults found, and what a kind of fault is to the runner."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

BREACHES = ("losses", "wrong", "unlogged", "uncoded", "unrecovered", "leaks")
"""What must stay empty, in the order of the table: each entry is one sentence about one breach."""


@dataclass
class Round:
    """One round: which fault was done, what was seen meanwhile, and what did not hold."""

    kind: str
    number: int
    seed: int
    fault: str = ""
    faults: int = 1
    seconds: float = 0.0
    checks: int = 0
    complete: int = 0
    acknowledged: int = 0
    recovery_s: float = 0.0
    refusals: dict[str, int] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    losses: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    unlogged: list[str] = field(default_factory=list)
    uncoded: list[str] = field(default_factory=list)
    unrecovered: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)

    def breaches(self) -> list[str]:
        """Return all that did not hold."""
        return [f"{name}: {each}" for name in BREACHES for each in getattr(self, name)]

    def as_json(self) -> dict[str, Any]:
        """Return it for the file of rounds done."""
        return asdict(self)


class Arena(Protocol):
    """A network, up and under an oracle, on which rounds of one kind are played."""

    async def play(self, found: Round) -> None:
        """Play the round of `found.seed`, and fill in what was found."""


Open = Callable[[Path], AbstractAsyncContextManager[Arena]]
"""Brings an arena up in an empty folder, and takes it down."""


@dataclass(frozen=True)
class Kind:
    """One kind of fault: its name, what it does, how many rounds a whole run plays, and what opens its arena.

    `why_not` says what this computer lacks for it; empty where it can be played.
    """

    name: str
    summary: str
    rounds: int
    open: Open
    why_not: Callable[[], str] = lambda: ""


def seed_of(run: int, kind: str, number: int) -> int:
    """Return the seed of a round: the same in every run of the same seed, and unlike that of any other round."""
    return int.from_bytes(hashlib.sha256(f"{run} {kind} {number}".encode()).digest()[:4], "big")
