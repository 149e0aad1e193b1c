"""Needs on file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import Facet, PseudonymClass
from node.domain.model import OpenNeed
from node.domain.needs import FiledNeed, NewNeed, OwnAid


class FiledNeeds(Protocol):
    """What persons owe, and how much in all, as this body put it on file."""

    def open_filed_need(self, need: NewNeed, actor: str) -> FiledNeed:
        """Put a need on file with its audit event; raise `input.need_open` when it is there and open."""
        ...

    def close_filed_need(self, number: int, actor: str) -> FiledNeed:
        """Close an open need; raise `input.need_unknown` for one that is not there or closed."""
        ...

    def filed_needs(self, person: Identifier) -> list[FiledNeed]:
        """Return a person's needs on file, the open ones first, then the newest."""
        ...

    def filed_needs_to_ask(self, person: Identifier, facets: frozenset[Facet]) -> list[OpenNeed]:
        """Return the open needs of these facets that others may be asked about."""
        ...

    def filed_needs_behind(
        self, cls: PseudonymClass, epoch: int, pseudonyms: Sequence[bytes]
    ) -> Mapping[bytes, list[FiledNeed]]:
        """Return the open needs behind each pseudonym that others may ever hear of; the person is in none of them."""
        ...

    def own_aid_for(self, need: NewNeed) -> list[OwnAid]:
        """Return this body's own help in force for a need."""
        ...

    def newcomers_of_need(self, need: NewNeed) -> Mapping[PseudonymClass, int]:
        """Return how many of a need's person and number may be enrolled for nothing else."""
        ...
