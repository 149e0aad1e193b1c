"""`python -m benchmarks [--quick]`: measure, print, write `benchmarks/results/latest.json`. Asserts no speed."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import tempfile
import time
from pathlib import Path

from benchmarks.answering import measure_answering
from benchmarks.audit import measure_reconciliation
from benchmarks.batch import measure_batch
from benchmarks.bulk import measure_bulk
from benchmarks.checking import measure_checks
from benchmarks.hidden import measure_hidden
from benchmarks.log import measure_log
from benchmarks.measure import QUICK, WHOLE, Plan
from benchmarks.network import BenchNetwork, bench_network
from benchmarks.parts import measure_import
from benchmarks.propagation import measure_propagation
from benchmarks.pseudonyms import measure_steps
from benchmarks.starts import measure_starts
from benchmarks.table import LATEST, Table
from benchmarks.wide_batch import measure_wide_batch
from maglia.cli import loading
from maglia.wire.channel import quiet_grpc

_BODIES = 8


def main() -> None:
    """Measure everything, or what is wanted, and save what was measured even when the rest fails."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short slices, under three minutes")
    parser.add_argument("--network", type=Path, metavar="DIR", help="a demo network that runs, instead of a fresh one")
    arguments = parser.parse_args()
    quiet_grpc()
    with loading():  # what is measured in this process is to be collected as in a node
        pass
    table, start = Table(), time.monotonic()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    try:
        _measure(QUICK if arguments.quick else WHOLE, table, arguments.network)
    finally:
        table.save()
    print(f"\n{len(table.rows)} figures in {time.monotonic() - start:.0f} s, written to {LATEST}")


def _measure(plan: Plan, table: Table, directory: Path | None) -> None:
    measure_starts(plan, table)
    measure_steps(plan, table)
    measure_bulk(plan, table)
    with tempfile.TemporaryDirectory() as folder:
        measure_wide_batch(Path(folder), plan, table)
    measure_reconciliation(plan, table)
    measure_import(plan, table)
    if directory is not None:
        _measure_network(BenchNetwork(directory), plan, table)
        return
    print(f"\nA district of {_BODIES} bodies is brought up ...", flush=True)
    with bench_network(_BODIES) as network:
        _measure_network(network, plan, table)


def _measure_network(network: BenchNetwork, plan: Plan, table: Table) -> None:
    asyncio.run(measure_checks(network, plan, table))
    asyncio.run(measure_answering(network, plan, table))
    asyncio.run(measure_hidden(network, plan, table))
    measure_log(network, plan, table)
    measure_batch(network, plan, table)
    asyncio.run(measure_propagation(network, plan, table))


if __name__ == "__main__":
    main()
