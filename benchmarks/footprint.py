"""What a program takes before it does anything: memory, time to start; and what a question takes of the line."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.asker import Questions, open_asker
from benchmarks.measure import Plan, cpu_seconds, family, memory_mib, own_memory_mib
from benchmarks.network import ANSWERING, ASKER, BenchNetwork
from benchmarks.starts import EMPTY, PAINT, TEXTUAL, console_commands
from benchmarks.table import Table
from benchmarks.wire import wire_to
from demo.network import start, stop
from maglia.core.identity import REGISTRY_ID

_MOST_MIB = 100
_QUESTIONS = 50
_BATCH = 50
_RUN = """
import os, resource, sys
status = os.spawnvp(os.P_WAIT, sys.argv[1], sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status)
"""


async def measure_footprint(network: BenchNetwork, plan: Plan, table: Table) -> None:
    """Measure node, registry and console, then the bytes of a question and its answer."""
    rounds = 5 if plan.is_whole else 1
    table.section("Footprint (beside, for the console: a program that only imports Textual)")
    _measure_servers(network, rounds, table)
    if plan.is_whole:
        _measure_opa(network, table)
    _measure_console(rounds, table)
    await _measure_wire(network, table)


def _measure_servers(network: BenchNetwork, rounds: int, table: Table) -> None:
    network.set_up(ANSWERING, engine="embedded")
    for title, name in (("node, embedded engine", ANSWERING), ("registry", REGISTRY_ID)):
        taken, spent, memory, own = [], [], 0.0, 0.0
        for _ in range(rounds):
            stop(network.directory, name)
            begun = time.perf_counter()
            start(network.directory, name)
            taken.append(time.perf_counter() - begun)
            pid = network.pid(name)
            spent.append(cpu_seconds([pid]))
            memory, own = memory_mib(pid), own_memory_mib(pid)
        table.add(f"{title}: start until it serves", median(taken), "s")
        table.add(f"{title}: start, processor time", median(spent), "s")
        table.add(f"{title}: memory, idle", memory, "MiB", target=_MOST_MIB if name == ANSWERING else None)
        table.add(f"{title}: memory, idle, not shared", own, "MiB")


def _measure_opa(network: BenchNetwork, table: Table) -> None:
    pid = network.set_up(ANSWERING, engine="auto")
    if len(family(pid)) > 1:
        table.add("node beside OPA: memory, idle", memory_mib(pid), "MiB")
        table.add("OPA: memory, idle", sum(memory_mib(each) for each in family(pid)[1:]), "MiB")
    network.set_up(ANSWERING, engine="embedded")


def _measure_console(rounds: int, table: Table) -> None:
    with tempfile.TemporaryDirectory() as folder:
        commands, environment = console_commands(Path(folder))
        peaks: dict[str, list[float]] = {name: [] for name in (TEXTUAL, EMPTY, PAINT)}
        for name in (*peaks, *(each for each in peaks for _ in range(rounds))):  # the first leaves the bytecode
            peaks[name].append(_peak_mib(commands[name], environment))
    beside = median(peaks[TEXTUAL])
    table.add("console: memory at its first paint", median(peaks[PAINT]), "MiB", beside)
    table.add("a Textual app without anything: the same", median(peaks[EMPTY]), "MiB", beside)


def _peak_mib(command: list[str], environment: dict[str, str]) -> float:
    """Run a command to its end; return the most memory that it held.

    A small process starts it: the kernel counts to a child what its parent held.
    """
    done = subprocess.run(
        [sys.executable, "-S", "-c", _RUN, *command], env=environment, capture_output=True, text=True, check=True
    )
    return int(done.stdout.split()[-1]) / 1024


async def _measure_wire(network: BenchNetwork, table: Table) -> None:
    questions = Questions(network, ASKER, ANSWERING)
    async with (
        wire_to(network.node(ANSWERING)["peer"]) as wire,
        open_asker(network, ASKER, ANSWERING, endpoint=wire.endpoint) as asker,
    ):
        table.add("a stream opened: bytes on the wire, TLS included", wire.carried, "bytes")
        for size in (1, _BATCH):
            await asker.time(questions.usual(size))
            before = wire.carried
            for _ in range(_QUESTIONS):
                await asker.time(questions.usual(size))
            title = f"a question about {size}, and its answer: bytes on the wire"
            messages = asker.request_bytes + asker.answer_bytes
            table.add(title, wire.since(before, _QUESTIONS), "bytes", messages)
