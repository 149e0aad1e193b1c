"""The parts of the bench, in their order: what each is called, and whether it needs the running district.

A part that fails says so in a row of its own; the others go on. What each measured is written as soon as it ends.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.answering import measure_answering
from benchmarks.audit import measure_reconciliation
from benchmarks.batch import measure_batch
from benchmarks.bulk import measure_bulk
from benchmarks.checking import measure_checks
from benchmarks.footprint import measure_footprint
from benchmarks.growth import measure_growth
from benchmarks.hidden import measure_hidden
from benchmarks.importing import measure_import
from benchmarks.log import measure_log
from benchmarks.measure import Plan
from benchmarks.network import BenchNetwork, bench_network
from benchmarks.propagation import measure_propagation
from benchmarks.pseudonyms import measure_steps
from benchmarks.registry import measure_registry
from benchmarks.relay import measure_relay
from benchmarks.starts import measure_starts
from benchmarks.table import Table
from benchmarks.wide_batch import measure_wide_batch
from benchmarks.wide_check import measure_wide_checks
from demo.district import TOTAL_RECORDS

BODIES = 8
_QUICK_RECORDS = 5_000
_Alone = Callable[[Plan, Table], None]
_InNetwork = Callable[[BenchNetwork, Plan, Table], Coroutine[Any, Any, None] | None]


ALONE: Mapping[str, _Alone] = {
    "starts": measure_starts,
    "pseudonyms": measure_steps,
    "bulk": measure_bulk,
    "wide batch": measure_wide_batch,
    "audit": measure_reconciliation,
    "import": measure_import,
    "registry": measure_registry,
    "wide check": measure_wide_checks,
}
"""Parts that bring up what they need."""

IN_NETWORK: Mapping[str, _InNetwork] = {
    "footprint": measure_footprint,
    "check": measure_checks,
    "hidden": measure_hidden,
    "log": measure_log,
    "batch": measure_batch,
    "suspension": measure_propagation,
    "relay": measure_relay,
    "growth": measure_growth,
    "answering": measure_answering,
}
"""Parts that are measured in the same district of eight bodies, each node a process; the last three leave it
changed: most nodes are stopped, one is filled."""

NAMES = (*ALONE, *IN_NETWORK)


def measure(names: Sequence[str], plan: Plan, table: Table, directory: Path | None = None) -> None:
    """Measure these parts; `directory` is of a demo network that runs, in place of a fresh one."""
    for name, alone in ALONE.items():
        if name in names:
            _measure_part(name, table, lambda alone=alone: alone(plan, table))  # type: ignore[misc]
    wanted = [name for name in IN_NETWORK if name in names]
    if not wanted:
        return
    with ExitStack() as stack:
        try:
            network = BenchNetwork(directory) if directory is not None else _bring_up(stack, plan)
        except Exception as error:
            _say_failed(wanted, table, error)
            return
        for name in wanted:
            _measure_part(name, table, lambda name=name: _in_network(IN_NETWORK[name], network, plan, table))  # type: ignore[misc]


def _bring_up(stack: ExitStack, plan: Plan) -> BenchNetwork:
    start = time.monotonic()
    print(f"\nA district of {BODIES} bodies is brought up ...", flush=True)
    network = stack.enter_context(bench_network(BODIES, TOTAL_RECORDS if plan.is_whole else _QUICK_RECORDS))
    print(f"  ({time.monotonic() - start:.0f} s)", flush=True)
    return network


def _say_failed(names: Sequence[str], table: Table, error: Exception) -> None:
    """Say in a row of each part that its network did not come up."""
    for name in names:
        table.begin(name)
        table.fail(error)
    table.save()


def _in_network(part: _InNetwork, network: BenchNetwork, plan: Plan, table: Table) -> None:
    measuring = part(network, plan, table)
    if measuring is not None:
        asyncio.run(measuring)


def _measure_part(name: str, table: Table, part: Callable[[], None]) -> None:
    start = time.monotonic()
    table.begin(name)
    try:
        part()
    except Exception as error:
        table.fail(error)
    table.end(time.monotonic() - start)
    table.save()
