from __future__ import annotations

from pathlib import Path
from types import ModuleType
from unittest.mock import Mock

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine, inspect

import node.store.migrations
import registry.store.migrations
from maglia.core.errors import MagliaError
from maglia.sql.engine import open_sqlite
from maglia.sql.revisions import newest_revision
from node.store.migrations import migrate
from node.store.tables import metadata


def _schema(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").all()
    return {name: " ".join(sql.split()) for name, sql in rows if name != "alembic_version"}


def test_revisions_arrive_at_exactly_the_tables_that_the_store_uses(tmp_path: Path) -> None:
    migrated, declared = open_sqlite(tmp_path / "migrated.db"), open_sqlite(tmp_path / "declared.db")
    migrate(migrated)
    metadata.create_all(declared)

    assert _schema(migrated) == _schema(declared)
    with migrated.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    engine = open_sqlite(tmp_path / "node.db")
    migrate(engine)
    before = _schema(engine)
    migrate(engine)
    assert _schema(engine) == before
    assert "log_entry" in inspect(engine).get_table_names()


@pytest.mark.parametrize("package", [node.store.migrations, registry.store.migrations])
def test_the_newest_revision_is_told_by_its_files_name(package: ModuleType) -> None:
    folder = Path(package.__path__[0])
    assert newest_revision(folder) == ScriptDirectory(str(folder)).get_current_head()


def test_a_database_at_the_newest_revision_needs_no_alembic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_sqlite(tmp_path / "node.db")
    migrate(engine)
    monkeypatch.setattr(command, "upgrade", Mock(side_effect=AssertionError("nothing is missing")))
    migrate(engine)


@pytest.mark.parametrize("left", ["UPDATE alembic_version SET version_num = '9999'", "DELETE FROM alembic_version"])
def test_a_revision_that_is_not_ours_is_left_to_alembic(tmp_path: Path, left: str) -> None:
    engine = open_sqlite(tmp_path / "node.db")
    migrate(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql(left)
    with pytest.raises((CommandError, MagliaError)):
        migrate(engine)
