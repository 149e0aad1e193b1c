"""What this body did and what it rests on: aid records, case protocols."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import Facet, PseudonymClass
from node.domain.model import AidRecord, Candidate, ImportedRow, OpenNeed


class Records(Protocol):
    """The aid records."""

    def add_record(self, record: AidRecord, actor: str) -> str:
        """Store one record with its audit event by `actor` (a user); return its id."""
        ...

    def record_under(self, source_key: str) -> tuple[str, float] | None:
        """Return the id of the record filed under a source key, and when it was recorded; None where there is none."""
        ...

    def import_records(self, records: Sequence[AidRecord], actor: str) -> list[ImportedRow]:
        """Store many in one transaction, idempotent by `source_key`; same key with other content is a conflict."""
        ...

    def known_records(self, records: Sequence[AidRecord]) -> list[ImportedRow]:
        """Say what `import_records` would do with each of these, and change nothing."""
        ...

    def open_needs(self, identifier: Identifier, facets: frozenset[Facet], since: date) -> list[OpenNeed]:
        """Return the needs behind this body's own live records for the person, of these facets, newest first."""
        ...

    def record_count(self) -> int:
        """Return how many aid records are stored."""
        ...

    def candidates(self, cls: PseudonymClass, epoch: int, pseudonyms: Sequence[bytes]) -> dict[bytes, list[Candidate]]:
        """Return the records behind each pseudonym known here, newest first; an unknown one is absent."""
        ...


class Papers(Protocol):
    """The case protocols on file."""

    def add_case(self, identifier: Identifier, purpose: str, protocol: str, actor: str) -> str:
        """Put a case protocol on file; return its id."""
        ...

    def case_for(self, identifier: Identifier, purpose: str) -> str | None:
        """Return the protocol number of the newest case on file."""
        ...
