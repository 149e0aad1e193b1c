"""Private notes on persons: sealed, read at this body alone, and gone with the person."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, bindparam, exists, insert, or_, select

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier
from node.domain.record_file import Note
from node.store import tables
from node.store.database import Audited, Part
from node.store.events import NoteAdded
from node.store.subjects import index_of
from node.store.versions import rows_of

_PERSON, _NOTE = tables.person, tables.person_note
_SALT_BYTES = 16
_ALONE_NOTHING = {_NOTE.c.person_id, tables.known_as.c.current_id}
HAS_ANYTHING = or_(
    *(exists().where(column == _PERSON.c.id) for column in rows_of(_PERSON) if column not in _ALONE_NOTHING)
)
"""Whether anything but notes and former codes refers to a person: help, a consent, an opposition, a case.

A former code's own row is kept for as long as there is the person who had it.
"""
_ON_FILE = select(_PERSON.c.id).where(_PERSON.c.code_index == bindparam("person"), HAS_ANYTHING)
_NOTES = (
    select(_NOTE)
    .join(_PERSON)
    .where(_PERSON.c.code_index == bindparam("person"))
    .order_by(_NOTE.c.written_at.desc(), _NOTE.c.id.desc())
)
_ADD = insert(_NOTE).returning(_NOTE.c.id)


class Notes(Part):
    """The `Store`'s methods on private notes."""

    def add_note(self, person: Identifier, text: str, actor: str) -> None:
        """Put a note on file with its audit event.

        Raises `input.person_unknown` of whom nothing else is on file: a note alone would keep a person for ever.
        """
        salt = secrets.token_bytes(_SALT_BYTES)
        sealed = self._fields.seal("person_note.content", salt, text.encode())

        def work(connection: Connection) -> Audited[None]:
            row = connection.execute(_ON_FILE, {"person": index_of(self._fields, person)}).scalar()
            if row is None:
                raise MagliaError(Code.INPUT_PERSON_UNKNOWN)
            note = {"person_id": row, "salt": salt, "content": sealed, "written_by": actor}
            number = connection.execute(_ADD, note | {"written_at": self._clock.now()}).scalar_one()
            return Audited(None, [NoteAdded(actor, str(number))])

        self._db.change(work, records=False)

    def notes_on(self, person: Identifier) -> list[Note]:
        """Return the notes on a person, newest first."""
        return [
            Note(
                self._fields.open("person_note.content", row.salt, row.content).decode(), row.written_by, row.written_at
            )
            for row in self._db.rows(_NOTES, {"person": index_of(self._fields, person)})
        ]
