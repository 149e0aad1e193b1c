"""Persons and needs: found by keyed index, their codes encrypted."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Engine, Table, bindparam, func, insert, select, update

from maglia.core.identifiers import Identifier, IdentifierType, TypedInput, typed_input
from maglia.core.vocabulary import PseudonymClass
from maglia.sql.bulk import insert_many, select_among
from maglia.sql.engine import storage_errors
from node.store import tables
from node.store.fields import Fields

SUBJECTS = {
    PseudonymClass.PERSON: (tables.person, tables.aid_record.c.person_id),
    PseudonymClass.NEED: (tables.need, tables.aid_record.c.need_id),
}
"""Where the subjects of each class are, and which column of a record names one."""
_TABLES = {cls: table for cls, (table, _) in SUBJECTS.items()}
_FIND = {
    table: select(table.c.code_index, table.c.id, table.c.code).where(
        table.c.code_index.in_(bindparam("indexes", expanding=True))
    )
    for table in _TABLES.values()
}
_LAST = {table: select(func.max(table.c.id)) for table in _TABLES.values()}
_SINCE = {
    table: select(table.c.code_index, table.c.id).where(table.c.id > bindparam("last")) for table in _TABLES.values()
}
_ADD = {table: insert(table) for table in _TABLES.values()}
_REWRITE = {
    table: update(table).where(table.c.code_index == bindparam("of_index")).values(code=bindparam("sealed"))
    for table in _TABLES.values()
}
_ALL = {table: select(table.c.code_index, table.c.code) for table in _TABLES.values()}
_READ_AT_ONCE = 1_000


def index_of(fields: Fields, identifier: Identifier) -> bytes:
    """Return the keyed index by which a person or need is found: of a former code, that of the one in its place."""
    own = own_index(fields, identifier)
    return fields.replaced.get(own, own)


def own_index(fields: Fields, identifier: Identifier) -> bytes:
    """Return the keyed index of a code's own row, also of a former code."""
    return fields.index("code", identifier.pseudonym_input())


def open_code(fields: Fields, table: Table, index: bytes, sealed: bytes) -> TypedInput:
    """Return the typed input (`cf:...`, `need:pod:...`) behind a row's encrypted code. It is secret."""
    return typed_input(fields.open(f"{table.name}.code", index, sealed))


def opens(fields: Fields, table: Table, index: bytes, sealed: bytes) -> bool:
    """Return whether a row's code can be read: a damaged one opens under no key."""
    return fields.opens(f"{table.name}.code", index, sealed)


def count_codes(engine: Engine, fields: Fields) -> tuple[int, int]:
    """Return how many persons and needs there are, and how many of their codes do not open; it reads every one."""
    total = closed = 0
    with storage_errors(), engine.connect() as connection:
        for table, statement in _ALL.items():
            for row in connection.execution_options(yield_per=_READ_AT_ONCE).execute(statement):
                total += 1
                closed += not opens(fields, table, row.code_index, row.code)
    return total, closed


def person_code(code: TypedInput) -> str:
    """Return a person's code as people write it, from the typed input `cf:CODE` or `doc:NUMBER`. It is secret."""
    return person_from(code).text


def person_from(code: TypedInput) -> Identifier:
    """Return the person whose typed input is `cf:CODE`. It is secret."""
    kind, value = code.decode("ascii").split(":", 1)
    return Identifier(IdentifierType(kind), value)


def need_from(code: TypedInput) -> Identifier:
    """Return the need whose typed input is `need:TYPE:NUMBER`."""
    _, kind, value = code.decode("ascii").split(":", 2)
    return Identifier(IdentifierType(kind), value)


def ensure_subjects(
    connection: Connection, fields: Fields, cls: PseudonymClass, wanted: Iterable[Identifier]
) -> dict[Identifier, int]:
    """Return the row of each person or need, after adding those not there yet and mending codes that do not open."""
    table = _TABLES[cls]
    own = {identifier: own_index(fields, identifier) for identifier in wanted}
    indexes = {identifier: fields.replaced.get(index, index) for identifier, index in own.items()}
    # A former code has the row of the one in its place, which is there; only under itself is a code written.
    named = {index: identifier for identifier, index in own.items() if indexes[identifier] == index}
    rows = list(select_among(connection, _FIND[table], list(dict.fromkeys(indexes.values()))))
    found = {index: number for index, number, _ in rows}
    for index, _, code in rows:
        if index in named and not opens(fields, table, index, code):
            mended = _row(fields, table, index, named[index])
            connection.execute(_REWRITE[table], {"of_index": index, "sealed": mended["code"]})
    missing = [index for index in named if index not in found]
    if missing:
        last = connection.execute(_LAST[table]).scalar() or 0
        insert_many(connection, _ADD[table], [_row(fields, table, index, named[index]) for index in missing])
        mine = set(missing)
        found |= {index: number for index, number in connection.execute(_SINCE[table], {"last": last}) if index in mine}
        unseen = [index for index in missing if index not in found]
        if unseen:  # with several writers, rows added now may have smaller numbers than others already there
            found |= {index: number for index, number, _ in select_among(connection, _FIND[table], unseen)}
    return {identifier: found[index] for identifier, index in indexes.items()}


def person_row(connection: Connection, fields: Fields, identifier: Identifier) -> int:
    """Return the row of one person, added if it was not there."""
    return ensure_subjects(connection, fields, PseudonymClass.PERSON, [identifier])[identifier]


def _row(fields: Fields, table: Table, index: bytes, identifier: Identifier) -> dict[str, object]:
    code = fields.seal(f"{table.name}.code", index, identifier.pseudonym_input())
    return {"type": identifier.type.value, "code": code, "code_index": index}
