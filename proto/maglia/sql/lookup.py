"""Queries that every question asks: compiled once, run by the driver's own cursor.

SQLAlchemy prepares each execution anew (parameters, context, result): some 100 us of processor time, beside the 15 that
SQLite takes to find a person's records.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Select

_Convert = Callable[[Any], Any]


class Lookup:
    """One query for one dialect. Its parameters are those named in the statement; none of them is a list."""

    def __init__(self, statement: Select[Any], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.text = str(compiled)
        self._order = compiled.positiontup
        self._fixed = dict(compiled.params)
        bound = {name: _impl(bind.type, dialect).bind_processor(dialect) for bind, name in compiled.bind_names.items()}
        self._to_driver = {name: convert for name, convert in bound.items() if convert}
        self._from_driver: list[tuple[int, _Convert]] = []
        self._row = _row_class([str(column.key) for column in statement.selected_columns])
        if dialect.name == "sqlite":  # the other driver reads days and truths by itself
            kinds = [_impl(column.type, dialect) for column in statement.selected_columns]
            read = [kind.result_processor(dialect, None) for kind in kinds]
            self._from_driver = [(place, convert) for place, convert in enumerate(read) if convert]

    def rows(self, connection: Connection, parameters: Mapping[str, Any]) -> list[Any]:
        """Return all rows: tuples in the statement's order, with its columns' names; raises what the driver raises."""
        cursor = connection.connection.cursor()
        cursor.execute(self.text, self._bound(parameters))
        return [self._read(row) for row in cursor.fetchall()]

    def _bound(self, parameters: Mapping[str, Any]) -> Any:
        values = {**self._fixed, **parameters}
        for name, convert in self._to_driver.items():
            values[name] = convert(values[name])
        return values if self._order is None else [values[name] for name in self._order]

    def _read(self, row: Sequence[Any]) -> Any:
        values = list(row)
        for place, convert in self._from_driver:
            values[place] = convert(values[place])
        return self._row(values)


def _row_class(columns: Sequence[str]) -> _Convert:
    """Return what makes a row of its values; a column without a name that Python can say is reached by its place."""
    row = namedtuple("row", columns, rename=True)  # type: ignore[misc]  # the names are the query's
    return row._make


def _impl(kind: Any, dialect: Dialect) -> Any:
    return kind.dialect_impl(dialect)
