"""The registry's database: built by revisions, equal to what the code declares, nothing half done."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from maglia.core.checkpoint import Checkpoint
from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import MemberState
from registry.ports import Event, MemberRecord, Token
from registry.store.counts import SqlCounts
from registry.store.database import Database
from registry.store.members import SqlMembers
from registry.store.tables import metadata

RECORD = MemberRecord("onlus", "Onlus", "onlus", MemberState.APPLIED, "", bytes(32), bytes(32), b"", ("act",), 1.0)
EVENT = Event(1.0, "onlus", "apply")


def test_revisions_build_what_the_code_declares(tmp_path: Path) -> None:
    database = Database.create(tmp_path)
    database.migrate()
    with database.transaction():
        assert compare_metadata(MigrationContext.configure(database.connection), metadata) == []
    database.close()


def test_a_database_is_made_once_and_found_again(tmp_path: Path) -> None:
    with pytest.raises(MagliaError) as missing:
        Database.open(tmp_path)
    Database.create(tmp_path).close()
    with pytest.raises(MagliaError) as existing:
        Database.create(tmp_path)
    assert [missing.value.code, existing.value.code] == [Code.STORAGE_MISSING, Code.STORAGE_EXISTS]


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    members = SqlMembers(Database.create(tmp_path))

    def fail() -> None:
        with members.transaction():
            members.save_member(RECORD, EVENT)
            members.save_token(RECORD.id, Token(bytes(32), 2.0), EVENT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (members.member(RECORD.id), members.history(RECORD.id)) == (None, [])
    members.save_member(RECORD, EVENT)
    assert members.member(RECORD.id) == RECORD
    assert members.history(RECORD.id) == [EVENT]


def test_the_witness_remembers_by_compare_and_swap(tmp_path: Path) -> None:
    counts = SqlCounts(Database.create(tmp_path))
    small, large = Checkpoint("maglia/prova/onlus", 3, bytes(32)), Checkpoint("maglia/prova/onlus", 9, bytes(32))
    assert counts.remember(small, b"note", 0)
    assert not counts.remember(large, b"note", 0)
    assert counts.witnessed(small.origin) == small
    assert counts.remember(large, b"note", 3)
    assert counts.witnessed(small.origin) == large
