"""Under which codes a person is known: former ones lead to the code that took their place, in every look-up.

Which code replaced which is kept in memory too (`Fields.replaced`), so that whatever finds a person by a code's index
finds the same file by each of them. The database has one process.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from maglia.core.identifiers import Identifier, parse_identifier
from node.domain.household_file import WhoLives, person_text, read_person
from node.domain.linking import Linked
from node.store import tables
from node.store.database import Part
from node.store.fields import Fields
from node.store.subjects import index_of, open_code, own_index, person_code

_KNOWN, _PERSON = tables.known_as, tables.person
_ALL = select(_KNOWN.c.former_index, _KNOWN.c.former_id, _KNOWN.c.former_name, _PERSON.c.code_index).join(
    _PERSON, _PERSON.c.id == _KNOWN.c.current_id
)
_BY_INDEX = select(_PERSON).where(_PERSON.c.code_index == bindparam("index"))
_FORMER = (
    select(_KNOWN)
    .join(_PERSON, _PERSON.c.id == _KNOWN.c.current_id)
    .where(_PERSON.c.code_index == bindparam("index"))
    .order_by(_KNOWN.c.linked_at, _KNOWN.c.id)
)

OF_A_FORMER_CODE = (_KNOWN.c.former_id == tables.pseudonym.c.subject_id) & (
    _KNOWN.c.answers_until >= bindparam("today")
)
"""Joins a pseudonym, from the left, with the code that took the place of its own, for as long as that answers."""
PERSON_BEHIND = func.coalesce(_KNOWN.c.current_id, tables.pseudonym.c.subject_id)
"""Whose rows answer for a pseudonym that is joined so."""


def former_index(fields: Fields, who: WhoLives) -> bytes:
    """Return the keyed index of a code, or of a person without one, among those that were replaced."""
    if isinstance(who, int):
        return fields.index("known_as.name", str(who).encode("ascii"))
    return own_index(fields, who)


def replaced_by(fields: Fields, who: WhoLives) -> bytes | None:
    """Return the index of the code that took the place of one, None when none did."""
    if isinstance(who, int):
        return fields.replaced_names.get(who)
    return fields.replaced.get(own_index(fields, who))


class KnownAs(Part):
    """The `Store`'s methods on former codes."""

    def load_replaced(self) -> None:
        """Read which code replaced which; called when the store is opened, and after a change."""
        rows = self._db.rows(_ALL, {})
        self._fields.replaced = {row.former_index: row.code_index for row in rows if row.former_id is not None}
        self._fields.replaced_names = {row.former_name: row.code_index for row in rows if row.former_name is not None}

    def current_of(self, who: WhoLives) -> WhoLives:
        """Return the code under which a person is known now: the same one, unless another took its place."""
        index = replaced_by(self._fields, who)
        rows = self._db.rows(_BY_INDEX, {"index": index}) if index else ()
        if not rows:
            return who
        return parse_identifier(person_code(open_code(self._fields, _PERSON, rows[0].code_index, rows[0].code)))

    def former_codes(self, current: Identifier) -> list[Linked]:
        """Return the codes that this one replaced, in the order in which it did."""
        rows = self._db.rows(_FORMER, {"index": index_of(self._fields, current)})
        return [self._linked(row, current) for row in rows]

    def codes_of(self, who: WhoLives) -> Sequence[WhoLives]:
        """Return every code of a person, the one of now first."""
        current = self.current_of(who)
        if isinstance(current, int):
            return [current]
        return [current, *(one.former for one in self.former_codes(current))]

    def _linked(self, row: Row[Any], current: Identifier) -> Linked:
        former = read_person(self._fields.open("known_as.former", row.former_index, row.former).decode("ascii"))
        return Linked(row.id, former, current, row.linked_at, row.linked_by, row.answers_until)

    def _seal_former(self, who: WhoLives) -> bytes:
        return self._fields.seal("known_as.former", former_index(self._fields, who), person_text(who).encode("ascii"))
