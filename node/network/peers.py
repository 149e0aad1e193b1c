"""Warm streams to other bodies: one for each, opened lazily, many questions in flight on it (design 6)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import grpc

from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import BoundQuestion, sha256
from maglia.core.identity import Card, SigningKey
from maglia.core.vocabulary import PROTOCOL_VERSIONS, Silence
from maglia.v1.exchange_pb2 import Answer, AnswerBody, AskRequest, AskResponse, Hello
from maglia.v1.exchange_pb2_grpc import ExchangeServiceStub
from maglia.wire.certificates import TlsIdentity, der_to_pem
from maglia.wire.channel import open_channel
from maglia.wire.convert import ANSWER, QUESTION
from maglia.wire.envelope import parse, seal, unseal
from maglia.wire.exchange import encode_bound
from maglia.wire.status import error_of
from node.ports import Gossip, RefusedError, SignedAnswer, SilentError

_OPEN_S = 4.0
"""A stream that has not said hello by then counts as unreachable; the next question tries again."""
_RETIRE_S = 60.0
"""Answers to questions on a stream that was replaced are waited for this long."""


_ENDING = frozenset({Code.MEMBER_STALE.value, Code.MEMBER_SIGNATURE.value})
"""Refusals after which the two sides no longer count alike: the next question opens a new stream."""


@dataclass(frozen=True)
class Peer:
    """How to reach a body, and whose signature to demand."""

    card: Card
    identity_key: bytes


@dataclass(frozen=True)
class _Waiting:
    """A question in flight."""

    question_id: bytes
    question_hash: bytes
    answer: asyncio.Future[SignedAnswer]


@dataclass(eq=False)
class _Stream:
    """An open stream: its challenge, what it has carried, what is in flight (by sequence number)."""

    member: str
    card: Card
    identity: TlsIdentity
    channel: grpc.aio.Channel
    call: grpc.aio.StreamStreamCall[AskRequest, AskResponse]
    challenge: bytes
    sequence: int = 0
    in_flight: dict[int, _Waiting] = field(default_factory=dict)
    write: asyncio.Lock = field(default_factory=asyncio.Lock)
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


class PeerStreams:
    """Fulfils `node.ports.Peers` over gRPC."""

    def __init__(
        self,
        network: str,
        key: SigningKey,
        identity: Callable[[], TlsIdentity],
        find: Callable[[str], Peer],
        gossip: Gossip,
    ) -> None:
        self._network = network
        self._key = key
        self._identity = identity
        self._find = find
        self._gossip = gossip
        self._streams: dict[str, _Stream] = {}
        self._retired: dict[_Stream, asyncio.Task[None]] = {}
        self._opening: dict[str, asyncio.Task[_Stream]] = {}

    async def ask(self, member: str, question_id: bytes, body: bytes, asker_entry: bytes) -> SignedAnswer:
        """Bind a question to the stream, sign, send, and await the answer. See `node.ports.Peers`."""
        peer = self._find(member)
        stream = await self._stream(member, peer)
        async with stream.write:
            if not stream.is_open:  # it ended while we waited for our turn: nobody would tell us
                raise SilentError(Silence.UNREACHABLE)
            stream.sequence += 1
            sequence = stream.sequence
            payload = encode_bound(BoundQuestion(body, asker_entry, stream.challenge, sequence))
            future: asyncio.Future[SignedAnswer] = asyncio.get_running_loop().create_future()
            stream.in_flight[sequence] = _Waiting(question_id, sha256(payload), future)
            try:
                question = seal(QUESTION, self._network, payload, self._key)
                await self._write(
                    stream, AskRequest(question=question, timestamp_version=self._gossip.timestamp_version())
                )
            except BaseException:
                stream.in_flight.pop(sequence).answer.cancel()
                raise
        try:
            return await future
        finally:
            stream.in_flight.pop(sequence, None)

    def review(self) -> None:
        """End every stream whose body may no longer be asked: at once, and nothing that it still says is used."""
        for stream in [*self._streams.values(), *self._retired]:
            try:
                self._find(stream.member)
            except MagliaError as error:
                stream.fail(RefusedError(error.code.value))
                stream.call.cancel()

    async def is_reachable(self, member: str) -> bool:
        """Return whether a stream is open or can be opened; see `node.ports.Peers`."""
        try:
            await self._stream(member, self._find(member))
        except (SilentError, RefusedError, MagliaError):
            return False
        return True

    async def _write(self, stream: _Stream, request: AskRequest) -> None:
        try:
            await stream.call.write(request)
        except (grpc.aio.AioRpcError, asyncio.InvalidStateError) as error:
            raise SilentError(Silence.UNREACHABLE) from error
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # Nobody cancelled us: the reader ended the call while we were writing.
            raise SilentError(Silence.UNREACHABLE) from None

    async def _stream(self, member: str, peer: Peer) -> _Stream:
        """Return the open stream; whoever asks while one is being opened waits for that one, and shares its failure."""
        stream = self._streams.get(member)
        if stream is not None and self._is_usable(stream, peer):
            return stream
        opening = self._opening.get(member)
        if opening is None:
            opening = self._opening[member] = asyncio.create_task(self._replace(member, peer), name=f"open {member}")
            opening.add_done_callback(lambda done: self._opened(member, done))
        return await asyncio.shield(opening)

    def _opened(self, member: str, opening: asyncio.Task[_Stream]) -> None:
        del self._opening[member]
        if not opening.cancelled():
            opening.exception()  # read, since everybody who waited may have given up

    def _is_usable(self, stream: _Stream, peer: Peer) -> bool:
        """A renewed card, theirs or ours, takes its own stream; what is in flight on the old one may finish."""
        return stream.is_open and stream.card == peer.card and stream.identity is self._identity()

    async def _replace(self, member: str, peer: Peer) -> _Stream:
        old = self._streams.pop(member, None)
        if old is not None:
            self._retired[old] = asyncio.create_task(self._retire(old), name=f"retire {member}")
        try:
            stream = await self._open(member, peer)
        except SilentError:
            self._gossip.look()  # it may have moved or renewed its card while we heard nothing
            raise
        self._streams[member] = stream
        self.review()  # whom to trust may have changed while it was being opened
        return stream

    async def _retire(self, stream: _Stream) -> None:
        waited = [waiting.answer for waiting in stream.in_flight.values()]
        try:
            if waited and stream.is_open:
                await asyncio.wait(waited, timeout=_RETIRE_S)
        finally:
            await self._close(stream)
            del self._retired[stream]

    async def _open(self, member: str, peer: Peer) -> _Stream:
        root = der_to_pem(peer.card.certificate)
        identity = self._identity()
        channel = open_channel(peer.card.endpoint, member, self._network, root, identity)
        call = ExchangeServiceStub(channel).Ask()
        try:
            async with asyncio.timeout(_OPEN_S):
                response = await _read(call)
                hello = _check_version(response.hello)
        except BaseException as error:
            call.cancel()
            await channel.close()
            if isinstance(error, TimeoutError):
                raise SilentError(Silence.UNREACHABLE) from error
            raise
        self._gossip.heard(response.timestamp_version)
        stream = _Stream(member, peer.card, identity, channel, call, hello.challenge)
        stream.reader = asyncio.create_task(self._read_all(stream, peer), name=f"answers of {member}")
        return stream

    async def _read_all(self, stream: _Stream, peer: Peer) -> None:
        """Hand each answer to whoever waits for it; when the stream ends, tell all who still wait."""
        end: Exception = SilentError(Silence.UNREACHABLE)
        try:
            while True:
                response = await _read(stream.call)
                self._gossip.heard(response.timestamp_version)
                self._deliver(stream, response, peer)
        except (SilentError, RefusedError) as error:
            end = error
        except MagliaError as error:
            # An answer that can't be verified ends the stream: nothing that follows on it can be trusted more.
            end = RefusedError(error.code.value)
        finally:
            stream.fail(end)
            stream.call.cancel()

    def _deliver(self, stream: _Stream, response: AskResponse, peer: Peer) -> None:
        if response.WhichOneof("kind") == "refusal":
            refused = stream.in_flight.get(response.refusal.sequence)
            if refused is not None and not refused.answer.done():
                refused.answer.set_exception(RefusedError(_known(response.refusal.code)))
            if response.refusal.code in _ENDING:
                raise RefusedError(response.refusal.code)
            return
        payload = unseal(response.answer, ANSWER, self._network, peer.identity_key)
        answered = parse(AnswerBody, parse(Answer, payload).body).question_id
        for waiting in stream.in_flight.values():
            if waiting.question_id == answered and not waiting.answer.done():
                waiting.answer.set_result(SignedAnswer(waiting.question_hash, payload))
                return

    async def _close(self, stream: _Stream) -> None:
        stream.call.cancel()
        await stream.channel.close()
        if stream.reader is not None:
            await asyncio.gather(stream.reader, return_exceptions=True)

    async def close(self) -> None:
        """Close every stream."""
        for opening in list(self._opening.values()):
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)
        for retiring in list(self._retired.values()):
            retiring.cancel()
            await asyncio.gather(retiring, return_exceptions=True)
        await asyncio.gather(*(self._close(stream) for stream in self._streams.values()))
        self._streams.clear()


def _known(code: str) -> str:
    """Return a refusal's code: it goes into our log, so it may be one of the catalog and nothing else."""
    return code if code in frozenset(Code) else Code.NETWORK_ANSWER.value


def _check_version(hello: Hello) -> Hello:
    if not set(hello.versions) & set(PROTOCOL_VERSIONS):
        raise SilentError(Silence.VERSION)
    return hello


async def _read(call: grpc.aio.StreamStreamCall[AskRequest, AskResponse]) -> AskResponse:
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
