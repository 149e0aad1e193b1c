"""One open stream to another body: its challenge, what is in flight on it, and how each answer finds who waits."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import grpc

from maglia.core.errors import Code
from maglia.core.identity import Card
from maglia.core.vocabulary import PROTOCOL_VERSIONS, Silence
from maglia.v1.exchange_pb2 import AskRequest, AskResponse, Hello
from maglia.wire.certificates import TlsIdentity
from maglia.wire.convert import ANSWER
from maglia.wire.envelope import unseal
from maglia.wire.evidence import decode_receipt, keep
from maglia.wire.status import error_of
from node.ports import RefusedError, SignedAnswer, SilentError

_ENDING = frozenset({Code.MEMBER_STALE.value, Code.MEMBER_SIGNATURE.value})
"""Refusals after which the two sides no longer count alike: the next question opens a new stream."""


@dataclass(frozen=True)
class Waiting:
    """A question in flight."""

    question_id: bytes
    question_hash: bytes
    answer: asyncio.Future[SignedAnswer]


@dataclass(eq=False)
class Stream:
    """An open stream: its challenge, what it has carried, what is in flight (by sequence number)."""

    member: str
    card: Card
    identity: TlsIdentity
    channel: grpc.aio.Channel
    call: grpc.aio.StreamStreamCall[AskRequest, AskResponse]
    challenge: bytes
    sequence: int = 0
    in_flight: dict[int, Waiting] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    reader: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        """Return whether questions can still be sent on it."""
        return self.reader is not None and not self.reader.done()

    def fail(self, end: Exception) -> None:
        """Tell all who still wait that no answer of this stream will be used."""
        for waiting in self.in_flight.values():
            if not waiting.answer.done():
                waiting.answer.set_exception(end)

    async def send(self, request: AskRequest) -> None:
        """Send a question; raise `SilentError` when the stream has ended."""
        try:
            await self.call.write(request)
        except (grpc.aio.AioRpcError, asyncio.InvalidStateError) as error:
            raise SilentError(Silence.UNREACHABLE) from error
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # Nobody cancelled us: the reader ended the call while we were writing.
            raise SilentError(Silence.UNREACHABLE) from None

    def deliver(self, response: AskResponse, network: str, identity_key: bytes) -> None:
        """Verify a response and hand it to whoever waits for it.

        Raises `RefusedError` after which the stream must end, or `MagliaError` for an answer that can't be verified.
        """
        if response.WhichOneof("kind") == "refusal":
            refused = self.in_flight.get(response.refusal.sequence)
            if refused is not None and not refused.answer.done():
                refused.answer.set_exception(RefusedError(_known(response.refusal.code)))
            if response.refusal.code in _ENDING:
                raise RefusedError(response.refusal.code)
            return
        receipt = decode_receipt(unseal(response.answer, ANSWER, network, identity_key))
        for waiting in self.in_flight.values():
            if waiting.question_id == receipt.question_id and not waiting.answer.done():
                evidence = keep(response.answer)
                waiting.answer.set_result(SignedAnswer(waiting.question_hash, receipt, response.body, evidence))
                return

    async def close(self) -> None:
        """Close the stream and its connection."""
        self.call.cancel()
        await self.channel.close()
        if self.reader is not None:
            await asyncio.gather(self.reader, return_exceptions=True)


async def read(call: grpc.aio.StreamStreamCall[AskRequest, AskResponse]) -> AskResponse:
    """Return the next message; raise `SilentError` or `RefusedError` when the stream has ended."""
    try:
        response = await call.read()
    except grpc.aio.AioRpcError as error:
        known = error_of(error)
        if known.code in {Code.NETWORK_UNREACHABLE, Code.NETWORK_DEADLINE}:
            raise SilentError(Silence.UNREACHABLE) from error
        raise RefusedError(known.code.value) from error
    except asyncio.CancelledError:
        if call.cancelled():
            raise SilentError(Silence.UNREACHABLE) from None
        raise
    if not isinstance(response, AskResponse):
        raise SilentError(Silence.UNREACHABLE)
    return response


def check_version(hello: Hello) -> Hello:
    """Return the hello of a body that speaks a version in common; raise `SilentError`."""
    if not set(hello.versions) & set(PROTOCOL_VERSIONS):
        raise SilentError(Silence.VERSION)
    return hello


def _known(code: str) -> str:
    """Return a refusal's code: it goes into our log, so it may be one of the catalog and nothing else."""
    return code if code in frozenset(Code) else Code.NETWORK_ANSWER.value
