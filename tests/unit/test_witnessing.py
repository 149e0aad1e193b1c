"""When a log is shown to its witness, and what becomes of a witness that knows better."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from maglia.core import merkle
from maglia.core.checkpoint import Checkpoint, NoteKey, cosign, open_checkpoint, verify_cosignature
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey
from maglia.core.log import Log
from maglia.core.vocabulary import COSIGNATURE_MAX_S
from maglia.sql.engine import open_sqlite
from maglia.sql.log import SqlLogBackend
from node.log.guard import FORK_FILE, LogGuard
from node.network.witnessing import Witnessing, witness_key
from node.store.migrations import migrate
from tests.clerk import StoppedClock
from tests.peer_world import PARISH

if TYPE_CHECKING:
    from node.network.registry import RegistryClient

ORIGIN = f"maglia/prova/{PARISH.id}"


class Witness:
    """A witness in memory that keeps the rule: cosign what continues the last checkpoint seen, and nothing else."""

    def __init__(self) -> None:
        self.key = SigningKey.generate()
        self.seen = Checkpoint(ORIGIN, 0, merkle.EMPTY_ROOT)
        self.cosigned: list[int] = []
        self.away = False

    def name(self) -> NoteKey:
        return witness_key("prova", self.key.public)

    async def cosign(self, note: bytes, old_size: int, proof: Sequence[bytes]) -> tuple[bytes, int]:
        if self.away:
            raise MagliaError(Code.NETWORK_UNREACHABLE)
        shown = open_checkpoint(note, ORIGIN, PARISH.key.private.public_key())
        if old_size != self.seen.size:
            return b"", self.seen.size
        if not merkle.verify_consistency(old_size, shown.size, proof, self.seen.root, shown.root):
            raise MagliaError(Code.LOG_FORK)
        self.seen = shown
        self.cosigned.append(shown.size)
        return cosign(note, self.name().name, self.key.private, int(StoppedClock().now())), shown.size


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    database = open_sqlite(tmp_path / "node.db")
    migrate(database)
    log = Log(SqlLogBackend(database), ORIGIN, PARISH.key.private)
    yield log
    log.close()
    database.dispose()


@pytest.fixture
def guard(log: Log, tmp_path: Path) -> LogGuard:
    return LogGuard(tmp_path, log, lambda: 0, StoppedClock(), COSIGNATURE_MAX_S)


@pytest.fixture
def witness() -> Witness:
    return Witness()


def grow(log: Log, entries: int) -> None:
    log.append_many([f"{log.size + number}".encode() for number in range(entries)]).result()


def shown(log: Log, witness: Witness, guard: LogGuard, every_s: float = 600) -> Witnessing:
    return Witnessing(log, cast("RegistryClient", witness), guard, witness.name, every_s)


async def test_the_head_is_shown_at_start_then_the_first_entries_then_in_its_time(
    log: Log, witness: Witness, guard: LogGuard
) -> None:
    witnessing = shown(log, witness, guard)
    for entries in (0, 0, 3, 3, 994, 3):
        grow(log, entries)
        await witnessing.start()
    assert witness.cosigned == [0, 3, 1003]


async def test_a_machine_that_slept_shows_its_log_when_it_wakes_up(
    log: Log, witness: Witness, guard: LogGuard, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = 1_000.0
    monkeypatch.setattr("node.network.witnessing.seconds_passed", lambda: passed)
    witnessing = shown(log, witness, guard)
    for asleep, times in ((0.0, 1), (599.0, 1), (1.0, 2), (5 * 3_600.0, 3), (1.0, 3)):
        passed += asleep
        await witnessing.start()
        assert len(witness.cosigned) == times


async def test_a_witness_with_another_key_is_shown_the_log_at_once(log: Log, witness: Witness, guard: LogGuard) -> None:
    witnessing = shown(log, witness, guard)
    grow(log, 3)
    await witnessing.start()
    witness.key = SigningKey.generate()
    await witnessing.start()
    assert witness.cosigned == [3, 3]
    note = log.latest_cosigned()
    assert note is not None
    assert verify_cosignature(note, *witness.name()) == StoppedClock().now()
    assert guard.verify().ok


async def test_a_witness_away_is_no_contradiction(log: Log, witness: Witness, guard: LogGuard) -> None:
    witness.away = True
    await shown(log, witness, guard).start()
    assert not guard.forked
    assert guard.problems() == [Code.LOG_UNWITNESSED], "it was never cosigned"
    witness.away = False
    await shown(log, witness, guard).start()
    assert guard.problems() == []


@pytest.mark.parametrize("seen", [2, 3, 9], ids=["another past", "another head", "more than there is"])
async def test_a_witness_that_saw_another_log_silences_this_one(
    log: Log, witness: Witness, guard: LogGuard, tmp_path: Path, seen: int
) -> None:
    grow(log, 3)
    witness.seen = Checkpoint(ORIGIN, seen, bytes(32))
    witnessing = shown(log, witness, guard)
    await witnessing.start()
    assert guard.problems() == [Code.LOG_FORK]
    assert (tmp_path / FORK_FILE).exists()
    assert not guard.verify().ok
    again = LogGuard(tmp_path, log, lambda: 0, StoppedClock(), COSIGNATURE_MAX_S)
    assert again.forked
    witness.seen = Checkpoint(ORIGIN, 0, merkle.EMPTY_ROOT)
    await witnessing.start()
    assert witness.cosigned == [], "a log that forked is shown no more"


@pytest.mark.parametrize(("enrolled", "ok"), [(3, True), (4, False)])
def test_a_log_shorter_than_the_pseudonyms_on_file_is_not_this_bodys(
    log: Log, tmp_path: Path, enrolled: int, *, ok: bool
) -> None:
    grow(log, 3)
    guard = LogGuard(tmp_path, log, lambda: enrolled, StoppedClock(), COSIGNATURE_MAX_S)
    assert guard.verify().ok is ok
    guard.start()
    assert guard.forked is not ok
