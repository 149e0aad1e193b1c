"""A log whose process is killed (SIGKILL) again and again: no acknowledged entry is lost, no tree is torn."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from maglia.core.log import Log
from maglia.core.log_archive_read import check_chain
from maglia.sql.log import SqlLogBackend
from tests.integration.log_writer import KEY, ORIGIN, open_engine
from tests.integration.test_log_store import LOG_KEY
from tests.support.archive_file import read_archive

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("archiving", [False, True], ids=["writing", "archiving too"])
@pytest.mark.parametrize(
    "rounds", [2, pytest.param(100, marks=pytest.mark.long)], ids=["a few times", "a hundred times"]
)
def test_no_acknowledged_entry_is_lost_when_the_process_is_killed(
    tmp_path: Path, rounds: int, *, archiving: bool
) -> None:
    database, folder = tmp_path / "killed.db", tmp_path / "archive"
    acknowledged: dict[int, bytes] = {}
    for turn in range(rounds):
        words = [str(database), *([str(folder)] if archiving else [])]
        for index, leaf in killed_after(words, 150 + 97 * turn % 1_009):
            assert index not in acknowledged
            acknowledged[index] = leaf
        if turn % 10 == 9 or turn == rounds - 1:
            assert acknowledged.items() <= all_stored(database, folder).items()


def all_stored(database: Path, folder: Path) -> dict[int, bytes]:
    """Open the log as a start does, verify it whole, and return its entries, archived ones too."""
    backend = SqlLogBackend(open_engine(database))
    log = Log(backend, ORIGIN, KEY)
    report = log.verify(archives=folder)
    assert (report.ok, report.first) == (True, 0)
    paths = [folder / f"{one.number:06d}.maglia-log" for one in backend.archived()]
    check_chain(paths, LOG_KEY)
    leaves = [leaf for path in paths for leaf in read_archive(path, KEY.public_key()).leaves]
    assert len(leaves) == log.first
    leaves += log.read(log.first, log.size - log.first)
    assert log.append(b"after").result().index == len(leaves)
    log.close()
    return dict(enumerate(leaves))


def killed_after(words: list[str], lines: int) -> list[tuple[int, bytes]]:
    """Start a writer, kill it once it acknowledged `lines` entries; return all it acknowledged."""
    command = [sys.executable, "-m", "tests.integration.log_writer", *words]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        read = [process.stdout.readline() for _ in range(lines)]
        process.kill()
        read += process.stdout.readlines()
    assert process.returncode == -9
    parts = [line.split() for line in read if line.endswith(b"\n")]
    return [(int(index), bytes.fromhex(leaf.decode())) for index, leaf in parts]
