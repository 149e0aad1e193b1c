"""Archive files: what is moved there is read back first, proves itself, and is missed or found altered by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, delete, func, select, update

from maglia.core import merkle
from maglia.core.checkpoint import cosign
from maglia.core.errors import Code, MagliaError
from maglia.core.log import Log
from maglia.core.log_archive import file_name
from maglia.core.log_archive_read import check_archive, check_chain, follows
from maglia.core.log_archives import FILE_TILES, LogArchives
from maglia.core.log_port import ArchivedFile
from maglia.sql import engine as sql_engine
from maglia.sql.log import SqlLogBackend, define
from tests.integration.log_writer import KEY, ORIGIN, WITNESS, WITNESS_KEY, open_engine
from tests.integration.test_log_store import LOG_KEY, leaves
from tests.support.archive_file import noted, read_archive

ENTRY, TILE, _ = define(MetaData())


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(tmp_path / "log.db")
    yield engine
    engine.dispose()


@pytest.fixture
def log(engine: Engine) -> Iterator[Log]:
    log = opened(engine)
    yield log
    log.close()


def opened(engine: Engine) -> Log:
    return Log(SqlLogBackend(engine), ORIGIN, KEY, witness=WITNESS)


def archives(log: Log, engine: Engine, folder: Path) -> LogArchives:
    return LogArchives(SqlLogBackend(engine), folder, ORIGIN, KEY, log.forget)


def grow(log: Log, size: int) -> bytes:
    """Let the log grow to a size, cosigned; return its checkpoint."""
    log.append_many(leaves(log.size, size - log.size)).result()
    log.store_cosignature(cosign(log.checkpoint(), WITNESS.name, WITNESS_KEY, 1_000_000))
    return log.latest()


def stored(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(ENTRY)).scalar_one())


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_old_entries_are_in_a_chain_of_files_and_the_log_goes_on(tmp_path: Path, database_url: str) -> None:
    engine = sql_engine.open_engine(database_url) if database_url else open_engine(tmp_path / "log.db")
    metadata = MetaData()
    define(metadata)
    metadata.create_all(engine)
    log, folder = opened(engine), tmp_path / "archive"
    note = grow(log, 1000)
    moved = archives(log, engine, folder)
    assert [(one.number, one.first, one.end) for one in moved.archive(700, WITNESS)] == [(1, 0, 512)]
    assert moved.archive(700, WITNESS) == []
    assert (log.first, log.size, stored(engine)) == (512, 1000, 488)
    later = grow(log, 2000)
    assert [(one.number, one.first, one.end) for one in moved.archive(10_000, WITNESS)] == [(2, 512, 1792)]
    log.close()
    log = opened(engine)
    report = log.verify(archives=folder)
    assert (report.ok, report.size, report.first, report.cosigned) == (True, 2000, 0, True)
    assert log.verify().first == 1792, "without the files, entries are known by their hashes"
    assert log.read(1792, 300) == leaves(1792, 208)
    assert log.append(b"next").result().index == 2000
    first, second = [read_archive(folder / file_name(number), KEY.public_key()) for number in (1, 2)]
    assert first.leaves + second.leaves == leaves(0, 1792)
    assert (first.note, second.note) == (note, later)
    assert first.lines == ["maglia-log-archive/1", ORIGIN, "1", "0", "512", bytes(32).hex()]
    assert second.lines == ["maglia-log-archive/1", ORIGIN, "2", "512", "1792", first.digest]
    assert second.left == [merkle.root_of([merkle.leaf_hash(leaf) for leaf in leaves(0, 512)])]
    size, root = noted(later)
    whole = [merkle.leaf_hash(leaf) for leaf in leaves(0, 2000)]
    assert (size, root) == (2000, merkle.root_of(whole))
    assert merkle.verify_consistency(1792, 2000, second.consistency, merkle.root_of(whole[:1792]), root)
    log.close()
    engine.dispose()


def test_files_are_bounded_and_each_stands_for_itself(log: Log, engine: Engine, tmp_path: Path) -> None:
    folder, of_file = tmp_path / "archive", FILE_TILES * 256
    grow(log, of_file + 1024)
    made = archives(log, engine, folder).archive(log.size, WITNESS)
    assert [(one.first, one.end) for one in made] == [(0, of_file), (of_file, of_file + 1024)]
    first, second = check_chain([folder / name for name in names(folder)], LOG_KEY, WITNESS)
    assert follows(first, None)
    assert not follows(second, None)
    assert [each.cosigned for each in (first, second)] == [1_000_000, 1_000_000]
    alone = check_archive(folder / file_name(2), LOG_KEY)
    assert (alone.header, alone.cosigned) == (second.header, None)
    with pytest.raises(MagliaError) as raised:
        check_chain([folder / file_name(2), folder / file_name(1)], LOG_KEY)
    assert (raised.value.code, raised.value.params) == (Code.LOG_ARCHIVE, {"file": file_name(1)})
    with pytest.raises(MagliaError) as raised:
        check_archive(folder / file_name(1), WITNESS)
    assert raised.value.code is Code.LOG_ARCHIVE


def test_a_flipped_bit_anywhere_in_a_file_is_found_and_the_file_named(log: Log, engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    grow(log, 1000)
    for end in (256, 512):
        archives(log, engine, folder).archive(end, WITNESS)
    path = folder / file_name(2)
    whole = path.read_bytes()
    places = {*range(600), *range(len(whole) - 90, len(whole)), *range(0, len(whole), 97)}
    for place in sorted(places):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        with pytest.raises(MagliaError) as raised:
            check_archive(path, LOG_KEY, WITNESS)
        assert (raised.value.code, raised.value.params) == (Code.LOG_ARCHIVE, {"file": file_name(2)})
    report = log.verify(archives=folder)
    assert (report.ok, report.bad_archive, report.first_bad) == (False, file_name(2), None)
    for content in (whole[:-1], whole + b"\0", whole[:1000], b""):
        path.write_bytes(content)
        assert log.verify(archives=folder).bad_archive == file_name(2)
    path.write_bytes((folder / file_name(1)).read_bytes())
    assert log.verify(archives=folder).bad_archive == file_name(2), "a good file in another's place"
    path.unlink()
    report = log.verify(archives=folder)
    assert (report.ok, report.first) == (True, 512)
    (folder / file_name(1)).unlink()
    path.write_bytes(whole)
    report = log.verify(archives=folder)
    assert (report.ok, report.first) == (True, 256)


def test_tiles_of_archived_entries_are_still_compared(log: Log, engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    grow(log, 1000)
    archives(log, engine, folder).archive(512, WITNESS)
    [archived] = SqlLogBackend(engine).archived()
    for tile in (TILE.c.level == 0) & (TILE.c.idx == 1), (TILE.c.level == 1):
        with engine.connect() as connection:
            hashes = bytearray(connection.execute(select(TILE.c.hashes).where(tile)).scalar_one())
        hashes[40] ^= 1
        with engine.begin() as connection:
            connection.execute(update(TILE).where(tile).values(hashes=bytes(hashes)))
        report = log.verify()
        assert (report.ok, report.first_bad) == (False, 256)
        hashes[40] ^= 1
        with engine.begin() as connection:
            connection.execute(update(TILE).where(tile).values(hashes=bytes(hashes)))
    assert log.verify(archives=folder).ok
    assert archived == ArchivedFile(1, 0, 512, check_archive(folder / file_name(1), LOG_KEY).digest)


class KilledError(Exception):
    """Stands for the end of the process."""


def killed(_archived: ArchivedFile) -> None:
    raise KilledError


def test_what_stops_between_file_and_database_loses_nothing(log: Log, engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    grow(log, 1000)
    backend = SqlLogBackend(engine)
    with pytest.raises(KilledError):
        LogArchives(backend, folder, ORIGIN, KEY, killed).archive(512, WITNESS)
    assert (stored(engine), names(folder)) == (1000, [file_name(1)])
    (folder / f".{file_name(1)}.partial").write_bytes(b"cut short")
    assert log.verify(archives=folder).ok
    archives(log, engine, folder).archive(768, WITNESS)
    assert (stored(engine), names(folder)) == (232, [file_name(1)])
    assert check_archive(folder / file_name(1), LOG_KEY).header.end == 768
    assert log.verify(archives=folder).ok


@pytest.mark.parametrize("missing", [False, True], ids=["changed", "missing"])
def test_altered_entries_are_not_archived_and_nothing_is_removed(
    log: Log, engine: Engine, tmp_path: Path, *, missing: bool
) -> None:
    folder, entry = tmp_path / "archive", ENTRY.c.idx == 300
    grow(log, 600)
    with engine.begin() as connection:
        connection.execute(delete(ENTRY).where(entry) if missing else update(ENTRY).where(entry).values(leaf=b"x"))
    before = stored(engine)
    with pytest.raises(MagliaError) as raised:
        archives(log, engine, folder).archive(512, WITNESS)
    assert (raised.value.code, raised.value.params) == (Code.LOG_BROKEN, {"entry": "256"})
    assert (stored(engine), names(folder), log.first) == (before, [], 0)


def test_only_what_this_witness_cosigned_is_archived(log: Log, engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    log.append_many(leaves(0, 300)).result()
    log.checkpoint()
    with pytest.raises(MagliaError) as raised:
        archives(log, engine, folder).archive(300, WITNESS)
    assert raised.value.code is Code.LOG_CHECKPOINT
    grow(log, 300)
    log.append_many(leaves(300, 700)).result()
    with pytest.raises(MagliaError) as raised:
        archives(log, engine, folder).archive(1000, LOG_KEY)
    assert raised.value.code is Code.LOG_CHECKPOINT
    assert [one.end for one in archives(log, engine, folder).archive(1000, WITNESS)] == [256]


def test_verifying_beside_archiving_finds_nothing_missing(log: Log, engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    grow(log, 20_000)
    steps = log.verify_steps(archives=folder)
    next(steps)
    archives(log, engine, folder).archive(16_384, WITNESS)
    reports = []

    def rest() -> Iterator[None]:
        reports.append((yield from steps))

    for _ in rest():
        pass
    assert [(report.ok, report.first, report.size) for report in reports] == [(True, 0, 20_000)]
