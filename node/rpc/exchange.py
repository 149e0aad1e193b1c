"""The door where other bodies ask: one stream for each, its questions answered as they become ready."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import cast

from maglia.core.directory import Member
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey
from maglia.core.vocabulary import MAX_STREAMS_PER_PEER, PROTOCOL_VERSIONS
from maglia.v1.exchange_pb2 import AskRequest, AskResponse, Hello, Refusal
from maglia.v1.exchange_pb2_grpc import ExchangeServiceServicer
from maglia.wire.chain import Context, current_caller, place_of
from maglia.wire.convert import ANSWER, QUESTION
from maglia.wire.envelope import seal, unseal
from maglia.wire.evidence import encode_receipt, keep
from node.answer import Answered, Answering, Asked, Received, Stream
from node.ports import Gossip
from node.refusals import Refusals

_log = logging.getLogger(__name__)
_SOFTWARE = f"maglia {version('maglia')}"
_IN_FLIGHT = 64
"""Questions of one stream worked on, or whose answers wait to be read; more wait in the transport."""

_WITHOUT_ENTRY = frozenset({Code.LOG_UNAVAILABLE, Code.STORAGE_LOW, Code.STORAGE_FULL})
"""Refusals of questions that were read, and for which no entry could be written: they are summarised when one can."""


@dataclass(eq=False)
class _Open:
    """One stream being served: who holds it, what is ready to send, what is being worked on."""

    stream: Stream
    certificate: bytes
    ready: asyncio.Queue[AskResponse | None] = field(default_factory=asyncio.Queue)
    ended: MagliaError | None = None
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_IN_FLIGHT))

    def end(self, error: MagliaError) -> None:
        """Stop working for the caller; what was ready and not yet sent stays here."""
        self.ended = error
        for task in self.tasks:
            task.cancel()
        self.ready.put_nowait(None)


class ExchangeDoor(ExchangeServiceServicer):
    """Translates; the work is `Answering`'s. A stream ends when its caller stops being an active member."""

    def __init__(
        self,
        network: str,
        key: SigningKey,
        answering: Answering,
        find: Callable[[bytes], Member],
        directory_version: Callable[[], int],
        refusals: Refusals,
        gossip: Gossip,
    ) -> None:
        self._network = network
        self._key = key
        self._answering = answering
        self._find = find
        self._directory_version = directory_version
        self._refusals = refusals
        self._gossip = gossip
        self._streams: set[_Open] = set()

    async def Ask(self, request_iterator: AsyncIterator[AskRequest], context: Context) -> AsyncIterator[AskResponse]:
        """Serve one stream: hello, then an answer or a refusal to each question."""
        caller = current_caller()
        member = cast("Member", caller.principal)
        certificate = cast("bytes", caller.certificate)
        if sum(served.stream.asker == member.id for served in self._streams) >= MAX_STREAMS_PER_PEER:
            self._refusals.count(member.id, Code.BUDGET_ANSWER)
            raise MagliaError(Code.BUDGET_ANSWER, limit=MAX_STREAMS_PER_PEER)
        served = _Open(Stream(member.id, secrets.token_bytes(32)), certificate)
        self._streams.add(served)
        reader = asyncio.create_task(self._read(request_iterator, served))
        try:
            yield self._dated(AskResponse(hello=self._hello(served.stream)))
            while (response := await served.ready.get()) is not None and served.ended is None:
                yield self._dated(response)
                served.slots.release()  # only now: whoever asks and never reads must not fill our memory
            if served.ended is not None:
                raise served.ended
            await reader
        finally:
            self._streams.discard(served)
            reader.cancel()
            for task in served.tasks:
                task.cancel()

    def review(self) -> None:
        """End every stream whose caller may no longer ask: at once, not at its next question."""
        for served in [each for each in self._streams if each.ended is None]:
            try:
                self._check_caller(served)
            except MagliaError as error:
                served.end(error)

    def _dated(self, response: AskResponse) -> AskResponse:
        response.timestamp_version = self._gossip.timestamp_version()
        return response

    def _hello(self, stream: Stream) -> Hello:
        return Hello(
            challenge=stream.challenge,
            versions=PROTOCOL_VERSIONS,
            directory_version=self._directory_version(),
            software=_SOFTWARE,
        )

    async def _read(self, requests: AsyncIterator[AskRequest], served: _Open) -> None:
        """Take questions until the caller ends the stream, or may no longer ask."""
        try:
            async for request in requests:
                member = self._check_caller(served)  # 8, again at each message
                self._gossip.heard(request.timestamp_version)
                await served.slots.acquire()
                task = asyncio.create_task(self._serve(request, served, member))
                served.tasks.add(task)
                task.add_done_callback(served.tasks.discard)
            await asyncio.gather(*served.tasks)
        finally:
            served.ready.put_nowait(None)

    def _check_caller(self, served: _Open) -> Member:
        try:
            return self._find(served.certificate)
        except MagliaError as error:
            self._refusals.count(served.stream.asker, error.code)
            raise

    async def _serve(self, request: AskRequest, served: _Open, member: Member) -> None:
        sequence = served.stream.sequence + 1
        try:
            response = await self._answer(request, served.stream, member)
        except MagliaError as error:
            response = AskResponse(refusal=Refusal(sequence=sequence, code=error.code.value))
        except Exception as error:
            _log.error("failed: %s at %s", type(error).__name__, place_of(error))
            self._refusals.count(member.id, Code.STORAGE_UNAVAILABLE)
            response = AskResponse(refusal=Refusal(sequence=sequence, code=Code.STORAGE_UNAVAILABLE.value))
        served.ready.put_nowait(response)

    async def _answer(self, request: AskRequest, stream: Stream, member: Member) -> AskResponse:
        try:
            payload = unseal(request.question, QUESTION, self._network, member.identity_key)  # 9
            received = Received(payload, request.body, keep(request.question))
            asked = self._answering.read(received, stream)
        except MagliaError as error:
            self._refusals.count(member.id, error.code)
            raise
        answered = await self._answered(asked, member)
        receipt = encode_receipt(answered.receipt)
        return AskResponse(answer=seal(ANSWER, self._network, receipt, self._key), body=answered.body)

    async def _answered(self, asked: Asked, member: Member) -> Answered:
        try:
            return await self._answering.answer(asked)
        except MagliaError as error:
            if error.code in _WITHOUT_ENTRY:
                self._refusals.count(member.id, error.code)
            raise
