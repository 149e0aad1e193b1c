"""Many rows of one table in one statement, past what SQLAlchemy does for each value of each row.

SQLAlchemy compiles the statement once and names the driver's types; only values that the driver does not take as they
are (days, in SQLite) are changed. That is a third of the time of an import of a long file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean, Connection, Date, Insert, Select
from sqlalchemy.engine import Dialect

_Change = Callable[[Any], Any]


def insert_many(connection: Connection, statement: Insert, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns; nothing for none."""
    if rows:
        insert_columns(connection, statement, {name: [row[name] for row in rows] for name in rows[0]})


def insert_columns(connection: Connection, statement: Insert, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows given by their columns, each with a value for each row; nothing for no rows."""
    if not any(columns.values()):
        return
    if connection.dialect.name != "sqlite":
        rows = zip(*columns.values(), strict=True)
        connection.execute(statement, [dict(zip(columns, row, strict=True)) for row in rows])
        return
    # The driver looks for an adapter of each None: a column that nobody fills is rather left out.
    columns = {name: values for name, values in columns.items() if values.count(None) < len(values)}
    text, names, changes = _compiled(connection.dialect, statement, tuple(columns))
    values = (_changed(columns[name], changes[name]) if name in changes else columns[name] for name in names)
    connection.exec_driver_sql(text, list(zip(*values, strict=True)))


def _changed(values: Sequence[Any], change: _Change) -> list[Any]:
    return [None if value is None else change(value) for value in values]


def select_among(connection: Connection, statement: Select[Any], values: Sequence[bytes]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows that a statement with one condition, `column IN (these bytes)`, finds.

    The condition's `bindparam` is an expanding one; nothing is asked for no values.
    """
    if not values:
        return
    if connection.dialect.name != "sqlite":
        [name] = statement.compile().params
        yield from map(tuple, connection.execute(statement, {name: list(values)}))
        return
    text = _expanded(connection.dialect, statement)
    yield from map(tuple, connection.exec_driver_sql(text % ", ".join("?" * len(values)), tuple(values)))


@lru_cache(maxsize=64)
def _expanded(dialect: Dialect, statement: Select[Any]) -> str:
    """Return the statement as the driver takes it, with a place for its marks."""
    return re.sub(r"\(__\[POSTCOMPILE_\w+\]\)", "(%s)", str(statement.compile(dialect=dialect)).replace("%", "%%"))


@lru_cache(maxsize=64)
def _compiled(
    dialect: Dialect, statement: Insert, columns: tuple[str, ...]
) -> tuple[str, Sequence[str], Mapping[str, _Change]]:
    """Return the statement as the driver takes it, the order of its values, and which of them are changed how."""
    compiled = statement.compile(dialect=dialect, column_keys=list(columns))
    types = {column.name: type(column.type) for column in statement.table.columns}
    changes = {name: _CHANGES[types[name]] for name in columns if types[name] in _CHANGES}
    return str(compiled), list(compiled.positiontup or ()), changes


_CHANGES: Mapping[type, _Change] = {Date: date.isoformat, Boolean: int}
"""What SQLite's driver does not take as it is, or (a truth) only after looking for an adapter."""
