"""A body's operator at the counter, as seen by the node: logs in, calls, and logs in again when the node forgot."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import grpc

from demo.network import NETWORK
from maglia.core.errors import Code, MagliaError
from maglia.v1.operator_pb2 import LoginOperatorRequest
from maglia.v1.operator_pb2_grpc import OperatorServiceStub
from maglia.v1.reservation_pb2_grpc import ReservationServiceStub
from maglia.wire.channel import open_channel
from maglia.wire.status import METADATA_KEY, error_of
from tests.e2e.live import LiveNetwork

CALL_S = 30.0
_NO_SESSION = frozenset({Code.SESSION_EXPIRED})
_FROM_THE_LIBRARY = frozenset(
    {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED}
)
"""What the client's own library says of a program that is gone: a console makes a sentence of it itself."""


class Console:
    """One operator of one body."""

    def __init__(self, live: LiveNetwork, member: str, channel: grpc.aio.Channel, operator: dict[str, Any]) -> None:
        self.member = member
        self.node: Any = OperatorServiceStub(channel)
        self.promises: Any = ReservationServiceStub(channel)
        self._operator = operator
        self._bearer: tuple[tuple[str, str], ...] = ()
        self._live = live

    def forget(self) -> None:
        """Log in anew at the next call: the node that knew this session is gone."""
        self._bearer = ()

    async def call(self, method: Any, request: Any) -> Any:
        """Return the answer of a call; raises `Refused`."""
        await self._log_in()
        try:
            return await method(request, metadata=self._bearer, timeout=CALL_S)
        except grpc.aio.AioRpcError as failure:
            raise self._refused(failure) from failure

    async def follow(self, method: Any, request: Any, leave_after: int = 0) -> AsyncIterator[Any]:
        """Yield the messages of a stream; hang up after so many, unless 0. Raises `Refused`."""
        await self._log_in()
        call = method(request, metadata=self._bearer, timeout=CALL_S)
        seen = 0
        try:
            async for message in call:
                yield message
                seen += 1
                if seen == leave_after:
                    return
        except grpc.aio.AioRpcError as failure:
            raise self._refused(failure) from failure
        finally:
            call.cancel()

    async def _log_in(self) -> None:
        if self._bearer:
            return
        request = LoginOperatorRequest(user=self._operator["user"], password=self._operator["password"])
        try:
            reply = await self.node.LoginOperator(request, timeout=CALL_S)
        except grpc.aio.AioRpcError as failure:
            raise self._refused(failure) from failure
        self._bearer = (("authorization", f"Bearer {reply.token}"),)

    def _refused(self, failure: grpc.aio.AioRpcError) -> Refused:
        error = error_of(failure)
        if error.code in _NO_SESSION:
            self.forget()
        named = any(key == METADATA_KEY for key, _ in failure.trailing_metadata() or ())
        is_ours = named or failure.code() in _FROM_THE_LIBRARY
        return Refused(error, "" if is_ours else f"{failure.code().name}: {failure.details()}")


class Refused(Exception):  # noqa: N818 - as the person reads it
    """A call that failed; `fault` says what its sentence lacks, and is empty for one that is as it should be."""

    def __init__(self, error: MagliaError, uncoded: str) -> None:
        super().__init__(error.code.value)
        self.code = error.code
        self.fault = uncoded or _lacking(error)


def _lacking(error: MagliaError) -> str:
    said = error.sentence()
    return "" if said.message and said.next_action.endswith(".") else f"{error.code}: no next action"


@contextlib.asynccontextmanager
async def open_console(live: LiveNetwork, member: str, role: str = "") -> AsyncIterator[Console]:
    """Yield the first operator of a body, or the first of a role; nothing is sent before the first call."""
    node = live.node(member)
    operator = next(one for one in node["operators"] if one["role"] == (role or one["role"]))
    options = open_channel(node["front"], member, NETWORK, live.certificate(member))
    async with options as channel:
        yield Console(live, member, channel, operator)
