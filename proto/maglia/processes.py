"""Processes that outlive the command that starts them, and are ended by another one, never by mistake.

A process is known by its number and by when the kernel says it was born: a number that was given to someone else since
is left alone. Each runs in a session of its own, so that ending its group ends its children too.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

GRACE_S = 10.0
"""How long a process may take to end by itself before it is killed."""

_POLL_S = 0.02
_PROC = Path("/proc")


@dataclass(frozen=True)
class Started:
    """A process of ours: its number and its birth, in the kernel's own words."""

    pid: int
    born: str


def spawn(command: list[str], log: Path, environment: Mapping[str, str]) -> Started:
    """Start a program in its own session, without input, its output added to `log`."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    pid = os.posix_spawn(command[0], command, environment, file_actions=actions, setsid=True)
    return Started(pid, _born(pid) or "")


def is_running(process: Started) -> bool:
    """Return whether this very process still runs; one that ended and waits to be collected does not."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)
    return _born(process.pid) == process.born != ""


def end(processes: Iterable[Started], grace_s: float = GRACE_S) -> None:
    """End processes and their groups together: asked first, killed after `grace_s` seconds."""
    ours = [process for process in processes if is_running(process)]
    for process in ours:
        _signal(os.kill, process.pid, signal.SIGTERM)
    _wait(ours, grace_s)
    for process in ours:
        _signal(os.killpg, process.pid, signal.SIGKILL)
    _wait(ours, GRACE_S)


def kill(process: Started) -> None:
    """Kill one process outright, as a power cut would; its children must see to themselves."""
    if is_running(process):
        _signal(os.kill, process.pid, signal.SIGKILL)
        _wait([process], GRACE_S)


def _signal(send: Callable[[int, int], None], pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        send(pid, number)


def _wait(processes: list[Started], longest_s: float) -> None:
    until = time.monotonic() + longest_s
    while any(is_running(process) for process in processes) and time.monotonic() < until:
        time.sleep(_POLL_S)


def _born(pid: int) -> str | None:
    """When a living process was born; None when there is none, or only its remains."""
    if not _PROC.joinpath("self", "stat").exists():
        return _born_by_ps(pid)
    try:
        stat = _PROC.joinpath(str(pid), "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()  # the name in brackets may hold anything
    return None if fields[0] in "ZX" else fields[19]


def _born_by_ps(pid: int) -> str | None:
    """Return the same where there is no /proc."""
    said = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, born = said.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else born.strip()


class Ledger:
    """The file that lists what a network has running, by name; written whole at each change."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, Started]:
        """Return every process listed, running or not; nothing when there is no file."""
        if not self._path.exists():
            return {}
        return {name: Started(**fields) for name, fields in json.loads(self._path.read_text("utf-8")).items()}

    def put(self, name: str, process: Started) -> None:
        """List a process, in the place of an earlier one of the same name."""
        self._write({**self.read(), name: process})

    def remove(self, name: str) -> None:
        """Strike a process off the list."""
        self._write({other: process for other, process in self.read().items() if other != name})

    def _write(self, processes: Mapping[str, Started]) -> None:
        write_whole(self._path, json.dumps({name: asdict(process) for name, process in processes.items()}, indent=1))


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old content or the new, never a part."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(text, "utf-8")
    fresh.replace(path)
