"""How long a command takes to say `--help`, beside a Python that does nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.measure import Plan, seconds_each
from benchmarks.table import Table

COMMANDS = ("maglia", "maglia-node", "maglia-registry", "maglia-demo")


def measure_commands(plan: Plan, table: Table) -> None:
    """Measure every command's help: milliseconds more than a bare start."""
    table.section("--help (milliseconds more than `python -c pass`, which is beside)")
    bare = _milliseconds(plan, sys.executable, "-c", "pass")
    table.add("python -c pass", bare, "ms")
    for name in COMMANDS:
        script = str(Path(sys.executable).parent / name)
        table.add(f"{name} --help", _milliseconds(plan, sys.executable, script, "--help") - bare, "ms more", target=150)


def _milliseconds(plan: Plan, *command: str) -> float:
    run = lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True)  # noqa: E731
    return seconds_each(run, plan.seconds) * 1e3
