"""New databases of tests: what Alembic says to an empty one is noted once in each process, and said again to the next.

It says the same every time, and thinks five times longer about it than the database does. Databases that already hold
something go through Alembic; tests of the revisions themselves always do (`pytest.mark.alembic`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, event, inspect

import node.store.migrations
import registry.store.migrations
from maglia.sql.revisions import upgrade

_PACKAGES = (node.store.migrations, registry.store.migrations)
_LOOKS = ("PRAGMA", "SELECT", "BEGIN", "SHOW")
_noted: dict[tuple[str, Path], list[str]] = {}


@contextmanager
def noted_revisions() -> Iterator[None]:
    """Let node and registry make new databases from the notes."""
    with patch.object(_PACKAGES[0], "upgrade", _upgrade), patch.object(_PACKAGES[1], "upgrade", _upgrade):
        yield


def _upgrade(connection: Connection, migrations: Path) -> None:
    if inspect(connection).get_table_names():
        upgrade(connection, migrations)
        return
    kept = (connection.dialect.name, migrations)
    if kept not in _noted:
        _noted[kept] = _noting(connection, partial(upgrade, connection, migrations))
        return
    for statement in _noted[kept]:
        connection.exec_driver_sql(statement)


def _noting(connection: Connection, work: Callable[[], None]) -> list[str]:
    """Return what `work` says to the database, without what it only asks."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_how: Any) -> None:
        if not statement.lstrip().upper().startswith(_LOOKS):
            assert not parameters, f"a revision that fills in values can't be noted: {statement}"
            said.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(connection, "before_cursor_execute", note)
    return said
