"""Work beside a screen: it posts messages, and only their handlers touch widgets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from functools import partial
from typing import TypeVar

from textual import on
from textual.message import Message
from textual.screen import Screen
from textual.worker import Worker

from maglia.core.errors import MagliaError

T = TypeVar("T")


class JobScreen(Screen[None]):
    """A screen that nothing blocks."""

    class Came(Message):
        """Work beside the screen has ended, or got on; `show` shows it."""

        def __init__(self, show: Callable[[], None]) -> None:
            super().__init__()
            self.show = show

    class Refused(Message):
        """Work beside the screen was refused or lost."""

        def __init__(self, error: MagliaError) -> None:
            super().__init__()
            self.error = error

    def failed(self, error: MagliaError) -> None:
        """Say why work was refused."""
        raise NotImplementedError

    def refresh_keys(self) -> None:
        """Dim the keys of what is not possible now."""
        raise NotImplementedError

    def work(self, job: Callable[[], Awaitable[T]], then: Callable[[T], None], *, group: str = "work") -> None:
        """Do a job beside the screen; `then` shows what it returned, a refusal is explained.

        A job of the same group that is still under way is given up.
        """
        self._begin(partial(self._work, job, then), group)

    def _begin(self, job: Callable[[], Coroutine[None, None, None]], group: str) -> None:
        """Start a job by its function: one that is given up before it began has nothing that waits."""
        _worker: Worker[None] = self.run_worker(job, group=group, exclusive=True)

    async def _work(self, job: Callable[[], Awaitable[T]], then: Callable[[T], None]) -> None:
        try:
            value = await job()
        except MagliaError as error:
            self.post_message(self.Refused(error))
        else:
            self.post_message(self.Came(partial(then, value)))

    def follow(
        self,
        stream: Callable[[], AsyncIterator[T]],
        each: Callable[[T], None],
        end: Callable[[], None] = lambda: None,
        *,
        group: str = "work",
    ) -> None:
        """Show each thing of a stream as it comes, and that it has ended."""
        self._begin(partial(self._follow, stream, each, end), group)

    async def _follow(
        self, stream: Callable[[], AsyncIterator[T]], each: Callable[[T], None], end: Callable[[], None]
    ) -> None:
        try:
            async for one in stream():
                self.post_message(self.Came(partial(each, one)))
        except MagliaError as error:
            self.post_message(self.Refused(error))
        else:
            self.post_message(self.Came(end))

    @on(Came)
    def _show(self, message: Came) -> None:
        message.stop()
        message.show()
        self.refresh_keys()

    @on(Refused)
    def _refused(self, message: Refused) -> None:
        message.stop()
        self.failed(message.error)
        self.refresh_keys()
