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
_CPU_SLICE_S = 0.05
_LOOK_S, _QUIET_SHARE = 0.5, 0.08


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

    records: tuple[int, ...]
    """Records of the answering node, fewer first; figures but growth's are taken at the last."""

    in_flight: tuple[int, ...]
    """How many questions are under way at once at the answering node."""

    @property
    def is_whole(self) -> bool:
        """Return whether there is time for everything in its full size."""
        return self.audited > QUICK.audited


QUICK = Plan(seconds=0.3, slices=3, checks=30, rows=2_000, audited=20_000, records=(10_000, 50_000), in_flight=(16,))
WHOLE = Plan(
    seconds=1.5,
    slices=5,
    checks=200,
    rows=20_000,
    audited=1_000_000,
    records=(10_000, 100_000, 1_000_000),
    in_flight=(1, 16, 64),
)


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


def cpu_us_each(work: Callable[[], object], seconds: float) -> float:
    """Return the microseconds of processor time, all threads, that one call takes; a first one is not counted."""
    work()
    until, taken = time.perf_counter() + seconds, list[float]()
    while len(taken) < 3 or time.perf_counter() < until:
        count, start = 0, time.process_time()
        while (spent := time.process_time() - start) < _CPU_SLICE_S:
            work()
            count += 1
        taken.append(spent / count * 1e6)
    return median(taken)


def until_quiet(pid: int, longest_s: float = 120.0) -> float:
    """Wait until a process has next to nothing to do, and return for how many seconds it had more."""
    start = time.perf_counter()
    while time.perf_counter() - start < longest_s:
        before, since = cpu_seconds([pid]), time.perf_counter()
        time.sleep(_LOOK_S)
        if cpu_seconds([pid]) - before < _QUIET_SHARE * _LOOK_S:
            return since - start
    return longest_s


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


def own_memory_mib(pid: int) -> float:
    """Return the memory of one process that no other one shares, in MiB."""
    lines = _PROC.joinpath(str(pid), "smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def memory_mib(pid: int | None = None) -> float:
    """Return the resident memory of one process, in MiB; of this one without a number."""
    for line in _PROC.joinpath(str(pid or os.getpid()), "status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
