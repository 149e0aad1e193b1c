"""What recent checks remember: a check and how it stands, where it outlives the process, and who hears of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from maglia.core.codes import Code
from node.checks.check import AskedPerson
from node.checks.pace import Pace
from node.domain.late import State
from node.domain.model import Operator
from node.domain.waiting import KeptCheck


class Asked(Protocol):
    """A check of one person or of a household."""

    @property
    def check_id(self) -> str:
        """By which its operator finds it again."""

    def persons(self) -> list[AskedPerson]:
        """Return whom it is about."""

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` at every change."""

    def is_open(self) -> bool:
        """Return whether anybody is awaited, or silent for a reason that may pass."""

    def unreached(self) -> set[str]:
        """Return the bodies whose silence may pass."""

    async def ask_again(self, names: set[str]) -> None:
        """Ask these bodies anew."""

    async def ask_silent_again(self) -> int:
        """Ask every silent body anew; return how many."""

    def state(self) -> State:
        """Return what is known now."""

    def states(self, *, follow: bool) -> AsyncIterator[State]:
        """Yield what is known at once, and each time that it changes."""


class File(Protocol):
    """Where checks outlive the process."""

    def now(self) -> float:
        """Return seconds since the epoch."""

    def operator(self, user: str) -> Operator | None:
        """Return an operator as they are now, None when they no longer work here."""

    def check_may_ask(self, operator: Operator) -> None:
        """Raise `session.role`, or `policy.permissions`, for who may not ask the network now."""

    def save(self, checks: Sequence[KeptCheck]) -> None:
        """Store checks as they stand."""

    def open_checks(self, limit: int, after: str) -> Sequence[KeptCheck]:
        """Return those asked of which somebody is still to be asked or told, by id, of those after one."""

    def find(self, check_id: str) -> KeptCheck | None:
        """Return one that was asked."""

    def resume(self, kept: KeptCheck, operator: Operator) -> Asked:
        """Return the check, so that it goes on."""


@dataclass(eq=False)
class Recent:
    """One check, whose it is and how it stands. `since` is when it was filed, by `seconds`; `asked_at` by the clock."""

    operator: Operator
    check: Asked
    since: float
    asked_at: float
    ended: Code | None = None
    untold: bool = False
    sight: int = 0
    tries: int = 0
    next_at: float = 0.0
    pace: Pace = field(default_factory=Pace)


class Following(Protocol):
    """Who hears of checks that nobody watches."""

    def resumed(self, recent: Recent) -> None:
        """Hear of one that goes on from the file."""

    def given_up(self, recent: Recent) -> None:
        """Hear of one of which somebody is still silent and nobody is asked any more."""
