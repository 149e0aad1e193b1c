"""How long one member waits for the registry while another floods it, beside how long it waits while nobody does.

The flooding member's day has no end here.
As an office sets it, its budget refuses it soon, and the rest of the day is quiet.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from benchmarks.measure import Plan, loop_calls, percentile
from benchmarks.table import Table

Call = Callable[[], Awaitable[None]]
_SETTLES_S = 0.3
_AT_MOST_S = 60.0


async def measure_flood(evaluate: Call, floods: Mapping[str, tuple[Call, int]], plan: Plan, table: Table) -> None:
    """Add p50 and p99 of `evaluate`, one at a time, beside each flood: its call, and how many are always under way."""
    quiet = await _waits(evaluate, plan.checks)
    for name, (call, in_flight) in floods.items():
        async with _flooded(call, in_flight):
            meanwhile = await _waits(evaluate, plan.checks)
        for share, title in ((0.5, "p50"), (0.99, "p99")):
            waited, beside = (percentile(each, share) * 1e3 for each in (meanwhile, quiet))
            table.add(f"while another member floods it, {in_flight} {name} at once: {title}", waited, "ms", beside)


@asynccontextmanager
async def _flooded(call: Call, in_flight: int) -> AsyncIterator[None]:
    flood = asyncio.ensure_future(loop_calls(call, in_flight, _AT_MOST_S))
    await asyncio.sleep(_SETTLES_S)
    try:
        yield
    finally:
        if flood.done():
            flood.result()
        flood.cancel()
        await asyncio.gather(flood, return_exceptions=True)


async def _waits(evaluate: Call, times: int) -> list[float]:
    """Return how long so many evaluations took, one after the other, in seconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        await evaluate()
        found.append(time.perf_counter() - start)
    return found
