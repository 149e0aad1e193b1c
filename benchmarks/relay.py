"""A check whose bodies are all reached through one relay, beside the same check with each reached directly."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random

from benchmarks.checking import Counter, open_counter, timed
from benchmarks.measure import Plan, cpu_seconds, percentile
from benchmarks.network import ANSWERING, ASKER, SEED, BenchNetwork
from benchmarks.table import Table
from demo.network import programs_of, stop
from demo.people import Codes
from demo.ports import choose_ports
from registry.relay_setup import RELAY_FILE, initialize

_NAME = "bench-relay"
_PERSONS = 5
_READY_S = 90.0


async def measure_relay(network: BenchNetwork, plan: Plan, table: Table) -> None:
    """Measure both; afterwards all nodes behind the relay are stopped but the one that later parts ask."""
    others = [member for member in network.members() if member != ASKER]
    codes = Codes(Random(SEED + 5), date.today())  # noqa: S311 - fictional persons
    persons = [codes.tax_code().text for _ in range(_PERSONS)]
    async with open_counter(network, ASKER) as counter:
        for person in persons:
            await counter.help(person)
        direct = await _checks(counter, persons, plan)
        with _relay(network) as (file, pid):
            network.set_up_all(others, via=str(file))
            before = cpu_seconds([pid])
            through = await _checks(counter, persons, plan)
            spent = cpu_seconds([pid]) - before
            stop(network.directory, *others)
    network.set_up(ANSWERING, via=None)
    table.section(f"One check, {len(others)} nodes behind one relay (beside: the same nodes reached directly)")
    for share in (0.5, 0.95, 0.99):
        value, beside = percentile(through, share) * 1e3, percentile(direct, share) * 1e3
        table.add(f"pseudonyms kept: p{share * 100:.0f}", value, "ms", beside)
    table.add("CPU of the relay, first connections included", spent / plan.checks * 1e3, "ms/check")


async def _checks(counter: Counter, persons: Sequence[str], plan: Plan) -> list[float]:
    """Return the seconds of checks, once every body was found where it is now and has answered."""
    until = time.monotonic() + _READY_S
    for person in persons:
        while not await _is_complete(counter, person):
            if time.monotonic() > until:
                raise AssertionError("the bodies do not all answer")
            await asyncio.sleep(0.5)
    return [await timed(counter.check(persons[number % len(persons)])) for number in range(plan.checks)]


async def _is_complete(counter: Counter, person: str) -> bool:
    try:
        await counter.check(person)
    except AssertionError:
        return False
    return True


@contextmanager
def _relay(network: BenchNetwork) -> Iterator[tuple[Path, int]]:
    """Serve a relay of the network; yield the file that nodes dial out with, and its process."""
    folder, programs = network.directory / "relay", programs_of(network.directory)
    public, nodes = (f"127.0.0.1:{port}" for port in choose_ports(2))
    initialize(folder, network.directory / "network.json", _NAME, public, nodes, programs.passphrase)
    command = [sys.executable, "-P", "-m", "registry", "relay", "serve", "--dir", str(folder)]
    process = subprocess.Popen(command, env=programs.environment(), stderr=subprocess.DEVNULL)
    try:
        yield folder / RELAY_FILE, process.pid
    finally:
        process.terminate()
        process.wait()
