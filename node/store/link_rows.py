"""What a link of two codes moves and changes, in a form that takes it back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, select, update

from maglia.core.errors import Code, MagliaError
from node.store import tables

_AID, _CONSENT, _AGAINST, _KNOWN, _PERSON = (
    tables.aid_record,
    tables.consent,
    tables.opposition,
    tables.known_as,
    tables.person,
)


def moving() -> dict[Table, Column[int]]:
    """Return each table whose rows are a person's, and the column that says whose: all that a link moves."""
    found = {}
    for table in tables.metadata.sorted_tables:
        for column in table.c:
            if table is not _KNOWN and any(key.column is _PERSON.c.id for key in column.foreign_keys):
                found[table] = column
    return found


MOVING = moving()
_OF = {table: select(*table.primary_key).where(column == bindparam("person")) for table, column in MOVING.items()}
_MOVE = {
    table: update(table).where(column == bindparam("from_person")).values({column: bindparam("to_person")})
    for table, column in MOVING.items()
}
_REPOINT = update(_KNOWN).where(_KNOWN.c.id == bindparam("of_id")).values(current_id=bindparam("to_person"))
_WORD_COLUMNS = (*(column for column in _AID.c if column.name.startswith("consent_")), _AID.c.objection)
_WORDS = {
    _CONSENT: (_CONSENT.c.person_id, (_CONSENT.c.id, _CONSENT.c.purposes_left, _CONSENT.c.withdrawn_on)),
    _AGAINST: (_AGAINST.c.person_id, (_AGAINST.c.id, _AGAINST.c.ended_on, _AGAINST.c.traced)),
    _AID: (_AID.c.person_id, (_AID.c.id, *_WORD_COLUMNS)),
}
"""What a person's word changes in each table, after the row's id."""
_READ_WORDS = {
    table: select(*columns).where(of.in_(bindparam("persons", expanding=True))).order_by(columns[0])
    for table, (of, columns) in _WORDS.items()
}
_NEWER = select(_AID.c.id).where(
    _AID.c.replaces.in_(bindparam("ids", expanding=True)), _AID.c.id.not_in(bindparam("ids", expanding=True))
)
_THEIRS = {
    table: select(columns[0]).where(columns[0].in_(bindparam("ids", expanding=True)), of == bindparam("person"))
    for table, (of, columns) in _WORDS.items()
}

Words = dict[str, list[list[Any]]]


def move_rows(connection: Connection, former: int, current: int) -> dict[str, list[list[Any]]]:
    """Move every row of one person to another; return the keys of those moved, by table."""
    found = {}
    for table in MOVING:
        keys = connection.execute(_OF[table], {"person": former}).all()
        if keys:
            found[table.name] = [list(key) for key in keys]
            connection.execute(_MOVE[table], {"from_person": former, "to_person": current})
    return found


def move_rows_back(connection: Connection, moved: Mapping[str, list[list[Any]]], former: int, current: int) -> None:
    """Take back what `move_rows` did; raise `input.link_record` when one of the records was corrected since."""
    check_no_newer(connection, [key for (key,) in moved.get(_AID.name, ())])
    for table, column in MOVING.items():
        for key in moved.get(table.name, ()):
            same = (part == value for part, value in zip(table.primary_key, key, strict=True))
            connection.execute(update(table).where(*same, column == current).values({column: former}))


def check_no_newer(connection: Connection, records: list[str]) -> None:
    """Raise `input.link_record` when a record that a link moved has a newer version, put under the current code.

    It is not moved along: its consent is what the person said under both codes.
    """
    newer = connection.execute(_NEWER, {"ids": records}).scalar()
    if newer is not None:
        raise MagliaError(Code.INPUT_LINK_RECORD, number=newer[:8])


def repoint(connection: Connection, links: list[int], person: int) -> None:
    """Put former codes on the file of a person."""
    for link in links:
        connection.execute(_REPOINT, {"of_id": link, "to_person": person})


def words_of(connection: Connection, persons: list[int]) -> Words:
    """Return what the person's word left in every row, as it is written for undoing."""
    found = {
        table.name: [list(row) for row in connection.execute(statement, {"persons": persons})]
        for table, statement in _READ_WORDS.items()
    }
    written: Words = json.loads(json.dumps(found, default=plain))
    return written


def is_as_left(connection: Connection, person: int, left: Words) -> bool:
    """Whether the person said nothing since; help that was recorded since, or undone, is no word.

    Nor is what went back to another code, whose own link was undone since.
    """
    now = words_of(connection, [person])
    for table, statement in _THEIRS.items():
        then = [row[0] for row in left[table.name]]
        theirs = set(connection.execute(statement, {"ids": then, "person": person}).scalars())
        for words in (now, left) if table is _AID else (left,):
            words[table.name] = [row for row in words[table.name] if row[0] in theirs]
    for words in (now, left):  # who is to be told may have been found out since, by reading the file
        words[_AGAINST.name] = [row[:-1] for row in words[_AGAINST.name]]
    return now == left


def restore_words(connection: Connection, words: Words, persons: list[int]) -> None:
    """Take back what a link made of these persons' words; what is another's by now is left as it is."""
    for table, (of, columns) in _WORDS.items():
        for key, *values in words[table.name]:
            named = {column: _value(column, value) for column, value in zip(columns[1:], values, strict=True)}
            connection.execute(update(table).where(columns[0] == key, of.in_(persons)).values(named))


def _value(column: Column[Any], written: Any) -> Any:
    return date.fromisoformat(written) if written and column.type.python_type is date else written


def plain(value: object) -> str:
    """Return a day as JSON holds it."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
