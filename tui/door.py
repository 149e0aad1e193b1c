"""A console's way to a server: one pinned channel, and failures that leave as `MagliaError`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from typing import Any, TypeVar

import grpc

from maglia.core.errors import Code, MagliaError
from maglia.wire.channel import open_channel, quiet_grpc
from maglia.wire.status import error_of
from tui.model import Operator
from tui.profile import Profile

CALL_S = 15.0
"""Seconds that one call may take."""
T = TypeVar("T")


class Line:
    """One pinned channel and who logged in through it, `here`, with the token that says so. Doors may share it."""

    def __init__(self, profile: Profile) -> None:
        quiet_grpc()
        try:
            root = profile.ca_file.read_bytes()
        except OSError as error:
            raise MagliaError(Code.INPUT_FILE, file=profile.ca_file.name) from error
        self.channel = open_channel(profile.endpoint, profile.party, profile.network, root)
        self.token = ""
        self.here: Operator | None = None


class Door:
    """One part of what a server does, over a line of its own or one that other doors use too."""

    def __init__(self, profile: Profile, line: Line | None = None) -> None:
        self.line = line or Line(profile)
        self._channel = self.line.channel

    async def close(self) -> None:
        """Close the channel; calls under way end."""
        await self._channel.close()

    @property
    def _metadata(self) -> tuple[tuple[str, str], ...]:
        return (("authorization", f"Bearer {self.line.token}"),) if self.line.token else ()


async def answer(call: Awaitable[T]) -> T:
    """Return what a call answers; raise the error that it carries, or `network.unreachable`."""
    try:
        return await call
    except grpc.aio.AioRpcError as failure:
        raise error_of(failure) from failure


async def sent(call: Awaitable[T]) -> T:
    """Return what a call that changes something answers; raise `network.unsure` where nobody knows what came of it."""
    try:
        return await answer(call)
    except MagliaError as error:
        if error.code in {Code.NETWORK_UNREACHABLE, Code.NETWORK_DEADLINE}:
            raise MagliaError(Code.NETWORK_UNSURE) from error
        raise


async def stream(call: grpc.aio.UnaryStreamCall[Any, T]) -> AsyncIterator[T]:
    """Yield what a call answers; raise as `answer` does. The call ends with whoever reads it."""
    try:
        async for response in call:
            yield response
    except grpc.aio.AioRpcError as failure:
        raise error_of(failure) from failure
    finally:
        call.cancel()


def class_of(message: object) -> str:
    """Return a message's field `class`, whose name is a word of Python."""
    return str(getattr(message, "class"))
