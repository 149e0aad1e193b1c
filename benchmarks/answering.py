"""One node answering, beside a bare unary echo of messages of the same sizes, slice by slice in turn."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median

from benchmarks.asker import Asker, Draw, Questions, open_asker
from benchmarks.database import durable_postgres
from benchmarks.echo import EchoClient, echo_servers, open_echo
from benchmarks.filling import fill, fill_database, moved_to
from benchmarks.measure import Plan, Slice, family, median_rate, median_ratio, memory_mib, until_quiet
from benchmarks.network import ANSWERING, ASKER, BenchNetwork
from benchmarks.question_parts import measure_question_parts
from benchmarks.table import Table
from demo.network import stop
from tests.postgres import NoPostgresError

BATCH = 50
_WARM_S = 0.3
_ANSWERS_A_DAY = 10_000_000


@dataclass(frozen=True)
class Bench:
    """What every figure of this part is taken with: echoes of messages as large as one person's, and as 50 persons'."""

    network: BenchNetwork
    plan: Plan
    table: Table
    echo: EchoClient
    batch_echo: EchoClient


async def measure_answering(network: BenchNetwork, plan: Plan, table: Table) -> None:
    """Measure the embedded engine, then OPA and PostgreSQL where there are any."""
    fill(network, ANSWERING, plan.records[-1])
    pid = network.set_up(ANSWERING, engine="embedded", answers_a_day=_ANSWERS_A_DAY)
    until_quiet(pid)
    idle = memory_mib(pid)
    async with _bench(network, plan, table) as bench:
        title = f"Answering node, embedded engine, {network.records(ANSWERING):,} records"
        table.section(f"{title} (beside: bare unary echo, same sizes, as many in flight)", "embedded")
        await _batches(bench, plan.in_flight)
        await _singles(bench)
        table.add("memory, idle, after start", idle, "MiB")
        table.add("memory, after these questions", memory_mib(pid), "MiB")
        await measure_question_parts(network, plan, table, bench.echo)
        pid = network.set_up(ANSWERING, engine="auto")
        until_quiet(pid)
        if len(family(pid)) > 1:
            table.section("Answering node, OPA server (its processor time counted)", "OPA")
            await _every_time(bench, target=0.12)
            table.add("memory of OPA", sum(memory_mib(each) for each in family(pid)[1:]), "MiB")
        await _on_postgres(bench)


@asynccontextmanager
async def _bench(network: BenchNetwork, plan: Plan, table: Table) -> AsyncIterator[Bench]:
    sizes, batch_sizes = await _sizes(network, 1), await _sizes(network, BATCH)
    with echo_servers(1, sizes[1]) as [small], echo_servers(1, batch_sizes[1]) as [large]:
        async with open_echo(small, sizes[0]) as echo, open_echo(large, batch_sizes[0]) as batch_echo:
            await _ceilings(table, plan, sizes, echo, batch_echo)
            yield Bench(network, plan, table, echo, batch_echo)


async def _on_postgres(bench: Bench) -> None:
    """Measure the same node over PostgreSQL; it is not started again, since its SQLite has missed entries."""
    network, records = bench.network, _records_on_postgres(bench.plan)
    try:
        with durable_postgres() as url:
            with moved_to(network, ANSWERING, url) as engine:
                fill_database(network, ANSWERING, engine, records)
            try:
                until_quiet(network.set_up(ANSWERING, engine="embedded", database_url=url))
                title = f"Answering node, embedded engine, PostgreSQL, {records:,} records"
                bench.table.section(f"{title} (beside: bare unary echo; CPU is the node's alone)", "PostgreSQL")
                await _batches(bench, (16,), varied=bench.plan.is_whole)
                async with open_asker(network, ASKER, ANSWERING) as asker:
                    await _cached(bench, asker)
            finally:
                stop(network.directory, ANSWERING)
    except NoPostgresError as why:
        bench.table.skip("answering on PostgreSQL", str(why))


def _records_on_postgres(plan: Plan) -> int:
    """Return how many records the PostgreSQL is filled with, which is slow."""
    return plan.records[-1 if plan.is_whole else 0]


async def _sizes(network: BenchNetwork, size: int) -> tuple[int, int]:
    """Return the bytes of a question about `size` persons and of its answer."""
    async with open_asker(network, ASKER, ANSWERING) as asker:
        questions = Questions(network, ASKER, ANSWERING)
        await asker.ask(lambda: questions.usual(size), 1, 0.02)
        return asker.request_bytes, asker.answer_bytes


async def _ceilings(table: Table, plan: Plan, sizes: tuple[int, int], echo: EchoClient, batch_echo: EchoClient) -> None:
    table.section("Bare grpc.aio over mutual TLS, one server process, one client process", "bare")
    table.add("question about one person", sizes[0], "bytes")
    table.add("its answer", sizes[1], "bytes")
    for in_flight in plan.in_flight:
        await _ceiling(table, plan, f"unary echo, {in_flight} in flight", echo.unary, in_flight)
        await _ceiling(table, plan, f"stream echo, {in_flight} in flight", echo.stream, in_flight)
    await _ceiling(table, plan, f"stream echo, sizes of {BATCH} persons, 4 in flight", batch_echo.stream, 4)


async def _ceiling(
    table: Table, plan: Plan, name: str, run: Callable[[int, float], Awaitable[Slice]], in_flight: int
) -> None:
    slices = [await run(in_flight, plan.seconds / 2) for _ in range(3)]
    table.add(name, median_rate(slices), "messages/s")
    table.add(f"{name}: server's CPU", median(each.cpu_us for each in slices), "us/message")


async def _singles(bench: Bench) -> None:
    async with open_asker(bench.network, ASKER, ANSWERING) as asker:
        await _cached(bench, asker)
    await _every_time(bench)
    # After the others: the persons that it adds to the day's budget make every later count longer.
    questions = Questions(bench.network, ASKER, ANSWERING)
    async with open_asker(bench.network, ASKER, ANSWERING) as asker:
        await _against(bench, "person new to this node, 16 in flight", asker, questions.first_time, 16)


async def _cached(bench: Bench, asker: Asker) -> None:
    questions = Questions(bench.network, ASKER, ANSWERING)
    for in_flight in bench.plan.in_flight:
        target = 0.5 if in_flight > 1 else None
        await _against(bench, f"decisions cached, {in_flight} in flight", asker, questions.usual, in_flight, target)


async def _every_time(bench: Bench, target: float | None = None) -> None:
    questions = Questions(bench.network, ASKER, ANSWERING)
    async with open_asker(bench.network, ASKER, ANSWERING) as asker:
        for in_flight in bench.plan.in_flight[:2]:
            name = f"engine asked every time, {in_flight} in flight"
            aim = target if in_flight > 1 else None
            await _against(bench, name, asker, questions.new_to_policy, in_flight, aim)


async def _against(
    bench: Bench, name: str, asker: Asker, draw: Draw, in_flight: int, target: float | None = None
) -> None:
    plan, table, echo = bench.plan, bench.table, bench.echo
    await asker.ask(draw, in_flight, _WARM_S)
    mine, bare = [], []
    for _ in range(plan.slices):
        bare.append(await echo.unary(in_flight, plan.seconds))
        mine.append(await asker.ask(draw, in_flight, plan.seconds))
    ratio = median_ratio(mine, bare)
    table.add(name, median_rate(mine), "questions/s", median_rate(bare), target, ratio=ratio)
    table.add(
        f"{name}: node's CPU",
        median(each.cpu_us for each in mine),
        "us/question",
        median(each.cpu_us for each in bare),
    )


async def _batches(bench: Bench, in_flights: tuple[int, ...], *, varied: bool = True) -> None:
    questions = Questions(bench.network, ASKER, ANSWERING)
    repeated = [questions.usual(BATCH) for _ in range(8)]
    turn = iter(range(10_000_000))
    async with open_asker(bench.network, ASKER, ANSWERING) as asker:
        for in_flight in in_flights:
            await _batch(bench, asker, "decisions cached", lambda: repeated[next(turn) % len(repeated)], in_flight)
        if varied:
            await _batch(bench, asker, "as they come", lambda: questions.usual(BATCH), 16)


async def _batch(bench: Bench, asker: Asker, name: str, draw: Draw, in_flight: int) -> None:
    plan, table = bench.plan, bench.table
    await asker.ask(draw, in_flight, _WARM_S)
    mine, bare, same = [], [], []
    for _ in range(plan.slices):
        bare.append(await bench.echo.unary(in_flight, plan.seconds / 2))
        same.append(await bench.batch_echo.unary(in_flight, plan.seconds / 2))
        batch = await asker.ask(draw, in_flight, plan.seconds)
        mine.append(Slice(batch.count * BATCH, batch.seconds, batch.cpu_s))
    ratio, title = median_ratio(mine, bare), f"batches of {BATCH}, {name}, {in_flight} in flight"
    table.add(title, median_rate(mine), "persons/s", median_rate(bare), 2.5 if in_flight > 1 else None, ratio=ratio)
    table.add(f"{title}: node's CPU", median(each.cpu_us for each in mine), "us/person")
    name = f"{title}: beside unary echoes of {BATCH}"
    table.add(name, median_rate(mine) / BATCH, "batches/s", median_rate(same))
