"""The pseudonyms of this body's own subjects, and the cache of those that were asked about."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import PseudonymClass
from node.domain.model import AidRecord, Awaiting, PseudonymPlace


class Pseudonyms(Protocol):
    """The pseudonyms under which this body's subjects are found, by epoch."""

    def awaiting(self, epoch: int, limit: int, after: Awaiting | None = None) -> list[Awaiting]:
        """Return subjects with a live record and no pseudonym in this epoch, of those that come after one of them.

        Whoever's code does not open is passed over.
        """
        ...

    def awaiting_count(self, epoch: int) -> int:
        """Return how many subjects await a pseudonym."""
        ...

    def awaiting_by_class(self, epoch: int) -> Mapping[PseudonymClass, int]:
        """Return how many persons and how many needs await a pseudonym."""
        ...

    def newcomers(self, records: Sequence[AidRecord]) -> Mapping[PseudonymClass, int]:
        """Return how many of the records' persons and needs have no other record that may be answered."""
        ...

    def hidden_subjects(self, person: Identifier) -> Mapping[PseudonymClass, int]:
        """Return how many persons and needs have nothing to be answered but this person's records without consent."""
        ...

    def unreadable_count(self, epoch: int) -> int:
        """Return how many of those who await never get one, since their codes do not open."""
        ...

    def enrolled_count(self) -> int:
        """Return how many pseudonyms are stored, of all epochs."""
        ...

    def enrolled_in(self, epoch: int) -> int:
        """Return how many pseudonyms of one epoch are stored."""
        ...

    def enrolled_persons(self, among: Collection[bytes], epochs: Collection[int]) -> frozenset[bytes]:
        """Return those of some pseudonyms under which a person of this body is enrolled, having aid on file."""
        ...

    def enrol(self, epoch: int, pseudonyms: Sequence[tuple[Awaiting, bytes]]) -> None:
        """Store the pseudonyms of subjects, in one transaction."""
        ...

    def forget_epochs(self, kept: Sequence[int]) -> int:
        """Delete the pseudonyms of all epochs but those `kept`; return how many."""
        ...

    def needs_beside(self, persons: Sequence[bytes]) -> list[bytes]:
        """Return the pseudonyms of the needs that the records of these persons, by their pseudonyms, are for."""
        ...

    def remove_lapsed(self, after: PseudonymPlace | None, limit: int) -> tuple[PseudonymPlace | None, int]:
        """Remove pseudonyms of subjects with no live record left, among the next `limit`; return where to go on."""
        ...


class PseudonymCache(Protocol):
    """Evaluated pseudonyms, kept for a while so that nobody is evaluated twice."""

    def cached_pseudonyms(self, identifier: Identifier, key_set: bytes, now: float) -> list[bytes] | None:
        """Return a person's or need's unexpired pseudonyms under a key set, in the set's order."""
        ...

    def cache_pseudonyms(
        self,
        identifier: Identifier,
        key_set: bytes,
        pseudonyms: Sequence[bytes],
        expires: float,
        *,
        anybody: bool = False,
    ) -> None:
        """Keep them encrypted until `expires`: of persons and needs with a live record of this body, or of anybody."""
        ...

    def cached_of_many(
        self, identifiers: Sequence[Identifier], key_set: bytes, now: float
    ) -> dict[Identifier, list[bytes]]:
        """Return the unexpired pseudonyms of those persons or needs of whom there are any."""
        ...

    def cache_many(self, found: Sequence[tuple[Identifier, Sequence[bytes]]], key_set: bytes, expires: float) -> None:
        """Keep those of many persons or needs, whoever they are, in one transaction."""
        ...

    def uncache(self, identifier: Identifier) -> None:
        """Remove whatever is cached of one person or need."""
        ...

    def remove_expired_cache(self) -> int:
        """Remove the cached pseudonyms whose time is over; return of how many persons and needs."""
        ...

    def remove_cache_of_other_sets(self, kept: Collection[bytes]) -> int:
        """Remove what is cached under key sets other than those `kept`; return of how many persons and needs."""
        ...

    def remove_cache_of_former_clients(self) -> int:
        """Remove what is cached of whoever has no live record any more, but under procedures; return of how many."""
        ...
