"""Watching something whose state changes with messages and with time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Protocol, TypeVar


class Pulse:
    """Tells all who wait that something has changed; several checks may share one."""

    def __init__(self) -> None:
        self.next = asyncio.Event()
        """Set at the next change."""
        self._listeners: list[Callable[[], None]] = []

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` at every change, in the event loop: it must be quick and raise nothing."""
        self._listeners.append(listener)

    def tell(self) -> None:
        """Say that something has changed."""
        for listener in self._listeners:
            listener()
        self.next.set()
        self.next = asyncio.Event()


class Waiting(Protocol):
    """A state that may still be waiting for something."""

    @property
    def waiting(self) -> bool:
        """Whether it is."""


S = TypeVar("S", bound=Waiting)


async def watch(
    read: Callable[[], S], pulse: Pulse, until_next_time: Callable[[], float | None], *, follow: bool
) -> AsyncIterator[S]:
    """Yield the state at once, at each change, and when a time passes; end when nothing is waited for unless `follow`.

    `until_next_time` returns the seconds to the next moment at which time alone changes the state, or None.
    """
    while True:
        changed = pulse.next
        state = read()
        yield state
        if not state.waiting and not follow:
            return
        try:
            async with asyncio.timeout(until_next_time()):
                await changed.wait()
        except TimeoutError:
            continue
