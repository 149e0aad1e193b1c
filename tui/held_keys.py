"""Keys that wait, in their order, until what was pressed before them has been done.

A key goes to the queue of the widget that has the cursor, then from queue to queue up to the console, which finds what
it is bound to by who has the cursor *then*. On a busy machine, or by a quick hand, the next key would come first.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.timer import Timer

_HELD_S = 1.0
"""Seconds after which what was pressed meanwhile goes on in any case."""
Pressed = events.Key | events.Paste


class HeldKeys:
    """Holds what is pressed in `app` while something is under way; `again` hears each of them afterwards."""

    def __init__(self, app: App[None], again: Callable[[Pressed], Awaitable[None]]) -> None:
        self._app = app
        self._again = again
        self._held: list[Pressed] | None = None
        self._limit: Timer | None = None

    def takes(self, event: Pressed) -> bool:
        """Keep what was pressed, and return True, while something is under way."""
        if self._held is None:
            return False
        self._held.append(event)
        return True

    def until_read(self, way: Sequence[MessagePump], do: Callable[[], None] = lambda: None) -> None:
        """Hold all keys from now on until each on the `way` has read what it was sent so far; then `do`, and let go."""
        self._held = []
        self._limit = self._app.set_timer(_HELD_S, self._let_go)
        self._go_on(way, do)

    def _go_on(self, way: Sequence[MessagePump], do: Callable[[], None]) -> None:
        for place, pump in enumerate(way):
            if pump.call_later(self._go_on, way[place + 1 :], do):  # one that is gone is passed over
                return
        try:
            do()
        finally:
            self._app.call_later(self._let_go)

    async def _let_go(self) -> None:
        held, self._held = self._held, None
        if self._limit is not None:
            self._limit.stop()
        for event in held or ():
            await self._again(event)
