"""Persons and needs: found by keyed index, their codes encrypted."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Table, bindparam, insert, select

from maglia.core.identifiers import Identifier, IdentifierType, TypedInput, typed_input
from maglia.core.vocabulary import PseudonymClass
from node.store import tables
from node.store.fields import Fields

SUBJECTS = {
    PseudonymClass.PERSON: (tables.person, tables.aid_record.c.person_id),
    PseudonymClass.NEED: (tables.need, tables.aid_record.c.need_id),
}
"""Where the subjects of each class are, and which column of a record names one."""
_TABLES = {cls: table for cls, (table, _) in SUBJECTS.items()}
_FIND = {
    table: select(table.c.code_index, table.c.id).where(table.c.code_index.in_(bindparam("indexes", expanding=True)))
    for table in _TABLES.values()
}
_ADD = {table: insert(table) for table in _TABLES.values()}


def index_of(fields: Fields, identifier: Identifier) -> bytes:
    """Return the keyed index by which a person or need is found."""
    return fields.index("code", identifier.pseudonym_input())


def open_code(fields: Fields, table: Table, index: bytes, sealed: bytes) -> TypedInput:
    """Return the typed input (`cf:...`, `need:pod:...`) behind a row's encrypted code. It is secret."""
    return typed_input(fields.open(f"{table.name}.code", index, sealed))


def need_from(code: TypedInput) -> Identifier:
    """Return the need whose typed input is `need:TYPE:NUMBER`."""
    _, kind, value = code.decode("ascii").split(":", 2)
    return Identifier(IdentifierType(kind), value)


def ensure_subjects(
    connection: Connection, fields: Fields, cls: PseudonymClass, wanted: Iterable[Identifier]
) -> dict[Identifier, int]:
    """Return the row of each person or need, after adding those not there yet."""
    table = _TABLES[cls]
    indexes = {index_of(fields, identifier): identifier for identifier in wanted}
    found = _find(connection, table, indexes)
    missing = [index for index in indexes if index not in found]
    if missing:
        connection.execute(_ADD[table], [_row(fields, table, index, indexes[index]) for index in missing])
        found |= _find(connection, table, missing)
    return {identifier: found[index] for index, identifier in indexes.items()}


def _find(connection: Connection, table: Table, indexes: Iterable[bytes]) -> dict[bytes, int]:
    rows = connection.execute(_FIND[table], {"indexes": list(indexes)})
    return {index: number for index, number in rows}  # noqa: C416 - rows are not pairs to a type checker


def _row(fields: Fields, table: Table, index: bytes, identifier: Identifier) -> dict[str, object]:
    code = fields.seal(f"{table.name}.code", index, identifier.pseudonym_input())
    return {"type": identifier.type.value, "code": code, "code_index": index}
