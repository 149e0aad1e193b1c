"""Calls for applicants: files, and what bodies said of their rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from node.domain.batch import ApplicantFile, Batch, Reply


class Batches(Protocol):
    """The batches on file; every row and every answer is sealed."""

    def add_batch(self, batch: Batch, content: ApplicantFile, mark: bytes, actor: str) -> None:
        """Store a new one with its rows; `mark` tells the same file, procedure and question again."""
        ...

    def batch_of_mark(self, mark: bytes) -> Batch | None:
        """Return the one that was stored with this mark."""
        ...

    def batch(self, batch_id: str) -> Batch:
        """Return one; raise `input.batch`."""
        ...

    def batches(self) -> list[Batch]:
        """Return all, the newest first."""
        ...

    def batch_rows(self, batch_id: str) -> ApplicantFile:
        """Return the rows of one, in the file's order."""
        ...

    def keep_reply(self, batch_id: str, reply: Reply, end: bytes) -> None:
        """Store what a body said, durably, with the entry of the question's end, which is logged next."""
        ...

    def drop_reply(self, question: bytes) -> None:
        """Forget a reply whose end could not be logged."""
        ...

    def kept_end(self, question: bytes) -> bytes | None:
        """Return the entry of the end that is stored with a question's reply."""
        ...

    def replies(self, batch_id: str) -> list[Reply]:
        """Return what bodies said, in the order in which they did."""
        ...

    def note_batch(self, batch: Batch) -> None:
        """Store what a run changed of it: roster, counts, how it ended, its last day."""
        ...

    def remove_batch(self, batch_id: str, actor: str) -> None:
        """Erase one with its rows and replies; raise `input.batch`."""
        ...

    def remove_old_batches(self) -> Sequence[str]:
        """Erase those whose day has come; return their ids."""
        ...
