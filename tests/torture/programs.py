"""The programs of a live network as faults meet them: killed outright, and started again as a service manager does."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from pathlib import Path

from demo.network import programs_of
from demo.ports import choose_ports
from maglia.core.identity import REGISTRY_ID
from maglia.processes import Ledger, Started, is_running, kill
from tests.e2e.live import LiveNetwork

RELAY, OPA = "relay", "opa"
RELAY_NAME = "relay-esempio"
PATIENCE_S = 90.0
"""How long a program may take to serve again, on a machine that does much else; what it took is in the results."""


class Programs:
    """Nodes, the registry, a relay if there is one, and the nodes' policy servers."""

    def __init__(self, live: LiveNetwork) -> None:
        self.live = live
        self._relay: Path | None = None

    def names(self) -> list[str]:
        """Return what can be killed here."""
        opa = [f"{OPA} {member}" for member in self.live.members() if self._policy_server(member)]
        return [REGISTRY_ID, *self.live.members(), *opa, *([RELAY] if self._relay else [])]

    def kill(self, name: str) -> None:
        """End a program as a power cut would; one that is down stays so."""
        if name.startswith(OPA):
            for pid in self._policy_server(name.removeprefix(f"{OPA} ")):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        else:
            kill(self.live.process(name))

    async def revive(self, name: str) -> None:
        """Start a program again, and wait until it serves; a policy server is its node's own affair."""
        if name == RELAY:
            await asyncio.to_thread(self._serve_relay)
        elif not name.startswith(OPA):
            await asyncio.to_thread(self.live.start, name)

    def add_relay(self, member: str) -> None:
        """Set a relay up and start it, and let others reach a body through it from now on."""
        self._relay = self.live.directory / RELAY
        ports = [f"127.0.0.1:{port}" for port in choose_ports(2)]
        where = ("--public", ports[0], "--nodes", ports[1])
        named = ("--name", RELAY_NAME, "--network-file", str(self.live.directory / "network.json"))
        programs_of(self.live.directory).run("registry", "relay", "init", "--dir", str(self._relay), *named, *where)
        self._serve_relay()
        self.live.stop(member)
        settings = Path(self.live.node(member)["data_dir"]) / "node.toml"
        settings.write_text(f'via = "{self._relay / "relay.json"}"\n' + settings.read_text("utf-8"), "utf-8")
        self.live.start(member)

    def _serve_relay(self) -> None:
        assert self._relay is not None
        ready = self._relay / "status.json"
        ready.unlink(missing_ok=True)
        programs = programs_of(self.live.directory)
        process = programs.start(RELAY, "registry", "relay", "serve", "--dir", str(self._relay))
        Ledger(self.live.directory / "processes.json").put(RELAY, process)
        _wait_for(ready, process, programs.log(RELAY))

    def _policy_server(self, member: str) -> list[int]:
        """Return the processes below a node that are its policy server's."""
        return [pid for pid in children(self.live.process(member).pid) if b"run" in _words(pid)]


def children(pid: int) -> list[int]:
    """Return the processes that a process started."""
    with contextlib.suppress(OSError):
        found = [task.joinpath("children").read_text("ascii") for task in Path(f"/proc/{pid}/task").iterdir()]
        return [int(child) for words in found for child in words.split()]
    return []


def _words(pid: int) -> list[bytes]:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return []


def _wait_for(ready: Path, process: Started, log: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while not ready.exists():
        assert is_running(process), log.read_text("utf-8")[-2000:]
        assert time.monotonic() < until, log.read_text("utf-8")[-2000:]
        time.sleep(0.05)
