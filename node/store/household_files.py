"""Households on file: who lives with whom is sealed, and found by keyed indexes of its own.

No foreign key ties a place to a person's row: the table may hold a whole civil registry, whose persons have no row
there, and so never a pseudonym (docs/adr/0008, "Enrolment"). A dump shows of how many persons each household is, and
when somebody left; not who they are, nor which of them is helped.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import RETENTION_MONTHS
from node.domain.household_file import Age, HouseholdFile, Place, Source, WhoLives, person_key, person_text, read_person
from node.domain.retention import months_after
from node.store import tables
from node.store.database import Audited
from node.store.events import HouseholdLeft, HouseholdSet
from node.store.fields import Fields
from node.store.known_as import KnownAs

_PLACE, _NAMED = tables.household_place, tables.named_person
_ID_BYTES = _SALT_BYTES = 16
_OF_PERSONS = select(_PLACE).where(
    _PLACE.c.person_index.in_(bindparam("persons", expanding=True)), _PLACE.c.until.is_(None)
)
_OF_HOUSEHOLD = select(_PLACE).where(_PLACE.c.household == bindparam("of_household")).order_by(_PLACE.c.id)
_ADD = insert(_PLACE)
_WRITE = (
    update(_PLACE)
    .where(_PLACE.c.id == bindparam("of_id"))
    .values(content=bindparam("sealed"), until=bindparam("last_day"))
)
_KNOWN_NUMBER = select(_NAMED.c.id).where(_NAMED.c.id == bindparam("number"), _NAMED.c.who != b"")
_DROP_OLD = delete(_PLACE).where(_PLACE.c.until < bindparam("before"))
_PLACE_OF_OPERATOR = {Source.OPERATOR: 0, Source.REGISTRY: 1}
"""What an operator put on file goes before what the civil registry says: people move before papers do."""


class HouseholdFiles(KnownAs):
    """The `Store`'s methods on who lives together."""

    def household_of(self, who: WhoLives) -> HouseholdFile | None:
        """Return the household where a person lives, as an operator put it on file, else as the civil registry says."""
        found = self._db.rows(_OF_PERSONS, {"persons": self._indexes_of(who)})
        if not found:
            return None
        place = min(found, key=lambda row: (_PLACE_OF_OPERATOR[Source(row.source)], -row.id))
        return self._filed(place.household, Source(place.source))

    def set_household(self, places: Sequence[Place], day: date, actor: str) -> HouseholdFile:
        """Put on file that exactly these persons live together since a day; return the household.

        The household of the first of them who has one by an operator's word is changed. Whoever lived there and is not
        named left on that day, and so did whoever of them lived elsewhere. Raises `input.name_unknown`.
        """
        places = [replace(one, who=self.current_of(one.who)) for one in places]

        def work(connection: Connection) -> Audited[bytes]:
            self._check_numbers(connection, [one.who for one in places])
            open_places = self._open_by_operators(connection, [one.who for one in places])
            household = next((row.household for row in open_places), None) or secrets.token_bytes(_ID_BYTES)
            there = [row for row in self._places_of(connection, household) if row.until is None]
            wanted = {place_index(self._fields, one.who): one for one in places}
            for row in {row.id: row for row in [*open_places, *there]}.values():
                before = self._open_place(row)
                index = place_index(self._fields, before.who)
                asked = wanted.pop(index, None) if row.household == household else None
                after = replace(before, age=asked.age) if asked else replace(before, until=day)
                self._write_place(connection, row, after)
            added = [self._place_row(one, household, Source.OPERATOR) for one in wanted.values()]
            if added:
                connection.execute(_ADD, added)
            return Audited(household, [HouseholdSet(actor, household.hex())])

        household = self._db.change(work, records=False)
        return self._filed(household, Source.OPERATOR)

    def leave_household(self, who: WhoLives, day: date, actor: str) -> HouseholdFile:
        """Put on file that a person no longer lives in the household that an operator put on file; return it.

        Raises `input.household_none`, and `input.household_registry` where only the civil registry has one.
        """

        def work(connection: Connection) -> Audited[bytes]:
            found = self._open_by_operators(connection, [who])
            if not found:
                known = connection.execute(_OF_PERSONS, {"persons": self._indexes_of(who)}).all()
                raise MagliaError(Code.INPUT_HOUSEHOLD_REGISTRY if known else Code.INPUT_HOUSEHOLD_NONE)
            for row in found:
                self._write_place(connection, row, replace(self._open_place(row), until=day))
            return Audited(found[0].household, [HouseholdLeft(actor, found[0].household.hex())])

        household = self._db.change(work, records=False)
        return self._filed(household, Source.OPERATOR)

    def remove_former_places(self) -> int:
        """Remove the places of whoever left longer ago than the shortest retention; return how many."""
        before = {"before": months_after(self._clock.today(), -RETENTION_MONTHS)}
        return self._db.keep(lambda connection: connection.execute(_DROP_OLD, before).rowcount)

    def _filed(self, household: bytes, source: Source) -> HouseholdFile:
        places = [self._open_place(row) for row in self._db.rows(_OF_HOUSEHOLD, {"of_household": household})]
        members = [one for one in places if one.until is None]
        left = sorted((one for one in places if one.until), key=lambda one: one.until or date.min, reverse=True)
        return HouseholdFile(source, members, left)

    def _open_by_operators(self, connection: Connection, persons: Iterable[WhoLives]) -> list[Row[Any]]:
        """Return the open places that operators put on file, in the order of the persons."""
        place = {index: number for number, who in enumerate(persons) for index in self._indexes_of(who)}
        found = connection.execute(_OF_PERSONS, {"persons": list(place)}).all()
        own = [row for row in found if row.source == Source.OPERATOR]
        return sorted(own, key=lambda row: place[row.person_index])

    def _indexes_of(self, who: WhoLives) -> list[bytes]:
        """Return the indexes under which a person may have places: of each code, former ones too."""
        return [place_index(self._fields, code) for code in self.codes_of(who)]

    def _places_of(self, connection: Connection, household: bytes) -> Sequence[Row[Any]]:
        return connection.execute(_OF_HOUSEHOLD, {"of_household": household}).all()

    def _check_numbers(self, connection: Connection, persons: Iterable[WhoLives]) -> None:
        for who in persons:
            if isinstance(who, int) and connection.execute(_KNOWN_NUMBER, {"number": who}).scalar() is None:
                raise MagliaError(Code.INPUT_NAME_UNKNOWN, number=who)

    def _write_place(self, connection: Connection, row: Row[Any], place: Place) -> None:
        sealed = self._fields.seal("household_place.content", row.salt, place_content(place))
        connection.execute(_WRITE, {"of_id": row.id, "sealed": sealed, "last_day": place.until})

    def _place_row(self, place: Place, household: bytes, source: Source) -> dict[str, object]:
        salt = secrets.token_bytes(_SALT_BYTES)
        return {
            "person_index": place_index(self._fields, place.who),
            "household": household,
            "source": source.value,
            "until": place.until,
            "salt": salt,
            "content": self._fields.seal("household_place.content", salt, place_content(place)),
        }

    def _open_place(self, row: Row[Any]) -> Place:
        """Return a place, the person under the code of now."""
        place = read_place(self._fields.open("household_place.content", row.salt, row.content), row.until)
        return replace(place, who=self.current_of(place.who))


def place_index(fields: Fields, who: WhoLives) -> bytes:
    """Return the keyed index of a person's places: another than their own row's, so that a dump doesn't join them."""
    return fields.index("household_place.person", person_key(who))


def place_content(place: Place) -> bytes:
    """Return what is sealed of a place."""
    known = {
        "who": person_text(place.who),
        "age": place.age.value,
        "since": place.since.isoformat() if place.since else "",
        "by": place.recorded_by,
        "name": place.name,
        "born": place.born.isoformat() if place.born else "",
    }
    return json.dumps(known, ensure_ascii=False, separators=(",", ":")).encode()


def read_place(content: bytes, until: date | None) -> Place:
    """Return the place that content is of."""
    known = json.loads(content)
    return Place(
        read_person(known["who"]),
        Age(known["age"]),
        date.fromisoformat(known["since"]) if known["since"] else None,
        until,
        known["by"],
        known["name"],
        date.fromisoformat(known["born"]) if known["born"] else None,
    )
