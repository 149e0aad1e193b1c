from __future__ import annotations

from pathlib import Path
from types import ModuleType
from unittest.mock import Mock

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
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

pytestmark = pytest.mark.alembic


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


def test_consents_of_before_keep_who_recorded_them(tmp_path: Path) -> None:
    engine = open_sqlite(tmp_path / "node.db")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", node.store.migrations.__path__[0])
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        connection.exec_driver_sql("INSERT INTO person VALUES (1, 'cf', X'00', X'00')")
        for row in ((1, "anna"), (2, "bruno")):
            connection.exec_driver_sql(
                "INSERT INTO consent VALUES (?, 1, 'aid_overlap', '2025-1', 'it', '2025-01-02', 'signed', NULL)",
                row[:1],
            )
            connection.exec_driver_sql(
                "INSERT INTO event (at, actor, type, subject) VALUES (0, ?, 'consent.added', ?)", (row[1], str(row[0]))
            )
    migrate(engine)
    with engine.begin() as connection:
        kept = connection.exec_driver_sql("SELECT recorded_by, audience, purposes_left FROM consent ORDER BY id").all()
    assert kept == [("anna", None, None), ("bruno", None, None)]


def test_promises_of_before_get_the_term_of_their_kind(tmp_path: Path) -> None:
    engine = open_sqlite(tmp_path / "node.db")
    columns = "id, person_id, content_hash, facet, day, status, basis, visibility, consent_withdrawn, objection"
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", node.store.migrations.__path__[0])
        config.attributes["connection"] = connection
        command.upgrade(config, "0007")
        connection.exec_driver_sql("INSERT INTO person VALUES (1, 'cf', X'00', X'00')")
        for facet, status in (("canteen", "reserved"), ("gas", "reserved"), ("gas", "given")):
            connection.exec_driver_sql(
                f"INSERT INTO aid_record ({columns}, keep_until, recorded_at)"  # noqa: S608 - a name of our own
                " VALUES (?, 1, X'00', ?, '2025-01-02', ?, 'none', 'network', 0, 0, '2026-01-02', 1000)",
                (facet + status, facet, status),
            )
    migrate(engine)
    with engine.begin() as connection:
        ends = connection.exec_driver_sql("SELECT reserved_until FROM aid_record ORDER BY id").scalars().all()
    assert ends == [44_200, None, 865_000]


def test_records_of_before_keep_who_recorded_them_and_are_first_versions(tmp_path: Path) -> None:
    engine = open_sqlite(tmp_path / "node.db")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", node.store.migrations.__path__[0])
        config.attributes["connection"] = connection
        command.upgrade(config, "0007")
        connection.exec_driver_sql("INSERT INTO person VALUES (1, 'cf', X'00', X'00')")
        for row in (("a", "record.added"), ("b", "record.imported"), ("c", "consent.added")):
            connection.exec_driver_sql(
                "INSERT INTO aid_record (id, person_id, content_hash, facet, day, status, basis, visibility, "
                "consent_withdrawn, objection, keep_until, recorded_at) "
                "VALUES (?, 1, X'00', 'gas', '2025-01-02', 'given', 'consent', 'network', 0, 0, '2028-01-02', 0)",
                row[:1],
            )
            connection.exec_driver_sql(
                "INSERT INTO event (at, actor, type, subject) VALUES (0, 'anna', ?, ?)", row[::-1]
            )
    migrate(engine)
    with engine.begin() as connection:
        kept = connection.exec_driver_sql("SELECT id, recorded_by, version, replaces FROM aid_record ORDER BY id").all()
    assert kept == [("a", "anna", 1, None), ("b", "anna", 1, None), ("c", None, 1, None)]
