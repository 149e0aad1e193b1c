"""The programs of a network as a person would run them: the same commands, each a real process.

Their words go to files in the network's `log` folder. Secrets go through the environment only.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from demo.forks import Forks, Ran
from maglia.core.errors import Code, MagliaError
from maglia.processes import Started, spawn

RUN_S = 180.0
"""Longest run of a command that is waited for."""

DATABASE = "MAGLIA_DEMO_DATABASE_URL"
"""Variable with the address of an empty PostgreSQL for the demo's registry: a name of its own, lest it be another's."""


class Programs:
    """Runs and starts `registry`, `node` and `tui` for the network in `directory`.

    Commands are quick where there are `forks`; whoever runs a few does without. `within` goes before whatever is run
    without them, such as a command that puts it on another machine.
    """

    def __init__(
        self, directory: Path, passphrase: str, forks: Forks | None = None, within: Sequence[str] = ()
    ) -> None:
        self._logs = directory / "log"
        self.passphrase = passphrase
        self._forks = forks
        self._within = within

    def environment(self, password: str = "") -> dict[str, str]:
        """Return a program's environment: this one's, without settings meant for other programs."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MAGLIA_")}
        kept.pop("PYTHONDONTWRITEBYTECODE", None)  # some seventy starts would each compile every library again
        kept |= {name: os.environ[name] for name in ("MAGLIA_OPA", "MAGLIA_LANG") if name in os.environ}
        if DATABASE in os.environ:
            kept["MAGLIA_REGISTRY_DATABASE_URL"] = os.environ[DATABASE]
        kept["MAGLIA_PASSPHRASE"] = self.passphrase
        if password:
            kept["MAGLIA_PASSWORD"] = password
        return kept

    def attempt(self, program: str, *arguments: str, password: str = "") -> Ran:
        """Run a command to its end, whatever that is; raises `network.process` after `RUN_S` seconds."""
        environment = self.environment(password)
        try:
            if self._forks is not None:
                return self._forks.run(program, *arguments, environment=environment, timeout_s=RUN_S)
            done = subprocess.run(
                [*self._within, *command(program, *arguments)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                env=environment,
                start_new_session=True,
                timeout=RUN_S,
                check=False,
            )
        except (TimeoutError, subprocess.TimeoutExpired) as error:
            raise self._failed(f"{program} {arguments[0]}", "setup", f"takes longer than {RUN_S} s") from error
        return Ran(done.returncode, done.stdout, done.stderr)

    def run(self, program: str, *arguments: str, password: str = "") -> str:
        """Run a command and return what it printed; raises `network.process` unless it ends with status 0."""
        ran = self.attempt(program, *arguments, password=password)
        if ran.status != 0:
            with self.log("setup").open("a", encoding="utf-8") as log:
                log.write(f"{program} {arguments[0]}\n{ran.err}{ran.out}status {ran.status}\n")
            raise self._failed(f"{program} {arguments[0]}", "setup", f"ended with status {ran.status}")
        return ran.out

    def start(self, name: str, program: str, *arguments: str) -> Started:
        """Start a server that outlives this command."""
        return spawn([*self._within, *command(program, *arguments)], self.log(name), self.environment())

    def log(self, name: str) -> Path:
        """Return where a program's words are kept."""
        return self._logs / f"{name}.log"

    def failed(self, name: str, cause: str) -> MagliaError:
        """Return the error of a server that did not do its part."""
        return self._failed(name, name, cause)

    def _failed(self, what: str, log: str, cause: str) -> MagliaError:
        return MagliaError(Code.NETWORK_PROCESS, name=what, log=str(self.log(log)), cause=cause)


def command(program: str, *arguments: str) -> list[str]:
    """Return the command line of a program of this environment.

    With -P, since the user may stand in a folder that holds a `node` of another kind.
    """
    return [sys.executable, "-P", "-m", program, *arguments]
