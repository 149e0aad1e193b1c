from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from maglia.sql.engine import open_sqlite
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
