"""Persons without a code: known by name, to this body alone."""

from __future__ import annotations

from typing import Protocol

from node.domain.names import CompositeName, NamedAid, NamedPerson


class Names(Protocol):
    """The persons on file by name, and the help that each had."""

    def named_aid_under(self, key: str) -> tuple[str, int] | None:
        """Return record id and person's number of the help filed under a console's key; None where there is none."""
        ...

    def add_named_person(self, who: CompositeName, aid: NamedAid, actor: str, key: str = "") -> tuple[int, str]:
        """Store a new person by name and the first help; return the local number and the record's id."""
        ...

    def add_named_aid(self, number: int, aid: NamedAid, actor: str, key: str = "") -> str:
        """Store further help for the person of a number; return its id. Raises `input.name_unknown`."""
        ...

    def persons_like(self, who: CompositeName) -> list[NamedPerson]:
        """Return the candidates alike in name and birth, each for a person to confirm; nothing is merged."""
        ...
