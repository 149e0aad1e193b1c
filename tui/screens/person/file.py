"""PERSONA's knowledge: what has been read of one person so far, part by part; one may be missing or refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from maglia.core.errors import MagliaError
from maglia.core.identifiers import local_number
from maglia.core.translation import mark
from tui import doors
from tui.consent_model import ConsentFile
from tui.needs_model import FiledNeed
from tui.persons_model import PersonFile as Who
from tui.records_model import PersonFile as Records
from tui.session import Counter

AID, HOUSEHOLD, CONSENTS, NEEDS, NOTES, CHART = "aid", "household", "consents", "needs", "notes", "chart"


class View(NamedTuple):
    """One of the things to look at: its name, its words, the part that it shows, and the right that opens it."""

    name: str
    words: str
    part: str
    right: str


VIEWS = (
    View(AID, mark("Aiuti"), "records", "RecordsService/GetPersonFile"),
    View(HOUSEHOLD, mark("Nucleo"), "who", "PersonsService/GetPerson"),
    View(CONSENTS, mark("Consensi"), "consents", "OperatorService/GetConsents"),
    View(NEEDS, mark("Bisogni"), "needs", "NeedsService/ListNeeds"),
    View(NOTES, mark("Note"), "records", "RecordsService/GetPersonFile"),
    View(CHART, mark("Grafico"), "records", "RecordsService/GetPersonFile"),
)
"""In the order of their keys, from 1."""
RIGHTS: Mapping[str, str] = {view.part: view.right for view in VIEWS}
"""By part, the right to read it."""

_READ: Mapping[str, Callable[[Counter, str], Any]] = {
    "who": lambda seat, code: seat.at(doors.persons).person(code),
    "records": lambda seat, code: seat.at(doors.records).person_file(code),
    "consents": lambda seat, code: seat.at(doors.node).consents(code),
    "needs": lambda seat, code: seat.at(doors.needs).needs(code),
}


@dataclass
class OnFile:
    """One person as far as they have been read; `waiting` are the parts under way, `refused` those that were not to be.

    Parts without a code are not read: what is filed by name is kept apart, and is counted alone.
    """

    code: str = ""
    who: Who | None = None
    records: Records | None = None
    consents: ConsentFile | None = None
    needs: tuple[FiledNeed, ...] | None = None
    waiting: set[str] = field(default_factory=set)
    refused: dict[str, MagliaError] = field(default_factory=dict)

    @property
    def by_name(self) -> bool:
        """Whether the person has no code, and is known by a number at this body alone."""
        return local_number(self.code) is not None

    def take(self, part: str, found: object) -> None:
        """Keep what came of a part, or why it did not."""
        self.waiting.discard(part)
        self.refused.pop(part, None)
        if isinstance(found, MagliaError):
            self.refused[part] = found
        else:
            setattr(self, part, found)


def parts_for(seat: Counter, on_file: OnFile) -> list[str]:
    """Return the parts that may be read here of this person."""
    return [part for part in _READ if seat.may(RIGHTS[part]) and (part == "who" or not on_file.by_name)]


async def read_part(seat: Counter, part: str, code: str) -> object:
    """Return one part of what is on file, or the refusal of it: one part's refusal takes nothing from the others."""
    try:
        found = await _READ[part](seat, code)
    except MagliaError as error:
        return error
    return tuple(found) if part == "needs" else found
