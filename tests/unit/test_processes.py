"""The demo's processes: real ones, small, that outlive their starter and are ended exactly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from demo.ports import RANGE, choose_ports
from maglia.processes import Ledger, Started, end, is_running, kill, spawn, write_whole

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
WITH_CHILD = (
    "import subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import signal, time;"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)']);"
    "print(child.pid, flush=True); time.sleep(60)"
)


class Starter:
    """Starts small Python programs and ends whatever the test left."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "program.log"
        self.all: list[Started] = []

    def __call__(self, program: str) -> Started:
        process = spawn([sys.executable, "-c", program], self.log, dict(os.environ))
        self.all.append(process)
        return process

    def said(self) -> str:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            if self.log.exists() and self.log.read_text().endswith("\n"):
                return self.log.read_text().strip()
            time.sleep(0.02)
        raise AssertionError("the program said nothing")


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Starter]:
    starter = Starter(tmp_path)
    yield starter
    for process in starter.all:
        kill(process)


def test_a_started_process_runs_in_its_own_session_without_input(run: Starter) -> None:
    process = run("import os, sys; print(os.getsid(0) == os.getpid(), repr(sys.stdin.read()), flush=True)")
    assert run.said() == "True ''"
    end([process])
    assert not is_running(process)


def test_ending_is_gentle_first_and_certain_in_the_end(run: Starter) -> None:
    process = run(DEAF)
    assert run.said() == "deaf"
    end([process], grace_s=0.2)
    assert not is_running(process)


def test_children_end_with_their_group(run: Starter) -> None:
    process = run(WITH_CHILD)
    child = int(run.said())
    end([process])
    assert not is_running(process)
    assert _gone(child)


def _gone(pid: int) -> bool:
    """The child of a dead parent may stay as remains that nobody collects."""
    for _ in range(100):
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_a_number_given_to_someone_else_is_left_alone(run: Starter) -> None:
    process = run("import time; time.sleep(60)")
    stranger = replace(process, born="1")
    end([stranger], grace_s=0.1)
    kill(stranger)
    assert not is_running(stranger)
    assert is_running(process)


def test_a_process_without_a_birth_is_never_running() -> None:
    assert not is_running(Started(os.getpid(), ""))


def test_a_dead_process_that_waits_for_its_parent_counts_as_ended() -> None:
    program = (
        "import os, sys, time\n"
        "pid = os.fork()\n"
        "if pid == 0: os._exit(0)\n"
        "time.sleep(0.3)\n"
        "print(pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        remains = int(parent.stdout.readline())
        born = Path(f"/proc/{remains}/stat").read_text().rpartition(")")[2].split()[19]
        assert not is_running(Started(remains, born))


def test_the_ledger_keeps_what_runs_across_commands(tmp_path: Path, run: Starter) -> None:
    process = run("import time; time.sleep(60)")
    Ledger(tmp_path / "processes.json").put("onlus-ponte", process)
    again = Ledger(tmp_path / "processes.json")
    assert again.read() == {"onlus-ponte": process}
    again.remove("onlus-ponte")
    assert again.read() == {}


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    write_whole(path, "old")
    with path.open() as reader:
        write_whole(path, "new")
        assert reader.read() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_ports_are_distinct_and_claimed_for_the_next_to_ask(tmp_path: Path) -> None:
    claims = tmp_path / "claims.json"
    first, second = choose_ports(200, claims), choose_ports(200, claims)
    assert len({*first, *second}) == 400
    assert all(RANGE[0] <= port < RANGE[1] for port in first)


@pytest.mark.parametrize("content", ["not json", "[]", '{"x": 1}', '{"12000": null}'])
def test_an_unreadable_claim_claims_nothing(tmp_path: Path, content: str) -> None:
    claims = tmp_path / "claims.json"
    claims.write_text(content)
    (port,) = choose_ports(1, claims)
    assert list(json.loads(claims.read_text())) == [str(port)]


def test_old_claims_lapse(tmp_path: Path) -> None:
    claims = tmp_path / "claims.json"
    claims.write_text(json.dumps({"12000": time.time() - 3600, "12001": time.time() - 1}))
    choose_ports(1, claims)
    assert "12000" not in json.loads(claims.read_text())
    assert "12001" in json.loads(claims.read_text())
