"""Doing the acts of the tour: the real `maglia` and `maglia-demo`, each as the person it is for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tui.tour.district import District, Someone
from tui.tour.model import Act, Command, Network, Screens
from tui.tour.typist import type_into

LONGEST_S = 300.0
"""Longest run of one command that is waited for, in seconds."""


class Hands:
    """Runs what a step asks for. `unattended` types for the learner, and tells what commands print to `tell`."""

    def __init__(self, district: District, lang: str, *, unattended: bool, tell: Callable[[str], None]) -> None:
        self._district = district
        self._lang = lang
        self._unattended = unattended
        self._tell = tell

    def line(self, act: Act) -> Sequence[str]:
        """Return the command line of an act, as a person types it."""
        if isinstance(act, Network):
            return ("maglia-demo", act.words[0], "--dir", str(self._district.folder), *act.words[1:])
        words = act.words if isinstance(act, Command) else ()
        return ("maglia", "--profile", str(act.by.profile), *words)

    def do(self, act: Act) -> int:
        """Do it, and return the exit status."""
        module = "demo" if isinstance(act, Network) else "tui"
        words = list(self.line(act))[1:]
        secrets = {} if isinstance(act, Network) else act.by.secrets
        if isinstance(act, Command) and self._unattended:
            words += act.unattended
        command, environment = _command(module, words), self._environment(secrets)
        if isinstance(act, Screens):
            return self._open(act, command, environment)
        if not self._unattended:
            return subprocess.run(command, env=environment, check=False).returncode
        done = _captured(command, environment)
        for line in (done.stdout + done.stderr).splitlines():
            self._tell(f"  {line}")
        return done.returncode

    def ask(self, who: Someone, *words: str) -> dict[str, Any]:
        """Return the document of a command that changes nothing; {} if it gave none."""
        command = _command("tui", ["--profile", str(who.profile), *words, "--json"])
        try:
            found = json.loads(_captured(command, self._environment(who.secrets)).stdout)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def _open(self, act: Screens, command: list[str], environment: dict[str, str]) -> int:
        if self._unattended:
            return type_into(command, environment, act.typed)
        if wish := act.suggestion:
            # Not as an argument: a code would stand in the list of processes for as long as the screen is open.
            environment["MAGLIA_SUGGEST"] = wish
        return subprocess.run(command, env=environment, check=False).returncode

    def _environment(self, secrets: Mapping[str, str]) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MAGLIA_")}
        return {**kept, **secrets, "MAGLIA_LANG": self._lang}


def _command(module: str, words: Sequence[str]) -> list[str]:
    """With -P: the learner may stand in a folder that holds a `demo` of another kind."""
    return [sys.executable, "-P", "-m", module, *words]


def _captured(command: list[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=LONGEST_S,
        check=False,
    )
