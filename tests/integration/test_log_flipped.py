"""One bit flips in something stored of a log: the next start finds it, and says where."""

from __future__ import annotations

import asyncio
import logging
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from maglia.core.checkpoint import cosign
from maglia.core.errors import Code, MagliaError
from maglia.core.log import Log
from maglia.core.log_archive import file_name
from maglia.core.log_archives import FOLDER, LogArchives
from maglia.sql.engine import open_sqlite
from maglia.sql.log import SqlLogBackend
from node.log.checking import LogChecking
from node.log.guard import FORK_FILE, NOTE_FILE, LogGuard
from node.store.migrations import migrate
from node.store.monthly import MonthlyKeyFiles
from tests.clerk import StoppedClock
from tests.integration.log_writer import KEY, ORIGIN, WITNESS, WITNESS_KEY
from tests.integration.test_log_store import leaves

NOW = 1_748_736_000
SOME, MANY = 1000, 66_000


class Started(NamedTuple):
    """What a start came to."""

    problems: list[Code]
    """Of guard and check, or of the error that kept the log from opening."""
    named: str
    """What was said of it: in the process's own log, or in the error."""


def filled(folder: Path, size: int) -> Path:
    """Make a node's folder with a log of `size` entries, some archived, most cosigned."""
    folder.mkdir()
    engine = open_sqlite(folder / "node.db")
    migrate(engine)
    backend = SqlLogBackend(engine)
    log = Log(backend, ORIGIN, KEY, witness=WITNESS)
    log.append_many(leaves(0, size - 100)).result()
    log.store_cosignature(cosign(log.checkpoint(), WITNESS.name, WITNESS_KEY, NOW))
    LogGuard(folder, log, lambda: 0, StoppedClock(), 1e9).start()
    LogArchives(backend, folder / FOLDER, ORIGIN, KEY, log.forget).archive(512, WITNESS)
    log.append_many(leaves(size - 100, 100)).result()
    log.checkpoint()
    log.close()
    engine.dispose()
    MonthlyKeyFiles(folder / "log-keys", bytes(32)).key("2025-06")
    with closing(sqlite3.connect(folder / "node.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


@pytest.fixture(scope="module")
def some(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("some") / "node", SOME)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("many") / "node", MANY)


async def start(folder: Path, caplog: pytest.LogCaptureFixture, within_s: float = 60) -> Started:
    """Do what a node's start does with its log, without the registry."""
    caplog.clear()
    engine = open_sqlite(folder / "node.db")
    log = None
    try:
        log = Log(SqlLogBackend(engine), ORIGIN, KEY, witness=WITNESS)
        guard = LogGuard(folder, log, lambda: 0, StoppedClock(), 1e9)
        guard.start()
        keys = MonthlyKeyFiles(folder / "log-keys", bytes(32))
        checking = LogChecking(folder, log, guard, keys, within_s)
        await checking.start()
        running = asyncio.create_task(checking.run())
        async with asyncio.timeout(60):
            while within_s < 1 and not guard.problems():  # noqa: ASYNC110 - the guard tells nobody
                await asyncio.sleep(0.01)
        running.cancel()
        return Started(guard.problems() + checking.problems(), caplog.text)
    except MagliaError as error:
        return Started([error.code], f"{error} {error.params}")
    finally:
        if log is not None:
            log.close()
        engine.dispose()


def flip_cell(table: str, column: str, where: str, byte: int) -> Callable[[Path], None]:
    def flip(folder: Path) -> None:
        with closing(sqlite3.connect(folder / "node.db")) as connection, connection:
            connection.create_function("flipped", 1, lambda value: flipped(value, byte))
            statement = f"UPDATE {table} SET {column} = flipped({column}) WHERE {where}"  # noqa: S608 - our own words
            assert connection.execute(statement).rowcount == 1

    return flip


def flip_file(name: str, byte: int) -> Callable[[Path], None]:
    def flip(folder: Path) -> None:
        (folder / name).write_bytes(flipped((folder / name).read_bytes(), byte))

    return flip


def flipped(content: bytes, byte: int) -> bytes:
    changed = bytearray(content)
    changed[byte] ^= 2
    return bytes(changed)


IN_TAIL, IN_TILE = "idx = 999", "idx = 600"
COSIGNED = "cosigned"


@pytest.mark.parametrize(
    ("flip", "code", "named"),
    [
        pytest.param(flip_cell("log_entry", "leaf", IN_TILE, 3), Code.LOG_DAMAGED, "entry 600,", id="entry"),
        pytest.param(flip_cell("log_entry", "leaf", IN_TAIL, 3), Code.LOG_DAMAGED, "entry 999,", id="last entry"),
        pytest.param(flip_cell("log_entry", "leaf_hash", IN_TILE, 9), Code.LOG_DAMAGED, "entry 600,", id="hash"),
        pytest.param(flip_cell("log_entry", "leaf_hash", IN_TAIL, 9), Code.LOG_BROKEN, "'999'", id="last hash"),
        pytest.param(
            flip_cell("log_tile", "hashes", "level = 0 AND idx = 2", 40), Code.LOG_DAMAGED, "entry 513,", id="tile"
        ),
        pytest.param(
            flip_cell("log_tile", "hashes", "level = 0 AND idx = 1", 40), Code.LOG_DAMAGED, "entry 256,", id="old tile"
        ),
        pytest.param(flip_cell("log_tile", "hashes", "level = 1", 70), Code.LOG_BROKEN, "'512'", id="upper tile"),
        pytest.param(
            flip_cell("log_checkpoint", "note", f"NOT {COSIGNED}", 30), Code.LOG_CHECKPOINT, "log.", id="checkpoint"
        ),
        pytest.param(
            flip_cell("log_checkpoint", "note", COSIGNED, 30), Code.LOG_FORK, "not the one", id="cosigned checkpoint"
        ),
        pytest.param(flip_cell("log_checkpoint", "note", COSIGNED, -9), Code.LOG_UNWITNESSED, "", id="cosignature"),
        pytest.param(flip_file(NOTE_FILE, 20), Code.LOG_FORK, "not the one", id="kept note"),
        pytest.param(flip_file("log-keys/2025-06.key", 25), Code.LOG_KEY, "not opening: 2025-06.key", id="month's key"),
        pytest.param(flip_file(f"{FOLDER}/{file_name(1)}", 5000), Code.LOG_ARCHIVE, file_name(1), id="archive file"),
        pytest.param(flip_cell("log_archive", "digest", "TRUE", 5), Code.LOG_ARCHIVE, file_name(1), id="its digest"),
    ],
)
async def test_a_flipped_bit_is_found_at_the_next_start_and_named(
    some: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    flip: Callable[[Path], None],
    code: Code,
    named: str,
) -> None:
    folder = tmp_path / "node"
    shutil.copytree(some, folder)
    flip(folder)
    started = await start(folder, caplog)
    assert started.problems == [code]
    assert named in started.named


async def test_a_sound_log_starts_without_a_word(some: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "node"
    shutil.copytree(some, folder)
    with caplog.at_level(logging.INFO):
        assert await start(folder, caplog) == Started([], "")


@pytest.mark.parametrize("within_s", [60, 0.001], ids=["waited for", "beside the work"])
async def test_a_bit_deep_in_a_long_log_is_found(
    many: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, within_s: float
) -> None:
    folder = tmp_path / "node"
    shutil.copytree(many, folder)
    flip_top = flip_cell("log_tile", "hashes", "level = 2", 3)
    flip_top(folder)
    started = await start(folder, caplog, within_s)
    assert started.problems == [Code.LOG_BROKEN]
    assert "'0'" in started.named
    flip_top(folder)
    flip_cell("log_entry", "leaf", "idx = 65000", 3)(folder)
    started = await start(folder, caplog, within_s)
    assert started.problems == [Code.LOG_DAMAGED]
    assert "entry 65000," in started.named
    assert (folder / FORK_FILE).exists()
    flip_cell("log_entry", "leaf", "idx = 65000", 3)(folder)
    assert (await start(folder, caplog)).problems == [Code.LOG_DAMAGED], "until somebody acts"
    (folder / FORK_FILE).unlink()
    assert (await start(folder, caplog)).problems == []
