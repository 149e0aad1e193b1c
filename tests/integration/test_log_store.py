"""The log on SQLite and PostgreSQL: what is acknowledged stays, what is changed is found."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Delete, Engine, MetaData, Update, delete, select, update
from sqlalchemy.exc import OperationalError

from maglia.core import merkle
from maglia.core.checkpoint import Checkpoint, NoteKey, cosign, open_checkpoint, sign_checkpoint, verify_cosignature
from maglia.core.errors import Code, MagliaError
from maglia.core.log import Log, LogBackend, StoredEntry, verify_log
from maglia.core.log_port import ArchivedFile
from maglia.sql import engine as sql_engine
from maglia.sql.log import SqlLogBackend, define
from tests.integration.log_writer import KEY, ORIGIN, WITNESS, WITNESS_KEY, open_engine

LOG_KEY = NoteKey(ORIGIN, KEY.public_key())


METADATA = MetaData()
ENTRY, TILE, CHECKPOINT = define(METADATA)


@pytest.fixture
def engine(tmp_path: Path, database_url: str) -> Iterator[Engine]:
    engine = sql_engine.open_engine(database_url) if database_url else open_engine(tmp_path / "log.db")
    METADATA.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def log(engine: Engine) -> Iterator[Log]:
    log = Log(SqlLogBackend(engine), ORIGIN, KEY, witness=WITNESS)
    yield log
    log.close()


def leaves(start: int, count: int) -> list[bytes]:
    return [f"entry {index}".encode() for index in range(start, start + count)]


def reopened(engine: Engine) -> Log:
    return Log(SqlLogBackend(engine), ORIGIN, KEY, witness=WITNESS)


def test_entries_are_numbered_read_back_and_survive_reopening(log: Log, engine: Engine) -> None:
    first = log.append(b"entry 0").result()
    assert (first.index, first.leaf_hash) == (0, merkle.leaf_hash(b"entry 0"))
    made = log.append_many(leaves(1, 600)).result()
    assert [one.index for one in made] == list(range(1, 601))
    assert log.append_many([]).result() == []
    note = log.checkpoint()
    log.close()
    again = reopened(engine)
    assert again.size == 601
    assert again.read(598, 10) == leaves(598, 3)
    assert again.append(b"entry 601").result().index == 601
    assert again.latest() == note
    assert again.verify().ok
    again.close()


def test_proofs_join_checkpoints_and_entries(log: Log) -> None:
    log.append_many(leaves(0, 300)).result()
    old = open_checkpoint(log.checkpoint(), *LOG_KEY)
    log.append_many(leaves(300, 700)).result()
    new = open_checkpoint(log.checkpoint(), *LOG_KEY)
    assert new.root == merkle.root_of([merkle.leaf_hash(leaf) for leaf in leaves(0, 1000)])
    proof = log.consistency_proof(old.size, new.size)
    assert merkle.verify_consistency(old.size, new.size, proof, old.root, new.root)
    for index in (0, 255, 256, 299, 999):
        path = log.inclusion_proof(index, new.size)
        assert merkle.verify_inclusion(merkle.leaf_hash(leaves(index, 1)[0]), index, new.size, path, new.root)


@pytest.mark.parametrize("call", [lambda log: log.inclusion_proof(1, 2), lambda log: log.consistency_proof(0, 1)])
def test_proofs_of_what_is_not_there_are_refused(log: Log, call: object) -> None:
    with pytest.raises(MagliaError) as raised:
        call(log)  # type: ignore[operator]  # a lambda of the parameters above
    assert raised.value.code is Code.INPUT_FIELD


async def test_many_waiters_of_an_event_loop_are_all_served(log: Log) -> None:
    made = await asyncio.gather(*(asyncio.wrap_future(log.append(leaf)) for leaf in leaves(0, 500)))
    assert [one.index for one in made] == list(range(500))
    cancelled = asyncio.wrap_future(log.append(b"given up"))
    cancelled.cancel()
    assert (await asyncio.wrap_future(log.append(b"next"))).index in {500, 501}
    assert log.verify().ok


def test_a_checkpoint_keeps_its_cosignature(log: Log, engine: Engine) -> None:
    log.append(b"one").result()
    note = log.checkpoint()
    assert log.latest_cosigned() is None
    assert not log.verify().cosigned
    log.append(b"two").result()
    later = log.checkpoint()
    log.store_cosignature(cosign(note, WITNESS.name, WITNESS_KEY, 100), size=1)
    cosigned = log.latest_cosigned()
    assert cosigned is not None
    assert verify_cosignature(cosigned, *WITNESS) == 100
    assert log.latest() == later
    log.store_cosignature(cosign(later, WITNESS.name, WITNESS_KEY, 200))
    assert log.checkpoint() == log.latest() == log.latest_cosigned() != later
    assert log.verify().cosigned
    log.close()
    again = reopened(engine)
    assert verify_cosignature(again.latest(), *WITNESS) == 200
    again.close()


def test_a_strangers_cosignature_is_refused(log: Log) -> None:
    log.append(b"one").result()
    note = log.checkpoint()
    for line in (cosign(note, WITNESS.name, KEY, 100), cosign(note, "someone", WITNESS_KEY, 100), b"nonsense\n"):
        with pytest.raises(MagliaError) as raised:
            log.store_cosignature(line)
        assert raised.value.code is Code.LOG_CHECKPOINT
    assert log.latest() == note


def change(engine: Engine, statement: Update | Delete) -> None:
    with engine.begin() as connection:
        assert connection.execute(statement).rowcount > 0


def as_first(idx: int) -> Update:
    """Put a copy of entry 1 in an entry's place."""
    first = ENTRY.alias()
    one = {name: select(first.c[name]).where(first.c.idx == 1).scalar_subquery() for name in ("leaf", "leaf_hash")}
    return update(ENTRY).where(ENTRY.c.idx == idx).values(**one)


@pytest.mark.parametrize(
    ("statement", "first_bad"),
    [
        (update(ENTRY).where(ENTRY.c.idx == 300).values(leaf=b"entry 301"), 300),
        (update(ENTRY).where(ENTRY.c.idx.in_([7, 999])).values(leaf=b"entry 0"), 7),
        (update(ENTRY).where(ENTRY.c.idx == 999).values(leaf=b"x"), 999),
        (update(ENTRY).where(ENTRY.c.idx == 998).values(leaf_hash=bytes(32)), 998),
        (delete(ENTRY).where(ENTRY.c.idx == 512), 512),
        (delete(ENTRY).where(ENTRY.c.idx >= 990), 990),
        (update(TILE).where(TILE.c.level == 0, TILE.c.idx == 2).values(hashes=bytes(8192)), 512),
        (update(TILE).where(TILE.c.level == 1).values(hashes=bytes(96)), 0),
        (delete(TILE).where(TILE.c.level == 0, TILE.c.idx == 1), 256),
        (as_first(600), 600),
        (as_first(990), None),
        (
            update(CHECKPOINT).values(note=sign_checkpoint(Checkpoint(ORIGIN, 1000, bytes(32)), ORIGIN, WITNESS_KEY)),
            None,
        ),
    ],
)
def test_whatever_is_changed_is_found(
    log: Log, engine: Engine, statement: Update | Delete, first_bad: int | None
) -> None:
    log.append_many(leaves(0, 1000)).result()
    log.checkpoint()
    assert log.verify().ok
    change(engine, statement)
    report = log.verify()
    assert not report.ok
    assert report.first_bad == first_bad


def test_every_flipped_bit_of_an_entry_is_found(log: Log, engine: Engine) -> None:
    log.append_many([b"\x00" * 4] * 3).result()
    for bit in range(32):
        with engine.begin() as connection:
            connection.execute(update(ENTRY).where(ENTRY.c.idx == 1).values(leaf=(1 << bit).to_bytes(4, "big")))
        report = log.verify()
        assert (report.ok, report.first_bad) == (False, 1)


def test_a_log_that_lost_its_tail_or_was_rewritten_does_not_open(log: Log, engine: Engine) -> None:
    log.append_many(leaves(0, 10)).result()
    log.checkpoint()
    log.close()
    change(engine, update(ENTRY).where(ENTRY.c.idx == 3).values(leaf_hash=bytes(32)))
    with pytest.raises(MagliaError) as raised:
        reopened(engine)
    assert raised.value.code is Code.LOG_BROKEN
    change(engine, delete(ENTRY).where(ENTRY.c.idx >= 3))
    with pytest.raises(MagliaError) as raised:
        reopened(engine)
    assert raised.value.code is Code.LOG_BROKEN
    report = verify_log(SqlLogBackend(engine), LOG_KEY)
    assert (report.ok, report.size, report.first_bad) == (False, 3, 3)


def test_a_checkpoint_of_another_key_does_not_open(log: Log, engine: Engine) -> None:
    log.checkpoint()
    log.close()
    with pytest.raises(MagliaError) as raised:
        Log(SqlLogBackend(engine), ORIGIN, WITNESS_KEY)
    assert raised.value.code is Code.LOG_CHECKPOINT


class FailingBackend(SqlLogBackend):
    """The real backend on a disk that fills up: before the commit, or just after it."""

    fail_before = False
    fail_after = False

    def commit(self, entries: Sequence[StoredEntry], tiles: Sequence[merkle.Tile]) -> None:
        if self.fail_before:
            raise OSError(28, "No space left on device")
        super().commit(entries, tiles)
        if self.fail_after:
            raise OperationalError("COMMIT", {}, Exception("disk I/O error"))


@pytest.mark.parametrize("moment", ["fail_before", "fail_after"])
def test_a_failed_commit_fails_its_futures_and_leaves_no_torn_tree(engine: Engine, moment: str) -> None:
    backend = FailingBackend(engine)
    log = Log(backend, ORIGIN, KEY)
    log.append_many(leaves(0, 255)).result()
    setattr(backend, moment, True)
    for failed in [log.append(b"x"), log.append(b"y")]:
        error = failed.exception()
        assert isinstance(error, MagliaError)
        assert error.code is Code.LOG_UNAVAILABLE
    setattr(backend, moment, False)
    made = log.append(b"later").result()
    assert log.read(made.index, 1) == [b"later"]
    log.checkpoint()
    assert log.verify().ok
    assert log.size == made.index + 1
    log.close()


def test_a_second_writer_cannot_fork_the_log(log: Log, engine: Engine) -> None:
    other = reopened(engine)
    log.append(b"mine").result()
    error = other.append(b"theirs").exception()
    assert isinstance(error, MagliaError)
    assert error.code is Code.LOG_UNAVAILABLE
    assert other.append(b"theirs").result().index == 1
    other.close()


@pytest.mark.parametrize(("size", "end"), [(1000, 512), (768, 768), (600, 256)])
def test_a_log_without_its_first_entries_proves_them_still(engine: Engine, size: int, end: int) -> None:
    log = reopened(engine)
    log.append_many(leaves(0, size)).result()
    before = open_checkpoint(log.checkpoint(), *LOG_KEY)
    log.close()
    SqlLogBackend(engine).forget(ArchivedFile(1, 0, end, bytes(32)))
    log = reopened(engine)
    assert (log.size, log.first) == (size, end)
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves(0, size)]
    for start, count in ((0, size), (0, size + 5), (3, 10), (250, 300), (end - 1, 2), (end, 5), (size, 1)):
        assert log.leaf_hashes(start, count) == b"".join(hashes[start : start + count])
    for index in (0, end - 1, size - 1):
        path = log.inclusion_proof(index, size)
        assert merkle.verify_inclusion(hashes[index], index, size, path, before.root)
    assert log.append(b"next").result().index == size
    after = open_checkpoint(log.checkpoint(), *LOG_KEY)
    assert merkle.verify_consistency(size, size + 1, log.consistency_proof(size, size + 1), before.root, after.root)
    assert log.read(end, 2) == [*leaves(end, size - end), b"next"][:2]
    with pytest.raises(MagliaError) as raised:
        log.read(end - 1, 2)
    assert raised.value.code is Code.INPUT_FIELD
    change(engine, delete(ENTRY).where(ENTRY.c.idx == size))
    with pytest.raises(MagliaError) as raised:
        log.read(size, 1)
    assert raised.value.code is Code.LOG_BROKEN
    log.close()


def test_closing_drains_and_then_refuses(engine: Engine) -> None:
    log = reopened(engine)
    queued = [log.append(leaf) for leaf in leaves(0, 300)]
    log.close()
    assert [one.result().index for one in queued] == list(range(300))
    error = log.append(b"late").exception()
    assert isinstance(error, MagliaError)
    assert error.code is Code.LOG_UNAVAILABLE


def test_the_backend_is_a_log_backend(engine: Engine) -> None:
    backend: LogBackend = SqlLogBackend(engine)
    assert backend.size() == 0
    assert backend.last_checkpoint() is None
