"""A database that any earlier revision wrote keeps every row on its way to the newest, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Boolean, Column, Date, Engine, Float, LargeBinary, MetaData, Numeric, Table, func, insert, select

import node.store.migrations
from maglia.sql.engine import open_engine, open_sqlite
from node.store.migrations import migrate
from node.store.tables import metadata

pytestmark = pytest.mark.alembic
_VERSIONS = Path(node.store.migrations.__path__[0]) / "versions"
_EARLIER = sorted(path.name.partition("_")[0] for path in _VERSIONS.glob("[0-9]*.py"))[:-1]
_WORDS = {"status": "given", "facet": "food_parcel", "basis": "consent", "class": "person", "visibility": "network"}


@pytest.fixture
def engine(tmp_path: Path, database_url: str) -> Engine:
    return open_engine(database_url) if database_url else open_sqlite(tmp_path / "node.db")


def _bring_to(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(_VERSIONS.parent).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def _value(column: Column[Any], number: int) -> object:
    """Return a value that such a column may hold, another one for each number where it can."""
    if isinstance(column.type, Boolean):
        return False
    if isinstance(column.type, Date):
        return date(2026, 1, number)
    if isinstance(column.type, LargeBinary):
        return bytes([number]) * 16
    if isinstance(column.type, Float | Numeric):
        return float(number)
    return number if column.type.python_type is int else _WORDS.get(column.name, str(number))


def _add_rows(engine: Engine, number: int) -> list[str]:
    """Put one row in every table there is; return the tables' names."""
    found = MetaData()
    found.reflect(engine)
    tables = [table for table in found.sorted_tables if table.name != "alembic_version"]
    with engine.begin() as connection:
        for table in tables:
            connection.execute(insert(table).values({each.name: _value(each, number) for each in table.columns}))
    return [table.name for table in tables]


def _count(engine: Engine, table: Table) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_rows_of_every_earlier_revision_are_kept(engine: Engine) -> None:
    written = Counter[str]()
    for number, revision in enumerate(_EARLIER, 1):
        _bring_to(engine, revision)
        written.update(_add_rows(engine, number))
    migrate(engine)
    assert {name: _count(engine, metadata.tables[name]) for name in written} == dict(written)
