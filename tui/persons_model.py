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
