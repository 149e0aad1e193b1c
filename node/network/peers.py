"""Warm streams to other bodies: one for each, opened lazily, many questions in flight on it (design 6)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from maglia.core.errors import MagliaError
from maglia.core.exchange import BoundQuestion, sha256
from maglia.core.identity import Card, SigningKey
from maglia.core.vocabulary import Silence
from maglia.v1.exchange_pb2 import AskRequest
from maglia.v1.exchange_pb2_grpc import ExchangeServiceStub
from maglia.wire.certificates import TlsIdentity, der_to_pem
from maglia.wire.channel import open_channel
from maglia.wire.convert import QUESTION
from maglia.wire.envelope import seal
from maglia.wire.evidence import encode_bound
from node.network.stream import Stream, Waiting, check_version, read
from node.ports import Gossip, RefusedError, SignedAnswer, SilentError

_OPEN_S = 4.0
"""A stream that has not said hello by then counts as unreachable; the next question tries again."""
_RETIRE_S = 60.0
"""Answers to questions on a stream that was replaced are waited for this long."""


@dataclass(frozen=True)
class Peer:
    """How to reach a body, and whose signature to demand."""

    card: Card
    identity_key: bytes


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
        self._streams: dict[str, Stream] = {}
        self._retired: dict[Stream, asyncio.Task[None]] = {}
        self._opening: dict[str, asyncio.Task[Stream]] = {}

    async def ask(self, member: str, question_id: bytes, body: bytes, asker_entry: bytes) -> SignedAnswer:
        """Bind a question to the stream, sign, send, and await the answer. See `node.ports.Peers`."""
        peer = self._find(member)
        stream = await self._stream(member, peer)
        async with stream.turn:
            if not stream.is_open:  # it ended while we waited for our turn: nobody would tell us
                raise SilentError(Silence.UNREACHABLE)
            stream.sequence += 1
            sequence = stream.sequence
            bound = BoundQuestion(sha256(body), asker_entry, stream.challenge, sequence, member, question_id)
            payload = encode_bound(bound)
            future: asyncio.Future[SignedAnswer] = asyncio.get_running_loop().create_future()
            stream.in_flight[sequence] = Waiting(question_id, sha256(payload), future)
            try:
                question = seal(QUESTION, self._network, payload, self._key)
                heard = self._gossip.timestamp_version()
                await stream.send(AskRequest(question=question, timestamp_version=heard, body=body))
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
            await self.probe(member)
        except (SilentError, RefusedError, MagliaError):
            return False
        return True

    async def probe(self, member: str) -> None:
        """Open a stream to a body unless one is; raise `SilentError`, `RefusedError` or `MagliaError` for why not."""
        await self._stream(member, self._find(member))

    async def _stream(self, member: str, peer: Peer) -> Stream:
        """Return the open stream; whoever asks while one is being opened waits for that one, and shares its failure."""
        stream = self._streams.get(member)
        if stream is not None and self._is_usable(stream, peer):
            return stream
        opening = self._opening.get(member)
        if opening is None:
            opening = self._opening[member] = asyncio.create_task(self._replace(member, peer), name=f"open {member}")
            opening.add_done_callback(lambda done: self._opened(member, done))
        return await asyncio.shield(opening)

    def _opened(self, member: str, opening: asyncio.Task[Stream]) -> None:
        del self._opening[member]
        if not opening.cancelled():
            opening.exception()  # read, since everybody who waited may have given up

    def _is_usable(self, stream: Stream, peer: Peer) -> bool:
        """A renewed card, theirs or ours, takes its own stream; what is in flight on the old one may finish."""
        return stream.is_open and stream.card == peer.card and stream.identity is self._identity()

    async def _replace(self, member: str, peer: Peer) -> Stream:
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

    async def _retire(self, stream: Stream) -> None:
        waited = [waiting.answer for waiting in stream.in_flight.values()]
        try:
            if waited and stream.is_open:
                await asyncio.wait(waited, timeout=_RETIRE_S)
        finally:
            await stream.close()
            del self._retired[stream]

    async def _open(self, member: str, peer: Peer) -> Stream:
        root = der_to_pem(peer.card.certificate)
        identity = self._identity()
        channel = open_channel(peer.card.endpoint, member, self._network, root, identity)
        call = ExchangeServiceStub(channel).Ask()
        try:
            async with asyncio.timeout(_OPEN_S):
                response = await read(call)
                hello = check_version(response.hello)
        except BaseException as error:
            call.cancel()
            await channel.close()
            if isinstance(error, TimeoutError):
                raise SilentError(Silence.UNREACHABLE) from error
            raise
        self._gossip.heard(response.timestamp_version)
        stream = Stream(member, peer.card, identity, channel, call, hello.challenge)
        stream.reader = asyncio.create_task(self._read_all(stream, peer), name=f"answers of {member}")
        return stream

    async def _read_all(self, stream: Stream, peer: Peer) -> None:
        """Hand each answer to whoever waits for it; when the stream ends, tell all who still wait."""
        end: Exception = SilentError(Silence.UNREACHABLE)
        try:
            while True:
                response = await read(stream.call)
                self._gossip.heard(response.timestamp_version)
                stream.deliver(response, self._network, peer.identity_key)
        except (SilentError, RefusedError) as error:
            end = error
        except MagliaError as error:
            # An answer that can't be verified ends the stream: nothing that follows on it can be trusted more.
            end = RefusedError(error.code.value)
        finally:
            stream.fail(end)
            stream.call.cancel()

    async def close(self) -> None:
        """Close every stream."""
        for opening in list(self._opening.values()):
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)
        for retiring in list(self._retired.values()):
            retiring.cancel()
            await asyncio.gather(retiring, return_exceptions=True)
        await asyncio.gather(*(stream.close() for stream in self._streams.values()))
        self._streams.clear()
