"""One node answering, beside a bare unary echo of messages of the same sizes, slice by slice in turn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from statistics import median

from benchmarks.asker import Asker, Draw, Questions, open_asker
from benchmarks.echo import EchoClient, echo_servers, open_echo
from benchmarks.measure import Plan, Slice, family, median_rate, median_ratio, memory_mib
from benchmarks.network import ANSWERING, ASKER, BenchNetwork
from benchmarks.table import Table

BATCH = 50
_WARM_S = 0.3


async def measure_answering(network: BenchNetwork, plan: Plan, table: Table) -> None:
    """Measure the embedded engine, then OPA where there is one."""
    pid = network.set_up(ANSWERING, engine="embedded", answers_a_day=10_000_000)
    idle = memory_mib(pid)
    sizes = await _sizes(network, 1)
    batch_sizes = await _sizes(network, BATCH)
    with echo_servers(1, sizes[1]) as [small], echo_servers(1, batch_sizes[1]) as [large]:
        async with open_echo(small, sizes[0]) as echo, open_echo(large, batch_sizes[0]) as batch_echo:
            await _ceilings(table, plan, sizes, echo, batch_echo)
            table.section("Answering node, embedded engine (beside: bare unary echo, same sizes, as many in flight)")
            await _batches(network, plan, table, echo, batch_echo)
            await _singles(network, plan, table, echo)
            table.add("memory, idle, after start", idle, "MiB", target=100)
            table.add("memory, after these questions", memory_mib(pid), "MiB")
            pid = network.set_up(ANSWERING, engine="auto")
            if len(family(pid)) > 1:
                table.section("Answering node, OPA server (its processor time counted)")
                await _every_time(network, plan, table, echo)
                table.add("memory of OPA", sum(memory_mib(each) for each in family(pid)[1:]), "MiB")


async def _sizes(network: BenchNetwork, size: int) -> tuple[int, int]:
    """Return the bytes of a question about `size` persons and of its answer."""
    async with open_asker(network, ASKER, ANSWERING) as asker:
        questions = Questions(network, ASKER, ANSWERING)
        await asker.ask(lambda: questions.usual(size), 1, 0.02)
        return asker.request_bytes, asker.answer_bytes


async def _ceilings(table: Table, plan: Plan, sizes: tuple[int, int], echo: EchoClient, batch_echo: EchoClient) -> None:
    table.section("Bare grpc.aio over mutual TLS, one server process, one client process")
    table.add("question about one person", sizes[0], "bytes")
    table.add("its answer", sizes[1], "bytes")
    for in_flight in (1, 16):
        await _ceiling(table, plan, f"unary echo, {in_flight} in flight", echo.unary, in_flight)
        await _ceiling(table, plan, f"stream echo, {in_flight} in flight", echo.stream, in_flight)
    await _ceiling(table, plan, f"stream echo, sizes of {BATCH} persons, 4 in flight", batch_echo.stream, 4)


async def _ceiling(
    table: Table, plan: Plan, name: str, run: Callable[[int, float], Awaitable[Slice]], in_flight: int
) -> None:
    slices = [await run(in_flight, plan.seconds) for _ in range(plan.slices)]
    table.add(name, median_rate(slices), "messages/s")
    table.add(f"{name}: server's CPU", median(each.cpu_us for each in slices), "us/message")


async def _singles(network: BenchNetwork, plan: Plan, table: Table, echo: EchoClient) -> None:
    questions = Questions(network, ASKER, ANSWERING)
    async with open_asker(network, ASKER, ANSWERING) as asker:
        for in_flight, target in ((1, None), (16, 0.5)):
            name = f"decisions cached, {in_flight} in flight"
            await _against(table, plan, name, asker, questions.usual, echo, in_flight, target)
    await _every_time(network, plan, table, echo)
    # After the others: the persons that it adds to the day's budget make every later count longer.
    async with open_asker(network, ASKER, ANSWERING) as asker:
        await _against(table, plan, "person new to this node, 16 in flight", asker, questions.first_time, echo, 16)


async def _every_time(network: BenchNetwork, plan: Plan, table: Table, echo: EchoClient) -> None:
    questions = Questions(network, ASKER, ANSWERING)
    async with open_asker(network, ASKER, ANSWERING) as asker:
        for in_flight, target in ((1, None), (16, 0.12)):
            name = f"engine asked every time, {in_flight} in flight"
            await _against(table, plan, name, asker, questions.new_to_policy, echo, in_flight, target)


async def _against(
    table: Table,
    plan: Plan,
    name: str,
    asker: Asker,
    draw: Draw,
    echo: EchoClient,
    in_flight: int,
    target: float | None = None,
) -> None:
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


async def _batches(network: BenchNetwork, plan: Plan, table: Table, echo: EchoClient, batch_echo: EchoClient) -> None:
    questions = Questions(network, ASKER, ANSWERING)
    repeated = [questions.usual(BATCH) for _ in range(8)]
    turn = iter(range(10_000_000))
    draws: dict[str, Draw] = {
        "decisions cached": lambda: repeated[next(turn) % len(repeated)],
        "as they come": lambda: questions.usual(BATCH),
    }
    async with open_asker(network, ASKER, ANSWERING) as asker:
        for name, draw in draws.items():
            await asker.ask(draw, 4, _WARM_S)
            mine, bare, same = [], [], []
            for _ in range(plan.slices):
                bare.append(await echo.unary(16, plan.seconds))
                same.append(await batch_echo.unary(4, plan.seconds))
                batch = await asker.ask(draw, 4, plan.seconds)
                mine.append(Slice(batch.count * BATCH, batch.seconds, batch.cpu_s))
            ratio, title = median_ratio(mine, bare), f"batches of {BATCH}, {name}, 4 in flight"
            table.add(title, median_rate(mine), "persons/s", median_rate(bare), 2.5, ratio=ratio)
            table.add(f"{title}: node's CPU", median(each.cpu_us for each in mine), "us/person")
    table.add(f"the same beside unary echoes of {BATCH}", median_rate(mine) / BATCH, "batches/s", median_rate(same))
