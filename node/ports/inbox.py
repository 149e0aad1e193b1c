"""Notices to a body's operators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from node.domain.inbox import Kept, Notice


class Notices(Protocol):
    """The notices on file, by number from 1. An operator has their own and those for all of the body."""

    def add_notices(self, notices: Sequence[Notice], *, once: bool = False) -> Sequence[int]:
        """Store new ones; return their numbers. With `once`, an equal one that is unread stands for a new one."""
        ...

    def rewrite_notice(self, number: int, notice: Notice) -> bool:
        """Put a notice in the place of one that its operator has not read yet; return whether there was one."""
        ...

    def notices(self, user: str, *, everything: bool = False, limit: int = 500) -> Sequence[Kept]:
        """Return an operator's newest first: those that wait to be read, or with `everything` all."""
        ...

    def read_notice(self, user: str, number: int) -> Kept:
        """Return one of an operator's; from now on it is read. Raises `input.inbox` for any other."""
        ...

    def unread_notices(self, user: str) -> int:
        """Return how many wait for an operator to read them."""
        ...

    def remove_old_notices(self) -> int:
        """Remove those older than findings of others are kept; return how many."""
        ...
