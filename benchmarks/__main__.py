"""`python -m benchmarks [--quick] [--only PART]`: measure, print, write `benchmarks/results/latest.json`.

Asserts no speed. A part that fails says so in a row, and the others go on.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measure import QUICK, WHOLE
from benchmarks.parts import NAMES, measure
from benchmarks.table import LATEST, Table
from maglia.cli import loading
from maglia.wire.channel import quiet_grpc


def main() -> None:
    """Measure everything, or what is wanted; each part is saved as it ends."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short slices, under three minutes")
    parser.add_argument(
        "--only", action="append", choices=NAMES, metavar="PART", help=f"measure this part anew: {', '.join(NAMES)}"
    )
    parser.add_argument(
        "--network", type=Path, metavar="DIR", help="a demo network that runs, instead of a fresh one; it is changed"
    )
    arguments = parser.parse_args()
    quiet_grpc()
    with loading():  # what is measured in this process is to be collected as in a node
        pass
    table, start = Table(_machine(arguments.quick)), time.monotonic()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    if arguments.only:
        table.take_up()
    measure(arguments.only or NAMES, QUICK if arguments.quick else WHOLE, table, arguments.network)
    print(f"\n{len(table.rows)} figures, {time.monotonic() - start:.0f} s, written to {LATEST}")


def _machine(quick: bool) -> dict[str, object]:
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "begun": f"{datetime.now(UTC):%Y-%m-%dT%H:%MZ}",
        "quick": quick,
    }


if __name__ == "__main__":
    main()
