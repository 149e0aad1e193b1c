"""Who must hear of a change: parts of this process, then the members that watch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class News:
    """Tells listeners at once, then wakes everyone who waits. Used from the event loop, or before it runs."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []
        self._next = asyncio.Event()

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` at each change."""
        self._listeners.append(listener)

    def changed(self) -> None:
        """Say that members, cards or metadata changed and that the change is committed."""
        for listener in self._listeners:
            listener()
        self._next, reached = asyncio.Event(), self._next
        reached.set()

    def next(self) -> asyncio.Event:
        """Return what is set at the next change. Take it before reading what may change."""
        return self._next


class Elsewhere:
    """Notices what another process changed: `state` reads from the database what grows with every change."""

    def __init__(self, news: News, state: Callable[[], object]) -> None:
        self._news = news
        self._state = state
        self._seen = state()
        news.listen(self._note)

    def _note(self) -> None:
        self._seen = self._state()

    def look(self) -> None:
        """Tell this process's listeners if anything changed since the last change that they heard of."""
        if self._state() != self._seen:
            self._news.changed()
