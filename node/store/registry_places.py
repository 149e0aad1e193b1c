"""The civil registry's persons and households, as its last file said: sealed like every household, nobody enrolled.

A row's salt is a keyed hash of what it holds, so that a row that did not change is told without opening it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from node.domain.household_file import Place, Source
from node.domain.registry import RegistryRow, StoredPlace
from node.store import tables
from node.store.database import Audited
from node.store.events import RegistryImported
from node.store.household_files import HouseholdFiles, place_content, place_index, read_place

_PLACE = tables.household_place
_SALT_BYTES = 16
_ALL = select(_PLACE.c.id, _PLACE.c.person_index, _PLACE.c.household, _PLACE.c.salt).where(
    _PLACE.c.source == Source.REGISTRY.value
)
_SOME = select(_PLACE).where(_PLACE.c.id.in_(bindparam("ids", expanding=True)))
_ADD = insert(_PLACE)
_CHANGE = (
    update(_PLACE)
    .where(_PLACE.c.id == bindparam("of_id"))
    .values(household=bindparam("in_household"), salt=bindparam("new_salt"), content=bindparam("sealed"))
)
_DROP = delete(_PLACE).where(_PLACE.c.id.in_(bindparam("ids", expanding=True)))


class RegistryPlaces(HouseholdFiles):
    """The `Store`'s methods on the civil registry."""

    def registry_places(self) -> dict[bytes, StoredPlace]:
        """Return every row of the last file, by the person's index."""
        rows = self._db.rows(_ALL, {})
        return {bytes(row.person_index): StoredPlace(row.id, row.household, row.salt) for row in rows}

    def registry_index(self, row: RegistryRow) -> bytes:
        """Return the index of a row's person."""
        return place_index(self._fields, row.place.who)

    def is_stored(self, row: RegistryRow, stored: StoredPlace) -> bool:
        """Return whether a row is stored as it is."""
        household = self._household_of(row)
        return stored.household == household and stored.salt == self._salt(household, place_content(row.place))

    def write_registry(
        self, added: Sequence[RegistryRow], changed: Sequence[tuple[int, RegistryRow]], actor: str
    ) -> None:
        """Store rows that are new, and those that changed by their ids, in one transaction."""
        new = [
            sealed | {"person_index": self.registry_index(row), "source": Source.REGISTRY.value, "until": None}
            for row, sealed in ((row, self._sealed(row)) for row in added)
        ]
        others = [
            {"of_id": number, "in_household": one["household"], "new_salt": one["salt"], "sealed": one["content"]}
            for number, one in ((number, self._sealed(row)) for number, row in changed)
        ]

        def work(connection: Connection) -> Audited[None]:
            if new:
                connection.execute(_ADD, new)
            if others:
                connection.execute(_CHANGE, others)
            return Audited(None, [RegistryImported(actor, f"{len(new)}:{len(others)}:0")])

        self._db.change(work, records=False)

    def places_of_registry(self, ids: Sequence[int]) -> list[Place]:
        """Return what some rows hold."""
        return [
            read_place(self._fields.open("household_place.content", row.salt, row.content), row.until)
            for row in self._db.rows(_SOME, {"ids": list(ids)})
        ]

    def remove_registry(self, ids: Sequence[int], actor: str) -> None:
        """Remove the rows of whoever is in the registry no more."""

        def work(connection: Connection) -> Audited[None]:
            connection.execute(_DROP, {"ids": list(ids)})
            return Audited(None, [RegistryImported(actor, f"0:0:{len(ids)}")])

        self._db.change(work, records=False)

    def _household_of(self, row: RegistryRow) -> bytes:
        return self._fields.index("household_place.registry", row.family.encode())

    def _salt(self, household: bytes, content: bytes) -> bytes:
        return self._fields.index("household_place.salt", household + content)[:_SALT_BYTES]

    def _sealed(self, row: RegistryRow) -> dict[str, object]:
        household, content = self._household_of(row), place_content(row.place)
        salt = self._salt(household, content)
        sealed = self._fields.seal("household_place.content", salt, content)
        return {"household": household, "salt": salt, "content": sealed}
