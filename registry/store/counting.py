"""Counts that grow only within a limit: the statement every evaluation waits for, built once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BindParameter, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from registry.store.database import Database

NO_LIMIT = 2**62


class Counting:
    """The counts of one table, in its column `elements`, by the columns of its primary key."""

    def __init__(self, database: Database, table: Table) -> None:
        self._database = database
        keys = [column.name for column in table.primary_key]
        insert = postgresql.insert if database.is_shared else sqlite.insert
        values: dict[str, BindParameter[Any]] = {name: bindparam(f"of_{name}") for name in keys}
        values["elements"] = bindparam("added")
        total = table.c.elements + bindparam("added")
        is_within = total <= bindparam("most", type_=table.c.elements.type)
        self._add = (
            insert(table)
            .values(values)
            .on_conflict_do_update(index_elements=keys, set_={"elements": total}, where=is_within)
            .returning(table.c.elements)
        )

    def add(self, of: Mapping[str, object], elements: int, most: int = NO_LIMIT) -> bool:
        """Count elements, durably, and return True; or return False and count nothing beyond `most`.

        One statement: what another process counts meanwhile is seen, never overwritten.
        """
        if elements > most:
            return False
        values = {f"of_{name}": value for name, value in of.items()} | {"added": elements, "most": most}
        return self._database.row(self._add, values) is not None
