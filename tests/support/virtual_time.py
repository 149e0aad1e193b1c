"""A loop whose time passes only when nothing is left to do: hours of waiting cost nothing, and come out the same."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
_AWAKE_S = 0.05


class _Jumping(selectors.SelectSelector):
    """Waits for nobody: where others sleep, the time goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:  # no timer at all: whatever comes, comes from outside
            return super().select(_AWAKE_S)
        ready = super().select(0)
        if not ready:
            self.now += max(timeout, 0.0)
        return ready


class VirtualTime:
    """The time of one loop; stands in for the module `time` where a program asks for it."""

    def __init__(self) -> None:
        self._selector = _Jumping()

    def monotonic(self) -> float:
        """Return the seconds since the loop's beginning."""
        return self._selector.now

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run work to its end."""

        def loop() -> asyncio.AbstractEventLoop:
            made = asyncio.SelectorEventLoop(self._selector)
            made.time = self.monotonic  # type: ignore[method-assign]  # the one place where a loop's time comes from
            return made

        with asyncio.Runner(loop_factory=loop) as runner:
            return runner.run(work)
