"""Persons sent to other bodies and received from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from maglia.core.identifiers import Identifier
from node.domain.referral import Direction, Referral


class Referrals(Protocol):
    """The referrals on file, by number from 1; whoever they are about is encrypted."""

    def add_referral(self, referral: Referral, actor: str) -> Referral:
        """Store a new one; return it with its number. One of the same id from the same body is returned instead."""
        ...

    def referral(self, number: int) -> Referral:
        """Return one; raise `input.referral`."""
        ...

    def referral_of(self, direction: Direction, peer: str, referral_id: bytes) -> Referral | None:
        """Return the one that another body names."""
        ...

    def referrals(self, *, unread: bool = False, before: int = 0, limit: int = 100) -> Sequence[Referral]:
        """Return the newest first, of those with a number below `before` if one is given."""
        ...

    def open_referrals(self, identifier: Identifier) -> Sequence[Referral]:
        """Return those in which this body sent the person and that are not at an end, the oldest first."""
        ...

    def referrals_to_tell(self) -> Sequence[Referral]:
        """Return those of which another body has yet to be told something, the oldest first."""
        ...

    def change_referral(self, before: Referral, after: Referral, actor: str) -> bool:
        """Store what became of one, unless it is no longer as it was `before`; return whether it was."""
        ...

    def unread_referrals(self) -> int:
        """Return how many wait for somebody to read them."""
        ...

    def remove_old_referrals(self) -> int:
        """Remove those whose term is over; return how many."""
        ...
