"""What a start costs: processor time of each program's `--help` and of the console until its first paint.

Beside stand a Python that does nothing and one that imports Textual. All take turns, so that a ratio is of neighbours.
Bytecode is kept, as where a program is installed.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from benchmarks.measure import Plan
from benchmarks.table import Table
from maglia.wire.certificates import make_certificate

BARE, TEXTUAL, PAINT = "python -c pass", 'python -c "import textual"', "the console's first paint"
CHECK = "maglia check --help"
EMPTY = "the first paint of a Textual app without anything"
PROGRAMS = ("maglia", "maglia-node", "maglia-registry", "maglia-demo")
_PROFILE = """
endpoint = "127.0.0.1:7001"
server_name = "emporio-nord.distretto.maglia.internal"
ca_file = "front.pem"
user = "anna"
"""
_UNTIL_PAINTED = {"TEXTUAL_DRIVER": "textual.drivers.headless_driver:HeadlessDriver", "TEXTUAL_PRESS": "ctrl+q"}
"""With these a Textual program paints for nobody, and is left as soon as it has painted."""
_NOTHING = "from textual.app import App; App().run()"
_LONGEST_S = 60.0


def measure_starts(plan: Plan, table: Table) -> None:
    """Measure every start: processor milliseconds of the child, user and system, and how often the bare one's."""
    with tempfile.TemporaryDirectory() as folder:
        taken = _in_turns(_commands(Path(folder)), _environment(Path(folder)), rounds=11 if plan.is_whole else 3)
    table.section(f"Starts (processor milliseconds beside `{BARE}`)", "beside bare Python")
    for name in taken:
        if name != BARE:
            _add(table, name, taken[name], taken[BARE])
    table.section("Starts (processor milliseconds beside `import textual`)", "beside Textual")
    for name in ("maglia --help", CHECK, EMPTY, PAINT):
        _add(table, name, taken[name], taken[TEXTUAL])


def console_commands(folder: Path) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return what is started, by its name, and in which environment; `folder` keeps what it needs."""
    return _commands(folder), _environment(folder)


def _add(table: Table, name: str, values: Sequence[float], beside: Sequence[float]) -> None:
    ratio = median(one / other for one, other in zip(values, beside, strict=True))
    table.add(name, median(values) * 1e3, "CPU ms", median(beside) * 1e3, ratio=ratio)


def _commands(folder: Path) -> dict[str, list[str]]:
    """Return what is started, by its name; the console gets a profile and no password, so that it asks for one."""
    certificate = make_certificate("emporio-nord", "distretto", 3600, time.time()).certificate
    (folder / "front.pem").write_bytes(certificate)
    (folder / "anna.toml").write_text(_PROFILE)
    scripts = Path(sys.executable).parent
    return {
        BARE: [sys.executable, "-c", "pass"],
        TEXTUAL: [sys.executable, "-c", "import textual"],
        **{f"{name} --help": [sys.executable, str(scripts / name), "--help"] for name in PROGRAMS},
        CHECK: [sys.executable, str(scripts / "maglia"), "check", "--help"],
        EMPTY: [sys.executable, "-c", _NOTHING],
        PAINT: [sys.executable, str(scripts / "maglia"), "--profile", str(folder / "anna.toml")],
    }


def _environment(folder: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAGLIA_")}
    own.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**own, **_UNTIL_PAINTED, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def _in_turns(commands: Mapping[str, list[str]], environment: Mapping[str, str], rounds: int) -> dict[str, list[float]]:
    """Return the processor seconds of each command in each round; a round before them leaves the bytecode."""
    for command in commands.values():
        _cpu_seconds(command, environment)
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            taken[name].append(_cpu_seconds(command, environment))
    return taken


def _cpu_seconds(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """Run a command to its end; return the processor time that it took, user and system."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, timeout=_LONGEST_S
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
