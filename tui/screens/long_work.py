"""One long thing at a time, beside a screen: it can be stopped, and whatever comes next waits until it has.

What was stopped leaves its files alone before anything else opens them: a lock that is still held would read as if
another program were at work.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
GoOn = Callable[[], None]
"""Called now and then by long work; raises `StoppedError` once nobody wants it any more."""


class StoppedError(Exception):
    """The work was stopped: nothing is to be told."""


class LongWork:
    """Whatever is under way, of one screen."""

    def __init__(self) -> None:
        self._task: asyncio.Task[Any] | None = None
        self._stopped = threading.Event()
        self._in_thread = False

    @property
    def is_under_way(self) -> bool:
        """Return whether something is being done, and nobody has stopped it."""
        return self._task is not None and not self._task.done() and not self._stopped.is_set()

    async def in_thread(self, call: Callable[[GoOn], T]) -> T:
        """Return what a blocking call returns; it must call what it is given every now and then."""

        def go_on(stopped: threading.Event) -> None:
            if stopped.is_set():
                raise StoppedError

        async def job() -> T:
            stopped = self._stopped
            return await asyncio.to_thread(call, lambda: go_on(stopped))

        return await self._run(job, in_thread=True)

    async def in_loop(self, job: Callable[[], Awaitable[T]]) -> T:
        """Return what awaiting something returns; it is cancelled where it waits."""

        async def whole() -> T:
            return await job()

        return await self._run(whole, in_thread=False)

    async def _run(self, job: Callable[[], Coroutine[Any, Any, T]], *, in_thread: bool) -> T:
        self.stop()
        if self._task is not None:
            await asyncio.wait([self._task])
        self._stopped, self._in_thread = threading.Event(), in_thread
        self._task = task = asyncio.create_task(job())
        task.add_done_callback(lambda done: done.cancelled() or done.exception())  # somebody has seen it
        return await asyncio.shield(task)

    def stop(self) -> None:
        """End what is under way, where it can be ended."""
        self._stopped.set()
        if self._task is not None and not self._in_thread:
            self._task.cancel()
