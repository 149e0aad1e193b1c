"""Handing entries to the log in groups, so that many questions share one hand-over, one commit and one wake-up.

Each hand-over from the event loop to the log's thread, and back, costs a question as much processor time as its
look-up: both threads wake, and take the interpreter's lock from each other. What comes while a group is under way goes
together when it is durable; a lone entry waits for nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import NamedTuple

from maglia.core.log import Appended
from node.ports import Log


class _Waiting(NamedTuple):
    leaves: Sequence[bytes]
    durable: asyncio.Future[list[bytes]]


class GroupedLog:
    """A log as one event loop writes to it."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._waiting: list[_Waiting] = []
        self._is_under_way = False

    async def write(self, leaves: Sequence[bytes]) -> list[bytes]:
        """Return the hashes of some leaves once all are durable, in one transaction; raise `log.unavailable`.

        Leaves whose writer gave up meanwhile are logged all the same.
        """
        durable: asyncio.Future[list[bytes]] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(leaves, durable))
        if not self._is_under_way:
            self._hand_over()
        return await durable

    def _hand_over(self) -> None:
        group, self._waiting = self._waiting, []
        self._is_under_way = True
        appended = self._log.append_many([leaf for each in group for leaf in each.leaves])
        loop = asyncio.get_running_loop()

        def wake(done: Future[list[Appended]]) -> None:
            with suppress(RuntimeError):  # the loop has ended, and nobody waits any more
                loop.call_soon_threadsafe(self._settle, group, done)

        appended.add_done_callback(wake)

    def _settle(self, group: Sequence[_Waiting], done: Future[list[Appended]]) -> None:
        self._is_under_way = False
        if self._waiting:
            self._hand_over()  # first: the log's thread writes them while those of this group go on
        failure, place = done.exception(), 0
        hashes = [] if failure else [appended.leaf_hash for appended in done.result()]
        for each in group:
            start, place = place, place + len(each.leaves)
            if each.durable.done():
                continue  # whoever waited gave up
            if failure:
                each.durable.set_exception(failure)
            else:
                each.durable.set_result(hashes[start:place])
