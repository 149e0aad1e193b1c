"""The same work by private set intersection: each body's clients against the applicants, with `openmined.psi`.

The project needs nothing of that library: `make psi` installs it into an environment of its own, and without that
environment the figure is left out in words.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from benchmarks.measure import Plan
from benchmarks.table import Table
from maglia.core.lanes import cores

PYTHON = Path(__file__).parent / "psi" / ".venv" / "bin" / "python"
_SCRIPT = Path(__file__).parent / "psi" / "intersect.py"
_CLIENTS = 2_000
"""Persons that each body helps."""


def measure_intersection(plan: Plan, table: Table, bodies: int, ours: float) -> None:
    """Hold our own `ours` persons a second at so many bodies against the library's, on as many cores."""
    if not PYTHON.exists():
        table.skip("openmined.psi", "it is not installed; `make psi` does, where there is a package for this Python")
        return
    persons = 5_000 if plan.is_whole else 500
    command = [str(PYTHON), str(_SCRIPT), str(persons), str(_CLIENTS)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(cores())]
    told = [json.loads(process.communicate()[0]) for process in running]
    theirs = sum(persons / each["seconds"] for each in told) / bodies
    name = f"the same persons a second (beside: openmined.psi, bodies of {_CLIENTS:,} clients)"
    table.add(name, ours, "/s", theirs, target=1.0)
    table.add("openmined.psi: bytes both ways, with one body", told[0]["bytes"] / persons, "bytes/person")
