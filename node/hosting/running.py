"""Hosted nodes as processes: started, stopped, looked at; by systemd, or by the command where there is none."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from maglia.core.errors import Code, MagliaError
from maglia.processes import Ledger, end, is_running, spawn
from node.folder import READY_FILE
from node.hosting.plan import Host, Hosted
from node.hosting.units import Units, unit_of
from node.hosting.users import command_of, environment_of

SERVING_S = 120.0
"""Longest wait for a started node to serve, in seconds: the first start enrols everyone on file."""
_POLL_S = 0.05


class Runner(Protocol):
    """What runs the nodes of a host."""

    def start(self, body: Hosted) -> None:
        """Start a body's node and return when it serves; one that runs keeps running. Raises `network.process`."""
        ...

    def stop(self, body: Hosted) -> None:
        """Stop a body's node, and return when it has ended."""
        ...

    def runs(self, body: Hosted) -> bool:
        """Return whether the node runs."""
        ...


class BySystemd:
    """Nodes as units of systemd, which starts them with the machine and again when they fail."""

    def __init__(self, host: Host, units: Units) -> None:
        self._host = host
        self._units = units

    def start(self, body: Hosted) -> None:
        """Start and enable the unit."""
        self._units.start(body.member)
        _wait(self._host.folder(body.member), lambda: self.runs(body), body, f"journalctl -u {unit_of(body.member)}")

    def stop(self, body: Hosted) -> None:
        """Stop and disable the unit."""
        self._units.stop(body.member)

    def runs(self, body: Hosted) -> bool:
        """Return whether the unit is active."""
        asked = ["systemctl", "is-active", "--quiet", unit_of(body.member)]
        return subprocess.run(asked, check=False).returncode == 0


class ByCommand:
    """Nodes as processes that the command leaves behind. Nobody starts them again: for trials, and without systemd."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._ledger = Ledger(host.root / "processes.json")

    def start(self, body: Hosted) -> None:
        """Start the process under the body's user."""
        if self.runs(body):
            return
        folder, log = self._host.folder(body.member), self._host.home(body.member) / "node.log"
        environment = environment_of(folder, self._host.passphrase(body.member))
        process = spawn(command_of(body.user, "serve", "--dir", str(folder)), log, environment)
        self._ledger.put(body.member, process)
        try:
            _wait(folder, lambda: is_running(process), body, str(log), process.pid)
        except MagliaError:
            self.stop(body)
            raise

    def stop(self, body: Hosted) -> None:
        """End the process, and its children."""
        process = self._ledger.read().get(body.member)
        if process is not None:
            end([process])
            self._ledger.remove(body.member)

    def runs(self, body: Hosted) -> bool:
        """Return whether the process still runs."""
        process = self._ledger.read().get(body.member)
        return process is not None and is_running(process)


def runner_of(host: Host) -> Runner:
    """Return what runs the nodes of this host."""
    plan = host.plan()
    if plan.units:
        return BySystemd(host, Units(host.root, plan, host.root / "host.log"))
    return ByCommand(host)


def _wait(folder: Path, runs: Callable[[], bool], body: Hosted, log: str, pid: int | None = None) -> None:
    """Wait until the node says that it serves; `pid` tells its word from one that a killed node left behind."""
    until = time.monotonic() + SERVING_S
    while not _is_ready(folder, pid):
        if not runs() or time.monotonic() > until:
            raise MagliaError(Code.NETWORK_PROCESS, name=body.member, log=log)
        time.sleep(_POLL_S)


def _is_ready(folder: Path, pid: int | None) -> bool:
    try:
        said = json.loads((folder / READY_FILE).read_bytes())
        return pid is None or said["pid"] == pid
    except (OSError, ValueError, KeyError, TypeError):
        return False
