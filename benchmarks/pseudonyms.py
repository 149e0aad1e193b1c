"""The steps of a pseudonym beside libsodium's own scalar multiplication, on one core.

The ceiling of a step is what libsodium alone needs for the multiplications in it (each of an element, of the generator
and each map to the group with its own raw cost), and nothing for additions, weights, hashes and checks. Step and
ceiling take turns in slices of a few milliseconds of this thread's processor time (shorter ones would measure cold
caches); a ratio is the median of neighbours.
"""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from benchmarks.measure import Plan, Slice, median_rate, median_ratio
from benchmarks.table import Table
from maglia.core import group, matrix, sodium
from maglia.core.batch import Keys
from maglia.core.keyset import ALL_SHARES, SHARES
from maglia.core.lanes import ALONE, Lanes
from maglia.core.pseudonym import Evaluator, blind, finalize_all
from maglia.core.vocabulary import PseudonymClass

_WIDTHS = (10, 50, 100)
_SLICE_S = 0.008
_TARGET = 0.75
_INPUT = b"cf:XQZXQW80A01D150O"


@dataclass(frozen=True)
class Raw:
    """Bare calls of libsodium: of elements, of the generator, maps to the group."""

    elements: int
    generators: int = 0
    maps: int = 0

    def __str__(self) -> str:
        extra = f" + {self.generators} of G" if self.generators else ""
        return f"{self.elements} mult.{extra}{' + map' if self.maps else ''}"

    def __mul__(self, times: float) -> Raw:
        return Raw(*(round(each * times) for each in (self.elements, self.generators, self.maps)))

    def work(self, lanes: Lanes = ALONE) -> Callable[[], object]:
        """Return the calls, in loops that do nothing else; those of elements are spread over `lanes`."""
        scalar, element, wide = group.scalar_random(), group.hash_to_group(b"bench", b"bench"), os.urandom(64)

        def multiplications(chunk: slice) -> None:
            multiply, product = sodium.multiply, ctypes.create_string_buffer(group.SIZE)
            for _ in range(chunk.start, chunk.stop):
                multiply(product, scalar, element)

        def calls() -> None:
            lanes.spread(multiplications, self.elements)
            product = ctypes.create_string_buffer(group.SIZE)
            for _ in range(self.generators):
                sodium.base_multiply(product, scalar)
            for _ in range(self.maps):
                sodium.from_hash(product, wide)

        return calls


def measure_steps(plan: Plan, table: Table) -> None:
    """Measure every step of one person's pseudonyms for 10, 50 and 100 nodes."""
    table.section("One person's pseudonyms, one core (beside: libsodium's multiplications alone)")
    with one_core():
        for name, raw, step in _steps():
            mine, bare = take_turns(step, raw.work(), plan.seconds / 2)
            title = f"{name}: {raw}"
            table.add(title, median_rate(mine), "/s", median_rate(bare), _TARGET, ratio=median_ratio(mine, bare))


def _steps() -> Iterator[tuple[str, Raw, Callable[[], object]]]:
    yield "blind", Raw(1, maps=1), lambda: blind(_INPUT)
    evaluator = Evaluator({share: os.urandom(32) for share in SHARES})
    for width in _WIDTHS:
        for name, raw, step in _steps_for(evaluator, width):
            yield f"{name}, N={width}", raw, step


def _steps_for(evaluator: Evaluator, width: int) -> list[tuple[str, Raw, Callable[[], object]]]:
    """Return what is measured for `width` nodes; a statement is made anew each time, since it remembers its seed."""
    key_set = evaluator.key_set("bench", PseudonymClass.PERSON, 1, [f"member-{number}" for number in range(width)])
    keys = Keys(group.scalar_random() for _ in range(width))
    hidden = blind(_INPUT)
    elements = [hidden.element]
    part = evaluator.evaluate(key_set, ALL_SHARES, elements)
    publics = key_set.publics(ALL_SHARES)
    statement = partial(matrix.Statement, key_set.digest, key_set.epoch, ALL_SHARES, elements, publics, part.elements)
    return [
        ("evaluate", Raw(width), lambda: matrix.evaluate(keys, elements)),
        ("prove", Raw(3, 2), lambda: matrix.prove(statement(), keys)),
        ("evaluate and prove", Raw(width + 3, 2), lambda: evaluator.evaluate(key_set, ALL_SHARES, elements)),
        ("verify", Raw(2 * width + 4, 1), lambda: matrix.verify(statement(), part.proof)),
        ("finalize", Raw(width), lambda: finalize_all([_INPUT], [hidden], [part.elements])),
    ]


def take_turns(
    one: Callable[[], object],
    other: Callable[[], object],
    seconds: float,
    clock: Callable[[], float] = time.thread_time,
) -> tuple[list[Slice], list[Slice]]:
    """Return slices of each, neighbours in time, for about `seconds` of the `clock` in all."""
    ones, others = [], []
    until = clock() + seconds
    while clock() < until:
        ones.append(_slice(one, clock))
        others.append(_slice(other, clock))
    return ones, others


def _slice(work: Callable[[], object], clock: Callable[[], float]) -> Slice:
    count, start = 0, clock()
    while (taken := clock() - start) < _SLICE_S or not count:
        work()
        count += 1
    return Slice(count, taken)


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this thread on one core."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)
