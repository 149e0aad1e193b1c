"""The project's programs as a user runs them, each a process of its own; all fork from one, to start quickly."""

from __future__ import annotations

import atexit
from collections.abc import Mapping
from functools import cache

from demo.forks import Forks, Ran

LONGEST_S = 300.0


@cache
def forks() -> Forks:
    """Return what all commands of this worker fork from; it ends with the tests."""
    ours = Forks()
    atexit.register(ours.close)
    return ours


def run(program: str, *arguments: str, environment: Mapping[str, str], stdin: str = "") -> Ran:
    """Run `node`, `registry`, `tui` or `demo` to its end."""
    return forks().run(program, *arguments, environment=environment, stdin=stdin, timeout_s=LONGEST_S)
