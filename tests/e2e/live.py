"""A live network for tests: brought up, asked and taken down by the commands a user has."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.sheet import find_node
from maglia.processes import Ledger, Started, is_running
from tests.support import commands

TODAY = "2026-11-21"
SEED = 7


@dataclass(frozen=True)
class Ended:
    """How a command ended, with what it printed."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The JSON object on standard output; fails the test with both streams when there is none."""
        try:
            found: dict[str, Any] = json.loads(self.out)
        except ValueError as error:
            raise AssertionError(f"no JSON: {self}") from error
        return found


def run(program: str, *arguments: str, environment: Mapping[str, str] | None = None, stdin: str = "") -> Ended:
    """Run a program of the project to its end."""
    done = commands.run(program, *arguments, environment=environment or os.environ, stdin=stdin)
    return Ended(done.status, done.out, done.err)


class LiveNetwork:
    """One network, through its `demo.json` and its commands."""

    def __init__(self, directory: Path, environment: Mapping[str, str] | None = None) -> None:
        self.directory = directory
        self._environment = dict(environment or os.environ)

    def with_environment(self, more: Mapping[str, str]) -> LiveNetwork:
        """Return the same network, whose programs are started with more in their environment."""
        return LiveNetwork(self.directory, {**self._environment, **more})

    def up(self, *, bodies: int, replicas: int = 1, records: int | None = None, today: str = TODAY) -> None:
        """Bring the network up; fails the test with everything it said."""
        asked = ["--seed", str(SEED), "--today", today, "--bodies", str(bodies), "--replicas", str(replicas)]
        if records is not None:
            asked += ["--records", str(records)]
        ended = self.demo("up", *asked, "--json")
        assert ended.status == 0, f"{ended.err}{ended.out}{self._logs()}"
        assert ended.document == self.sheet

    def down(self) -> Ended:
        """Take it down."""
        return self.demo("down", "--json")

    def demo(self, command: str, *arguments: str) -> Ended:
        """Run `maglia-demo` on this network."""
        return run("demo", command, *arguments, "--dir", str(self.directory), environment=self._environment)

    def stop(self, member: str) -> None:
        """Stop one node."""
        ended = self.demo("stop", member, "--json")
        assert ended.status == 0, ended

    def start(self, member: str) -> None:
        """Start one node again."""
        ended = self.demo("start", member, "--json")
        assert ended.status == 0, f"{ended}{self._logs(member)}"

    @property
    def sheet(self) -> dict[str, Any]:
        """`demo.json` as it is now."""
        found: dict[str, Any] = json.loads(self.directory.joinpath("demo.json").read_text("utf-8"))
        return found

    def node(self, member: str) -> dict[str, Any]:
        """One node's part of `demo.json`."""
        return find_node(self.sheet, member)

    def members(self) -> list[str]:
        """Every member's id."""
        return [node["member"] for node in self.sheet["nodes"]]

    def case(self, case_id: str) -> dict[str, Any]:
        """One planted case."""
        return next(case for case in self.sheet["planted"] if case["id"] == case_id)

    def certificate(self, member: str) -> bytes:
        """The certificate that a body's consoles trust, PEM."""
        profile = Path(self.node(member)["profile"])
        ca_file: str = tomllib.loads(profile.read_text("utf-8"))["ca_file"]
        return profile.parent.joinpath(ca_file).read_bytes()

    def console(self, member: str, *arguments: str, password: str | None = None, stdin: str = "") -> Ended:
        """Run `maglia` as the first operator of a body."""
        node = self.node(member)
        environment = {**self._environment, "MAGLIA_PASSWORD": password or node["operators"][0]["password"]}
        return run("tui", "--profile", node["profile"], *arguments, environment=environment, stdin=stdin)

    def check(self, case: Mapping[str, Any], *options: str) -> Ended:
        """Put a case's question."""
        question = ("--facet", case["facet"], "--purpose", case["purpose"])
        return self.console(case["asker"], "check", case["identifier"], *question, "--json", *options)

    def wait_complete(self, case_id: str) -> None:
        """Wait until a case's answer is complete again: a node that came back is asked within seconds."""
        for _ in range(15):
            ended = self.check(self.case(case_id))
            if ended.document.get("complete"):
                return
        raise AssertionError(f"still not complete: {ended}")

    def verify_log(self, member: str) -> Ended:
        """Recompute one node's log."""
        return self.console(member, "log", "verify", "--json")

    def on_node(self, member: str, *arguments: str) -> Ended:
        """Run `maglia-node` on a node's folder, as its administrator."""
        passphrase = self.directory.joinpath("passphrase").read_text("utf-8")
        environment = {**self._environment, "MAGLIA_PASSPHRASE": passphrase}
        folder = self.node(member)["data_dir"]
        return run("node", *arguments, "--dir", folder, environment=environment)

    def process(self, member: str) -> Started:
        """A node's process, or the registry's."""
        return Ledger(self.directory / "processes.json").read()[member]

    def running(self) -> list[str]:
        """Names of the network's own processes that run."""
        return [
            name for name, process in Ledger(self.directory / "processes.json").read().items() if is_running(process)
        ]

    def _logs(self, name: str = "*") -> str:
        logs = sorted(self.directory.glob(f"log/{name}.log"))
        return "".join(f"\n--- {path.name}\n{path.read_text('utf-8', 'replace')[-3000:]}" for path in logs)


def processes_in(directory: Path) -> list[str]:
    """Return the command lines of all processes on this machine that name a folder or stand in it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = entry.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            if str(directory) in line or str(entry.joinpath("cwd").readlink()).startswith(str(directory)):
                found.append(line)
        except OSError:  # it ended meanwhile, or is not ours to look at
            continue
    return found
