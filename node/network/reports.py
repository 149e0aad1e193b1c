"""Asking another body, for a person, who looked that person up there: one call of its own, seldom made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import grpc

from maglia.core.access import PAGE_ACCESSES, Access, LogReading
from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import sha256
from maglia.core.identity import SigningKey
from maglia.core.vocabulary import Silence
from maglia.v1.envelope_pb2 import Envelope
from maglia.v1.report_pb2 import FindAccessesRequest, FindAccessesResponse
from maglia.v1.report_pb2_grpc import ReportServiceStub
from maglia.wire.access import ACCESS_PAGE, ACCESS_REQUEST, decode_page
from maglia.wire.certificates import TlsIdentity, der_to_pem
from maglia.wire.channel import open_channel
from maglia.wire.envelope import parse, seal, unseal
from maglia.wire.status import error_of
from node.network.peers import Peer
from node.ports import RefusedError, SilentError

_MAX_PAGES = 2_000
"""Pages of one answer, empty ones too, which say that a body still searches."""


@dataclass(frozen=True)
class Limits:
    """What one body may make another hold and wait for: more would be nobody's accesses, but a flood.

    `page_s`: seconds without a page, after which it counts as silent: one that searches says so every few seconds.
    `whole_s`: seconds for all of them. `size`: bytes of all pages.
    """

    page_s: float = 60.0
    whole_s: float = 600.0
    accesses: int = 20_000
    size: int = 8 * 1024 * 1024


_LIMITS = Limits()


class ReportCalls:
    """Fulfils `node.ports.AccessPeers` over gRPC."""

    def __init__(
        self,
        network: str,
        key: SigningKey,
        identity: Callable[[], TlsIdentity],
        find: Callable[[str], Peer],
        limits: Limits = _LIMITS,
    ) -> None:
        self._network = network
        self._key = key
        self._identity = identity
        self._find = find
        self._limits = limits

    async def find(self, member: str, payload: bytes, approval: bytes) -> tuple[list[Access], LogReading]:
        """Sign the request, send it, return every access and what was read; see `node.ports.AccessPeers`."""
        peer = self._find(member)
        request = FindAccessesRequest(request=seal(ACCESS_REQUEST, self._network, payload, self._key))
        if approval:
            request.approval.CopyFrom(parse(Envelope, approval))
        channel = open_channel(peer.card.endpoint, member, self._network, _root(peer), self._identity())
        try:
            async with asyncio.timeout(self._limits.whole_s):
                return await self._read(ReportServiceStub(channel).FindAccesses(request), peer, sha256(payload))
        except grpc.aio.AioRpcError as failure:
            raise _ended(error_of(failure)) from failure
        except TimeoutError as error:
            raise SilentError(Silence.DEADLINE) from error
        finally:
            await channel.close()

    async def _read(
        self, call: grpc.aio.UnaryStreamCall[FindAccessesRequest, FindAccessesResponse], peer: Peer, request_hash: bytes
    ) -> tuple[list[Access], LogReading]:
        found: list[Access] = []
        number = size = 0
        async for response in _each_within(call, self._limits.page_s):
            number += 1
            size += len(response.page.payload)
            if number > _MAX_PAGES or size > self._limits.size:
                break
            payload = unseal(response.page, ACCESS_PAGE, self._network, peer.identity_key)
            accesses, reading = decode_page(payload, request_hash, number)
            found += accesses
            if len(accesses) > PAGE_ACCESSES or len(found) > self._limits.accesses:
                break
            if reading is not None:
                return found, reading
        raise MagliaError(Code.NETWORK_ANSWER, cause="accesses without an end")


async def _each_within(
    call: grpc.aio.UnaryStreamCall[FindAccessesRequest, FindAccessesResponse], seconds: float
) -> AsyncIterator[FindAccessesResponse]:
    """Yield each message; raise `TimeoutError` when one takes too long."""
    try:
        while True:
            async with asyncio.timeout(seconds):
                response = await call.read()
            if not isinstance(response, FindAccessesResponse):
                return
            yield response
    finally:
        call.cancel()


def _root(peer: Peer) -> bytes:
    return der_to_pem(peer.card.certificate)


def _ended(error: MagliaError) -> SilentError | RefusedError:
    if error.code in {Code.NETWORK_UNREACHABLE, Code.NETWORK_DEADLINE}:
        return SilentError(Silence.UNREACHABLE)
    return RefusedError(error.code.value)
