"""A closed loop on one bidirectional stream: each answer that arrives lets the next request go."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.measure import Slice, cpu_seconds


class Fed:
    """An open stream of raw bytes and where its next request comes from, by number from 0."""

    def __init__(self, call: Any, request: Callable[[int], bytes], limit: int = 1_000_000) -> None:
        self._call = call
        self._request = request
        self.left = limit
        self._sent = 0

    async def send(self) -> bool:
        """Send the next request; return False when there is none left."""
        if self.left == 0:
            return False
        await self._call.write(self._request(self._sent))
        self._sent += 1
        self.left -= 1
        return True

    async def receive(self) -> bytes:
        """Return the next answer; raise `ConnectionError` when the stream has ended."""
        answer = await self._call.read()
        if not isinstance(answer, bytes):
            raise ConnectionError(await self._call.details())
        return answer


@dataclass(frozen=True)
class Driven:
    """A slice and every answer in it, to be looked at when the clock is stopped."""

    slice: Slice
    answers: list[bytes]


async def drive(stream: Fed, in_flight: int, seconds: float, pids: Sequence[int]) -> Driven:
    """Keep `in_flight` requests under way for `seconds`, or until there are none left; then let all be answered."""
    answers: list[bytes] = []
    before, start = cpu_seconds(pids), time.perf_counter()
    until = start + seconds
    waiting = 0
    while waiting < in_flight and await stream.send():
        waiting += 1
    while waiting:
        answers.append(await stream.receive())
        waiting -= 1
        if time.perf_counter() < until and await stream.send():
            waiting += 1
    elapsed = time.perf_counter() - start
    return Driven(Slice(len(answers), elapsed, cpu_seconds(pids) - before), answers)
