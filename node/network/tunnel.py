"""How a node without a public address is reached: it dials out to a relay, and fetches each caller that comes there.

TLS of callers ends in this node's own peer port: the relay sees who is called, when and how much, and nothing that is
said. It is dialled again, ever less often and never at the same moment as others, for as long as the node serves.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import grpc
from grpc.aio import EOF

from maglia.core.endpoint import split_host
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey, relay_party
from maglia.core.relay_file import RelayFile
from maglia.v1.envelope_pb2 import Envelope
from maglia.v1.relay_pb2 import AttendRequest, AttendResponse, CarryRequest, CarryResponse, RelayBeat
from maglia.v1.relay_pb2_grpc import RelayServiceStub
from maglia.wire.chain import place_of
from maglia.wire.channel import open_channel
from maglia.wire.relay import CHALLENGE_BYTES, CHUNK_BYTES, MAX_CARRIED, seal_attendance
from maglia.wire.status import error_of

if TYPE_CHECKING:
    from maglia.v1.relay_pb2_grpc import RelayServiceAsyncStub

_HELLO_S = 10.0
"""A relay that said nothing by then is not there."""
_MISSING_BEATS = 3
_BEAT_S = 0.05, 60.0
"""Seconds between two beats, at least and at most, whatever the relay asks for."""
_PAUSE_S = 0.5, 30.0
"""Seconds until the relay is dialled again: at first, and at most."""
_STEADY_S = 60.0
"""An attendance that lasted so long makes the next pause a short one."""
_GRACE_S = 10.0
"""A relay that is back by then was no problem worth telling."""
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not bound to
_log = logging.getLogger(__name__)


class Backoff:
    """Pauses between tries: each up to twice as long as the one before, and anywhere between none and all of it.

    The chance in it keeps the nodes of a relay that starts again from coming all at once.
    """

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance = chance
        self._longest = _PAUSE_S[0]

    def next(self) -> float:
        """Return how many seconds to wait now."""
        pause = self._longest * self._chance()
        self._longest = min(self._longest * 2, _PAUSE_S[1])
        return pause

    def reset(self) -> None:
        """Begin with short pauses again."""
        self._longest = _PAUSE_S[0]


class Tunnel:
    """Attends at a relay for `member`; `peer` is the `HOST:PORT` of this node's own peer port."""

    def __init__(self, network: str, member: str, key: SigningKey, relay: RelayFile, peer: str) -> None:
        self._network = network
        self._member = member
        self._key = key
        self._relay = relay
        host, self._port = split_host(peer)
        self._host = _ANYWHERE.get(host, host)
        self._carried: set[asyncio.Task[None]] = set()
        self._gone_since: float | None = time.monotonic()

    @property
    def is_attended(self) -> bool:
        """Return whether the relay takes callers for this node now."""
        return self._gone_since is None

    def problems(self) -> list[Code]:
        """Return `network.relay` when the relay has been out of reach for a while."""
        is_gone = self._gone_since is not None and time.monotonic() - self._gone_since >= _GRACE_S
        return [Code.NETWORK_RELAY] if is_gone else []

    async def run(self) -> None:
        """Attend until cancelled, and come back whenever the relay was lost."""
        backoff = Backoff()
        while True:
            begun = time.monotonic()
            try:
                await self._attend()
            except Exception as error:  # whatever a relay says, the node serves its own operators on
                what = error if isinstance(error, MagliaError) else f"{type(error).__name__} at {place_of(error)}"
                _log.warning("relay «%s»: %s", self._relay.name, what)
            if self._gone_since is None:
                self._gone_since = time.monotonic()
            if time.monotonic() - begun >= _STEADY_S:
                backoff.reset()
            await asyncio.sleep(backoff.next())

    async def _attend(self) -> None:
        """Attend once, until the relay is lost; raises why."""
        relay = self._relay
        party = relay_party(relay.name)
        async with open_channel(relay.nodes, party, self._network, relay.certificate) as channel:
            stub: RelayServiceAsyncStub = RelayServiceStub(channel)
            call = stub.Attend()
            beating: asyncio.Task[None] | None = None
            try:
                hello = (await _read(call, _HELLO_S)).hello
                beat_s = min(max(hello.beat_ms / 1000, _BEAT_S[0]), _BEAT_S[1])
                await _write(call, AttendRequest(attendance=self._proof(hello.challenge)))
                beating = asyncio.create_task(_beat(call, beat_s))
                await self._hear(stub, call, _MISSING_BEATS * beat_s)
            finally:
                call.cancel()
                await _end(*([beating] if beating else []), *self._carried)

    def _proof(self, challenge: bytes) -> Envelope:
        if len(challenge) != CHALLENGE_BYTES:
            raise MagliaError(Code.NETWORK_RELAY, cause="no challenge")
        return seal_attendance(self._network, self._member, self._relay.certificate_hash, challenge, self._key)

    async def _hear(
        self,
        stub: RelayServiceAsyncStub,
        call: grpc.aio.StreamStreamCall[AttendRequest, AttendResponse],
        patience_s: float,
    ) -> None:
        """Fetch each caller that the relay tells of."""
        while True:
            response = await _read(call, max(patience_s, _HELLO_S) if not self.is_attended else patience_s)
            if not self.is_attended:
                self._gone_since = None
                _log.info("reached through the relay «%s» at %s", self._relay.name, self._relay.public)
            if response.WhichOneof("kind") == "caller" and len(self._carried) < MAX_CARRIED:
                task = asyncio.create_task(self._carry(stub, response.caller.ticket))
                self._carried.add(task)
                task.add_done_callback(self._carried.discard)

    async def _carry(self, stub: RelayServiceAsyncStub, ticket: bytes) -> None:
        """Join one caller's connection to this node's own peer port, until either ends."""
        try:
            reader, writer = await asyncio.open_connection(self._host, self._port, limit=CHUNK_BYTES)
        except OSError as error:
            _log.warning("own peer port not reached: %s", type(error).__name__)
            return
        call = stub.Carry()
        sending: asyncio.Task[None] | None = None
        try:
            await call.write(CarryRequest(ticket=ticket))
            sending = asyncio.create_task(_send(reader, call))
            async for response in call:
                writer.write(response.chunk)
                await writer.drain()
        except (grpc.aio.AioRpcError, asyncio.InvalidStateError, OSError) as error:
            _log.debug("a carried connection ended: %s", type(error).__name__)
        finally:
            call.cancel()
            await _end(*([sending] if sending else []))
            writer.transport.abort()


async def _send(reader: asyncio.StreamReader, call: grpc.aio.StreamStreamCall[CarryRequest, CarryResponse]) -> None:
    with contextlib.suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError, OSError):
        while chunk := await reader.read(CHUNK_BYTES):
            await call.write(CarryRequest(chunk=chunk))
        await call.done_writing()


async def _beat(call: grpc.aio.StreamStreamCall[AttendRequest, AttendResponse], every_s: float) -> None:
    with contextlib.suppress(MagliaError):
        while True:
            await asyncio.sleep(every_s)
            await _write(call, AttendRequest(beat=RelayBeat()))


async def _read(call: grpc.aio.StreamStreamCall[AttendRequest, AttendResponse], patience_s: float) -> AttendResponse:
    """Return the relay's next word; raise `network.relay`, or the reason that it gave."""
    try:
        async with asyncio.timeout(patience_s):
            response = await call.read()
    except TimeoutError as error:
        raise MagliaError(Code.NETWORK_RELAY, cause="silent") from error
    except grpc.aio.AioRpcError as error:
        raise error_of(error) from error
    if response is EOF or not isinstance(response, AttendResponse):
        raise MagliaError(Code.NETWORK_RELAY, cause="ended")
    return response


async def _write(call: grpc.aio.StreamStreamCall[AttendRequest, AttendResponse], request: AttendRequest) -> None:
    try:
        await call.write(request)
    except (grpc.aio.AioRpcError, asyncio.InvalidStateError) as error:
        raise MagliaError(Code.NETWORK_RELAY, cause=type(error).__name__) from error


async def _end(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
