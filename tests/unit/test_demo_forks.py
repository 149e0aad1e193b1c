"""Commands that fork from a process with the libraries loaded: as real as those that are started, and quicker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from demo.forks import LIBRARIES, Forks, Ran

PROGRAM = "small_program"
SHOWS = """
import os, sys
print(sys.argv[1:], sys.stdin.read(), os.environ.get("MAGLIA_TRIED"), "HOME" in os.environ)
print(os.getpid() == os.getsid(0), __name__, file=sys.stderr)
sys.exit(int(sys.argv[1]))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("programs")


@pytest.fixture(scope="module")
def forks(folder: Path) -> Iterator[Forks]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder))
        with Forks() as forks:
            yield forks


def _run(forks: Forks, folder: Path, program: str, *arguments: str, timeout_s: float = 60, stdin: str = "") -> Ran:
    name = f"{PROGRAM}_{abs(hash(program))}"
    folder.joinpath(f"{name}.py").write_text(program, "utf-8")
    return forks.run(name, *arguments, environment={"MAGLIA_TRIED": "sì"}, stdin=stdin, timeout_s=timeout_s)


@pytest.mark.parametrize("status", [0, 3])
def test_a_command_has_its_own_words_input_environment_session_and_status(
    forks: Forks, folder: Path, status: int
) -> None:
    ran = _run(forks, folder, SHOWS, str(status), "due parole", stdin="città")
    assert ran == (status, f"['{status}', 'due parole'] città sì False\n", "True __main__\n")


def test_a_command_runs_its_program_as_it_would_be_started(forks: Forks) -> None:
    arguments = ("profile", "--dir", "/nowhere", "--user", "anna", "--out", "/nowhere/anna.toml", "--json")
    started = subprocess.run(
        [sys.executable, "-P", "-m", "node", *arguments], capture_output=True, text=True, check=False
    )
    forked = forks.run("node", *arguments, environment=os.environ, timeout_s=60)
    assert forked == (started.returncode, started.stdout, started.stderr)
    assert forked.status == 1


def test_nothing_of_one_command_is_left_to_the_next(forks: Forks, folder: Path) -> None:
    program = "import os, sys; print(hasattr(sys, 'mine'), 'MINE' in os.environ); sys.mine = os.environ['MINE'] = '1'"
    assert [_run(forks, folder, program).out for _ in range(2)] == ["False False\n"] * 2


def test_a_failure_is_told_whole(forks: Forks, folder: Path) -> None:
    ran = _run(forks, folder, "def fails(): raise ValueError('perché')\nfails()")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.endswith("ValueError: perché\n")


def test_a_command_that_is_killed_has_the_signals_status(forks: Forks, folder: Path) -> None:
    ran = _run(forks, folder, f"import os; print('ecco', flush=True); os.kill(os.getpid(), {int(signal.SIGKILL)})")
    assert ran == (-signal.SIGKILL, "ecco\n", "")


def test_what_takes_too_long_is_ended_with_what_it_started(forks: Forks, folder: Path) -> None:
    pid_file = folder / "child.pid"
    program = (
        "import pathlib, subprocess, sys, time;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        f"pathlib.Path({str(pid_file)!r}).write_text(str(child.pid));"
        "time.sleep(600)"
    )
    with pytest.raises(TimeoutError):
        _run(forks, folder, program, timeout_s=5)
    child = Path(f"/proc/{pid_file.read_text('utf-8')}/stat")
    until = time.monotonic() + 20
    while child.exists() and child.read_text("utf-8").split()[2] != "Z":
        assert time.monotonic() < until
        time.sleep(0.02)


def test_commands_run_side_by_side(forks: Forks, folder: Path) -> None:
    waits = "import pathlib, sys, time\np = pathlib.Path(sys.argv[1])\nwhile not p.exists(): time.sleep(0.02)"
    makes = "import pathlib, sys\npathlib.Path(sys.argv[1]).touch()"
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(_run, forks, folder, waits, str(folder / "made"))
        assert _run(forks, folder, makes, str(folder / "made")).status == 0
        assert waiting.result().status == 0


def test_the_libraries_start_no_thread_that_a_fork_would_lose() -> None:
    script = f"import importlib, os\nfor name in {LIBRARIES!r}: importlib.import_module(name)\n"
    counted = script + "print(len(os.listdir('/proc/self/task')))"
    done = subprocess.run([sys.executable, "-c", counted], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


def test_a_command_leaves_what_was_loaded_before_out_of_its_collections(forks: Forks, folder: Path) -> None:
    counts = "import gc\nprint(gc.get_freeze_count() > 10_000, len(gc.get_objects()) < 10_000)"
    assert _run(forks, folder, counts) == (0, "True True\n", "")
