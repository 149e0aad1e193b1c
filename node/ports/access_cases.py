"""Requests of persons to know who looked them up."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from node.domain.access_case import AccessCase, NamesApproved, Part


class AccessCases(Protocol):
    """The requests on file, by number from 1. Nothing of the person is left of one that was closed."""

    def add_access_case(self, case: AccessCase, actor: str) -> AccessCase:
        """Store a new request with its parts; return it with its number."""
        ...

    def access_case(self, number: int) -> AccessCase:
        """Return a request with all that was told; raise `input.report`."""
        ...

    def access_cases(self) -> list[AccessCase]:
        """Return every request without its parts: those to be answered first, the most urgent before."""
        ...

    def keep_access_part(self, number: int, part: Part) -> None:
        """Store what a body told, or why it did not; nothing once the request was closed."""
        ...

    def extend_access_case(self, number: int, due: date, today: date, reason: str, actor: str) -> None:
        """Put on file that the person was told of more time; raise `input.report`, `input.report_closed`."""
        ...

    def approve_names(self, number: int, names: NamesApproved, actor: str) -> None:
        """Put the data-protection officer's approval on file; raise `input.report`, `input.report_closed`."""
        ...

    def close_access_case(self, number: int, today: date, actor: str) -> None:
        """Put on file that the person was answered, and forget what was told; raise as the others."""
        ...

    def remove_old_access_cases(self) -> int:
        """Remove the requests closed longer ago than the log is kept; return how many."""
        ...
