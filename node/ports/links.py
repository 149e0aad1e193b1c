"""Codes that replaced others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import PseudonymClass
from node.domain.household_file import WhoLives
from node.domain.linking import Linked, Side


class Links(Protocol):
    """Under which codes a person is known."""

    def current_of(self, who: WhoLives) -> WhoLives:
        """Return the code under which a person is known now: the same one, unless another took its place."""
        ...

    def former_codes(self, current: Identifier) -> Sequence[Linked]:
        """Return the codes that this one replaced, in the order in which it did."""
        ...

    def link_side(self, who: WhoLives) -> Side:
        """Return what this body has under one code, or under the number of a person without one."""
        ...

    def newcomers_by_link(self, former: WhoLives, current: Identifier) -> Mapping[PseudonymClass, int]:
        """Return how many persons and needs a link, or its undoing, may let be enrolled who may not yet."""
        ...

    def link(self, former: WhoLives, current: Identifier, actor: str) -> Linked:
        """Move all that is on file under one code to another; raise `input.link_*`, `input.name_unknown`."""
        ...

    def undo_link(self, former: WhoLives, actor: str) -> None:
        """Take a link back as if it had not been; raise `input.link_*`."""
        ...

    def forget_undone_links(self) -> int:
        """Forget what undoing needed of links that can no longer be undone; return of how many."""
        ...
