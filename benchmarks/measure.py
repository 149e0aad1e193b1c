"""How figures are taken: closed loops bounded in count and time, processor time from the kernel, medians of slices."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


@dataclass(frozen=True)
class Slice:
    """One stretch of work: operations done, seconds taken, processor seconds that the watched processes spent."""

    count: int
    seconds: float
    cpu_s: float = 0.0

    @property
    def rate(self) -> float:
        """Operations a second."""
        return self.count / self.seconds

    @property
    def cpu_us(self) -> float:
        """Processor microseconds for each operation."""
        return self.cpu_s / self.count * 1e6


@dataclass(frozen=True)
class Plan:
    """How long a bench may take: slices of `seconds` for each figure, and how often rare things are repeated."""

    seconds: float
    slices: int
    checks: int
    rows: int
    """Rows imported, entries logged."""
    audited: int
    """Entries that an auditor verifies, questions whose two sides are compared."""


QUICK = Plan(seconds=0.8, slices=3, checks=40, rows=2_000, audited=20_000)
WHOLE = Plan(seconds=3.0, slices=7, checks=200, rows=20_000, audited=1_000_000)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median_rate(slices: Sequence[Slice]) -> float:
    """Return the median of the slices' rates."""
    return median(each.rate for each in slices)


def median_ratio(slices: Sequence[Slice], beside: Sequence[Slice]) -> float:
    """Return the median ratio of rates of neighbouring slices: both saw the same neighbours on the machine."""
    return median(one.rate / other.rate for one, other in zip(slices, beside, strict=True))


def seconds_each(work: Callable[[], object], seconds: float, least: int = 5) -> float:
    """Return the median duration of `work`, repeated for about `seconds`."""
    taken: list[float] = []
    until = time.perf_counter() + seconds
    while len(taken) < least or time.perf_counter() < until:
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return median(taken)


async def loop_calls(
    call: Callable[[], Awaitable[object]], in_flight: int, seconds: float, pids: Sequence[int] = ()
) -> Slice:
    """Call for `seconds`, always `in_flight` calls under way, and watch the processor time of `pids`."""
    before, start = cpu_seconds(pids), time.perf_counter()
    until = start + seconds

    async def one() -> int:
        count = 0
        while time.perf_counter() < until:
            await call()
            count += 1
        return count

    count = sum(await asyncio.gather(*(one() for _ in range(in_flight))))
    return Slice(count, time.perf_counter() - start, cpu_seconds(pids) - before)


def cpu_seconds(pids: Iterable[int]) -> float:
    """Return the processor time that processes and their children have spent, in steps of a clock tick (10 ms)."""
    return sum(_cpu_seconds(each) for pid in pids for each in family(pid))


def family(pid: int) -> list[int]:
    """Return a process and all that it started and that still runs."""
    found = [pid]
    for path in _PROC.glob(f"{pid}/task/*/children"):
        for child in path.read_text().split():
            found += family(int(child))
    return found


def _cpu_seconds(pid: int) -> float:
    fields = _PROC.joinpath(str(pid), "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK_S


def memory_mib(pid: int) -> float:
    """Return the resident memory of one process, in MiB."""
    for line in _PROC.joinpath(str(pid), "status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
