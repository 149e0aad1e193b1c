"""What is on file of one person, its corrections and its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from maglia.core.entry import Erased
from maglia.core.identifiers import Identifier
from node.domain.model import AidRecord
from node.domain.record_file import FiledNamed, FiledRecord, Note


class RecordFiles(Protocol):
    """Records as they are on file, with their versions, and private notes on persons."""

    def find_record(self, number: str) -> FiledRecord:
        """Return the record whose id begins so; raise `input.record_unknown` or `input.record_ambiguous`."""
        ...

    def records_of(self, person: Identifier) -> list[FiledRecord]:
        """Return a person's unexpired records, whatever their status, newest first."""
        ...

    def records_after(self, last: str, most: int) -> list[FiledRecord]:
        """Return at most so many records, whatever their status or age, in the order of their ids from one on."""
        ...

    def correct_record(self, filed: FiledRecord, corrected: AidRecord, actor: str) -> str:
        """Put a new version on file, of which the old one becomes `corrected`; return the new one's id."""
        ...

    def undo_record(self, filed: FiledRecord, actor: str) -> None:
        """Take a record off the file as though it had never been there; what it replaced is as it was before.

        Of a promise that was confirmed the confirmation alone is taken back.
        """
        ...

    def find_named_aid(self, number: str) -> FiledNamed:
        """Return the help to a person without a code whose id begins so; raises as `find_record`."""
        ...

    def undo_named_aid(self, record_id: str, actor: str) -> None:
        """Take help to a person without a code off the file."""
        ...

    def add_note(self, person: Identifier, text: str, actor: str) -> None:
        """Put a note on file of a person; raise `input.person_unknown` of whom nothing is on file."""
        ...

    def notes_on(self, person: Identifier) -> list[Note]:
        """Return the notes on a person, newest first."""
        ...


class Erasing(Protocol):
    """What is over: found first, so that the log can say how much it is before it is gone."""

    def over(self, what: Erased, limit: int) -> Sequence[str | int]:
        """Return ids of what is over: aid past its day, persons and needs to which nothing refers, notes aside."""
        ...

    def erase(self, what: Erased, ids: Sequence[str | int]) -> int:
        """Delete those of them that are still over, with audit events; return how many."""
        ...
