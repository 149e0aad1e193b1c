"""A call for applicants with the real command, beside the ceiling that pseudonyms and raw calls imply.

The ceiling is what the same persons take if nothing but this were done: both sides' arithmetic for as many bodies as
the key set has, and for each body asked one bare unary call with as many bytes as the question and its answer have. No
log, no store, no policy, no signature is in it.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path
from random import Random

from benchmarks.bulk import LocalNetwork
from benchmarks.echo import echo_servers, open_echo
from benchmarks.measure import Plan, seconds_each
from benchmarks.network import ASKER, SEED, BenchNetwork
from benchmarks.table import Table
from demo.people import Codes
from demo.sheet import read_sheet
from maglia.core.exchange import SLOT_BYTES
from maglia.core.lanes import Lanes

_FACET = "food_voucher"
"""Help that every other body of the district gives, so that all of them are asked."""
_MOST = 450
"""Persons: the demo's procedure allows 500, over its whole life."""
_SUBJECT_BYTES = 45


def measure_batch(network: BenchNetwork, plan: Plan, table: Table) -> None:
    """Measure persons a second from the command's start to the written file."""
    persons = min(_MOST, plan.checks * 3)
    path, out = network.directory / "domande.csv", network.directory / "esiti.csv"
    codes = Codes(Random(SEED + 2), date.today())  # noqa: S311 - fictional persons
    rows = [f"{codes.tax_code().text};N{number}" for number in range(persons)]
    path.write_text("\n".join(["codice;nucleo", *rows]), "utf-8")
    command, environment = _command(network, path, out)
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - start
    found = json.loads(done.stdout)
    if found.get("state") != "done" or found["partial"]:
        raise AssertionError(f"an incomplete batch: {done.stdout[:400]}{done.stderr[:400]}")
    bodies = found["bodies"]
    ceiling = persons / (_arithmetic(network, len(network.members()), persons) + _calls(bodies, persons))
    table.section(f"A call for {persons} applicants, {bodies} nodes asked (beside: pseudonyms and raw calls alone)")
    table.add("persons, command and file included", persons / taken, "/s", ceiling)


def _command(network: BenchNetwork, path: Path, out: Path) -> tuple[list[str], dict[str, str]]:
    node = network.node(ASKER)
    procedure = read_sheet(network.directory)["procedures"][0]["id"]
    asked = ["--procedure", procedure, "--facet", _FACET, "--out", str(out), "--json"]
    program = str(Path(sys.executable).parent / "maglia")
    environment = {**os.environ, "MAGLIA_PASSWORD": node["operators"][0]["password"]}
    return [program, "--profile", node["profile"], "bando", "check", str(path), *asked], environment


def _arithmetic(network: BenchNetwork, width: int, persons: int) -> float:
    """Return the seconds that both sides' pseudonyms take."""
    local = LocalNetwork(network.directory / "ceiling", Lanes(), width)
    try:
        return seconds_each(lambda: local.ask_about(persons), 1.0, least=3)
    finally:
        local.close()


def _calls(bodies: int, persons: int) -> float:
    """Return the seconds that one bare call to each body takes, all at once."""

    async def fan_out() -> float:
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(open_echo(each, persons * _SUBJECT_BYTES)) for each in servers]
            taken = []
            for _ in range(5):
                start = time.perf_counter()
                await asyncio.gather(*(client.unary_call() for client in clients))
                taken.append(time.perf_counter() - start)
            return sorted(taken)[len(taken) // 2]

    with echo_servers(bodies, persons * SLOT_BYTES) as servers:
        return asyncio.run(fan_out())
