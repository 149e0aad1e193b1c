"""The end of the log's term: entries in archive files, months' keys gone, and nobody named any more."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from maglia.core.checkpoint import cosign
from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import log_origin
from maglia.core.log import Log
from maglia.core.log_archive import file_name
from maglia.core.log_archives import FOLDER, LogArchives
from maglia.core.vocabulary import LOG_MONTHS
from maglia.sql.log import SqlLogBackend
from maglia.wire.entries import decode_entry, encode_entry
from node.__main__ import app
from node.domain.retention import first_kept_month
from node.entries import Entries
from node.folder import SystemClock, locked, open_store
from node.local_log import keep_log
from node.log.guard import FORK_FILE
from node.log.term import Keeping
from node.log.tracing import Tracing
from node.store.monthly import MonthlyKeyFiles
from tests.clerk import StoppedClock
from tests.integration.log_writer import KEY, ORIGIN, WITNESS, WITNESS_KEY, open_engine
from tests.integration.node_world import Site, joined, until
from tests.integration.registry_world import NETWORK, PASSPHRASE, World, copy_of, make_template, served
from tests.integration.test_log_guard import kept_size, state
from tests.peer_world import pseudonym, refused
from tests.support.archive_file import read_archive

NOW = datetime(2027, 3, 15, 12, tzinfo=UTC).timestamp()
DAY = 86_400


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(tmp_path / "log.db")
    yield engine
    engine.dispose()


@pytest.fixture
def log(engine: Engine) -> Iterator[Log]:
    log = Log(SqlLogBackend(engine), ORIGIN, KEY, witness=WITNESS)
    yield log
    log.close()


@pytest.fixture
def keys(tmp_path: Path) -> MonthlyKeyFiles:
    return MonthlyKeyFiles(tmp_path / "keys", bytes(32))


def keeping(log: Log, engine: Engine, keys: MonthlyKeyFiles, folder: Path, now: float = NOW) -> Keeping:
    archives = LogArchives(SqlLogBackend(engine), folder, ORIGIN, KEY, log.forget)
    return Keeping(log, archives, keys, lambda: WITNESS, StoppedClock(instant=now), LOG_MONTHS)


def write(log: Log, keys: MonthlyKeyFiles, at: float, count: int) -> None:
    """Log entries about one person at a moment."""
    entries = Entries(log, keys, StoppedClock(instant=at))
    made = []
    for _ in range(count):
        month, sealed = entries.seal([pseudonym(1)])
        asked = Entry(EntryKind.ASKED, entries.now_ms(), peer="caritas", purpose="aid_overlap", basis="consent")
        made.append(replace(asked, key_month=month, sealed=sealed))
    log.append_many([encode_entry(one) for one in made]).result()


def witness(log: Log, at: float) -> None:
    log.store_cosignature(cosign(log.checkpoint(), WITNESS.name, WITNESS_KEY, int(at)))


def filled(log: Log, keys: MonthlyKeyFiles) -> None:
    """Log 300 entries each of January, February and March 2025 and of March 2027."""
    for month in (1, 2, 3):
        write(log, keys, datetime(2025, month, 10, tzinfo=UTC).timestamp(), 300)
    write(log, keys, NOW - DAY, 300)


@pytest.mark.parametrize(
    ("today", "month"), [("2027-03-01", "2025-03"), ("2027-03-31", "2025-03"), ("2027-02-28", "2025-02")]
)
def test_a_month_is_over_when_its_last_entry_is_past_the_term(today: str, month: str) -> None:
    assert first_kept_month(datetime.fromisoformat(f"{today}T23:59:59+00:00").timestamp(), 24) == month


def test_whole_months_leave_and_their_persons_are_unreadable_everywhere(
    log: Log, engine: Engine, keys: MonthlyKeyFiles, tmp_path: Path
) -> None:
    folder = tmp_path / FOLDER
    filled(log, keys)
    witness(log, NOW)
    old = [decode_entry(leaf) for leaf in log.read(0, 600)]
    before = Entries(log, keys, StoppedClock(instant=NOW))
    assert all(before.named(entry) == [pseudonym(1)] for entry in old)
    swept = keeping(log, engine, keys, folder)
    due = swept.due()
    assert (due.kept_from, due.months, due.first, due.end) == ("2025-03", ["2025-01", "2025-02"], 0, 512)
    assert log.first == 0, "asking what is due does nothing"
    assert swept.sweep() == due
    assert (log.first, keys.months()) == (512, ["2025-03", "2027-03"])
    assert log.verify(archives=folder).ok
    archived = [decode_entry(leaf) for leaf in read_archive(folder / file_name(1), KEY.public_key()).leaves]
    assert [one.time_ms for one in archived] == [one.time_ms for one in old[:512]]
    reader = Entries(log, MonthlyKeyFiles(tmp_path / "keys", bytes(32)), StoppedClock(instant=NOW))
    for entry in [*archived, *(decode_entry(leaf) for leaf in log.read(512, 88))]:
        assert (reader.named(entry), entry.peer) == ([], "caritas")
    assert reader.named(decode_entry(log.read(600, 1)[0])) == [pseudonym(1)], "March 2025 is within its term"
    again = swept.sweep()
    assert (again.months, again.first, again.end) == ([], 512, 512)


async def test_who_learned_is_still_found_in_what_is_left(
    log: Log, engine: Engine, keys: MonthlyKeyFiles, tmp_path: Path
) -> None:
    filled(log, keys)
    witness(log, NOW)
    keeping(log, engine, keys, tmp_path / FOLDER).sweep()
    clock = StoppedClock(day=datetime.fromtimestamp(NOW, UTC).date(), instant=NOW)
    nothing = cast("Any", None)  # the person's pseudonyms are known here: neither store nor network is asked
    tracing = Tracing("parrocchia", nothing, log, Entries(log, keys, clock), nothing, nothing, clock)
    for since, pseudonyms in ((date(2020, 1, 1), 1), (date(2027, 3, 1), 1), (date(2020, 1, 1), 2)):
        found = await tracing.who_learned([pseudonym(pseudonyms)], ["aid_overlap"], since)
        assert [one.member for one in found] == (["caritas"] if pseudonyms == 1 else [])


def test_one_clock_alone_ends_no_term(log: Log, engine: Engine, keys: MonthlyKeyFiles, tmp_path: Path) -> None:
    filled(log, keys)
    swept = keeping(log, engine, keys, tmp_path / FOLDER, NOW + 3_000 * DAY)
    with refused(Code.LOG_CHECKPOINT):
        swept.sweep()
    witness(log, NOW - 40 * DAY)
    assert swept.sweep().months == ["2025-01"]
    assert keeping(log, engine, keys, tmp_path / FOLDER, 0).sweep().months == []
    assert len(keys.months()) == 3


def test_an_entry_from_the_future_holds_nothing_up(
    log: Log, engine: Engine, keys: MonthlyKeyFiles, tmp_path: Path
) -> None:
    write(log, keys, NOW + 900 * DAY, 1)
    filled(log, keys)
    witness(log, NOW)
    assert keeping(log, engine, keys, tmp_path / FOLDER).sweep().end == 512


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("office") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


def grown_old(site: Site) -> None:
    """Put entries of long ago into the log of a node that never served."""
    with locked(site.folder):
        store, backend = open_store(site.folder, site.keys, SystemClock())
        log = Log(backend, log_origin(site.member, NETWORK), site.keys.log.private)
        write(log, MonthlyKeyFiles(site.folder / "log-keys", site.keys.wrapping_key), 1_500_000_000, 600)
        log.close()
        store.close()


def ran(site: Site, *words: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, dict[str, object]]:
    monkeypatch.setenv("MAGLIA_PASSPHRASE", PASSPHRASE)
    result = CliRunner().invoke(app, ["log", *words, "--dir", str(site.folder), "--json"])
    return result.exit_code, json.loads(result.stdout or result.output)


async def test_a_serving_node_archives_by_itself_and_says_so(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [site] = await joined(world, tmp_path, "parrocchia-nord")
    grown_old(site)
    path = site.folder / FOLDER / file_name(1)
    async with site.serving(checkpoint_s=0.1):
        await until(path.exists)
        await until(lambda: not list((site.folder / "log-keys").glob("2017-*")))
        _, report = await state(site)
        assert (report.ok, report.first, report.bad_archive) == (True, 0, "")
        status, document = ran(site, "verify", monkeypatch=monkeypatch)
        assert (status, document["first"]) == (0, 0)
    key = str(document["key"])
    check = ["log", "check-files", str(site.folder / FOLDER), "--origin", log_origin(site.member, NETWORK), "--json"]
    result = CliRunner().invoke(app, [*check, "--key", key])
    assert (result.exit_code, len(json.loads(result.stdout)["files"])) == (0, 1)
    result = CliRunner().invoke(app, [*check, "--key", "00" * 32])
    assert result.exit_code == 1
    whole = path.read_bytes()
    path.write_bytes(whole[:5000] + bytes([whole[5000] ^ 4]) + whole[5001:])
    assert CliRunner().invoke(app, [*check, "--key", key]).exit_code == 1
    status, document = ran(site, "verify", monkeypatch=monkeypatch)
    assert (status, document["bad_archive"]) == (1, path.name)
    path.unlink()
    status, document = ran(site, "verify", monkeypatch=monkeypatch)
    assert (status, document["first"]) == (0, 512)


async def test_a_stopped_node_s_log_is_archived_by_hand(world: World, tmp_path: Path) -> None:
    [site] = await joined(world, tmp_path, "parrocchia-nord")
    grown_old(site)
    async with site.serving(log_months=600, checkpoint_s=0.1):
        await until(lambda: kept_size(site) >= 600)
        assert not (site.folder / FOLDER).exists()
        with pytest.raises(MagliaError) as raised:
            await kept(site, dry_run=True)
        assert raised.value.code is Code.STORAGE_LOCKED
    assert await kept(site, dry_run=True) == await kept(site, dry_run=False) == (0, 512, ["2017-07"])
    assert await kept(site, dry_run=True) == (512, 512, [])
    (site.folder / FORK_FILE).write_text("{}")
    with pytest.raises(MagliaError) as raised:
        await kept(site, dry_run=False)
    assert raised.value.code is Code.LOG_FORK


async def kept(site: Site, *, dry_run: bool) -> tuple[int, int, list[str]]:
    due = await keep_log(site.folder, site.settings(), site.network.known, PASSPHRASE, dry_run=dry_run)
    return due.first, due.end, due.months
