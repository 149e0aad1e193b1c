"""Many rows of one table in one statement, past what SQLAlchemy does for each value of each row.

SQLAlchemy compiles the statement once and names the driver's types; only values that the driver does not take as they
are (days, in SQLite) are changed. That is a third of the time of an import of a long file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Date, Insert, Select
from sqlalchemy.engine import Dialect

_Change = Callable[[Any], Any]


def insert_many(connection: Connection, statement: Insert, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns; nothing for none."""
    if not rows:
        return
    if connection.dialect.name != "sqlite":
        connection.execute(statement, [dict(row) for row in rows])
        return
    text, names, changed = _compiled(connection.dialect, statement, tuple(rows[0]))
    columns = [[row[name] for row in rows] for name in names]
    for place, change in changed:
        columns[place] = [None if value is None else change(value) for value in columns[place]]
    connection.exec_driver_sql(text, list(zip(*columns, strict=True)))


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
) -> tuple[str, Sequence[str], Sequence[tuple[int, _Change]]]:
    """Return the statement as the driver takes it, the order of its values, and which of them are changed how."""
    compiled = statement.compile(dialect=dialect, column_keys=list(columns))
    names = list(compiled.positiontup or ())
    types = {column.name: column.type for column in statement.table.columns}
    changed = [(place, _iso) for place, name in enumerate(names) if isinstance(types[name], Date)]
    return str(compiled), names, changed


def _iso(day: Any) -> str:
    return str(day.isoformat())
