"""One person asked about at 8, 50 and 100 bodies: warm, over cold channels, and with a tenth of them standing still.

The clock runs from the call that a console's key press makes in the asking node until the first state that waits for
nobody. Screen and front port are in the part `check`, whose eight nodes are processes of their own.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from benchmarks.asking_node import OPERATOR, AskingNode, Wide, asking_node, wide_network
from benchmarks.checking import ANSWER_BYTES, GROUP, REQUEST_BYTES, fan_out, timed
from benchmarks.echo import EchoServer, echo_servers, open_echo
from benchmarks.measure import Plan, cpu_seconds, memory_mib, percentile
from benchmarks.table import Table
from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import Facet, Purpose
from node.domain.verdict import CheckState
from node.hearing import Timing
from node.inquiry import Inquiry
from node.ports import SignedAnswer

_WIDTHS = (8, 50, 100)
_STILL = 0.1
_SHARES = ((1 - _STILL) / 2, (1 - _STILL) / 2, _STILL)
_SETTLING = 30
_AWAKE_S = 2.0
"""In this time those who stood still answer what they were asked meanwhile."""
_PROVISIONAL_MS = Timing().provisional_s * 1e3 + 50


def measure_wide_checks(plan: Plan, table: Table) -> None:
    """Measure each width; a quick run the middle one alone."""
    for width in _WIDTHS if plan.is_whole else _WIDTHS[1:2]:
        title = f"One person at {width} bodies in {len(_SHARES)} processes (beside: as many bare unary echoes at once)"
        table.section(title, f"N={width}")
        with (
            tempfile.TemporaryDirectory(prefix="maglia-bench-") as folder,
            wide_network(Path(folder) / "wide", width, _SHARES) as wide,
            echo_servers(width, ANSWER_BYTES, len(_SHARES)) as servers,
        ):
            asyncio.run(_measure(wide, servers, plan, table))


async def _measure(wide: Wide, servers: Sequence[EchoServer], plan: Plan, table: Table) -> None:
    streams = _Streams(wide)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(streams.close)
        node = await stack.enter_async_context(asking_node(wide, streams.trust, streams))
        bare = await stack.enter_async_context(fan_out(servers))
        await _settle(wide, node)
        await _warm(wide, node, bare, plan, table)
        await _cold(wide, node, streams, servers, plan, table)
        await _standing_still(wide, node, plan, table)


class _Streams:
    """Fulfils `node.ports.Peers` with the node's own streams, which can be exchanged for others not yet open."""

    def __init__(self, wide: Wide) -> None:
        self.trust = wide.trust()
        self._wide = wide
        self._inner = wide.streams(self.trust)

    async def anew(self) -> None:
        """Close every stream."""
        await self._inner.close()
        self._inner = self._wide.streams(self.trust)

    async def close(self) -> None:
        """Close every stream for good."""
        await self._inner.close()

    async def ask(self, member: str, question_id: bytes, body: bytes, asker_entry: bytes) -> SignedAnswer:
        """Ask; see `node.ports.Peers`."""
        return await self._inner.ask(member, question_id, body, asker_entry)

    async def is_reachable(self, member: str) -> bool:
        """Return whether a body can be reached; see `node.ports.Peers`."""
        return await self._inner.is_reachable(member)


async def _warm(wide: Wide, node: AskingNode, bare: Callable[[], Awaitable[None]], plan: Plan, table: Table) -> None:
    """Measure with all channels open: about the body's own clients, then about persons evaluated each time."""
    await _compare(wide, node, bare, plan.checks, table, wide.persons, "")
    await _compare(
        wide, node, bare, max(2 * GROUP, plan.checks // 4), table, wide.strangers, "a person new to the body: "
    )
    pids = [host.pid for host in wide.hosts]
    table.add("memory of all bodies' processes", sum(map(memory_mib, pids)), "MiB")


async def _compare(
    wide: Wide,
    node: AskingNode,
    bare: Callable[[], Awaitable[None]],
    count: int,
    table: Table,
    persons: Sequence[Identifier],
    of: str,
) -> None:
    pids = [host.pid for host in wide.hosts]
    checks: list[float] = []
    echoes: list[float] = []
    answering = asking = 0.0
    for number in range(count):
        before, own = cpu_seconds(pids), time.process_time()
        checks.append(await timed(_check(wide, node, persons[number % len(persons)])))
        answering += cpu_seconds(pids) - before
        asking += time.process_time() - own
        if number % GROUP == GROUP - 1:
            echoes += [await timed(bare()) for _ in range(GROUP)]
    middle = percentile(checks, 0.5)
    for share, target in ((0.5, 2.5), (0.95, None), (0.99, None)):
        name = f"{of}p{share * 100:.0f}"
        table.add(name, percentile(checks, share) * 1e3, "ms", percentile(echoes, share) * 1e3, target)
    table.add(f"{of}p95 beside its p50", percentile(checks, 0.95) * 1e3, "ms", middle * 1e3, 1.5)
    table.add(f"{of}CPU of the asking node", asking / count * 1e3, "ms/check")
    table.add(f"{of}CPU of an answering node", answering / count / wide.bodies * 1e3, "ms/check")


async def _cold(
    wide: Wide, node: AskingNode, streams: _Streams, servers: Sequence[EchoServer], plan: Plan, table: Table
) -> None:
    """Measure with every channel still to be opened, on both sides of the comparison."""
    checks, echoes = [], []
    for number in range(max(3, plan.checks // 10)):
        await streams.anew()
        checks.append(await timed(_check(wide, node, wide.persons[number % len(wide.persons)])))
        echoes.append(await timed(_cold_echoes(servers)))
    for share in (0.5, 0.95):
        name = f"cold channels: p{share * 100:.0f}"
        table.add(name, percentile(checks, share) * 1e3, "ms", percentile(echoes, share) * 1e3)


async def _cold_echoes(servers: Sequence[EchoServer]) -> None:
    async def one(server: EchoServer) -> None:
        async with open_echo(server, REQUEST_BYTES, warm=False) as client:
            await client.unary_call()

    await asyncio.gather(*(one(server) for server in servers))


async def _standing_still(wide: Wide, node: AskingNode, plan: Plan, table: Table) -> None:
    """Measure with the last process stopped: its bodies are connected, and say nothing."""
    still, answered, provisional = wide.hosts[-1], [], []
    with still.frozen():
        for number in range(5 if plan.is_whole else 1):
            person = wide.persons[number % len(wide.persons)]
            all_others, verdict = await _until_provisional(wide, node, person, len(still.names))
            answered.append(all_others)
            provisional.append(verdict)
    await asyncio.sleep(_AWAKE_S)
    of = f"{len(still.names)} of {wide.bodies} standing still"
    table.add(f"{of}: all others have answered, p50", percentile(answered, 0.5) * 1e3, "ms")
    worst = max(provisional) * 1e3
    table.add(f"{of}: provisional verdict, worst", worst, "ms", target=_PROVISIONAL_MS)


async def _until_provisional(wide: Wide, node: AskingNode, person: Identifier, still: int) -> tuple[float, float]:
    """Return the seconds until all living bodies had answered, and until the verdict could be read."""
    start, others = time.perf_counter(), 0.0
    check = await node.asking.start(_inquiry(person), OPERATOR)
    async for state in check.states(follow=False):
        if not others and state.answered == wide.bodies - still:
            others = time.perf_counter() - start
        if state.provisional:
            break
    if not others or state.answered != wide.bodies - still:
        raise AssertionError(f"{state.answered} answered, {still} of {wide.bodies} stand still")
    return others, time.perf_counter() - start


async def _settle(wide: Wide, node: AskingNode) -> None:
    """Ask about everybody until every stream is open and every body has answered: the first rulings take long."""
    everybody = (*wide.persons, *wide.strangers)
    for number in range(_SETTLING):
        state = await _ask(node, everybody[number % len(everybody)])
        if state.complete and number >= len(everybody):
            return
    raise AssertionError(f"the bodies do not settle: {_told(state)}")


async def _check(wide: Wide, node: AskingNode, person: Identifier) -> None:
    """Ask about a person; raise `AssertionError` unless everybody answered."""
    state = await _ask(node, person)
    if not state.complete or state.nothing == wide.bodies:
        raise AssertionError(_told(state))


async def _ask(node: AskingNode, person: Identifier) -> CheckState:
    """Return the first state that waits for nobody."""
    check = await node.asking.start(_inquiry(person), OPERATOR)
    async for state in check.states(follow=False):
        if not state.waiting:
            break
    return state


def _told(state: CheckState) -> str:
    silent = Counter(str(one.silence or one.refusal) for one in (*state.silent, *state.refused))
    return f"{state.answered} of {state.asked} answered, {state.nothing} with nothing, others: {dict(silent)}"


def _inquiry(person: Identifier) -> Inquiry:
    return Inquiry(person, Facet.FOOD_PARCEL, Purpose.AID_OVERLAP, 6)
