"""Threads that share the multiplications of one batch: libsodium multiplies without the interpreter's lock."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TypeVar

_T = TypeVar("_T")
_LEAST = 16
"""Multiplications in a chunk: fewer (0.7 ms) are not worth the waking of a thread."""
_CHUNKS_A_LANE = 4
"""So that a core which others keep busy is left behind by less than a quarter of its share."""


def cores() -> int:
    """Return how many cores this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Lanes:
    """A number of threads, started when first needed. What comes out does not depend on the number."""

    def __init__(self, count: int | None = None) -> None:
        """Take `count` threads, or one for each core."""
        self.count = count or cores()
        self._threads = ThreadPoolExecutor(self.count, "lane") if self.count > 1 else None

    def spread(self, work: Callable[[slice], _T], count: int) -> list[_T]:
        """Return what `work` makes of each chunk of `count` items, in order; the first exception, if it raises.

        `work` must not spread anything itself: lanes that wait for lanes never end.
        """
        if self._threads is None or count < 2 * _LEAST:
            return [work(slice(0, count))]
        return list(self._threads.map(work, self._chunks(count)))

    def _chunks(self, count: int) -> list[slice]:
        number = min(count // _LEAST, self.count * _CHUNKS_A_LANE)
        ends = [count * chunk // number for chunk in range(number + 1)]
        return [slice(start, end) for start, end in pairwise(ends)]


ALONE = Lanes(1)
"""The caller's own thread and no other."""
