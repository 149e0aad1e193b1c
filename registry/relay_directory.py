"""Whom a relay may serve: the signed directory, followed through the registry's front port as anybody may.

The relay believes no registry: metadata is verified as nodes verify it, and when it expires nobody is served any more.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from pathlib import Path

import grpc

from maglia.core.directory import Directory, Member, decode_directory, decode_suspensions
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID
from maglia.core.network_file import NetworkFile
from maglia.v1.directory_pb2 import GetMetadataRequest, GetTargetRequest
from maglia.v1.directory_pb2_grpc import DirectoryServiceStub
from maglia.wire.chain import place_of
from maglia.wire.channel import open_channel
from maglia.wire.status import error_of
from maglia.wire.tuf import NotThereError, Trusted, TrustedFiles

_CALL_S = 10.0
_AWAY = frozenset({Code.NETWORK_UNREACHABLE, Code.NETWORK_DEADLINE})
_log = logging.getLogger(__name__)


class RelayDirectory:
    """The directory, less the suspended, kept fresh by `keep_fresh` below `folder`."""

    def __init__(
        self, folder: Path, network: NetworkFile, poll_s: float, clock: Callable[[], float] = time.time
    ) -> None:
        self._folder = folder
        self._network = network.network
        self._poll_s = poll_s
        self._clock = clock
        self._channel = open_channel(network.registry_front, REGISTRY_ID, network.network, network.front_certificate)
        self._stub = DirectoryServiceStub(self._channel)
        self._files = TrustedFiles(folder, network.root, self._fetch)
        self._kept = TrustedFiles(folder, network.root, self._fetch_kept)
        self._loop = asyncio.get_running_loop()
        self._trusted: Trusted | None = None
        self._directory: Directory | None = None
        self._listeners: list[Callable[[], None]] = []
        self.last_news = 0.0
        """When the registry was last heard, seconds since the epoch."""

    @property
    def expires(self) -> float:
        """Return until when what is known may be trusted, seconds since the epoch; 0 before the first news."""
        return self._trusted.expires if self._trusted else 0.0

    def member(self, member: str) -> Member:
        """Return an active member; raise `directory.expired`, `member.unknown` or `member.inactive`."""
        if self._directory is None or self._clock() >= self.expires:
            raise MagliaError(Code.DIRECTORY_EXPIRED)
        return self._directory.member(member)

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` on the event loop after each look: news or time may have ended somebody's right."""
        self._listeners.append(listener)

    async def start(self) -> None:
        """Trust what was kept, then what is current; without the registry what was kept serves while it is valid."""
        with contextlib.suppress(MagliaError):
            self._accept(await asyncio.to_thread(self._kept.refresh))
        try:
            await self.refresh()
        except MagliaError as error:
            if error.code not in _AWAY or self._trusted is None:
                raise
            _log.warning("registry not reached: %s", error)

    async def refresh(self) -> None:
        """Fetch and verify what is current."""
        self._accept(await asyncio.to_thread(self._files.refresh))
        self.last_news = self._clock()

    async def keep_fresh(self) -> None:
        """Look for news at every poll until cancelled; whatever fails is tried again at the next."""
        while True:
            await asyncio.sleep(self._poll_s)
            try:
                await self.refresh()
            except Exception as error:
                what = error if isinstance(error, MagliaError) else type(error).__name__
                _log.warning("directory not refreshed: %s at %s", what, place_of(error))
            for listener in self._listeners:
                listener()

    async def close(self) -> None:
        """Close the channel to the registry."""
        await self._channel.close()

    def _accept(self, trusted: Trusted) -> None:
        directory = decode_directory(trusted.directory)
        if directory.network != self._network:
            raise MagliaError(Code.DIRECTORY_UNTRUSTED, cause="another network's files")
        self._trusted = trusted
        self._directory = directory.without(decode_suspensions(trusted.suspensions))

    def _fetch(self, kind: str, name: str) -> bytes:
        return asyncio.run_coroutine_threadsafe(self._call(kind, name), self._loop).result()

    async def _call(self, kind: str, name: str) -> bytes:
        try:
            if kind == "metadata":
                return (await self._stub.GetMetadata(GetMetadataRequest(filename=name), timeout=_CALL_S)).content
            pieces = self._stub.GetTarget(GetTargetRequest(path=name), timeout=_CALL_S)
            return b"".join([piece.chunk async for piece in pieces])
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.NOT_FOUND:
                raise NotThereError(name) from error
            raise error_of(error) from error

    def _fetch_kept(self, kind: str, name: str) -> bytes:
        kept = self._folder / kind / name
        if kind != "metadata" or not kept.is_file():
            raise NotThereError(name)
        return kept.read_bytes()
