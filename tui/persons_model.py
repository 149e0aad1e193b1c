"""Who lives together, as the console shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """One person of a household; `age` is `adult` or `minor`, days are ISO 8601 or empty."""

    identifier: str
    age: str
    since: str
    until: str
    recorded_by: str
    name: str


@dataclass(frozen=True)
class Household:
    """A household on file: `source` is `operator` or `registry`; `day` is the node's."""

    source: str
    members: tuple[Place, ...]
    former: tuple[Place, ...]
    day: str

    @property
    def adults(self) -> tuple[Place, ...]:
        """Return those who are asked about, each on a basis of their own."""
        return tuple(one for one in self.members if one.age != "minor")


@dataclass(frozen=True)
class PersonCode:
    """A code; `type` is cf, pcf, stp, eni, doc, or name for NOME:7. A match of a weak one is only likely."""

    identifier: str
    type: str
    weak: bool


@dataclass(frozen=True)
class FormerCode:
    """A code that another took the place of: when (milliseconds), by whom, and until when others still find it."""

    code: PersonCode
    linked_ms: int
    linked_by: str
    answers_until: str


@dataclass(frozen=True)
class Side:
    """How much is on file under one code, by the name of its kind."""

    known: bool
    counts: dict[str, int]
    to_network: int
    name: str


@dataclass(frozen=True)
class BasisOnFile:
    """On what a person may be asked about: a consent until a day, or a case with its protocol number."""

    kind: str
    purposes: tuple[str, ...]
    until: str
    protocol: str


@dataclass(frozen=True)
class PersonFile:
    """One person as this body knows them."""

    code: PersonCode
    former: tuple[FormerCode, ...]
    on_file: Side
    bases: tuple[BasisOnFile, ...]
    refused: str
    objected: bool
    household: Household | None
    day: str


@dataclass(frozen=True)
class LinkPreview:
    """Both sides of a change of code, before it is made."""

    former_code: PersonCode
    former: Side
    current_code: PersonCode
    current: Side


@dataclass(frozen=True)
class RegistryRejected:
    """A row that could not be read, numbered as in a spreadsheet, and why as an error code with parameters."""

    row: int
    column: str
    code: str
    params: dict[str, str]


@dataclass(frozen=True)
class RegistryReport:
    """What a civil registry's file changes: counts, and who, as (kind, code)."""

    added: int
    changed: int
    departed: int
    unchanged: int
    held: int
    changes: tuple[tuple[str, str], ...]
    rejected: tuple[RegistryRejected, ...]
