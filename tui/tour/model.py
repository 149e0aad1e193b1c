"""What a tour is made of: steps, what is done in each, and how it is seen that it was done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tui.tour.district import District, Someone


@dataclass(frozen=True)
class Command:
    """A command of `maglia` as somebody, and the exit statuses with which it did its work.

    `unattended` are the words with which nobody is asked to confirm.
    """

    by: Someone
    words: tuple[str, ...]
    ends: frozenset[int] = frozenset({0})
    unattended: tuple[str, ...] = ()


@dataclass(frozen=True)
class Screens:
    """The screens as somebody: which keys to press, and the same as a typist's list of (once this is shown, type that).

    `suggestion` stands on the empty counter.
    """

    by: Someone
    keys: Sequence[str]
    typed: Sequence[tuple[str, str]]
    suggestion: str = ""


@dataclass(frozen=True)
class Network:
    """A command on the demonstration network itself: one of its nodes falls silent, or comes back."""

    words: tuple[str, ...]


Act = Command | Screens | Network


class Eyes(Protocol):
    """Sees what is really there, through the doors that everybody has."""

    def ask(self, who: Someone, *words: str) -> dict[str, Any]:
        """Return the document of a command that changes nothing; {} if it gave none."""


@dataclass(frozen=True)
class View:
    """What one looks with after a step: since when (milliseconds since the epoch), and how each act ended.

    `lang` is the language in which to tell what was seen.
    """

    district: District
    eyes: Eyes
    since_ms: int
    lang: str
    statuses: Sequence[int] = ()


class NotSeenError(Exception):
    """It was not done, or not yet; `words` say what is missing."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True)
class Step:
    """One thing to learn: `why` in two or three calm sentences; `acts` in order; `seen` tells what came of them.

    `name` stands in the file of progress. `seen` raises `NotSeenError`.
    """

    name: str
    title: str
    why: str
    acts: Callable[[View], Sequence[Act]]
    seen: Callable[[View], str]


@dataclass(frozen=True)
class Chapter:
    """One person's part of the hour."""

    title: str
    steps: Sequence[Step]
