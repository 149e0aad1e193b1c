"""The network as an auditor calls it: the signed directory, cards, logs. Speaks gRPC, answers with plain values."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import grpc

from maglia.core.directory import Directory
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID, Card, SigningKey
from maglia.core.network_file import NetworkFile
from maglia.v1 import audit_pb2, directory_pb2
from maglia.v1.audit_pb2_grpc import AuditServiceStub
from maglia.v1.directory_pb2_grpc import DirectoryServiceStub
from maglia.wire.audit import seal_reading
from maglia.wire.certificates import TlsIdentity, der_to_pem
from maglia.wire.channel import open_channel, quiet_grpc
from maglia.wire.convert import claimed_member, open_card
from maglia.wire.status import error_of
from maglia.wire.tuf import NotThereError, Trusted, TrustedFiles
from tui.audit.source import Head, Page
from tui.door import CALL_S, answer

if TYPE_CHECKING:
    from maglia.v1.audit_pb2_grpc import AuditServiceAsyncStub

_PAGE_S = 30.0
"""Seconds to wait for the next page of a log: a node that hangs must not hold up the others' turn."""
_MAX_PAGES = 10_000
_AUDITORS_OWN = frozenset({Code.LOG_COPY, Code.LOG_INTERRUPTED, Code.LOG_FORMER})
"""What the archive alone can tell: a body that said so would be taken for read, or for blameless."""


class AuditClient:
    """Channels as one auditor, each pinned to what it must lead to. Use as an async context manager."""

    def __init__(self, network: NetworkFile, key: SigningKey, identity: TlsIdentity) -> None:
        quiet_grpc()
        self.identity = identity
        self._network = network
        self._key = key
        self._front = open_channel(network.registry_front, REGISTRY_ID, network.network, network.front_certificate)
        self._registry = self._open(network.registry_peer, REGISTRY_ID, network.peer_certificate)
        self._nodes: list[grpc.aio.Channel] = []

    async def __aenter__(self) -> AuditClient:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await asyncio.gather(*(channel.close() for channel in (self._front, self._registry, *self._nodes)))

    def _open(self, endpoint: str, party: str, root: bytes) -> grpc.aio.Channel:
        return open_channel(endpoint, party, self._network.network, root, self.identity)

    async def trusted(self, folder: Path) -> Trusted:
        """Return what two officers signed last, verified from the network file's root, with its memory in `folder`.

        From the front port, which serves everybody: so a person who holds no office is told so by the directory.
        """
        loop = asyncio.get_running_loop()

        def wait(kind: str, name: str) -> bytes:
            return asyncio.run_coroutine_threadsafe(self._fetch(kind, name), loop).result(_PAGE_S)

        return await asyncio.to_thread(TrustedFiles(folder, self._network.root, wait).refresh)

    async def _fetch(self, kind: str, name: str) -> bytes:
        stub = DirectoryServiceStub(self._front)
        try:
            if kind == "metadata":
                return (await stub.GetMetadata(directory_pb2.GetMetadataRequest(filename=name), timeout=CALL_S)).content
            pieces = stub.GetTarget(directory_pb2.GetTargetRequest(path=name), timeout=CALL_S)
            return b"".join([piece.chunk async for piece in pieces])
        except grpc.aio.AioRpcError as failure:
            error = error_of(failure)
            if error.code is Code.DIRECTORY_NOT_THERE:
                raise NotThereError(name) from failure
            raise error from failure

    async def cards(self, directory: Directory) -> Mapping[str, Card]:
        """Return the newest card of each member, signed by the key that the directory names; others are left out."""
        stub, found, since = DirectoryServiceStub(self._registry), dict[str, Card](), 0
        for _page in range(_MAX_PAGES):
            page = await answer(stub.ListCards(directory_pb2.ListCardsRequest(since=since), timeout=CALL_S))
            for envelope in page.cards:
                try:
                    member = directory.members[claimed_member(envelope)]
                    card = open_card(envelope, directory.network, member.id, member.identity_key)
                except (KeyError, MagliaError):
                    continue
                if member.id not in found or found[member.id].sequence < card.sequence:
                    found[member.id] = card
            if not page.more or page.revision <= since:
                break
            since = page.revision
        return found

    async def witnessed(self) -> Mapping[str, bytes]:
        """Return the registry's note of the last checkpoint that it cosigned, by origin; not verified."""
        stub: AuditServiceAsyncStub = AuditServiceStub(self._registry)
        found: dict[str, bytes] = {}
        for _page in range(_MAX_PAGES):
            request = audit_pb2.ListWitnessedRequest(after=max(found, default=""))
            page = await answer(stub.ListWitnessed(request, timeout=CALL_S))
            found |= {one.origin: one.note for one in page.logs}
            if not page.more:
                break
        return found

    def registry_log(self, auditor: str) -> RemoteLog:
        """Return the registry's own log."""
        return RemoteLog(self._registry, self._network.network, auditor, REGISTRY_ID, self._key)

    def node_log(self, auditor: str, card: Card) -> RemoteLog:
        """Return the log of the member whose card this is."""
        channel = self._open(card.endpoint, card.member, der_to_pem(card.certificate))
        self._nodes.append(channel)
        return RemoteLog(channel, self._network.network, auditor, card.member, self._key)


class RemoteLog:
    """Fulfils `tui.audit.source.LogSource` over one channel."""

    def __init__(self, channel: grpc.aio.Channel, network: str, auditor: str, member: str, key: SigningKey) -> None:
        self._stub: AuditServiceAsyncStub = AuditServiceStub(channel)
        self._network = network
        self._auditor = auditor
        self._member = member
        self._key = key

    async def head(self) -> Head:
        """Return the log's head as of now."""
        try:
            found = await self._stub.GetHead(audit_pb2.GetHeadRequest(), timeout=CALL_S)
        except grpc.aio.AioRpcError as failure:
            raise _said_by_log(failure) from failure
        return Head(found.size, found.first, found.checkpoint, found.cosigned)

    async def read(self, start: int) -> AsyncGenerator[Page, None]:
        """Yield the entries from `start` to the log's end; each call is one reading, signed, and logged over there."""
        now_ms = int(time.time() * 1000)
        reading = seal_reading(self._network, self._auditor, self._member, start, now_ms, self._key)
        call = self._stub.ReadLog(audit_pb2.ReadLogRequest(reading=reading))
        pages = aiter(call)
        try:
            while True:
                async with asyncio.timeout(_PAGE_S):
                    page = await anext(pages, None)
                if page is None:
                    return
                yield Page(page.start, list(page.leaves), page.hashes)
        except grpc.aio.AioRpcError as failure:
            raise _said_by_log(failure) from failure
        except TimeoutError as late:
            raise MagliaError(Code.NETWORK_DEADLINE) from late
        finally:
            call.cancel()


def _said_by_log(failure: grpc.aio.AioRpcError) -> MagliaError:
    error = error_of(failure)
    return MagliaError(Code.NETWORK_ANSWER, cause=str(error)) if error.code in _AUDITORS_OWN else error
