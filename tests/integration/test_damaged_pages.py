"""A page that the disk lost or tore: the program says so at its start, and no helped person reads as unknown."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import PseudonymClass
from maglia.sql.engine import open_sqlite
from maglia.sql.soundness import check_sound
from registry import config, serving
from registry.secrets import load_secrets
from tests.clerk import open_store, person, record
from tests.integration.node_world import joined
from tests.integration.registry_world import PASSPHRASE, World, make_template
from tests.integration.registry_world import served as site_world
from tests.peer_world import enrol, pseudonym, refused

PERSONS = 300
PAGE = 4096


def pages_of(database: Path, *tables: str) -> list[int]:
    """Return the pages of tables and their indexes, counted from 0."""
    statement = "SELECT s.pageno - 1, m.tbl_name FROM dbstat AS s JOIN sqlite_master AS m USING (name)"
    with contextlib.closing(sqlite3.connect(database)) as opened:
        return [page for page, table in opened.execute(statement) if table in tables]


def settle(database: Path) -> None:
    """Bring what is in the journal into the file."""
    with contextlib.closing(sqlite3.connect(database)) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def tear(database: Path, page: int) -> None:
    """Write only the first half of a page, as a disk does whose power fails."""
    with database.open("r+b") as file:
        file.seek(page * PAGE + PAGE // 2)
        file.write(bytes(PAGE // 2))


def is_sound(database: Path) -> bool:
    try:
        check_sound(open_sqlite(database))
    except MagliaError as error:
        return error.code not in (Code.STORAGE_DAMAGED, Code.STORAGE_UNAVAILABLE)
    return True


def all_found(database: Path) -> bool:
    """Return whether every person is found, or the database refuses to say."""
    try:
        store = open_store(database)
        try:
            asked = [pseudonym(number) for number in range(PERSONS)]
            return len(store.candidates(PseudonymClass.PERSON, 1, asked)) == PERSONS
        finally:
            store.close()
    except MagliaError as error:
        return error.code is Code.STORAGE_UNAVAILABLE


def test_no_torn_page_passes_for_people_who_were_never_helped(tmp_path: Path) -> None:
    whole, torn = tmp_path / "whole.db", tmp_path / "torn.db"
    store = open_store(whole)
    for number in range(PERSONS):
        store.add_record(record(person(number)), "anna")
    enrol(store, {person(number).pseudonym_input(): pseudonym(number) for number in range(PERSONS)})
    store.close()
    settle(whole)
    check_sound(open_sqlite(whole))
    silent = 0
    for page in pages_of(whole, "person", "aid_record", "pseudonym"):
        shutil.copy(whole, torn)
        tear(torn, page)
        if is_sound(torn):
            assert all_found(torn), page
        else:
            silent += not all_found(torn)
    assert silent, "SQLite itself tells of no such page; what is tried here proves nothing"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with site_world(make_template(tmp_path / "registry")) as world:
        yield world


async def test_a_node_does_not_start_on_a_damaged_page(world: World, tmp_path: Path) -> None:
    [site] = await joined(world, tmp_path, "parrocchia-nord")
    async with site.serving():
        pass
    with contextlib.closing(sqlite3.connect(site.folder / "node.db")) as opened:
        opened.execute("INSERT INTO person (type, code, code_index) VALUES ('cf', x'00', x'01')")
        opened.commit()
    settle(site.folder / "node.db")
    tear(site.folder / "node.db", pages_of(site.folder / "node.db", "person")[0])
    with refused(Code.STORAGE_DAMAGED):
        async with site.serving():
            pass


async def test_a_registry_does_not_start_on_a_damaged_page(tmp_path: Path) -> None:
    folder = make_template(tmp_path / "registry")
    tear(folder / "registry.db", pages_of(folder / "registry.db", "people")[0])
    with refused(Code.STORAGE_DAMAGED):
        await serving.serve(folder, config.load_settings(folder), load_secrets(folder, PASSPHRASE))


async def test_a_torn_page_of_the_offices_log_is_told_with_a_code(tmp_path: Path) -> None:
    folder = make_template(tmp_path / "registry")
    log = folder / "registry.db"
    with contextlib.closing(sqlite3.connect(log)) as opened:
        assert opened.execute("SELECT count(*) FROM log_entry").fetchone()[0] > 0
    settle(log)
    tear(log, pages_of(log, "log_entry")[0])
    with refused(Code.STORAGE_DAMAGED):
        async with asyncio.timeout(20):
            await serving.serve(folder, config.load_settings(folder), load_secrets(folder, PASSPHRASE))
