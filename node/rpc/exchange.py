"""The door where other bodies ask: one stream for each, its questions answered as they become ready."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import Counter
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
from node.answer import Answering, Stream
from node.refusals import Refusals

_log = logging.getLogger(__name__)
_SOFTWARE = f"maglia {version('maglia')}"
_IN_FLIGHT = 64
"""Questions of one stream worked on, or whose answers wait to be read; more wait in the transport."""


@dataclass
class _Open:
    """One stream being served: what is ready to send, what is being worked on."""

    stream: Stream
    ready: asyncio.Queue[AskResponse | None]
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_IN_FLIGHT))


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
    ) -> None:
        self._network = network
        self._key = key
        self._answering = answering
        self._find = find
        self._directory_version = directory_version
        self._refusals = refusals
        self._streams: Counter[str] = Counter()

    async def Ask(self, request_iterator: AsyncIterator[AskRequest], context: Context) -> AsyncIterator[AskResponse]:
        """Serve one stream: hello, then an answer or a refusal to each question."""
        caller = current_caller()
        member = cast("Member", caller.principal)
        certificate = cast("bytes", caller.certificate)
        if self._streams[member.id] >= MAX_STREAMS_PER_PEER:
            self._refusals.count(member.id, Code.BUDGET_ANSWER)
            raise MagliaError(Code.BUDGET_ANSWER, limit=MAX_STREAMS_PER_PEER)
        self._streams[member.id] += 1
        served = _Open(Stream(member.id, secrets.token_bytes(32)), asyncio.Queue())
        reader = asyncio.create_task(self._read(request_iterator, served, certificate))
        try:
            yield AskResponse(hello=self._hello(served.stream))
            while (response := await served.ready.get()) is not None:
                yield response
                served.slots.release()  # only now: whoever asks and never reads must not fill our memory
            await reader
        finally:
            self._streams[member.id] -= 1
            reader.cancel()
            for task in served.tasks:
                task.cancel()

    def _hello(self, stream: Stream) -> Hello:
        return Hello(
            challenge=stream.challenge,
            versions=PROTOCOL_VERSIONS,
            directory_version=self._directory_version(),
            software=_SOFTWARE,
        )

    async def _read(self, requests: AsyncIterator[AskRequest], served: _Open, certificate: bytes) -> None:
        """Take questions until the caller ends the stream, or may no longer ask."""
        try:
            async for request in requests:
                member = self._check_caller(certificate, served.stream.asker)  # 8, again at each message
                await served.slots.acquire()
                task = asyncio.create_task(self._serve(request, served, member))
                served.tasks.add(task)
                task.add_done_callback(served.tasks.discard)
            await asyncio.gather(*served.tasks)
        finally:
            served.ready.put_nowait(None)

    def _check_caller(self, certificate: bytes, asker: str) -> Member:
        try:
            return self._find(certificate)
        except MagliaError as error:
            self._refusals.count(asker, error.code)
            raise

    async def _serve(self, request: AskRequest, served: _Open, member: Member) -> None:
        sequence = served.stream.sequence + 1
        try:
            response = await self._answer(request, served.stream, member)
        except MagliaError as error:
            response = AskResponse(refusal=Refusal(sequence=sequence, code=error.code.value))
        except Exception as error:
            _log.error("failed: %s at %s", type(error).__name__, place_of(error))
            response = AskResponse(refusal=Refusal(sequence=sequence, code=Code.STORAGE_UNAVAILABLE.value))
        served.ready.put_nowait(response)

    async def _answer(self, request: AskRequest, stream: Stream, member: Member) -> AskResponse:
        try:
            payload = unseal(request.question, QUESTION, self._network, member.identity_key)  # 9
            bound, question = self._answering.read(payload, stream)
        except MagliaError as error:
            self._refusals.count(member.id, error.code)
            raise
        signed = await self._answering.answer(payload, bound, question)
        return AskResponse(answer=seal(ANSWER, self._network, signed, self._key))
