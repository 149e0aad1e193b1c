"""A whole check from the console's side of the front port, beside the same fan-out of bare echoes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date
from random import Random
from typing import TYPE_CHECKING

from benchmarks.echo import EchoServer, echo_servers, open_echo
from benchmarks.measure import Plan, cpu_seconds, percentile
from benchmarks.network import ASKER, SEED, BenchNetwork
from benchmarks.table import Table
from demo.people import Codes
from maglia.v1.operator_pb2 import AddAidRequest, CheckRequest, CheckResponse, LoginOperatorRequest
from maglia.v1.operator_pb2_grpc import OperatorServiceStub
from maglia.wire.channel import open_channel

if TYPE_CHECKING:
    from maglia.v1.operator_pb2_grpc import OperatorServiceAsyncStub

REQUEST_BYTES, ANSWER_BYTES = 600, 1_200
_PERSONS = 5
GROUP = 10
"""Checks in a row before as many fan-outs: both see the same neighbours on the machine."""


class Counter:
    """An operator who checks persons, logged in."""

    def __init__(self, stub: OperatorServiceAsyncStub, token: str) -> None:
        self._stub = stub
        self._metadata = (("authorization", f"Bearer {token}"),)

    async def help(self, identifier: str) -> None:
        """Put aid on file: a body keeps the pseudonyms of its own clients, and of nobody else."""
        await self._stub.AddAid(AddAidRequest(identifier=identifier, facet="food_parcel"), metadata=self._metadata)

    async def check(self, identifier: str) -> CheckResponse:
        """Return the first state that waits for nobody; raise `AssertionError` when a body was silent."""
        request = CheckRequest(
            identifier=identifier, facet="food_parcel", purpose="aid_overlap", case_protocol="PG/2026/0100"
        )
        state = CheckResponse()
        async for state in self._stub.Check(request, metadata=self._metadata):
            if not state.waiting:
                break
        if state.silent or state.refused:
            raise AssertionError(f"an incomplete check: {[*state.silent, *state.refused]}")
        return state


@asynccontextmanager
async def open_counter(network: BenchNetwork, member: str) -> AsyncIterator[Counter]:
    """Log the first operator of a body in."""
    node = network.node(member)
    operator, root = node["operators"][0], network.keys(member).front.certificate
    async with open_channel(node["front"], member, network.directory_of(member).network, root) as channel:
        stub: OperatorServiceAsyncStub = OperatorServiceStub(channel)
        login = LoginOperatorRequest(user=operator["user"], password=operator["password"])
        yield Counter(stub, (await stub.LoginOperator(login)).token)


async def measure_checks(network: BenchNetwork, plan: Plan, table: Table) -> None:
    """Measure checks of persons whose pseudonyms are kept, and of persons new to the network."""
    codes = Codes(Random(SEED + 1), date.today())  # noqa: S311 - fictional persons
    persons = [codes.tax_code().text for _ in range(_PERSONS + plan.checks)]
    async with open_counter(network, ASKER) as counter:
        for each in persons[:_PERSONS]:
            await counter.help(each)
            asked = (await counter.check(each)).asked
        table.section(f"One check, {asked} nodes asked (beside: as many bare unary echoes at once, warm)")
        with echo_servers(asked, ANSWER_BYTES) as servers:
            async with fan_out(servers) as bare:
                for name, chosen in (
                    ("pseudonyms kept", persons[:_PERSONS]),
                    ("person new to the network", persons[_PERSONS:]),
                ):
                    await _compare(table, plan, name, counter, chosen, bare)
        await _processor(network, plan, table, counter, persons[:_PERSONS])


async def _compare(
    table: Table,
    plan: Plan,
    name: str,
    counter: Counter,
    persons: Sequence[str],
    bare: Callable[[], Awaitable[None]],
) -> None:
    checks: list[float] = []
    echoes: list[float] = []
    for number in range(plan.checks):
        checks.append(await timed(counter.check(persons[number % len(persons)])))
        if number % GROUP == GROUP - 1:
            echoes += [await timed(bare()) for _ in range(GROUP)]
    target = 2.5 if name == "pseudonyms kept" else None
    middle, slow = percentile(checks, 0.5), percentile(checks, 0.95)
    table.add(f"{name}: p50", middle * 1e3, "ms", percentile(echoes, 0.5) * 1e3, target)
    table.add(f"{name}: p95", slow * 1e3, "ms", percentile(echoes, 0.95) * 1e3)
    table.add(f"{name}: p95 beside its p50", slow * 1e3, "ms", middle * 1e3, 1.5)


async def _processor(network: BenchNetwork, plan: Plan, table: Table, counter: Counter, persons: Sequence[str]) -> None:
    """Tell what one check costs the body that asks, and each body that answers."""
    pids = {member: [int(network.node(member)["pid"])] for member in network.members()}
    before = {member: cpu_seconds(pid) for member, pid in pids.items()}
    for number in range(plan.checks):
        asked = (await counter.check(persons[number % len(persons)])).asked
    spent = {member: (cpu_seconds(pid) - before[member]) / plan.checks * 1e3 for member, pid in pids.items()}
    asker = spent.pop(ASKER)
    table.add("pseudonyms kept: CPU of the asking node", asker, "ms/check")
    table.add("pseudonyms kept: CPU of an answering node", sum(spent.values()) / asked, "ms/check")


@asynccontextmanager
async def fan_out(servers: Sequence[EchoServer]) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Yield a call of all servers at once, over warm channels."""
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(open_echo(each, REQUEST_BYTES)) for each in servers]

        async def ask_all() -> None:
            await asyncio.gather(*(client.unary_call() for client in clients))

        for _ in range(GROUP):
            await ask_all()
        yield ask_all


async def timed(work: Awaitable[object]) -> float:
    """Return the seconds that something awaited took."""
    start = time.perf_counter()
    await work
    return time.perf_counter() - start
