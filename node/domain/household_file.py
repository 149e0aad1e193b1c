"""Who lives together, as this body keeps it: put on file by an operator, or as the civil registry says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from maglia.core.identifiers import COMPOSITE_PREFIX, Identifier, local_number, parse_identifier

OF_AGE_YEARS = 18
WhoLives = Identifier | int
"""A person with a code, or the number of one without (`NOME:7`)."""


class Source(StrEnum):
    """Who says that these persons live together."""

    OPERATOR = "operator"
    REGISTRY = "registry"


class Age(StrEnum):
    """Whether a person is asked about on a basis of their own."""

    ADULT = "adult"
    MINOR = "minor"


@dataclass(frozen=True, repr=False)
class Place:
    """One person's place in a household, from a day to a day; `since` is None when it is not known.

    `born` and `name` are the civil registry's; with a day of birth the age follows from it, whatever was said before.
    """

    who: WhoLives
    age: Age
    since: date | None = None
    until: date | None = None
    recorded_by: str = ""
    name: str = ""
    born: date | None = None

    def __repr__(self) -> str:
        return "Place(…)"

    def age_on(self, day: date) -> Age:
        """Return whether the person is of age on a day."""
        if self.born is None:
            return self.age
        years = day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))
        return Age.ADULT if years >= OF_AGE_YEARS else Age.MINOR


@dataclass(frozen=True)
class HouseholdFile:
    """A household: who lives there, in the order in which they were put on file, and who left, the last first."""

    source: Source
    members: Sequence[Place]
    former: Sequence[Place] = ()

    def seen_on(self, day: date) -> HouseholdFile:
        """Return the household with everybody's age on a day."""
        return replace(self, members=[replace(one, age=one.age_on(day)) for one in self.members])


def read_person(text: str) -> WhoLives:
    """Return whom a typed code or `NOME:7` stands for; raise `input.*`."""
    number = local_number(text)
    return parse_identifier(text) if number is None else number


def person_text(who: WhoLives) -> str:
    """Return the code as people write it, or `NOME:7`; `read_person` reads it again. It is secret."""
    return f"{COMPOSITE_PREFIX}{who}" if isinstance(who, int) else who.text


def person_key(who: WhoLives) -> bytes:
    """Return bytes that stand for one person among those on file; they are secret, and no typed input for a name."""
    return person_text(who).lower().encode("ascii") if isinstance(who, int) else bytes(who.pseudonym_input())
