"""A look-up by the driver's own cursor finds what SQLAlchemy finds, in both databases, and fails as it does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    Engine,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    insert,
    select,
)

from maglia.core.errors import Code
from maglia.sql.engine import open_engine, open_sqlite
from node.store.database import Database
from tests.clerk import StoppedClock
from tests.peer_world import refused

_TABLE = Table(
    "thing",
    MetaData(),
    Column("key", LargeBinary(16), primary_key=True),
    Column("name", String),
    Column("day", Date),
    Column("is_open", Boolean),
    Column("cents", BigInteger),
    Column("at", Double),
)
_ROWS = [
    (b"k" * 16, "à capo%\n", date(2026, 2, 28), True, 2**40, 1.5),
    (b"l" * 16, "", date(2026, 3, 1), False, 0, 0.0),
    (b"m" * 16, None, None, None, None, None),
]
_LATER = select(_TABLE).where(_TABLE.c.day >= bindparam("from_day"), _TABLE.c.is_open == bindparam("is_open"))
_BY_KEY = select(_TABLE).where(_TABLE.c.key == bindparam("asked"), _TABLE.c.name.is_(None) | (_TABLE.c.name != "x"))


@pytest.fixture
def engine(tmp_path: Path, database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url) if database_url else open_sqlite(tmp_path / "a.db")
    yield engine
    engine.dispose()


@pytest.fixture
def database(engine: Engine) -> Iterator[Database]:
    _TABLE.create(engine)
    with engine.begin() as connection:
        connection.execute(insert(_TABLE), [dict(zip(_TABLE.c.keys(), row, strict=True)) for row in _ROWS])
    database = Database(engine, StoppedClock())
    yield database
    database.close()


def test_values_of_each_type_are_those_of_the_statement(database: Database) -> None:
    for row in _ROWS:
        for _ in range(2):
            [found] = database.look_up(_BY_KEY, {"asked": row[0]})
            assert tuple(found) == row == (found.key, found.name, found.day, found.is_open, found.cents, found.at)
            assert [type(value) for value in found] == [type(value) for value in row]
    assert database.look_up(_BY_KEY, {"asked": b"z" * 16}) == []
    for day, is_open in ((date(2026, 2, 28), True), (date(2026, 3, 2), True), (date(2026, 1, 1), False)):
        asked = {"from_day": day, "is_open": is_open}
        assert [tuple(row) for row in database.look_up(_LATER, asked)] == [*map(tuple, database.rows(_LATER, asked))]


def test_what_fails_is_told_as_ever_and_passes(engine: Engine, database: Database) -> None:
    [before] = database.look_up(_BY_KEY, {"asked": b"k" * 16})
    _TABLE.drop(engine)
    with refused(Code.STORAGE_UNAVAILABLE):
        database.look_up(_BY_KEY, {"asked": b"k" * 16})
    _TABLE.create(engine)
    assert database.look_up(_BY_KEY, {"asked": before[0]}) == []
