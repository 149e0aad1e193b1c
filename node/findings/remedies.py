"""The exact commands that mend a node, as typed on its machine: those of a hosted body stand behind `host run`."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from maglia.core.errors import Code, MagliaError
from maglia.core.findings.model import Finding, Level, Subject, failed, told

CLOCK = "sudo timedatectl set-ntp true"
OPA = "python -m maglia.policy.binary --install"
SILENT = "maglia status network"
PORTS = "ss -ltnp"
PASSPHRASE = "read -rs MAGLIA_PASSPHRASE && export MAGLIA_PASSPHRASE"  # noqa: S105 - asks for it, without showing it
_DEFAULT_ROOT = Path("/var/lib/maglia")


@dataclass(frozen=True)
class Remedies:
    """Commands for the node in `folder`; `member` is set where `maglia-node host` runs it, `root` is that host's."""

    folder: Path
    member: str = ""
    root: Path = _DEFAULT_ROOT

    @property
    def is_hosted(self) -> bool:
        """Return whether the node is one of several on its machine."""
        return bool(self.member)

    def run(self, *words: str) -> str:
        """Return a command of `maglia-node` for this node."""
        if self.is_hosted:
            return self._host("run", *words)
        return f"maglia-node {' '.join(words)} --dir {self._quoted(self.folder)}"

    def start(self) -> str:
        """Return what starts it."""
        return self._host("start") if self.is_hosted else self.run("serve")

    def restart(self) -> str:
        """Return what starts it again, after it was stopped; a node that runs in a window is stopped there."""
        return f"{self._host('stop')}; {self._host('start')}" if self.is_hosted else self.run("serve")

    def state(self) -> str:
        """Return what asks the office how this body stands: the line, the office's answer, and what it says."""
        return self.run("state")

    def log(self) -> str:
        """Return what says where the log is altered."""
        return self.run("log", "verify")

    def room(self) -> str:
        """Return what shows how full the disk is."""
        return f"df -h {self._quoted(self.folder)}"

    def listed(self, folder: str) -> str:
        """Return what shows the files of a folder in the node's own, or of the node's where that one is gone."""
        here = self.folder / folder
        return f"ls -l {self._quoted(here if here.is_dir() else self.folder)}"

    def settings(self) -> str:
        """Return what opens the settings."""
        return f"nano {self._quoted(self.folder / 'node.toml')}"

    def recover(self) -> str:
        """Return what the office runs on its registry, with what this node kept, when that fell behind."""
        return f"maglia-registry recover --dir REGISTRO --from {self._quoted(self.folder / 'trust')}"

    def restore(self) -> str:
        """Return how a node is put back from its archive."""
        return "maglia-node restore --help"

    def of_error(self, error: MagliaError) -> str:
        """Return what mends an error; every code has one, if only what says more of it."""
        return self.of_code(error.code, error.params.get("command", ""))

    def of_code(self, code: Code, command: str = "") -> str:
        """Return what mends the error of a code; `command` is what its own sentence names, without a folder."""
        by_code = {
            Code.STORAGE_KEYSTORE: self.restore() if self.is_hosted else PASSPHRASE,
            Code.STORAGE_MOVED: self.restore(),
            Code.STORAGE_CODES: self.run("import", "--help"),
            Code.STORAGE_LOST: self.restore(),
            Code.STORAGE_KEYS_LOST: self.restore(),
            Code.STORAGE_KEYS_DAMAGED: self.restore(),
            Code.INPUT_SETTING_VALUE: self.settings(),
            Code.INPUT_TOML: self.settings(),
            Code.STORAGE_LOCKED: self.restart(),
            Code.INPUT_SETTING: self.settings(),
            Code.INPUT_FILE: self.settings(),
            Code.NETWORK_PORT_BUSY: PORTS,
            Code.LOG_STALE: self.state(),
            Code.LOG_UNWITNESSED: self.state(),
            Code.LOG_UNAVAILABLE: self.room(),
            Code.LOG_KEY: self.listed("log-keys"),
            Code.POLICY_STALE: self.state(),
        }
        by_family = {
            "policy": self.restart(),
            "storage": self.room(),
            "log": self.log(),
            "directory": self.state(),
            "network": self.state(),
            "member": self.state(),
            "budget": self.state(),
            "version": self.restart(),
        }
        if code is Code.STORAGE_MISSING and command:
            return f"{command} --help"
        return by_code.get(code) or by_family.get(code.value.partition(".")[0], self.run("doctor"))

    def _host(self, *words: str) -> str:
        first, *rest = words
        root = [] if self.root == _DEFAULT_ROOT else ["--dir", self._quoted(self.root)]
        return " ".join(["maglia-node", "host", first, *root, self.member, *rest])

    @staticmethod
    def _quoted(path: Path) -> str:
        return shlex.quote(str(path))


def remedies_for(folder: Path) -> Remedies:
    """Return the commands for a node's folder: one in a host's own (`HOST/bodies/MEMBER/node`) is hosted."""
    here = folder.absolute()
    home = here.parent
    if here.name == "node" and home.parent.name == "bodies" and (home.parents[1] / "host.json").exists():
        return Remedies(folder, home.name, home.parents[1])
    return Remedies(folder)


def for_error(subject: Subject, error: MagliaError, remedies: Remedies, level: Level = Level.PROBLEM) -> Finding:
    """Return an error as a finding with what mends it; where that is a new start, that it is to be stopped first."""
    found = failed(subject, error, remedies.of_error(error), level)
    return replace(found, details=(told("service.restart"),)) if found.repair == remedies.restart() else found


def needs_machine(command: str) -> bool:
    """Return whether a command is typed on the node's own machine, rather than at any console."""
    return bool(command) and not command.startswith("maglia ")


def left_to(findings: Iterable[Finding], *, administers: bool) -> list[Finding]:
    """Return the findings as one reader may use them: commands of the node's machine are an administrator's."""
    if administers:
        return list(findings)
    return [replace(one, repair="", for_manager=True) if needs_machine(one.repair) else one for one in findings]
