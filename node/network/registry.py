"""The registry as a node calls it: files, cards, evaluations, cosignatures, news."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import grpc

from maglia.core.answering import Answering
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID, Card, SigningKey
from maglia.core.network_file import NetworkFile
from maglia.core.pseudonym import ALL_SHARES, KeySet, Part
from maglia.v1 import answering_pb2, directory_pb2, enrolment_pb2, envelope_pb2, pseudonyms_pb2, witness_pb2
from maglia.v1.answering_pb2_grpc import AnsweringServiceStub
from maglia.v1.directory_pb2_grpc import DirectoryServiceStub
from maglia.v1.enrolment_pb2_grpc import EnrolmentServiceStub
from maglia.v1.pseudonyms_pb2_grpc import PseudonymServiceStub
from maglia.v1.witness_pb2_grpc import WitnessServiceStub
from maglia.wire.answering import read_counts
from maglia.wire.certificates import TlsIdentity
from maglia.wire.channel import open_channel
from maglia.wire.convert import ACTIVATION, APPLICATION, APPLICATION_QUERY, read_part, seal_card, seal_message
from maglia.wire.status import error_of
from maglia.wire.tuf import NotThereError
from node.ports import Evaluating

_R = TypeVar("_R")
_CALL_S = 10.0
_ENROLMENT_S = 60.0
"""A batch of enrolments is large, and while keys rotate the registry does those of every body, one after another."""


@dataclass(frozen=True)
class News:
    """Which versions are current at the registry."""

    timestamp_version: int
    cards_revision: int


class RegistryClient:
    """Calls on the registry's peer port, as an active member."""

    def __init__(self, network: NetworkFile, identity: TlsIdentity) -> None:
        self._network = network
        self._ready_epochs: Callable[[], Sequence[int]] = tuple
        self._trusted_version: Callable[[], int] = int
        self._closing: set[asyncio.Task[None]] = set()
        self.ahead_s: float | None = None
        """By how many seconds this machine's clock was ahead of the registry's; None before it told the time."""
        self._open(identity)

    def _open(self, identity: TlsIdentity) -> None:
        known = self._network
        self._channel = open_channel(known.registry_peer, REGISTRY_ID, known.network, known.peer_certificate, identity)
        self._answering = AnsweringServiceStub(self._channel)
        self._directory = DirectoryServiceStub(self._channel)
        self._pseudonyms = PseudonymServiceStub(self._channel)
        self._witness = WitnessServiceStub(self._channel)

    def present(self, identity: TlsIdentity, grace_s: float = _CALL_S) -> None:
        """Call under another certificate from now on; calls under way may finish under the former one in `grace_s`."""
        former = asyncio.create_task(self._channel.close(grace_s))
        self._closing.add(former)
        former.add_done_callback(self._closing.discard)
        self._open(identity)

    def report(self, ready_epochs: Callable[[], Sequence[int]], trusted_version: Callable[[], int]) -> None:
        """Tell the registry, whenever news is asked for, under which epochs none of this body's records awaits.

        And which version of the timestamp is trusted here: that of a registry put back from an older backup is below.
        """
        self._ready_epochs = ready_epochs
        self._trusted_version = trusted_version

    async def fetch(self, kind: str, name: str) -> bytes:
        """Return a metadata or target file; raise `NotThereError` or `network.unreachable`."""
        try:
            if kind == "metadata":
                request = directory_pb2.GetMetadataRequest(
                    filename=name, ready_epochs=self._ready_epochs(), trusted_version=self._trusted_version()
                )
                asked_at = time.time()
                found = await self._directory.GetMetadata(request, timeout=_CALL_S)
                self.ahead_s = _ahead(asked_at, found.now_ms)
                return found.content
            pieces = self._directory.GetTarget(directory_pb2.GetTargetRequest(path=name), timeout=_CALL_S)
            return b"".join([piece.chunk async for piece in pieces])
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.NOT_FOUND:
                raise NotThereError(name) from error
            raise error_of(error) from error

    async def cards(self, since: int) -> tuple[list[envelope_pb2.Envelope], int]:
        """Return cards changed after a revision, not verified, and the revision reached."""
        found: list[envelope_pb2.Envelope] = []
        try:
            while True:
                request = directory_pb2.ListCardsRequest(since=since)
                page = await self._directory.ListCards(request, timeout=_CALL_S)
                found += page.cards
                since = page.revision
                if not page.more:
                    return found, since
        except grpc.aio.AioRpcError as error:
            raise error_of(error) from error

    async def evaluate(self, key_set: KeySet, elements: Sequence[bytes], wanted: Evaluating) -> list[Part]:
        """Return parts for one batch; see `node.ports.Evaluator`."""
        use = pseudonyms_pb2.USE_ENROLMENT if wanted.enrolment else pseudonyms_pb2.USE_CHECK
        use = pseudonyms_pb2.USE_ACCESS_REPORT if wanted.report else use
        request = pseudonyms_pb2.EvaluateRequest(
            key_set=key_set.digest,
            epoch=key_set.epoch,
            mask=int(ALL_SHARES),
            elements=elements,
            use=use,
            procedure=wanted.procedure,
            evaluation_id=wanted.id,
        )
        try:
            limit_s = _ENROLMENT_S if wanted.enrolment else _CALL_S
            response = await self._pseudonyms.Evaluate(request, timeout=limit_s)
        except grpc.aio.AioRpcError as error:
            raise error_of(error) from error
        return [read_part(part) for part in response.parts]

    async def cosign(self, checkpoint: bytes, old_size: int, proof: Sequence[bytes]) -> tuple[bytes, int]:
        """Return the witness's signature line (empty when it holds another size) and the size that it holds."""
        request = witness_pb2.CosignRequest(checkpoint=checkpoint, old_size=old_size, proof=proof)
        try:
            response = await self._witness.Cosign(request, timeout=_CALL_S)
        except grpc.aio.AioRpcError as error:
            raise error_of(error) from error
        return response.cosignature, response.known_size

    async def tell_answering(self, report: envelope_pb2.Envelope) -> tuple[Answering, int]:
        """Tell how others answered on a day; return how others say that this body answers, and how many they are."""
        request = answering_pb2.TellAnsweringRequest(report=report)
        try:
            told = await self._answering.TellAnswering(request, timeout=_CALL_S)
        except grpc.aio.AioRpcError as error:
            raise error_of(error) from error
        return read_counts(told.counts), told.askers

    async def news(self) -> AsyncIterator[News]:
        """Yield the current versions, at once and at each change; raise `network.unreachable` when the stream ends."""
        try:
            async for news in self._directory.WatchNews(directory_pb2.WatchNewsRequest()):
                yield News(news.timestamp_version, news.cards_revision)
        except grpc.aio.AioRpcError as error:
            raise error_of(error) from error
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # Nobody cancelled us: the channel was closed in favour of one under a renewed certificate.
            raise MagliaError(Code.NETWORK_UNREACHABLE) from None

    async def close(self) -> None:
        """Close the channels."""
        for former in list(self._closing):
            former.cancel()
        await asyncio.gather(*self._closing, return_exceptions=True)
        await self._channel.close()


async def apply(network: NetworkFile, application: enrolment_pb2.Application, key: SigningKey) -> tuple[str, str]:
    """File an application; return the key's fingerprint as the registry computed it, and the state."""
    envelope = seal_message(APPLICATION, network.network, application, key)
    async with _front(network) as channel:
        response = await _call(EnrolmentServiceStub(channel).Apply(enrolment_pb2.ApplyRequest(application=envelope)))
    return response.fingerprint, response.state


@dataclass(frozen=True)
class Offered:
    """The timestamp metadata that the registry offers to anybody, not verified.

    `ahead_s` is by how many seconds this machine's clock is ahead of the registry's; None where it tells no time.
    """

    timestamp: bytes
    ahead_s: float | None


async def offered_timestamp(network: NetworkFile) -> Offered:
    """Ask the registry which timestamp metadata is current, and what time it is."""
    request = directory_pb2.GetMetadataRequest(filename="timestamp.json")
    async with _front(network) as channel:
        asked_at = time.time()
        found = await _call(DirectoryServiceStub(channel).GetMetadata(request))
    return Offered(found.content, _ahead(asked_at, found.now_ms))


def _ahead(asked_at: float, told_ms: int) -> float | None:
    """Return how far this clock is ahead: the time told is taken for that of the middle of the call."""
    return (asked_at + time.time()) / 2 - told_ms / 1000 if told_ms else None


@dataclass(frozen=True)
class ApplicationState:
    """How an application stands; `missing` are fields, `reason` is the office's own words."""

    state: str
    missing: tuple[str, ...]
    reason: str
    fingerprint: str


async def application_state(network: NetworkFile, member: str, key: SigningKey, now: float) -> ApplicationState:
    """Ask how this body's application stands; `now` is in seconds since the epoch."""
    query = enrolment_pb2.ApplicationQuery(network=network.network, member=member, asked_at=int(now))
    request = enrolment_pb2.GetApplicationStateRequest(
        query=seal_message(APPLICATION_QUERY, network.network, query, key)
    )
    async with _front(network) as channel:
        found = await _call(EnrolmentServiceStub(channel).GetApplicationState(request))
    return ApplicationState(found.state, tuple(found.missing), found.reason, found.fingerprint)


async def activate(network: NetworkFile, token: str, card: Card, key: SigningKey) -> str:
    """Use the one-time token and publish the first card; return the state."""
    activation = enrolment_pb2.Activation(network=network.network, member=card.member, token=token)
    request = enrolment_pb2.ActivateRequest(
        activation=seal_message(ACTIVATION, network.network, activation, key), card=seal_card(card, key)
    )
    async with _front(network) as channel:
        return (await _call(EnrolmentServiceStub(channel).Activate(request))).state


async def publish_card(network: NetworkFile, card: Card, key: SigningKey) -> None:
    """Publish a later card."""
    request = enrolment_pb2.PublishCardRequest(card=seal_card(card, key))
    async with _front(network) as channel:
        await _call(EnrolmentServiceStub(channel).PublishCard(request))


def _front(network: NetworkFile) -> grpc.aio.Channel:
    return open_channel(network.registry_front, REGISTRY_ID, network.network, network.front_certificate)


async def _call(call: Awaitable[_R]) -> _R:
    """Await one call of a command to the office; raise `network.office` where nobody answers."""
    try:
        async with asyncio.timeout(_CALL_S):
            return await call
    except TimeoutError as error:
        raise MagliaError(Code.NETWORK_OFFICE) from error
    except grpc.aio.AioRpcError as error:
        known = error_of(error)
        if known.code is Code.NETWORK_UNREACHABLE:
            known = MagliaError(Code.NETWORK_OFFICE, cause=known.cause)
        raise known from error
