"""What others may know of the node's state: the health service of both ports, and a line in the log at each change."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from grpc_health.v1 import health, health_pb2

from maglia.core.errors import Code, MagliaError

DIRECTORY = "directory"
"""The health service's name for how fresh the directory is: degraded long before the whole node stops serving."""
OPERATORS = "operators"
"""The health service's name for whether this body's operators may work: not while no rules say who may do what."""
_LOOK_S = 0.5
_STOPS = frozenset(
    {
        Code.DIRECTORY_EXPIRED,
        Code.MEMBER_INACTIVE,
        Code.LOG_FORK,
        Code.LOG_DAMAGED,
        Code.LOG_UNWITNESSED,
        Code.POLICY_UNAVAILABLE,
        Code.POLICY_STALE,
        Code.STORAGE_LOW,
        Code.STORAGE_FULL,
    }
)
_log = logging.getLogger(__name__)


class Health:
    """Keeps the health of every door as the node's problems say: `directory` degrades first, the whole node last."""

    def __init__(self, problems: Callable[[], list[Code]]) -> None:
        self._problems = problems
        self._doors: list[health.aio.HealthServicer] = []
        self._told: list[Code] = []

    async def door(self) -> health.aio.HealthServicer:
        """Return the health service of one more port."""
        servicer = health.aio.HealthServicer()
        self._doors.append(servicer)
        await self._set(servicer, self._problems())
        return servicer

    async def run(self) -> None:
        """Follow the node's problems until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_S)
            await self.look()

    async def look(self) -> None:
        """Tell what is so now."""
        problems = self._problems()
        if problems == self._told:
            return
        for servicer in self._doors:
            await self._set(servicer, problems)
        for code in problems:
            if code not in self._told:
                sentence = MagliaError(code).sentence("it")
                _log.warning("%s: %s %s", code.value, sentence.message, sentence.next_action)
        if not problems:
            _log.info("no problems any more")
        self._told = problems

    async def _set(self, servicer: health.aio.HealthServicer, problems: list[Code]) -> None:
        stopped = bool(_STOPS.intersection(problems))
        await servicer.set("", _response(serves=not stopped))
        await servicer.set(DIRECTORY, _response(serves=not stopped and Code.DIRECTORY_STALE not in problems))
        await servicer.set(OPERATORS, _response(serves=not stopped and Code.POLICY_PERMISSIONS not in problems))


def _response(*, serves: bool) -> int:
    status = health_pb2.HealthCheckResponse
    return status.SERVING if serves else status.NOT_SERVING
