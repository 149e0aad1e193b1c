"""A call for applicants at 50 bodies that really answer, beside what arithmetic and transport alone would take.

The asking node works in this process and the registry's evaluator with it; the bodies are those of `hosting`. All share
the machine's cores, which bodies on machines of their own would not.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

from benchmarks.asking_node import OPERATOR, AskingNode, Wide, asking_node, wide_network
from benchmarks.bodies import CALL
from benchmarks.bulk import raw_of_call
from benchmarks.echo import echo_servers, open_echo
from benchmarks.intersection import measure_intersection
from benchmarks.measure import Plan, cpu_seconds, memory_mib, seconds_each
from benchmarks.network import SEED
from benchmarks.table import Table
from benchmarks.wire import wire_to
from demo.people import Codes
from maglia.core.exchange import SLOT_BYTES
from maglia.core.vocabulary import Facet
from node.batches.calls import Wanted

WIDTH = 50
_SHARES = (0.5, 0.5)
_QUICK_PERSONS, _WHOLE_PERSONS = 100, 2_000
_WANTED = 5_000
_SUBJECT_BYTES = 45
_TARGET = 0.5
_LOOK_S = 0.02
_TABLE_ROWS = 1_000_000


def measure_wide_batch(plan: Plan, table: Table) -> None:
    """Measure persons a second, memory and bytes; then what others would take for the same."""
    persons = _WHOLE_PERSONS if plan.is_whole else _QUICK_PERSONS
    table.section(f"A call for {persons:,} applicants at {WIDTH} bodies (beside: multiplications and raw calls alone)")
    with (
        tempfile.TemporaryDirectory(prefix="maglia-bench-") as folder,
        wide_network(Path(folder) / "wide", WIDTH, _SHARES) as wide,
    ):
        ours = asyncio.run(_measure(wide, persons, table))
        _measure_table(Path(folder), plan, table)
    measure_intersection(plan, table, WIDTH, ours)


async def _measure(wide: Wide, persons: int, table: Table) -> float:
    name, card = next(iter(wide.cards.items()))
    async with AsyncExitStack() as stack:
        wire = await stack.enter_async_context(wire_to(card.endpoint))
        trust = wide.trust({name: replace(card, endpoint=wire.endpoint)})
        peers = wide.streams(trust)
        stack.push_async_callback(peers.close)
        node = await stack.enter_async_context(asking_node(wide, trust, peers))
        await _ask(node, _file(wide.bodies, 1))  # streams open, first rulings are known
        pids, carried, resting = [host.pid for host in wide.hosts], wire.carried, memory_mib()
        spent, own = cpu_seconds(pids), time.process_time()
        with _peak() as peak:
            start = time.perf_counter()
            await _ask(node, _file(persons, 2))
            taken = time.perf_counter() - start
        answering, asking = cpu_seconds(pids) - spent, time.process_time() - own
        bytes_each = (wire.carried - carried) / persons
    ceiling = persons / (_arithmetic(wide, persons) + await _calls(persons))
    table.add("persons, from the file to its rows", persons / taken, "/s", ceiling, _TARGET)
    table.add(f"5,000 persons would take, at {persons:,} persons' pace", _WANTED * taken / persons, "s")
    table.add("CPU of asking node and registry", asking / persons * 1e3, "ms/person")
    table.add("CPU of an answering body", answering / persons / wide.bodies * 1e6, "us/person")
    table.add("memory of asking node and registry, above rest", peak[0] - resting, "MiB")
    table.add("between asker and one body: bytes on the wire", bytes_each, "bytes/person")
    return persons / taken


def _file(persons: int, seed: int) -> bytes:
    codes = Codes(Random(SEED + seed), date.today())  # noqa: S311 - fictional persons
    rows = [f"{codes.tax_code().text};N{number}" for number in range(persons)]
    return "\n".join(["codice;nucleo", *rows]).encode()


async def _ask(node: AskingNode, content: bytes) -> None:
    batch, _ = await node.desk.open(content, "domande.csv", Wanted(CALL, Facet.RENT_CURRENT, 6), OPERATOR)
    async for progress in node.desk.run(batch.id, OPERATOR, is_retry=False).states():
        stopped = progress.stopped
    _, counts, found = node.desk.read(batch.id)
    rows = sum(1 for _ in found)
    if stopped or counts["none"] != rows:
        raise AssertionError(f"an incomplete batch: {stopped} {counts}")


@contextmanager
def _peak() -> Iterator[list[float]]:
    """Yield a list whose one number is the most memory that this process was seen to hold, in MiB."""
    peak, done = [memory_mib()], threading.Event()

    def watch() -> None:
        while not done.wait(_LOOK_S):
            peak[0] = max(peak[0], memory_mib())

    thread = threading.Thread(target=watch, name="memory")
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


def _arithmetic(wide: Wide, persons: int) -> float:
    """Return the seconds that the multiplications of both sides take, on all cores."""
    some = min(persons, 200)
    return seconds_each(raw_of_call(some, wide.bodies + 1).work(wide.lanes), 1.0, least=2) * persons / some


async def _calls(persons: int) -> float:
    """Return the seconds that bare calls to as many servers take, with as many bytes in as many messages."""
    batch = 500
    with echo_servers(WIDTH, batch * SLOT_BYTES, len(_SHARES)) as servers:
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(open_echo(each, batch * _SUBJECT_BYTES)) for each in servers]
            taken = []
            for _ in range(5):
                start = time.perf_counter()
                await asyncio.gather(*(client.unary_call() for client in clients))
                taken.append(time.perf_counter() - start)
    return sorted(taken)[len(taken) // 2] * persons / batch


def _measure_table(folder: Path, plan: Plan, table: Table) -> None:
    """Measure the same question put to one table that holds everybody's records in clear: what must not be."""
    rows = _TABLE_ROWS if plan.is_whole else _TABLE_ROWS // 10
    asked = [f"P{number:015d}" for number in range(0, 2 * _WANTED, 2)]
    with closing(sqlite3.connect(folder / "central.db")) as connection:
        connection.execute("CREATE TABLE aid (code TEXT, body INTEGER, facet TEXT, day TEXT)")
        content = ((f"P{number % (rows // 5):015d}", number % WIDTH, "rent", "2026-01-01") for number in range(rows))
        connection.executemany("INSERT INTO aid VALUES (?, ?, ?, ?)", content)
        connection.execute("CREATE INDEX by_code ON aid (code)")
        connection.commit()
        start = time.perf_counter()
        found = sum(len(_look_up(connection, code)) for code in asked)
        taken = time.perf_counter() - start
    assert found, "nobody is in the table"  # noqa: S101 - a figure of what is wrong is none
    table.add(f"one central table in clear, {rows:,} rows", len(asked) / taken, "persons/s")


def _look_up(connection: sqlite3.Connection, code: str) -> Sequence[object]:
    return connection.execute("SELECT body, facet, day FROM aid WHERE code = ?", (code,)).fetchall()
